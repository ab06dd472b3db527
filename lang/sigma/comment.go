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

// keptOfFilter are those of a filter, which is no rule of its own.
var keptOfFilter = []string{"logsource", "filter", "action"}

// Document is a YAML document of a file: where it stands, with the comments around
// it, and whether it is a filter, whose lines are part of the rules that it tunes.
type Document struct {
	At     source.Span
	Filter bool
	// Unwritable is where it names a field that the language has no way to write:
	// names are written in backquotes, so that none can hold one.
	Unwritable source.Span
}

// Documents are the documents of a file, in order.
func Documents(f *source.File) []Document {
	var out []Document
	for _, p := range parts(f.Text) {
		n := read(f, p, &diag.List{})
		out = append(out, Document{
			At:     source.Span{File: f, Start: p.start, End: p.start + len(p.text)},
			Filter: n.get("filter") != nil,
		})
		for _, part := range []string{"detection", "filter", "correlation"} {
			if at := unwritable(n.get(part), part == "correlation"); !at.IsZero() {
				out[len(out)-1].Unwritable = at
			}
		}
	}
	return out
}

// unwritable finds a key, or with values also a value, that holds a backquote.
func unwritable(n *node, values bool) source.Span {
	if n == nil {
		return source.Span{}
	}
	if values && strings.ContainsAny(n.text, "`\n") {
		return n.at
	}
	for _, f := range n.fields {
		if strings.ContainsAny(f.key.text, "`\n") {
			return f.key.at
		}
		if at := unwritable(f.value, values); !at.IsZero() {
			return at
		}
	}
	for _, x := range n.items {
		if at := unwritable(x, values); !at.IsZero() {
			return at
		}
	}
	return source.Span{}
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
	known := kept
	if n.get("filter") != nil {
		known = keptOfFilter
	}
	for i, x := range n.fields {
		if slices.Contains(known, x.key.text) {
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
