package lang

import (
	"strings"

	"github.com/detlang/det/lang/ast"
	"github.com/detlang/det/lang/source"
)

// Print writes a tree in canonical form. A tree that Parse made keeps its
// comments, its quoting, and the empty lines between its stages. A tree that a
// program made has no places: its names are put in backquotes and its operators
// in parentheses where the language needs them. A name cannot hold a backquote or
// a line end; these are left out.
func Print(tree *ast.File) string {
	p := &printer{file: tree.Source, comments: tree.Comments}
	return render(p.tree(tree))
}

// hanging is how far the second line of a stage stands in; bodies stand in half
// as far.
const (
	hanging = 4
	inner   = 2
)

// printer makes a document of a tree. It hands out the comments by their places:
// a leaf takes those that stand before it, and one behind it on its line.
type printer struct {
	file     *source.File
	comments []*ast.Comment // not yet handed out
	place    place          // of the body at hand
	pending  bool           // a comment waits for the end of the line at hand
	named    bool           // a stage's name was the last leaf
}

// leaf is a piece of text with the comments around it.
func (p *printer) leaf(s string, at source.Span) doc {
	p.named = false
	if at.IsZero() {
		return text(s)
	}
	parts := []doc{p.lead(at), text(s)}
	if c := p.behind(at.End); c != nil {
		parts = append(parts, p.aside(c))
	}
	return concat(parts...)
}

// lead is what stands before the text at a place: the comments there, and the
// line end that a comment before it waits for.
func (p *printer) lead(at source.Span) doc {
	if at.IsZero() {
		return concat()
	}
	parts := p.before(at.Start)
	if p.pending {
		parts = append(parts, flush)
		p.pending = false
	}
	return indent(hanging, parts...)
}

// aside puts a comment at the end of the line at hand.
func (p *printer) aside(c *ast.Comment) doc {
	p.pending = true
	return comment(c.Text)
}

// before takes the comments that stand before an offset, each on its own line.
func (p *printer) before(off int) []doc {
	var parts []doc
	for len(p.comments) > 0 && p.comments[0].At.Start < off {
		parts = append(parts, restart, text(p.comments[0].Text), hard)
		p.comments = p.comments[1:]
		p.pending = false
	}
	return parts
}

// behind takes the comment that stands on the line of an offset, if at most a
// comma or the sign behind a label is between.
func (p *printer) behind(off int) *ast.Comment {
	if len(p.comments) == 0 || p.comments[0].At.Start < off {
		return nil
	}
	c := p.comments[0]
	switch strings.Trim(p.file.Text[off:c.At.Start], " \t") {
	case "", ",", "=", ":":
	default:
		return nil
	}
	p.comments = p.comments[1:]
	return c
}

// separated sets n parts on lines of their own. Comments and empty lines between
// them stay; apart reports whether an empty line must stand before part i.
func (p *printer) separated(n int, at func(i int) source.Span, part func(i int) doc, apart func(i int) bool) []doc {
	var parts []doc
	for i := range n {
		parts = append(parts, p.ownLines(at(i).Start, i > 0, i > 0 && apart(i))...)
		parts = append(parts, part(i))
	}
	return parts
}

// ownLines starts the line of what stands at an offset: its comments, and the
// empty lines before them, go first. At the start of a body, where follows is
// false, there is no empty line.
func (p *printer) ownLines(off int, follows, apart bool) []doc {
	parts := p.remarks(off, follows, apart)
	if len(parts) > 0 {
		follows, apart = true, false
	}
	p.pending = false
	return append(parts, p.lineStart(off, follows, apart))
}

// remarks takes the comments before an offset, with the empty lines before them.
func (p *printer) remarks(off int, follows, apart bool) []doc {
	var parts []doc
	for len(p.comments) > 0 && p.comments[0].At.Start < off {
		c := p.comments[0]
		p.comments = p.comments[1:]
		parts = append(parts, p.lineStart(c.At.Start, follows, apart), text(c.Text))
		follows, apart, p.pending = true, false, false
	}
	return parts
}

// lineStart ends a line, and leaves one empty if the text has an empty line
// before off, or must have.
func (p *printer) lineStart(off int, follows, apart bool) doc {
	if apart || follows && p.emptyBefore(off) {
		return blank
	}
	return restart
}

// emptyBefore reports whether an empty line stands before what starts at off.
func (p *printer) emptyBefore(off int) bool {
	if p.file == nil {
		return false
	}
	text := p.file.Text[:off]
	return strings.Count(text[len(strings.TrimRight(text, " \t\r\n")):], "\n") > 1
}

// closing is the last leaf of something in brackets that ends where at ends. The
// comments before it stand in as far as what is inside; else brk goes before it.
// The bracket is empty if nothing else is inside.
func (p *printer) closing(empty bool, brk doc, s string, at source.Span) doc {
	if empty && !p.pending {
		brk = concat()
	}
	if at.IsZero() {
		return concat(brk, text(s))
	}
	at.Start = at.End - 1
	if remarks := p.remarks(at.Start, !empty, false); len(remarks) > 0 {
		brk = concat(indent(inner, remarks...), restart)
	}
	return concat(brk, p.leaf(s, at))
}

// find is the span of a symbol or a word behind at, after space, comments and
// punctuation only.
func (p *printer) find(symbol string, at source.Span) source.Span {
	if at.IsZero() {
		return at
	}
	off := at.End
	for off < len(p.file.Text) && !strings.HasPrefix(p.file.Text[off:], symbol) {
		if strings.HasPrefix(p.file.Text[off:], "//") {
			off += strings.IndexByte(p.file.Text[off:]+"\n", '\n')
		} else {
			off++
		}
	}
	return source.Span{File: at.File, Start: off, End: off + len(symbol)}
}
