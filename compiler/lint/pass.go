package lint

import (
	"fmt"
	"strings"

	"github.com/detlang/det/lang/ast"
	"github.com/detlang/det/lang/diag"
	"github.com/detlang/det/lang/source"
)

// Pass is one lint at work.
type Pass struct {
	lint  *Lint
	level Level
	set   *Set
	found *diag.List
}

// Tell records a finding. A place outside of the files at hand, such as a library
// that they import, is nobody's business here. The result takes a hint, notes or
// a fix, and is valid until the next Tell.
func (p *Pass) Tell(at source.Span, format string, args ...any) *diag.Diagnostic {
	d := diag.Diagnostic{
		Code: p.lint.Code, Severity: p.level.Severity(), Span: at,
		Message: fmt.Sprintf(format, args...) + " (" + p.lint.Name + ")",
	}
	if p.set.file(at.File) == nil {
		return &d
	}
	return p.found.Add(d)
}

// mend gives a finding a fix that replaces a span, unless the span lies in a file
// that is not ours to write or a comment would be lost.
func (p *Pass) mend(d *diag.Diagnostic, at source.Span, text string) {
	f := p.set.file(at.File)
	if f == nil || f.Sigma || at.File.Text[at.Start:at.End] == text {
		return
	}
	for _, c := range f.Tree.Comments {
		if c.At.Start >= at.Start && c.At.End <= at.End && !strings.Contains(text, c.Text) {
			return
		}
	}
	d.Fix = &diag.Edit{Span: at, Text: text}
}

// drop gives a finding the fix of deleting an element of a list. In YAML several
// elements may stand for one item, which then stays.
func (p *Pass) drop(d *diag.Diagnostic, elems []ast.Expr, i int) {
	at := elems[i].Span()
	f := p.set.file(at.File)
	if f == nil || !f.Sigma {
		p.mend(d, without(elems, i), "")
		return
	}
	for j, e := range elems {
		if j != i && e.Span() == at {
			return
		}
	}
	p.dropItem(d, at)
}

// rewrite gives a finding the fix of another text for a scalar in YAML, in the quotes
// that it has, if that text is what stands there.
func (p *Pass) rewrite(d *diag.Diagnostic, at source.Span, old, text string) {
	raw := at.Text()
	if raw == old || raw == "'"+old+"'" || raw == `"`+old+`"` {
		d.Fix = &diag.Edit{Span: at, Text: strings.Replace(raw, old, text, 1)}
	}
}

// dropItem gives a finding the fix of deleting an item of a list in YAML, if the
// item has a line of its own and no comment behind it.
func (p *Pass) dropItem(d *diag.Diagnostic, at source.Span) {
	n, _ := at.File.Position(at.Start)
	line := at.File.Line(n)
	if strings.TrimSpace(line) != "- "+strings.TrimSpace(at.Text()) || strings.Contains(at.Text(), " #") {
		return
	}
	start := at.File.LineStart(n)
	end := min(start+len(line)+1, len(at.File.Text))
	d.Fix = &diag.Edit{Span: source.Span{File: at.File, Start: start, End: end}}
}

// remove gives a finding the fix of deleting a whole line or declaration, with the
// white space behind it.
func (p *Pass) remove(d *diag.Diagnostic, at source.Span) {
	text := at.File.Text
	end := at.End
	for end < len(text) && (text[end] == ' ' || text[end] == '\t' || text[end] == '\r') {
		end++
	}
	if end < len(text) && text[end] == '\n' {
		end++
	}
	p.mend(d, source.Span{File: at.File, Start: at.Start, End: end}, "")
}
