package diag

import (
	"encoding/json"
	"io"

	"github.com/detlang/det/lang/source"
)

// jsonPlace is a span for other tools: lines and columns from 1, columns in code
// points, the end behind the last character; offsets in bytes from 0.
type jsonPlace struct {
	File      string `json:"file"`
	Line      int    `json:"line"`
	Column    int    `json:"column"`
	EndLine   int    `json:"end_line"`
	EndColumn int    `json:"end_column"`
	Start     int    `json:"start"`
	End       int    `json:"end"`
}

type jsonNote struct {
	Place   *jsonPlace `json:"place,omitempty"`
	Message string     `json:"message"`
}

type jsonEdit struct {
	Place *jsonPlace `json:"place"`
	Text  string     `json:"text"`
}

type jsonDiagnostic struct {
	Code     string     `json:"code"`
	Severity string     `json:"severity"`
	Place    *jsonPlace `json:"place,omitempty"`
	Message  string     `json:"message"`
	Hint     string     `json:"hint,omitempty"`
	Notes    []jsonNote `json:"notes,omitempty"`
	Fix      *jsonEdit  `json:"fix,omitempty"`
}

// JSON prints diagnostics as one JSON array, in the order of the list; an empty
// list is []. The error is the writer's.
func JSON(w io.Writer, list *List) error {
	out := make([]jsonDiagnostic, len(list.All))
	for i, d := range list.All {
		out[i] = jsonDiagnostic{Code: d.Code, Severity: d.Severity.String(), Place: placeOf(d.Span), Message: d.Message, Hint: d.Hint}
		for _, n := range d.Notes {
			out[i].Notes = append(out[i].Notes, jsonNote{placeOf(n.Span), n.Message})
		}
		if d.Fix != nil {
			out[i].Fix = &jsonEdit{placeOf(d.Fix.Span), d.Fix.Text}
		}
	}
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(out)
}

func placeOf(s source.Span) *jsonPlace {
	if s.IsZero() {
		return nil
	}
	p := &jsonPlace{File: s.File.Name, Start: s.Start, End: s.End}
	p.Line, p.Column = s.File.Position(s.Start)
	p.EndLine, p.EndColumn = s.File.Position(s.End)
	return p
}
