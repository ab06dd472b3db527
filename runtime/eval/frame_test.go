package eval

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/expr-lang/expr"

	"github.com/detlang/det/lang/types"
	"github.com/detlang/det/runtime/vec"
)

// tree is an expression of the random tests: a column, a constant, a connective,
// an operator or one of the functions below.
type tree struct {
	op    string // col, const, and, or, not, a function, or an operator
	o     Options
	typ   types.Type
	col   int
	value any
	args  []*tree
}

// function is a function of the random tests, as Go and as a kernel.
type function struct {
	arg, result types.Type
	f           func(x any) any
	kernel      func() vec.Kernel
	cost        int
}

var functions = map[string]function{
	"upper": {types.TString, types.TString, func(x any) any {
		if s, ok := x.(string); ok && s != "" {
			return strings.ToUpper(s)
		}
		return nil
	}, func() vec.Kernel {
		return vec.TextMap(func(s string) (string, bool) { return strings.ToUpper(s), s != "" })
	}, 40},
	"length": {types.TString, types.TInt, func(x any) any {
		if s, ok := x.(string); ok {
			return int64(len(s))
		}
		return nil
	}, func() vec.Kernel {
		return vec.TextNumber(types.Int, func(s string) (int64, bool) { return int64(len(s)), true })
	}, 30},
	"maybe": {types.TInt, types.TBool, func(x any) any { // Bool that may be missing
		if i, ok := x.(int64); ok && i > -5 {
			return i%2 == 0
		}
		return nil
	}, func() vec.Kernel {
		return vec.Rows(types.Bool, false, func(args []any) any {
			if i := args[0].(int64); i > -5 {
				return i%2 == 0
			}
			return nil
		})
	}, 25},
}

// build adds the tree to a graph.
func (x *tree) build(t *testing.T, g *Graph) ID {
	t.Helper()
	ids, args := make([]ID, len(x.args)), make([]types.Type, len(x.args))
	for i, a := range x.args {
		ids[i], args[i] = a.build(t, g), a.typ
	}
	switch x.op {
	case "col":
		return g.Input(x.col, x.typ.Kind)
	case "const":
		return g.Const(x.typ.Kind, x.value)
	case "and":
		return g.And(ids...)
	case "or":
		return g.Or(ids...)
	case "not":
		return g.Not(ids[0])
	}
	if f, ok := functions[x.op]; ok {
		return g.Call(x.op, f.kernel(), f.result.Kind, f.cost, ids...)
	}
	return operate(t, g, x.op, x.o, args, ids...)
}

// eval evaluates the tree over one row, all of it.
func (x *tree) eval(row []any) any {
	vals := make([]any, len(x.args))
	for i, a := range x.args {
		vals[i] = a.eval(row)
	}
	switch x.op {
	case "col":
		return row[x.col]
	case "const":
		return x.value
	case "and":
		for _, v := range vals {
			if v != true {
				return false
			}
		}
		return true
	case "or":
		for _, v := range vals {
			if v == true {
				return true
			}
		}
		return false
	case "not":
		return vals[0] != true
	}
	if f, ok := functions[x.op]; ok {
		return f.f(vals[0])
	}
	return meaning(x.op, x.o, vals[0], append(vals, nil)[1])
}

// The columns of the random tests.
var schema = []struct {
	typ    types.Type
	values []any
}{
	{types.TInt, []any{int64(0), int64(1), int64(-3), int64(7), int64(40), nil}},
	{types.TInt, []any{int64(5), int64(6), int64(2)}},
	{types.TFloat, []any{0.5, 1.0, -2.25, 7.0, nil}},
	{types.TString, []any{"", "ann", "Ann", "bob", "whoami /all", "WHOAMI", nil}},
	{types.TString, []any{"ann", "BOB", "x"}},
	{types.TBool, []any{true, false, nil}},
	{types.ListOf(types.String), []any{[]any{"ann"}, []any{"x", "BOB"}, []any{}, nil}},
}

// grow makes a random expression of a type.
func grow(rnd *rand.Rand, typ types.Type, depth int) *tree {
	if depth <= 0 || rnd.IntN(6) == 0 {
		var cols []*tree
		for i, c := range schema {
			if c.typ == typ {
				cols = append(cols, &tree{op: "col", typ: typ, col: i})
			}
		}
		if values := schemaValues(typ); rnd.IntN(4) == 0 {
			return &tree{op: "const", typ: typ, value: values[rnd.IntN(len(values))]}
		}
		return cols[rnd.IntN(len(cols))]
	}
	sub := func(t types.Type) *tree { return grow(rnd, t, depth-1) }
	pick := func(of ...string) string { return of[rnd.IntN(len(of))] }
	number := func() types.Type { return []types.Type{types.TInt, types.TFloat}[rnd.IntN(2)] }
	o := Options{Not: rnd.IntN(4) == 0, Cased: rnd.IntN(4) == 0}
	switch typ {
	case types.TInt:
		if rnd.IntN(3) == 0 {
			return &tree{op: "length", typ: typ, args: []*tree{sub(types.TString)}}
		}
		return &tree{op: pick("+", "-", "*", "%"), typ: typ, args: []*tree{sub(typ), sub(typ)}}
	case types.TFloat:
		if rnd.IntN(2) == 0 {
			return &tree{op: pick("+", "-", "*"), typ: typ, args: []*tree{sub(typ), sub(number())}}
		}
		return &tree{op: "/", typ: typ, args: []*tree{sub(number()), sub(number())}}
	case types.TString:
		return &tree{op: "upper", typ: typ, args: []*tree{sub(typ)}}
	}
	switch rnd.IntN(10) {
	case 0, 1, 2:
		return &tree{op: "and", typ: typ, args: []*tree{sub(typ), sub(typ), sub(typ)}}
	case 3, 4:
		return &tree{op: "or", typ: typ, args: []*tree{sub(typ), sub(typ), sub(typ)}}
	case 5:
		return &tree{op: "not", typ: typ, args: []*tree{sub(typ)}}
	case 6:
		return &tree{op: pick(comparisons...), o: o, typ: typ, args: []*tree{sub(number()), sub(number())}}
	case 7:
		return &tree{op: pick("==", "!=", "contains", "startswith", "endswith"), o: o, typ: typ, args: []*tree{sub(types.TString), sub(types.TString)}}
	case 8:
		of := schema[rnd.IntN(len(schema))]
		return &tree{op: "is", o: o, typ: typ, args: []*tree{grow(rnd, of.typ, min(depth-1, 1))}}
	}
	switch rnd.IntN(4) {
	case 0:
		list := &tree{op: "const", typ: types.ListOf(types.String), value: []any{"ann", "x"}}
		return &tree{op: "in", o: o, typ: typ, args: []*tree{sub(types.TString), list}}
	case 1:
		return &tree{op: "in", o: o, typ: typ, args: []*tree{sub(types.TString), {op: "col", typ: types.ListOf(types.String), col: 6}}}
	case 2:
		return &tree{op: "maybe", typ: typ, args: []*tree{sub(types.TInt)}}
	}
	return &tree{op: "contains", o: Options{Quant: pick("any", "all"), Cased: o.Cased}, typ: typ, args: []*tree{sub(types.TString),
		{op: "const", typ: types.ListOf(types.String), value: []any{"a", "NN"}}}}
}

// schemaValues are the values that columns of a type have, for constants.
func schemaValues(typ types.Type) (out []any) {
	for _, c := range schema {
		if c.typ == typ {
			for _, v := range c.values {
				if v != nil {
					out = append(out, v)
				}
			}
		}
	}
	return out
}

// TestFrameAgainstNaive asks one graph of random expressions about random rows, in
// random order and under random masks, and holds each answer against an evaluation
// of the whole expression row by row.
func TestFrameAgainstNaive(t *testing.T) {
	for seed := range uint64(60) {
		rnd := rand.New(rand.NewPCG(seed, 2))
		g := NewGraph()
		var trees []*tree
		var ids []ID
		for range 12 {
			typ := []types.Type{types.TBool, types.TBool, types.TBool, types.TInt, types.TFloat, types.TString}[rnd.IntN(6)]
			x := grow(rnd, typ, 1+rnd.IntN(4))
			trees, ids = append(trees, x), append(ids, x.build(t, g))
		}
		f := g.Frame()
		for range 4 {
			n := []int{1, 63, 64, 200}[rnd.IntN(4)]
			rows, cols := make([][]any, n), make([]*vec.Vec, len(schema))
			for c, s := range schema {
				values := make([]any, n)
				for i := range n {
					values[i] = s.values[rnd.IntN(len(s.values))]
					rows[i] = append(rows[i], values[i])
				}
				if cols[c] = columnOf(s.typ, values...); rnd.IntN(8) == 0 {
					cols[c] = vec.Nulls(n)
					for i := range n {
						rows[i][c] = nil
					}
				}
			}
			f.Begin(cols, n)
			for range 30 {
				i := rnd.IntN(len(trees))
				var mask vec.Bitmap
				if rnd.IntN(4) > 0 {
					mask = vec.NewBitmap(n)
					for r := range n {
						if rnd.IntN(3) == 0 {
							mask.Set(r)
						}
					}
				}
				checkNode(t, seed, f, ids[i], trees[i], rows, mask)
			}
		}
	}
}

func checkNode(t *testing.T, seed uint64, f *Frame, id ID, x *tree, rows [][]any, mask vec.Bitmap) {
	t.Helper()
	v := f.Get(id, mask)
	var hold []int32
	for r, row := range rows {
		if mask != nil && !mask.Get(r) {
			continue
		}
		want := x.eval(row)
		if want == true {
			hold = append(hold, int32(r))
		}
		if got := valueOf(v, r); !reflect.DeepEqual(got, want) {
			t.Fatalf("seed %d, row %d %v: %s is %#v, want %#v", seed, r, row, x, got, want)
		}
	}
	if x.typ != types.TBool {
		return
	}
	if got := f.Rows(id, mask); fmt.Sprint(got) != fmt.Sprint(hold) {
		t.Fatalf("seed %d: %s holds in %v, want %v", seed, x, got, hold)
	}
}

// String writes the tree for messages.
func (x *tree) String() string {
	switch x.op {
	case "col":
		return fmt.Sprintf("c%d", x.col)
	case "const":
		return fmt.Sprintf("%#v", x.value)
	}
	parts := make([]string, len(x.args))
	for i, a := range x.args {
		parts[i] = a.String()
	}
	return fmt.Sprintf("%s%+v(%s)", x.op, x.o, strings.Join(parts, ", "))
}

// host writes the tree in expr-lang; ok is false where it says it otherwise.
func (x *tree) host() (text string, ok bool) {
	args := make([]string, len(x.args))
	for i, a := range x.args {
		if args[i], ok = a.host(); !ok {
			return "", false
		}
	}
	infix := map[string]string{"contains": "contains", "startswith": "startsWith", "endswith": "endsWith"}
	switch x.op {
	case "col":
		return fmt.Sprintf("c%d", x.col), x.typ.Kind != types.List
	case "const":
		return fmt.Sprintf("%#v", x.value), x.typ.Kind != types.List
	case "and", "or":
		return "(" + strings.Join(args, " "+x.op+" ") + ")", true
	case "not":
		return "(not " + args[0] + ")", true
	case "upper", "length", "maybe", "is", "in", "%":
		return "", false
	}
	op, isText := infix[x.op]
	if !isText {
		op = x.op
	}
	if x.o.Quant != "" || !x.o.Cased && x.args[0].typ.Kind == types.String {
		return "", false
	}
	text = "(" + args[0] + " " + op + " " + args[1] + ")"
	if x.o.Not {
		text = "(not " + text + ")"
	}
	return text, true
}

// misses reports whether a part of the tree is missing, as a quotient by zero is.
func (x *tree) misses(row []any) bool {
	return x.eval(row) == nil || slices.ContainsFunc(x.args, func(a *tree) bool { return a.misses(row) })
}

// TestFrameAgainstExprLang has expr-lang evaluate the expressions that mean the
// same in both languages, over rows in which nothing is missing.
func TestFrameAgainstExprLang(t *testing.T) {
	asked := 0
	for seed := range uint64(4000) {
		rnd := rand.New(rand.NewPCG(seed, 3))
		x := grow(rnd, types.TBool, 1+rnd.IntN(4))
		text, ok := x.host()
		if !ok {
			continue
		}
		env := map[string]any{}
		row, cols := []any{}, []*vec.Vec{}
		for c, s := range schema {
			var value any
			for value == nil {
				value = s.values[rnd.IntN(len(s.values))]
			}
			env[fmt.Sprintf("c%d", c)], row = value, append(row, value)
			cols = append(cols, columnOf(s.typ, value))
		}
		if x.misses(row) {
			continue
		}
		program, err := expr.Compile(text, expr.Env(env))
		if err != nil {
			t.Fatalf("%s: %v", text, err)
		}
		want, err := expr.Run(program, env)
		if err != nil {
			t.Fatalf("%s: %v", text, err)
		}
		g := NewGraph()
		id := x.build(t, g)
		f := g.Frame()
		f.Begin(cols, 1)
		if got := f.Get(id, nil).Value(0); got != want {
			t.Errorf("%s over %v is %v, want %v", text, row, got, want)
		}
		asked++
	}
	if asked < 300 {
		t.Errorf("only %d expressions could be asked", asked)
	}
}
