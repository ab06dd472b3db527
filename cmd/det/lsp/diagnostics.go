package lsp

import (
	"strings"

	"github.com/detlang/det/compiler/lint"
	"github.com/detlang/det/lang/diag"
)

// severities are the protocol's numbers.
var severities = map[diag.Severity]int{diag.Error: 1, diag.Warning: 2, diag.Info: 3}

// unnecessary marks what has no effect, so that editors fade it.
const unnecessary = 1

// diagnostics are what the compiler and the linter say of a document.
func (d *document) diagnostics() []diagnostic {
	a := d.linted()
	out := []diagnostic{}
	for i := range a.Diags.All {
		if x := &a.Diags.All[i]; x.Span.File == a.file {
			out = append(out, d.diagnostic(x))
		}
	}
	return out
}

func (d *document) diagnostic(x *diag.Diagnostic) diagnostic {
	out := diagnostic{
		Range: d.span(x.Span.Start, x.Span.End), Severity: severities[x.Severity], Code: x.Code, Source: "det",
		Message: x.Message, CodeDescription: &href{"https://github.com/detlang/det/blob/main/docs/codes.md"},
	}
	if l := lint.Find(x.Code); l != nil {
		out.CodeDescription.Href = "https://github.com/detlang/det/blob/main/docs/lints/" + l.Code + ".md"
		if l.Category == lint.Dead && strings.HasPrefix(l.Name, "unused") {
			out.Tags = []int{unnecessary}
		}
	}
	if x.Hint != "" {
		out.Message += "\n" + x.Hint
	}
	for _, n := range x.Notes {
		if n.Span.File == nil {
			out.Message += "\n" + n.Message
			continue
		}
		uri := uriOf(n.Span.File.Name)
		if n.Span.File.Name == d.path {
			uri = d.uri
		}
		out.RelatedInformation = append(out.RelatedInformation, relatedInfo{location{uri, spanIn(n.Span)}, n.Message})
	}
	return out
}
