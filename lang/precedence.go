package lang

import (
	"strings"

	"github.com/alecthomas/participle/v2/lexer"

	"github.com/detlang/det/lang/ast"
	"github.com/detlang/det/lang/source"
)

// The levels of precedence, loosest first.
const (
	orLevel = iota + 1
	andLevel
	notLevel
	compareLevel
	addLevel
	multiplyLevel
	signLevel
)

// levels has a row for every operator.
var levels = map[string]int{
	"or": orLevel, "and": andLevel,
	"==": compareLevel, "!=": compareLevel, "<": compareLevel, "<=": compareLevel, ">": compareLevel, ">=": compareLevel,
	"in": compareLevel, "is": compareLevel, "contains": compareLevel, "startswith": compareLevel,
	"endswith": compareLevel, "like": compareLevel, "matches": compareLevel,
	"+": addLevel, "-": addLevel, "*": multiplyLevel, "/": multiplyLevel, "%": multiplyLevel,
}

// climb makes a tree of a flat chain of operands and operators, by precedence
// climbing: each call takes the operators that bind at least as tight as level.
// All operators are left-associative, except that comparisons do not associate.
// (Pratt, "Top down operator precedence", POPL 1973.)
type climb struct {
	*lowering
	tokens    []lexer.Token // what is left of the chain
	compounds []*compound   // what is left of its operands that are not values
}

func (l *lowering) expression(e *expression) ast.Expr {
	c := climb{l, e.Tokens, e.Compounds}
	if c.tokens[0].Type == label {
		c.tokens = c.tokens[2:]
	}
	return c.from(c.take(), orLevel)
}

// operand is a value, which is a token, or a compound, which starts with it.
type operand struct {
	token    lexer.Token
	compound *compound
}

// take is the next operand of the chain.
func (c *climb) take() operand {
	o := operand{token: c.tokens[0]}
	if o.token.Type == value {
		c.tokens = c.tokens[1:]
		return o
	}
	o.compound, c.compounds = c.compounds[0], c.compounds[1:]
	c.tokens = c.tokens[len(o.compound.Tokens):]
	return o
}

// from reads an expression that starts with operand o.
func (c *climb) from(o operand, level int) ast.Expr {
	x := c.prefixed(o, level)
	compared := false
	for len(c.tokens) > 0 {
		b := c.binary(c.tokens[0])
		own := levels[b.Op]
		if own < level {
			break
		}
		chained := own == compareLevel && compared
		if chained {
			c.diags.Errorf("D0106", b.OpAt, "comparisons do not chain").Hint = "compare twice: a < b and b < c"
		}
		compared = own == compareLevel
		c.tokens = c.tokens[1:]
		b.X, b.Y = x, c.from(c.take(), own+1)
		b.At = x.Span().To(b.Y.Span())
		if lit, ok := b.Y.(*ast.Literal); b.Op == "is" && !(ok && lit.Value == nil) {
			c.diags.Errorf("D0117", b.Y.Span(), "expected `null` after `is`").Hint = "to compare two values, write =="
		}
		if x = b; chained { // what it compares means nothing: no type of it is wrong
			x = &ast.Bad{At: b.At}
		}
	}
	return x
}

// prefixed reads an operand with its prefixes.
func (c *climb) prefixed(o operand, level int) ast.Expr {
	t := o.token
	switch {
	case o.compound == nil:
		return c.value(t)
	case t.Type != prefix:
		return c.compound(o.compound)
	}
	o = operand{o.compound.Tokens[1], o.compound.Prefixed}
	u := &ast.Unary{Op: t.Value}
	if t.Value == "-" || t.Value == "+" {
		u.X = c.prefixed(o, signLevel)
	} else {
		u.Op = "not"
		if level > notLevel {
			c.diags.Errorf("D0116", c.at(t), "`not` needs parentheses here").Hint = "write (not …)"
		}
		u.X = c.from(o, notLevel)
	}
	u.At = c.at(t).To(u.X.Span())
	return u
}

// binary reads an operator, which may be of several words.
func (l *lowering) binary(t lexer.Token) *ast.Binary {
	b := &ast.Binary{OpAt: l.at(t)}
	for _, w := range operatorParts(t.Value) {
		switch w {
		case "not":
			b.Not = true
		case "any", "all":
			b.Quant = w
		case "cased":
			b.Cased = true
		default:
			b.Op = w
		}
	}
	return b
}

// operatorParts are the words of an operator. Comments may stand between them.
func operatorParts(text string) []string {
	if levels[text] > 0 {
		return []string{text}
	}
	for _, f := range foreign {
		if f.text == text {
			return []string{f.instead}
		}
	}
	var words []string
	for line := range strings.Lines(text) {
		code, _, _ := strings.Cut(line, "//")
		words = append(words, strings.Fields(code)...)
	}
	return words
}

// compound reads a call, a parenthesis or a list.
func (l *lowering) compound(o *compound) ast.Expr {
	at := l.at(o.Tokens[0]).To(l.at(o.Tokens[len(o.Tokens)-1]))
	switch {
	case o.Call != nil:
		return l.call(nil, o.Call)
	case o.Group != nil:
		return &ast.Paren{X: l.expression(o.Group.Value), At: at}
	}
	list := &ast.ListExpr{At: at}
	for _, e := range o.Array.Elems {
		list.Elems = append(list.Elems, l.expression(e))
	}
	return list
}

// value reads what the token pass made one token of.
func (l *lowering) value(t lexer.Token) ast.Expr {
	switch c := t.Value[0]; {
	case c == '[':
		return l.plainList(l.at(t))
	case c == '"', c == '\'', isDigit(c), t.Value == "true", t.Value == "false", t.Value == "null":
		return l.literal(t)
	}
	return l.members(nil, t)
}

// call reads a call, on the value that stands before its dot, if any. Its name
// may have dots of its own.
func (l *lowering) call(on ast.Expr, c *invocation) ast.Expr {
	call := &ast.Call{On: on, Args: l.arguments(c.Args), At: l.at(c.Tokens[0]).To(l.at(c.Close))}
	switch name := l.members(on, c.Tokens[0]).(type) {
	case *ast.Select:
		call.On, call.Fun = name.X, name.Sel
	case *ast.Name:
		call.Fun = &name.Ident
	}
	if on != nil {
		call.At = on.Span().To(call.At)
	}
	var x ast.Expr = call
	for _, s := range c.Then {
		if s.Call != nil {
			x = l.call(x, s.Call)
		} else {
			x = l.members(x, s.Tokens[1])
		}
	}
	return x
}

// members reads a name with dots in it, after x, if any.
func (l *lowering) members(x ast.Expr, t lexer.Token) ast.Expr {
	if x == nil && strings.IndexByte(t.Value, '.') < 0 {
		return &ast.Name{Ident: *l.ident(t)}
	}
	from, to := l.rawRange(l.at(t))
	for _, r := range l.raw[from:to] {
		switch {
		case r.kind == punct:
		case x == nil:
			x = &ast.Name{Ident: *l.identOf(r)}
		default:
			x = &ast.Select{X: x, Sel: l.identOf(r)}
		}
	}
	return x
}

// plainList makes the elements of a list that the token pass read as one token.
// They are allocated together: such lists may have a million elements.
func (l *lowering) plainList(at source.Span) *ast.ListExpr {
	from, to := l.rawRange(at)
	literals := make([]ast.Literal, 0, (to-from)/2)
	for _, t := range l.raw[from:to] {
		if t.kind == str || t.kind == literal {
			literals = append(literals, l.literalAt(source.Span{File: l.file, Start: int(t.start), End: int(t.end)}))
		}
	}
	elems := make([]ast.Expr, len(literals))
	for i := range literals {
		elems[i] = &literals[i]
	}
	return &ast.ListExpr{Elems: elems, At: at}
}

// rawRange finds the scanned tokens inside of a span.
func (l *lowering) rawRange(at source.Span) (from, to int) {
	find := func(offset int) int {
		i, j := 0, len(l.raw)
		for i < j {
			if m := (i + j) / 2; int(l.raw[m].start) < offset {
				i = m + 1
			} else {
				j = m
			}
		}
		return i
	}
	return find(at.Start), find(at.End)
}
