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
	chain *expression
	next  int // how many operators of the chain are used up
}

func (l *lowering) expression(e *expression) ast.Expr {
	c := climb{lowering: l, chain: e}
	return c.from(0, orLevel)
}

// from reads an expression whose first operand has had skip of its prefixes read.
func (c *climb) from(skip, level int) ast.Expr {
	x := c.prefixed(skip, level)
	compared := false
	for c.next < len(c.chain.Rest) {
		b := c.binary(c.chain.Rest[c.next].Operator)
		own := levels[b.Op]
		if own < level {
			break
		}
		if own == compareLevel && compared {
			d := c.diags.Errorf("D0106", b.OpAt, "comparisons do not chain")
			d.Hint = "compare twice: a < b and b < c"
		}
		compared = own == compareLevel
		c.next++
		b.X, b.Y = x, c.from(0, own+1)
		if lit, ok := b.Y.(*ast.Literal); b.Op == "is" && !(ok && lit.Value == nil) {
			c.diags.Errorf("D0117", b.Y.Span(), "expected `null` after `is`").Hint = "to compare two values, write =="
		}
		x = b
	}
	return x
}

// prefixed reads the operand that is next, with its prefixes from skip on.
func (c *climb) prefixed(skip, level int) ast.Expr {
	o := &c.chain.First
	if c.next > 0 {
		o = &c.chain.Rest[c.next-1].Operand
	}
	if skip == len(o.Prefix) {
		return c.operand(o)
	}
	t := o.Prefix[skip]
	u := &ast.Unary{Op: t.Value}
	if t.Value == "-" || t.Value == "+" {
		u.X = c.prefixed(skip+1, signLevel)
	} else {
		u.Op = "not"
		if level > notLevel {
			c.diags.Errorf("D0116", c.at(t), "`not` needs parentheses here").Hint = "write (not …)"
		}
		u.X = c.from(skip+1, notLevel)
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

// operand reads an operand behind its prefixes.
func (l *lowering) operand(o *operand) ast.Expr {
	var x ast.Expr
	switch {
	case o.Atom != nil:
		x = l.atom(*o.Atom)
	case o.Call != nil:
		x = l.call(nil, o.Call)
	case o.Group != nil:
		x = &ast.Paren{X: l.expression(o.Group.Value), At: l.at(o.Group.Open).To(l.at(o.Group.Close))}
	default:
		list := &ast.ListExpr{At: l.at(o.Array.Open).To(l.at(o.Array.Close))}
		for _, e := range o.Array.Elems {
			list.Elems = append(list.Elems, l.expression(e))
		}
		x = list
	}
	for _, m := range o.Members {
		if m.Call != nil {
			x = l.call(x, m.Call)
		} else {
			x = &ast.Select{X: x, Sel: l.ident(*m.Name)}
		}
	}
	return x
}

func (l *lowering) call(on ast.Expr, c *invocation) *ast.Call {
	call := &ast.Call{On: on, Fun: l.ident(c.Name), Args: l.arguments(c.Args), At: l.at(c.Name).To(l.at(c.Close))}
	if on != nil {
		call.At = on.Span().To(call.At)
	}
	return call
}

func (l *lowering) atom(t lexer.Token) ast.Expr {
	switch t.Type {
	case ident:
		return &ast.Name{Ident: *l.ident(t)}
	case values:
		return l.plainList(l.at(t))
	}
	return l.literal(t)
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
