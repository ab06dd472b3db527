package plan

import (
	"fmt"
	"net/netip"
	"strconv"
	"strings"
	"time"

	"github.com/detlang/det/lang/source"
	"github.com/detlang/det/lang/types"
	"github.com/detlang/det/stdlib"
)

// Expr is a checked expression: every name is resolved and every type is known.
type Expr interface {
	expr()
	Type() types.Type
	Span() source.Span
}

// Const is a value known when the rule is compiled: bool, int64, float64, string,
// time.Duration, time.Time, netip.Addr, netip.Prefix, []any, or nil for null.
// Name is set where the author gave the value one.
type Const struct {
	Value any
	T     types.Type
	Name  string
	At    source.Span
}

// Col reads a column of the row.
type Col struct {
	Column *Column
	At     source.Span
}

// Named is an expression that the author gave a name with let.
type Named struct {
	Name string
	X    Expr
	At   source.Span
}

// Call applies a function of the standard library.
type Call struct {
	Func *stdlib.Func
	Args []Expr
	T    types.Type
	At   source.Span
}

// Op applies an operator: a comparison (bool) or arithmetic.
type Op struct {
	Op    string
	Not   bool   // comparisons: the plain complement
	Quant string // any, all
	Cased bool
	Args  []Expr
	T     types.Type
	At    source.Span
	OpAt  source.Span
}

// And holds where all of Xs do; And{} is true.
type And struct {
	Xs []Expr
	At source.Span
}

// Or holds where one of Xs does; Or{} is false.
type Or struct {
	Xs []Expr
	At source.Span
}

// Not is the plain complement.
type Not struct {
	X  Expr
	At source.Span
}

func (*Const) expr() {}
func (*Col) expr()   {}
func (*Named) expr() {}
func (*Call) expr()  {}
func (*Op) expr()    {}
func (*And) expr()   {}
func (*Or) expr()    {}
func (*Not) expr()   {}

func (x *Const) Type() types.Type { return x.T }
func (x *Col) Type() types.Type   { return x.Column.Type }
func (x *Named) Type() types.Type { return x.X.Type() }
func (x *Call) Type() types.Type  { return x.T }
func (x *Op) Type() types.Type    { return x.T }
func (x *And) Type() types.Type   { return types.TBool }
func (x *Or) Type() types.Type    { return types.TBool }
func (x *Not) Type() types.Type   { return types.TBool }

func (x *Const) Span() source.Span { return x.At }
func (x *Col) Span() source.Span   { return x.At }
func (x *Named) Span() source.Span { return x.At }
func (x *Call) Span() source.Span  { return x.At }
func (x *Op) Span() source.Span    { return x.At }
func (x *And) Span() source.Span   { return x.At }
func (x *Or) Span() source.Span    { return x.At }
func (x *Not) Span() source.Span   { return x.At }

// Children are the expressions directly below x.
func Children(x Expr) []Expr {
	switch x := x.(type) {
	case *Const, *Col:
		return nil
	case *Named:
		return []Expr{x.X}
	case *Call:
		return x.Args
	case *Op:
		return x.Args
	case *And:
		return x.Xs
	case *Or:
		return x.Xs
	case *Not:
		return []Expr{x.X}
	}
	panic(fmt.Sprintf("plan: unexpected expression %T", x))
}

// Conditions are the single conditions that an expression joins with and, or and
// not, from left to right.
func Conditions(x Expr) []Expr {
	var out []Expr
	Walk(x, func(x Expr) bool {
		switch n := x.(type) {
		case *And, *Or, *Not:
			return true
		case *Named:
			return n.Type().Kind == types.Bool
		}
		out = append(out, x)
		return false
	})
	return out
}

// Walk calls f for x and, where f says so, for everything below it.
func Walk(x Expr, f func(Expr) bool) {
	if f(x) {
		for _, c := range Children(x) {
			Walk(c, f)
		}
	}
}

// Map rebuilds x from the bottom up: f is given each expression after its
// children were mapped, and gives what stands in its place.
func Map(x Expr, f func(Expr) Expr) Expr {
	list := func(xs []Expr) []Expr {
		out := make([]Expr, len(xs))
		for i, c := range xs {
			out[i] = Map(c, f)
		}
		return out
	}
	switch y := x.(type) {
	case *Named:
		c := *y
		c.X = Map(y.X, f)
		return f(&c)
	case *Call:
		c := *y
		c.Args = list(y.Args)
		return f(&c)
	case *Op:
		c := *y
		c.Args = list(y.Args)
		return f(&c)
	case *And:
		return f(&And{list(y.Xs), y.At})
	case *Or:
		return f(&Or{list(y.Xs), y.At})
	case *Not:
		return f(&Not{Map(y.X, f), y.At})
	}
	return f(x)
}

// String writes an expression as the language does, fully parenthesised where
// precedence could be misread.
func String(x Expr) string {
	var b strings.Builder
	write(&b, x, 0)
	return b.String()
}

// precedence of the operators, loosest first.
func precedence(op string) int {
	switch op {
	case "or":
		return 1
	case "and":
		return 2
	case "not":
		return 3
	case "+", "-":
		return 5
	case "*", "/", "%":
		return 6
	case "neg":
		return 7
	}
	return 4
}

func write(b *strings.Builder, x Expr, outer int) {
	group := func(op string, f func(p int)) {
		p := precedence(op)
		if p < outer {
			b.WriteByte('(')
			defer b.WriteByte(')')
		}
		f(p)
	}
	join := func(op string, xs []Expr, empty string) {
		if len(xs) == 0 {
			b.WriteString(empty)
			return
		}
		group(op, func(p int) {
			for i, c := range xs {
				if i > 0 {
					b.WriteString(" " + op + " ")
				}
				write(b, c, p+1)
			}
		})
	}
	switch x := x.(type) {
	case *Const:
		if x.Name != "" {
			b.WriteString(x.Name)
		} else {
			b.WriteString(FormatValue(x.Value))
		}
	case *Col:
		b.WriteString(x.Column.Name)
	case *Named:
		b.WriteString(x.Name)
	case *Call:
		b.WriteString(x.Func.Name)
		b.WriteByte('(')
		for i, a := range x.Args {
			if i > 0 {
				b.WriteString(", ")
			}
			write(b, a, 0)
		}
		b.WriteByte(')')
	case *Not:
		group("not", func(p int) {
			b.WriteString("not ")
			write(b, x.X, p)
		})
	case *And:
		join("and", x.Xs, "true")
	case *Or:
		join("or", x.Xs, "false")
	case *Op:
		if x.Op == "neg" {
			b.WriteByte('-')
			write(b, x.Args[0], precedence("neg"))
			return
		}
		group(x.Op, func(p int) {
			write(b, x.Args[0], p)
			b.WriteByte(' ')
			if x.Op == "is" {
				b.WriteString("is ")
				if x.Not {
					b.WriteString("not ")
				}
				b.WriteString("null")
				return
			}
			switch {
			case x.Not && x.Op == "==":
				b.WriteString("!=")
			case x.Not:
				b.WriteString("not " + x.Op)
			default:
				b.WriteString(x.Op)
			}
			if x.Quant != "" {
				b.WriteString(" " + x.Quant)
			}
			if x.Cased {
				b.WriteString(" cased")
			}
			b.WriteByte(' ')
			write(b, x.Args[1], p+1)
		})
	}
}

// shownElements is how long a list may be to be written whole.
const shownElements = 10

// FormatValue writes a constant as the language does; long lists are cut.
func FormatValue(v any) string {
	switch v := v.(type) {
	case nil:
		return "null"
	case bool:
		return strconv.FormatBool(v)
	case int64:
		return strconv.FormatInt(v, 10)
	case float64:
		s := strconv.FormatFloat(v, 'g', -1, 64)
		if !strings.ContainsAny(s, ".eIN") {
			s += ".0"
		}
		return s
	case string:
		return strconv.Quote(v)
	case time.Duration:
		return types.FormatDuration(v)
	case time.Time:
		return v.UTC().Format("2006-01-02T15:04:05.999999Z07:00")
	case netip.Addr:
		return v.String()
	case netip.Prefix:
		return v.String()
	case []any:
		var b strings.Builder
		b.WriteByte('[')
		for i, e := range v {
			if i > 0 {
				b.WriteString(", ")
			}
			if i == 8 && len(v) > shownElements {
				fmt.Fprintf(&b, "… %d more", len(v)-i)
				break
			}
			b.WriteString(FormatValue(e))
		}
		b.WriteByte(']')
		return b.String()
	}
	return fmt.Sprint(v)
}
