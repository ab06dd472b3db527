package lang

import (
	"github.com/detlang/det/lang/diag"
	"github.com/detlang/det/lang/source"
)

// The token pass. Line ends mean nothing in the language, and no stage, clause
// or field name is reserved, so where a stage ends follows from one question
// only: is an operand complete? After a complete operand a clause word starts a
// clause, and any other name starts a stage; before one, every word is a name.
// The pass walks the tokens once with that question in mind and writes the
// answer into their kinds. The grammar is then LL(1), and a broken stage can be
// told from its neighbours without parsing it.

// tagged is a file after the token pass, cut up at its declarations.
type tagged struct {
	tokens       []token
	declarations []segment
}

// segment is a range of tokens. It is unknown when it does not start with the
// word of a declaration, and over when it passed a limit, which was told.
type segment struct {
	from, to int
	unknown  bool
	over     bool
}

// mode is what kind of text the pass is in.
type mode uint8

const (
	outside   mode = iota // between declarations
	naming                // const, list, fn: before the =
	importing             // the path of an import
	valuing               // const, list, fn: an expression
	header                // a block's words before its {
	staging               // inside a declaration's braces
	listing               // inside a stage's braces
	lost                  // text that starts no declaration
)

// state is where the pass stands in relation to the operands of an expression.
type state uint8

const (
	fresh  state = iota // a stage, or an entry of a block, starts here
	named               // a stage's name was read: operand, clause or block
	open                // an operand must follow
	member              // a name must follow a dot
	done                // an operand, a clause's or a stage's last word was read
)

type tagger struct {
	file     *source.File
	diags    *diag.List
	in       []token
	i        int
	out      []token
	segments []segment

	mode      mode
	state     state
	place     place    // what the body at hand is
	argument  bool     // a label may stand here
	clause    bool     // in a heading or an entry of a block: a clause has begun
	entry     bool     // the next token written starts an entry
	depth     int      // open braces of this declaration
	brackets  []opened // open ( and [
	prefixes  int      // in a row
	operators int      // above one another in this expression
	unclosed  bool     // braces do not pair up in this file
	told      bool     // a limit was told in this declaration
}

// tag runs the token pass over the scanner's tokens.
func tag(f *source.File, raw []token, diags *diag.List) tagged {
	t := tagger{file: f, diags: diags, in: raw, out: make([]token, 0, min(len(raw), 1<<16))}
	t.unclosed = !t.paired()
	for ; t.in[t.i].kind != end; t.i++ {
		t.step()
	}
	t.finish()
	return tagged{t.out, t.segments}
}

func (t *tagger) text(tok token) string { return t.file.Text[tok.start:tok.end] }

// is reports whether tok is this symbol.
func (t *tagger) is(tok token, symbol string) bool {
	return (tok.kind == punct || tok.kind == assign) && t.text(tok) == symbol
}

// word is the text of a token that may be a keyword, or "".
func (t *tagger) word(tok token) string {
	if tok.kind == ident {
		return t.text(tok)
	}
	return ""
}

// peek is the token n places ahead.
func (t *tagger) peek(n int) token { return t.in[min(t.i+n, len(t.in)-1)] }

func (t *tagger) at(tok token) source.Span {
	return source.Span{File: t.file, Start: int(tok.start), End: int(tok.end)}
}

// write puts the token at hand out as kind k.
func (t *tagger) write(k kind) { t.writeTo(k, t.i) }

// writeTo puts the tokens from the one at hand to the one at last out as one. Bad
// tokens in a row, of which there may be millions, become one.
func (t *tagger) writeTo(k kind, last int) {
	tok := t.in[t.i]
	if n := len(t.out) - 1; k == bad && n >= 0 && t.out[n].kind == bad {
		t.out[n].end, t.i = t.in[last].end, last
		return
	}
	tok.kind, tok.end, tok.entry = k, t.in[last].end, t.entry
	t.out = append(t.out, tok)
	t.i, t.entry = last, false
	if k != prefix {
		t.prefixes = 0
	}
}

func (t *tagger) step() {
	tok := t.in[t.i]
	if word := t.word(tok); word != "" && t.startsDeclaration(tok, word) {
		t.begin(word)
		return
	}
	switch t.mode {
	case outside:
		t.begin("")
	case lost:
		t.lose(tok)
	case naming:
		t.name(tok)
	default:
		t.token(tok)
	}
}

// token writes one token of an expression, a stage or a block.
func (t *tagger) token(tok token) {
	switch tok.kind {
	case ident:
		t.identifier(t.text(tok))
	case quoted:
		t.plainName()
	case str, literal:
		t.startEntry()
		t.write(t.operandKind(tok.kind))
		t.state = done
	case bad:
		t.write(bad)
		t.state = done
	case prefix:
		t.not()
	case operator:
		t.operator(t.text(tok))
	case assign:
		t.write(assign)
		t.state, t.argument = open, false
	default:
		t.punctuation(tok)
	}
}

func (t *tagger) punctuation(tok token) {
	switch t.text(tok) {
	case "(", "[":
		t.bracket(tok)
	case ")", "]":
		t.closeBracket()
	case "{", "}":
		t.brace(tok)
	case ",":
		t.comma()
	case ".":
		t.count(punct, t.i)
		t.state = member
	}
}

// startEntry notes that the next token written starts an entry of a block, where
// that is so.
func (t *tagger) startEntry() {
	if t.mode == listing && t.state == fresh {
		t.entry, t.clause, t.operators = true, false, 0
		t.state = open
	}
}

// operator writes a symbol between two operands, or a sign before one.
func (t *tagger) operator(text string) {
	if t.state != done && (text == "-" || text == "+") {
		t.sign()
		return
	}
	t.count(operator, t.i)
	t.state = open
}

// count writes the tokens up to the one at last as one operator, within the limit.
func (t *tagger) count(k kind, last int) {
	if t.operators++; t.operators > maxOperators {
		k = t.tooLong()
	}
	t.writeTo(k, last)
	t.argument = false
}

// sign writes a prefix, within the limit.
func (t *tagger) sign() {
	t.startEntry()
	k := prefix
	if t.prefixes++; t.prefixes > maxNesting {
		t.limit("D0113", "this expression is nested more than %d deep", maxNesting)
		k = bad
	}
	t.count(k, t.i)
	t.state = open
}

// bracket opens a call's arguments, a list or a parenthesis.
func (t *tagger) bracket(tok token) {
	if t.state != done && t.text(tok) == "[" {
		if last, ok := t.plainList(); ok {
			t.startEntry()
			t.writeTo(value, last)
			t.state = done
			return
		}
	}
	t.startEntry()
	isCall := len(t.out) > 0 && t.out[len(t.out)-1].kind == call && t.text(tok) == "("
	t.brackets = append(t.brackets, opened{at: len(t.out), before: t.operators})
	k := punct
	if len(t.brackets) > maxNesting {
		t.limit("D0113", "this expression is nested more than %d deep", maxNesting)
		k = bad
	}
	t.write(k)
	t.state, t.argument = open, isCall
}

// plainList finds the end of the list that starts at hand, if it holds nothing
// but literals. Such lists may have a million elements, too many to be parsed
// one by one.
func (t *tagger) plainList() (last int, ok bool) {
	for j := t.i + 1; j+1 < len(t.in); j += 2 {
		if t.in[j].kind != str && t.in[j].kind != literal {
			return j, j > t.i+1 && t.is(t.in[j], "]")
		}
		if t.is(t.in[j+1], "]") {
			return j + 1, true
		}
		if !t.is(t.in[j+1], ",") {
			return 0, false
		}
	}
	return 0, false
}

func (t *tagger) closeBracket() {
	if last := len(t.out) - 1; t.state == open && t.out[last].kind == punct && t.text(t.out[last]) == "," {
		t.out[last].kind = separator
	}
	if n := len(t.brackets) - 1; n >= 0 {
		b := t.brackets[n]
		t.operators = max(t.operators, b.before+b.most)
		t.brackets = t.brackets[:n]
	}
	t.write(punct)
	t.state = done
}

// comma separates arguments, elements or, outside of brackets, a block's entries.
// After a clause's argument it goes on with the clause unless a label follows.
func (t *tagger) comma() {
	if len(t.brackets) > 0 {
		opener := t.brackets[len(t.brackets)-1].at
		t.write(punct)
		t.state, t.argument = open, opener > 0 && t.out[opener-1].kind == call
		return
	}
	if t.mode == listing && !(t.clause && !t.labelAt(1) && !t.is(t.peek(1), "}")) {
		t.write(separator)
		t.state = fresh
		return
	}
	t.write(punct)
	t.state, t.argument = open, true
}

// labelAt reports whether a label, or not and a label, starts n places ahead.
func (t *tagger) labelAt(n int) bool {
	if t.word(t.peek(n)) == "not" && t.peek(n+1).kind != assign {
		n++
	}
	name := t.peek(n)
	return (name.kind == ident || name.kind == quoted) && t.peek(n+1).kind == assign
}
