package lang

import (
	"strings"

	"github.com/detlang/det/lang/ast"
	"github.com/detlang/det/lang/source"
)

// hang is a space that becomes a line end where the rest does not fit.
var hang = indent(hanging, groupOf(line))

func (p *printer) stage(s *ast.Stage) doc {
	name := p.spelling(s.Name)
	if w := clauses[s.Name.Name]; s.Name.At.IsZero() && w != nil && w.In&p.place != 0 {
		name = quote(s.Name.Name)
	}
	parts := []doc{p.leaf(name, s.Name.At)}
	p.named = true
	if len(s.Args) > 0 {
		parts = append(parts, text(" "), p.args(s.Args))
	}
	parts = append(parts, p.clauses(s.Clauses)...)
	if s.HasBody {
		parts = append(parts, text(" "), p.items(s))
	}
	return concat(parts...)
}

// args are the arguments of a stage or a clause.
func (p *printer) args(args []*ast.Arg) doc {
	var parts []doc
	for i, a := range args {
		if i > 0 {
			parts = append(parts, text(","), hang)
		}
		if a.Name != nil {
			parts = append(parts, p.name(a.Name), text(" = "))
		}
		parts = append(parts, p.expression(a.Value, orLevel))
	}
	return concat(parts...)
}

func (p *printer) clauses(cs []*ast.Clause) []doc {
	var parts []doc
	for _, c := range cs {
		parts = append(parts, hang, p.leaf(c.Word.Name, c.Word.At))
		if len(c.Args) > 0 {
			parts = append(parts, text(" "), p.args(c.Args))
		}
	}
	return parts
}

// items is a stage's block: on one line if the author wrote it so and it fits,
// else an entry a line. Entries that are values and nothing else fill the lines.
func (p *printer) items(s *ast.Stage) doc {
	open := p.find("{", headEnd(s))
	parts := []doc{p.leaf("{", open)}
	if p.plain(s) {
		var body []doc
		for i, it := range s.Items {
			brk := groupOf(line)
			if i == 0 {
				brk = line
			}
			body = append(body, brk, p.item(it))
			if i+1 < len(s.Items) {
				body = append(body, text(","))
			}
		}
		return groupOf(append(parts, indent(inner, body...), p.closing(false, line, "}", s.Close))...)
	}
	if !open.IsZero() && strings.Contains(p.file.Text[open.End:s.Close.Start], "\n") {
		body := p.separated(len(s.Items),
			func(i int) source.Span { return s.Items[i].At },
			func(i int) doc {
				_, broken := p.comma(s, i)
				return concat(p.item(s.Items[i]), text(broken))
			},
			func(int) bool { return false })
		return concat(append(parts, indent(inner, body...), p.closing(len(body) == 0, restart, "}", s.Close))...)
	}
	var body []doc
	for i, it := range s.Items {
		body = append(body, line, p.item(it), choice(p.comma(s, i)))
	}
	return groupOf(append(parts, indent(inner, body...), p.closing(len(body) == 0, line, "}", s.Close))...)
}

// plain reports whether a block has values alone, without names, clauses and
// comments.
func (p *printer) plain(s *ast.Stage) bool {
	for _, it := range s.Items {
		if it.Not || it.Name != nil || len(it.Clauses) > 0 {
			return false
		}
	}
	return len(s.Items) > 0 && (s.Close.IsZero() || len(p.comments) == 0 || p.comments[0].At.Start > s.Close.End)
}

// headEnd is a span that ends where a stage's head does.
func headEnd(s *ast.Stage) source.Span {
	if n := len(s.Clauses); n > 0 {
		return s.Clauses[n-1].At
	}
	if n := len(s.Args); n > 0 {
		return s.Args[n-1].Value.Span()
	}
	return s.Name.At
}

// comma is what stands between entry i and the next, on one line and over
// several. On one line it is a comma, which two entries can do without if the
// next has a name; over several lines it is what the author wrote.
func (p *printer) comma(s *ast.Stage, i int) (oneLine, broken string) {
	if i+1 == len(s.Items) {
		return "", ""
	}
	it, next := s.Items[i], s.Items[i+1]
	written := next.Name == nil
	if !it.At.IsZero() {
		written = strings.Contains(stripComments(p.file.Text[it.At.End:next.At.Start]), ",")
	}
	if written {
		return ",", ","
	}
	if next.Name != nil || len(it.Clauses) == 0 {
		return ",", ""
	}
	return "", ""
}

// stripComments takes the comments out of text between two tokens.
func stripComments(s string) string {
	var b strings.Builder
	for l := range strings.Lines(s) {
		code, _, _ := strings.Cut(l, "//")
		b.WriteString(code)
	}
	return b.String()
}

// item is an entry of a block. In a test, values are given to fields with a
// colon; elsewhere names are given to values with an equals sign.
func (p *printer) item(it *ast.Item) doc {
	var parts []doc
	if it.Not {
		parts = append(parts, p.word("not", it.At), text(" "))
	}
	if it.Name != nil {
		assign := " = "
		if p.place == inTest {
			assign = ": "
		}
		parts = append(parts, p.name(it.Name), text(assign))
	}
	parts = append(parts, p.expression(it.Value, orLevel))
	return concat(append(parts, p.clauses(it.Clauses)...)...)
}
