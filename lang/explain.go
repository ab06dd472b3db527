package lang

import (
	"fmt"
	"strings"

	"github.com/detlang/det/lang/diag"
)

// explain tells, in the author's words, why tokens stop making sense where they
// do. It looks at the token that stopped the parser and the one before it. Text
// whose error was told by the scanner is passed over.
func (l *lowering) explain(tokens []token, failed failure) {
	e := explanation{l, tokens, failed.at}
	if f := e.found(); f.kind == bad || f.kind == prefix && e.textOf(f) == "!" {
		return
	}
	for _, try := range []func() bool{e.naming, e.stageStart, e.missingExpression, e.assign, e.brackets, e.sideBySide} {
		if try() {
			return
		}
	}
	if e.at >= len(tokens) {
		e.errorf("D0102", e.before(), "something is missing after %s", e.quote(e.before()))
		return
	}
	d := e.errorf("D0102", e.found(), "unexpected %s", e.quote(e.found()))
	if e.is(e.found(), "{") {
		d.Hint = "a stage has one block, as its last part"
	}
}

// explanation is the place of a syntax error: before the token at index at.
type explanation struct {
	*lowering
	tokens []token
	at     int
}

// found is the token that stopped the parser; of kind end behind the last.
func (e *explanation) found() token {
	if e.at < len(e.tokens) {
		return e.tokens[e.at]
	}
	last := e.tokens[len(e.tokens)-1]
	return token{kind: end, start: last.end, end: last.end}
}

// before is the token before that, or the first.
func (e *explanation) before() token { return e.tokens[max(0, e.at-1)] }

func (e *explanation) quote(t token) string { return describe(e.textOf(t)) }

func (e *explanation) errorf(code string, at token, format string, args ...any) *diag.Diagnostic {
	return e.diags.Errorf(code, e.span(at), format, args...)
}

// is reports whether t is one of these symbols.
func (e *explanation) is(t token, symbols string) bool {
	return t.kind == punct && strings.Contains(symbols, e.textOf(t))
}

// startsOperand reports whether an operand may start with t.
func (e *explanation) startsOperand(t token) bool {
	switch t.kind {
	case ident, call, str, value, prefix, label:
		return true
	}
	return e.is(t, "([")
}

// shapes are the declarations without a body, as a hint shows them, and the
// symbol that follows their names.
var shapes = map[string]struct{ example, symbol string }{
	"import": {"import std.windows", ""},
	"const":  {"const limit = 5", "="},
	"list":   {`list admins = ["ann", "bob"]`, "="},
	"fn":     {"fn is_admin(user) = user in admins", "("},
}

// naming explains a declaration without a body that lacks its name, or the symbol
// that follows it.
func (e *explanation) naming() bool {
	if e.tokens[0].kind != keyword || e.at == 0 || e.before().kind == assign {
		return false
	}
	word := e.textOf(e.tokens[0])
	shape, plain := shapes[word]
	switch {
	case !plain && e.at == len(e.tokens) && e.before().kind != clauseWord:
		e.errorf("D0102", e.before(), "expected `{` after %s", e.quote(e.before()))
	case e.at > 2 || e.at == 2 && (!plain || word == "import"):
		return false
	case word == "import":
		e.errorf("D0101", e.tokens[0], "expected a path or a file after `import`").Hint = "write: " + shape.example
	case e.at == 1:
		e.missingName(e.identOf(e.tokens[0]))
	default:
		e.errorf("D0102", e.before(), "expected `%s` after %s", shape.symbol, e.quote(e.before())).Hint = "write: " + shape.example
	}
	return true
}

// stageStart explains a stage that starts with something other than a name.
func (e *explanation) stageStart() bool {
	t := e.found()
	if e.at != 0 || t.kind == end {
		return false
	}
	if e.is(t, ")]}") {
		e.errorf("D0105", t, "this %s closes nothing", e.quote(t))
		return true
	}
	d := e.errorf("D0120", t, "expected the name of a stage, not %s", e.quote(t))
	if reserved(e.textOf(t)) {
		d.Hint = fmt.Sprintf("a name spelt like a word of the language stands in backquotes: `%s`", e.textOf(t))
	}
	return true
}

// missingExpression explains a token that needs an operand after it and has none.
func (e *explanation) missingExpression() bool {
	before, found := e.before(), e.found()
	if e.at == 0 || e.startsOperand(found) && !e.is(before, ".") {
		return false
	}
	switch {
	case e.is(before, "."):
		e.errorf("D0101", before, "expected a name after `.`")
	case e.is(found, ".") && e.before().kind == value:
		e.errorf("D0101", found, "expected a name after `.`")
	case before.kind == stageName && (found.kind == assign || found.kind == operator):
		e.errorf("D0101", before, "expected an expression after %s", e.quote(before))
	case before.kind == operator || before.kind == prefix || before.kind == assign || before.kind == clauseWord || before.kind == absent || e.is(before, ",(["):
		if e.is(before, "([") && (found.kind == end || e.is(found, "{}")) {
			return false // the bracket is never closed
		}
		d := e.errorf("D0101", before, "expected an expression after %s", e.quote(before))
		switch text := e.textOf(found); {
		case before.kind == operator && text == "=":
			d.Hint = "equality is written =="
		case found.kind == operator && text == "*" && e.is(before, "("):
			d.Hint = "count() counts rows"
		case found.kind == operator && operatorWords[text]:
			d.Hint = fmt.Sprintf("a name spelt like a word of the language stands in backquotes: `%s`", text)
		}
	default:
		return false
	}
	return true
}

// assign explains = or : between two values.
func (e *explanation) assign() bool {
	t := e.found()
	if t.kind != assign || e.at == 0 {
		return false
	}
	if e.textOf(t) == ":" {
		return false
	}
	d := e.errorf("D0118", t, "`=` does not compare")
	d.Hint = "write == to compare two values"
	d.Fix = &diag.Edit{Span: e.span(t), Text: "=="}
	return true
}

// brackets explains brackets without partners.
func (e *explanation) brackets() bool {
	var open []token
	for _, t := range e.tokens[:e.at] {
		if e.is(t, "([{") {
			open = append(open, t)
		} else if e.is(t, ")]}") && len(open) > 0 {
			open = open[:len(open)-1]
		}
	}
	found := e.found()
	if len(open) == 0 {
		if e.is(found, ")]}") {
			e.errorf("D0105", found, "this %s closes nothing", e.quote(found))
			return true
		}
		return false
	}
	last := open[len(open)-1]
	switch {
	case found.kind == end, e.is(found, "{"), e.is(found, "}") && !e.is(last, "{"):
		e.neverClosed(last)
	case e.is(found, ")]"):
		e.errorf("D0105", found, "%s cannot close %s", e.quote(found), e.quote(last)).Notes = []diag.Note{{Span: e.span(last), Message: "opened here"}}
	default:
		return false
	}
	return true
}

func (l *lowering) neverClosed(t token) {
	l.diags.Errorf("D0104", l.span(t), "this %s is never closed", describe(l.textOf(t)))
}

// sideBySide explains a value that follows another without anything between.
func (e *explanation) sideBySide() bool {
	before, found := e.before(), e.found()
	if e.at == 0 || !e.startsOperand(found) {
		return false
	}
	d := e.errorf("D0102", found, "unexpected %s after %s", e.quote(found), e.quote(before))
	d.Hint = "an operator, a comma or a clause word is missing between them"
	if text := e.textOf(before); text == "any" || text == "all" {
		d.Hint = text + " follows contains, startswith, endswith, like or matches; elsewhere write: x in [ … ]"
	}
	return true
}

// unknown tells about text at the top level that starts no declaration.
func (l *lowering) unknown(tokens []token) {
	t := tokens[0]
	text := l.textOf(t)
	switch {
	case t.kind == bad:
	case l.isBrace(t, "}"):
		l.diags.Errorf("D0105", l.span(t), "this `}` closes nothing")
	case t.kind == ident:
		d := l.diags.Errorf("D0103", l.span(t), "unknown declaration %s", describe(text))
		if near, ok := nearestDeclaration(text); ok {
			d.Message += fmt.Sprintf(": did you mean `%s`?", near)
			d.Fix = &diag.Edit{Span: l.span(t), Text: near}
		} else {
			d.Hint = "a declaration starts with one of: " + strings.Join(declarationNames, ", ")
		}
	default:
		l.diags.Errorf("D0103", l.span(t), "expected a declaration, not %s", describe(text)).Hint = "a declaration starts with one of: " + strings.Join(declarationNames, ", ")
	}
}
