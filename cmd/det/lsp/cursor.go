package lsp

import (
	"strings"

	"github.com/detlang/det/lang"
)

// cursor is where in a file a cursor stands, as the tokens before it tell.
type cursor struct {
	decl   int    // index of the declaration, or -1 outside of all
	word   string // that starts it
	header bool   // before its {
	stage  string // the stage at hand, "" before the first
	block  bool   // in the stage's braces
	clause string // the clause at hand of the stage, or ""
	prev   *lang.Token
	before []lang.Token // tokens of the declaration before the cursor
	start  int          // where the word at the cursor starts
	end    int
	typed  string // what of it stands before the cursor
	quoted bool   // the cursor is in a string
	remark bool   // or in a comment
	// fresh tells that a stage or an entry may start here.
	fresh bool
}

// cursor works out where an offset lies.
func (d *document) cursor(off int) cursor {
	c := d.classified()
	out := cursor{decl: d.declaration(off), start: off, end: off}
	for _, x := range c.Comments {
		if x.At.Start < off && off <= x.At.End {
			out.remark = true
		}
	}
	from, to := 0, len(c.Tokens)
	if out.decl >= 0 {
		from, to = c.Declarations[out.decl][0], c.Declarations[out.decl][1]
	}
	depth, header := 0, true
	clauseDepth := 0
	brackets := 0
	for i := from; i < to; i++ {
		t := c.Tokens[i]
		if t.At.Start >= off {
			break
		}
		if t.At.End >= off && t.Kind != lang.TokenPunct && t.Kind != lang.TokenOperator {
			out.start, out.end, out.typed = t.At.Start, t.At.End, t.At.Text()[:off-t.At.Start]
			closed := len(t.At.Text()) > 1 && t.At.End == off && strings.HasSuffix(t.At.Text(), t.At.Text()[:1])
			if k := t.At.Text()[0]; (k == '"' || k == '\'') && !closed {
				out.quoted = true
			}
			out.fresh = t.Kind == lang.TokenStage || t.First
			break
		}
		out.before = append(out.before, t)
		switch t.Kind {
		case lang.TokenDeclaration:
			if i == from {
				out.word = t.At.Text()
			}
		case lang.TokenStage:
			if depth <= 1 {
				out.stage, out.clause, brackets = t.At.Text(), "", 0
			}
		case lang.TokenClause, lang.TokenFlag:
			out.clause, clauseDepth = t.At.Text(), depth
		case lang.TokenPunct:
			switch t.At.Text() {
			case "{":
				depth++
				header = false
			case "}":
				depth--
				if depth < clauseDepth {
					out.clause = ""
				}
				if depth == 1 {
					out.stage, out.clause = "", ""
				}
			case "(", "[":
				brackets++
			case ")", "]":
				brackets--
			}
		}
	}
	if n := len(out.before); n > 0 {
		out.prev = &out.before[n-1]
	}
	out.header = header
	out.block = depth >= 2
	if out.decl >= 0 && depth <= 0 && !header {
		out = cursor{decl: -1, start: out.start, end: out.end, typed: out.typed, quoted: out.quoted, remark: out.remark, fresh: true}
		return out
	}
	if out.block {
		out.clause = ""
	}
	if brackets > 0 {
		out.fresh = false
	}
	return out
}

// wanting tells that an operand must follow: nothing complete stands before.
func (c *cursor) wanting() bool {
	if c.prev == nil {
		return false
	}
	switch c.prev.Kind {
	case lang.TokenOperator, lang.TokenClause, lang.TokenStage, lang.TokenLabel:
		return true
	case lang.TokenPunct:
		switch c.prev.At.Text() {
		case "(", "[", ",", ".":
			return true
		}
	}
	return false
}
