package sigma

import (
	"slices"
	"strings"

	"github.com/goccy/go-yaml/lexer"
	"github.com/goccy/go-yaml/token"

	"github.com/detlang/det/lang/ast"
	"github.com/detlang/det/lang/diag"
	"github.com/detlang/det/lang/source"
)

// kept are the keys of a rule that its tree has a place for.
var kept = []string{
	"title", "id", "name", "level", "status", "description", "author", "date", "modified", "license", "references",
	"falsepositives", "tags", "logsource", "detection", "correlation", "filter", "action",
}

// Comments are the comments of a file, in order of their places, as comments of the
// language: those in the YAML, and what rules say that their trees have no place
// for, such as `related`.
func Comments(f *source.File) []*ast.Comment {
	var out []*ast.Comment
	for _, p := range parts(f.Text) {
		line, _ := f.Position(p.start)
		r := &reader{file: f, start: p.start, first: line - 1}
		for _, t := range lexer.Tokenize(p.text) {
			if t.Type == token.CommentType {
				at := r.span(t)
				at.Start = max(p.start, at.Start-1) // the parser points behind the #
				if at.Start < len(f.Text) && f.Text[at.Start] != '#' {
					at.Start++
				}
				out = append(out, &ast.Comment{Text: "// " + strings.TrimSpace(t.Value), At: at})
			}
		}
		if n := read(f, p, &diag.List{}); n != nil && n.form == mapping {
			out = append(out, left(f, n, p.start+len(p.text))...)
		}
	}
	slices.SortStableFunc(out, func(a, b *ast.Comment) int { return a.At.Start - b.At.Start })
	return out
}

// left are the entries of a rule that its tree has no place for, a comment a line.
func left(f *source.File, n *node, end int) []*ast.Comment {
	var out []*ast.Comment
	for i, x := range n.fields {
		if slices.Contains(kept, x.key.text) {
			continue
		}
		stop := end
		if i+1 < len(n.fields) {
			stop = n.fields[i+1].key.at.Start
		}
		if stop < x.key.at.Start {
			continue
		}
		for l := range strings.Lines(f.Text[x.key.at.Start:stop]) {
			if l = strings.TrimRight(l, " \r\n"); l != "" && !strings.HasPrefix(strings.TrimSpace(l), "#") {
				out = append(out, &ast.Comment{Text: "// " + l, At: x.key.at})
			}
		}
	}
	if ls := n.get("logsource"); ls != nil && ls.form == mapping {
		if d := ls.get("definition"); d != nil && d.form == scalar {
			for l := range strings.Lines(strings.TrimSpace(d.text)) {
				out = append(out, &ast.Comment{Text: "// " + strings.TrimSpace(l), At: ls.place("definition")})
			}
		}
	}
	return out
}
