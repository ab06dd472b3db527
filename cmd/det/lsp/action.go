package lsp

import (
	"regexp"
	"slices"
	"strings"

	"github.com/detlang/det/compiler/lint"
	"github.com/detlang/det/lang/diag"
	"github.com/detlang/det/lang/source"
)

// actions are what mends the findings in a range: the fixes of the compiler and the
// linter, what hints propose, imports that are missing, and silence.
func (d *document) actions(p codeActionParams) (any, error) {
	out := []codeAction{}
	a := d.linted()
	if d.superseded.Load() {
		return nil, errModified
	}
	start, end := d.offset(p.Range.Start), d.offset(p.Range.End)
	for i := range a.Diags.All {
		x := &a.Diags.All[i]
		if x.Span.File != a.file || x.Span.Start > end || x.Span.End < start {
			continue
		}
		if !wanted(p.Context.Only, "quickfix") {
			break
		}
		shown := []diagnostic{d.diagnostic(x)}
		for _, f := range d.fixes(x) {
			out = append(out, codeAction{
				Title: f.title, Kind: "quickfix", Diagnostics: shown, IsPreferred: f.preferred,
				Edit: d.edit(f.edit),
			})
		}
	}
	if wanted(p.Context.Only, "source.fixAll") {
		if text, made := lint.Apply(a.file, a.Diags.All); made > 0 {
			out = append(out, codeAction{
				Title: "Make all safe fixes of this file", Kind: "source.fixAll",
				Edit: d.edit(textEdit{d.span(0, len(d.file.Text)), text}),
			})
		}
	}
	return out, nil
}

// wanted reports whether a kind of action is asked for; no kinds ask for all.
func wanted(only []string, kind string) bool {
	return len(only) == 0 || slices.ContainsFunc(only, func(k string) bool { return kind == k || strings.HasPrefix(kind, k+".") })
}

func (d *document) edit(e textEdit) *workspaceEdit {
	return &workspaceEdit{Changes: map[string][]textEdit{d.uri: {e}}}
}

// fix is one way to mend a finding.
type fix struct {
	title     string
	edit      textEdit
	preferred bool
}

// proposal is a hint that names what was probably meant.
var proposal = regexp.MustCompile(`^did you mean (.+)\?$`)

// fixes are the ways to mend a finding, the best first.
func (d *document) fixes(x *diag.Diagnostic) []fix {
	var out []fix
	replace := func(s source.Span, text string) textEdit { return textEdit{d.span(s.Start, s.End), text} }
	if x.Fix != nil && x.Fix.Span.File == x.Span.File {
		title := "Write " + brief(x.Fix.Text)
		if strings.TrimSpace(x.Fix.Text) == "" {
			title = "Remove " + brief(x.Fix.Span.Text())
		}
		out = append(out, fix{title, replace(x.Fix.Span, x.Fix.Text), true})
	} else if m := proposal.FindStringSubmatch(x.Hint); m != nil && !strings.Contains(m[1], " ") {
		out = append(out, fix{"Change to " + m[1], replace(x.Span, m[1]), true})
	}
	if x.Code == "D0303" {
		for _, lib := range provided()[x.Span.Text()] {
			out = append(out, fix{"Import " + lib, d.importing(lib), len(out) == 0})
		}
	}
	if l := lint.Find(x.Code); l != nil {
		line, _ := d.file.Position(x.Span.Start)
		text := d.file.Line(line)
		indent := text[:len(text)-len(strings.TrimLeft(text, " \t"))]
		mark := "//"
		if d.sigma() {
			mark = "#"
		}
		at := position{line - 1, 0}
		out = append(out, fix{"Silence " + l.Code + " here, with a reason", textEdit{span{at, at}, indent + mark + " lint: ignore " + l.Code + " because \n"}, false})
	}
	return out
}

// brief is a text on one line, cut where it is long.
func brief(text string) string {
	text = strings.Join(strings.Fields(text), " ")
	if r := []rune(text); len(r) > 50 {
		text = string(r[:49]) + "…"
	}
	return "`" + text + "`"
}
