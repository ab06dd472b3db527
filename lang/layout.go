package lang

import (
	"strings"
	"unicode/utf8"
)

// The layout of formatted text: a document says where a line may break, and
// render decides where it does. A group is set on one line if it fits, and
// otherwise all its own breaks become line ends. (Wadler, "A prettier printer",
// 2003, with Oppen's one-pass greedy choice.)

// maxColumns is the width that formatted lines keep to where they can break.
const maxColumns = 100

type docKind uint8

const (
	docText    docKind = iota
	docConcat          // its parts, one after another
	docGroup           // its parts, on one line if they fit
	docIndent          // its parts, with breaks n columns further in
	docLine            // a space, or a line end
	docSoft            // nothing, or a line end
	docHard            // a line end
	docFresh           // a line end unless the line is empty
	docBlank           // an empty line, unless one is there
	docComment         // a comment, put at the end of the line at hand
	docFlush           // a line end if a comment waits for one
	docOneLine         // text, but only if the group is on one line
	docBroken          // text, but only if it is not
)

// doc is a document. It is hard when a line end in it is certain.
type doc struct {
	kind  docKind
	hard  bool
	n     int
	text  string
	parts []doc
}

func text(s string) doc { return doc{kind: docText, text: s} }

var (
	line    = doc{kind: docLine}
	soft    = doc{kind: docSoft}
	hard    = doc{kind: docHard, hard: true}
	restart = doc{kind: docFresh, hard: true}
	blank   = doc{kind: docBlank, hard: true}
	flush   = doc{kind: docFlush, hard: true}
)

func concat(parts ...doc) doc        { return compose(docConcat, 0, parts) }
func groupOf(parts ...doc) doc       { return compose(docGroup, 0, parts) }
func indent(n int, parts ...doc) doc { return compose(docIndent, n, parts) }
func comment(s string) doc           { return doc{kind: docComment, text: s} }
func choice(oneLine, broken string) doc {
	return concat(doc{kind: docOneLine, text: oneLine}, doc{kind: docBroken, text: broken})
}

func compose(k docKind, n int, parts []doc) doc {
	d := doc{kind: k, n: n, parts: parts}
	for i := range parts {
		d.hard = d.hard || parts[i].hard
	}
	return d
}

// layout is the state of a rendering.
type layout struct {
	out      strings.Builder
	column   int
	indent   int      // of the line at hand
	content  bool     // the line at hand has text
	spaces   string   // at the end of the line at hand, written when text follows
	comments []string // to go to the end of the line at hand
	todo     []piece
}

// piece is a document to be set: how far in, and whether its group is broken.
type piece struct {
	doc    *doc
	indent int
	broken bool
}

// render sets a document, and ends it with a line end.
func render(d doc) string {
	l := &layout{todo: []piece{{&d, 0, true}}}
	for len(l.todo) > 0 {
		p := l.todo[len(l.todo)-1]
		l.todo = l.todo[:len(l.todo)-1]
		l.set(p)
	}
	l.freshLine(0)
	return l.out.String()
}

func (l *layout) set(p piece) {
	switch d := p.doc; d.kind {
	case docText:
		l.write(d.text)
	case docOneLine, docBroken:
		if p.broken == (d.kind == docBroken) {
			l.write(d.text)
		}
	case docConcat:
		l.push(d, p.indent, p.broken)
	case docIndent:
		l.push(d, p.indent+d.n, p.broken)
	case docGroup:
		l.push(d, p.indent, d.hard || !l.fits(p))
	case docLine, docSoft:
		if p.broken {
			l.newline(p.indent)
		} else if d.kind == docLine {
			l.write(" ")
		}
	case docHard:
		l.newline(p.indent)
	case docFresh:
		l.freshLine(p.indent)
	case docFlush:
		if len(l.comments) > 0 {
			l.newline(p.indent)
		}
	case docBlank:
		l.freshLine(p.indent)
		if s := l.out.String(); s != "" && !strings.HasSuffix(s, "\n\n") {
			l.out.WriteByte('\n')
		}
	case docComment:
		l.comments = append(l.comments, d.text)
	}
}

// push makes the parts of d what is set next.
func (l *layout) push(d *doc, indent int, broken bool) {
	for i := len(d.parts) - 1; i >= 0; i-- {
		l.todo = append(l.todo, piece{&d.parts[i], indent, broken})
	}
}

func (l *layout) write(s string) {
	if !l.content {
		s = strings.TrimLeft(s, " ")
	}
	word := strings.TrimRight(s, " ")
	if word == "" {
		l.spaces += s
	} else {
		if !l.content {
			l.out.WriteString(strings.Repeat(" ", l.indent))
			l.content, l.column = true, l.indent
		}
		l.out.WriteString(l.spaces + word)
		l.spaces = s[len(word):]
	}
	l.column += utf8.RuneCountInString(s)
}

// freshLine ends the line at hand unless it is empty.
func (l *layout) freshLine(indent int) {
	if l.content || len(l.comments) > 0 {
		l.newline(indent)
	}
	l.indent = indent
}

// newline ends the line at hand with its comments. Of several, all but the first
// get lines of their own.
func (l *layout) newline(indent int) {
	for i, c := range l.comments {
		if i > 0 {
			l.endLine()
			l.indent = indent
		} else if l.content && l.spaces == "" {
			l.write(" ")
		}
		l.write(c)
	}
	l.comments = l.comments[:0]
	l.endLine()
	l.indent = indent
}

func (l *layout) endLine() {
	l.out.WriteByte('\n')
	l.content, l.column, l.spaces = false, 0, ""
}

// fits reports whether a group fits on the line at hand, together with what
// follows it up to the next place where the line may end.
func (l *layout) fits(group piece) bool {
	room := maxColumns - max(l.column, l.indent)
	todo := []piece{{group.doc, 0, false}}
	for rest := len(l.todo); room >= 0; {
		if len(todo) == 0 {
			if rest--; rest < 0 {
				return true
			}
			todo = append(todo, l.todo[rest])
			continue
		}
		p := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		switch d := p.doc; d.kind {
		case docText:
			room -= utf8.RuneCountInString(d.text)
		case docOneLine, docBroken:
			if p.broken == (d.kind == docBroken) {
				room -= utf8.RuneCountInString(d.text)
			}
		case docConcat, docIndent, docGroup:
			for i := len(d.parts) - 1; i >= 0; i-- {
				todo = append(todo, piece{&d.parts[i], 0, p.broken})
			}
		case docLine, docSoft:
			if p.broken {
				return true
			}
			if d.kind == docLine {
				room--
			}
		case docHard, docFresh, docFlush, docBlank:
			return true
		}
	}
	return false
}
