package report

import (
	"fmt"
	"io"
	"strings"

	"github.com/detlang/det/lang/diag"
)

// writeGitHub writes workflow commands, which GitHub shows beside the changed
// lines: https://docs.github.com/actions/reference/workflow-commands-for-github-actions
func writeGitHub(w io.Writer, r *Report) error {
	for _, d := range r.Findings {
		level := [...]string{diag.Error: "error", diag.Warning: "warning", diag.Info: "notice"}[d.Severity]
		title := d.Code
		if name := r.Rule(d.Code).Name; name != "" {
			title += " " + name
		}
		place := ""
		if !d.Span.IsZero() {
			at := regionOf(d.Span)
			place = fmt.Sprintf("file=%s,line=%d,endLine=%d,", property(d.Span.File.Name), at.StartLine, at.EndLine)
			if at.StartLine == at.EndLine { // columns go with a single line only
				place += fmt.Sprintf("col=%d,endColumn=%d,", at.StartColumn, at.EndColumn)
			}
		}
		message := d.Message
		if d.Hint != "" {
			message += "\n" + d.Hint
		}
		if _, err := fmt.Fprintf(w, "::%s %stitle=%s::%s\n", level, place, property(title), data(message)); err != nil {
			return err
		}
	}
	return nil
}

// data escapes a message.
func data(s string) string {
	return strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A").Replace(s)
}

// property escapes the value of a property.
func property(s string) string {
	return strings.NewReplacer(":", "%3A", ",", "%2C").Replace(data(s))
}
