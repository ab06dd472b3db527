// Package report writes diagnostics for other programs: one form a file and a row
// in Formats.
package report

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"path/filepath"
	"strings"

	"github.com/detlang/det/lang/diag"
	"github.com/detlang/det/lang/source"
)

// Report is what is written.
type Report struct {
	Version  string   // of det
	Files    []string // all that were looked at, also those without findings
	Findings []diag.Diagnostic
	Rule     func(code string) Rule // what a code means
}

// Rule is what a code means, for programs that show it beside a finding.
type Rule struct {
	Code, Name, Category string
	Level                diag.Severity
	Summary              string // a clause
	Help                 string // Markdown
	HelpURI              string
}

// Format is one form of a report.
type Format struct {
	Name  string
	Doc   string
	Write func(w io.Writer, r *Report) error
}

// Formats are the forms of a report.
func Formats() []Format {
	return []Format{
		{"json", "an array of objects, with places and fixes", writeJSON},
		{"sarif", "SARIF 2.1.0, with rules, fixes and fingerprints", writeSARIF},
		{"github", "annotations of GitHub's workflows", writeGitHub},
		{"junit", "JUnit XML: a suite a file, a failure a finding", writeJUnit},
	}
}

func writeJSON(w io.Writer, r *Report) error { return diag.JSON(w, &diag.List{All: r.Findings}) }

// uri is a file's name as a relative reference.
func uri(name string) string {
	name = strings.TrimPrefix(filepath.ToSlash(filepath.Clean(name)), "./")
	var b strings.Builder
	for i := 0; i < len(name); i++ {
		c := name[i]
		switch {
		case c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z', c >= '0' && c <= '9', strings.IndexByte("-._~/!$&'()*+,;=@", c) >= 0:
			b.WriteByte(c)
		default:
			fmt.Fprintf(&b, "%%%02X", c)
		}
	}
	return b.String()
}

// fingerprints name findings so that they keep their name while the file changes
// around them: by file, code and the text of the line, and by their order where
// those are alike. One stands for each finding.
func fingerprints(all []diag.Diagnostic) []string {
	seen := map[string]int{}
	out := make([]string, len(all))
	for i, d := range all {
		line := ""
		name := ""
		if f := d.Span.File; f != nil {
			n, _ := f.Position(d.Span.Start)
			line, name = strings.Join(strings.Fields(f.Line(n)), " "), uri(f.Name)
		}
		key := d.Code + "\x00" + name + "\x00" + line
		sum := sha256.Sum256([]byte(fmt.Sprintf("%s\x00%d", key, seen[key])))
		seen[key]++
		out[i] = hex.EncodeToString(sum[:16])
	}
	return out
}

// region is a span in lines and columns from 1, the end behind the last character.
type region struct {
	StartLine   int `json:"startLine"`
	StartColumn int `json:"startColumn"`
	EndLine     int `json:"endLine"`
	EndColumn   int `json:"endColumn"`
}

func regionOf(s source.Span) region {
	var r region
	r.StartLine, r.StartColumn = s.File.Position(s.Start)
	r.EndLine, r.EndColumn = s.File.Position(max(s.Start, s.End))
	return r
}
