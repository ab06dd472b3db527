package lint

import (
	"net/netip"
	"testing"

	"pgregory.net/rapid"

	"github.com/detlang/det/compiler/fold"
	"github.com/detlang/det/compiler/plan"
	"github.com/detlang/det/lang/types"
)

// The columns that random conditions read, with the constants that they are
// compared with and the values that they have. Few of each, so that they meet.
var (
	numbers   = []any{int64(-1), int64(0), int64(1), int64(2), int64(3)}
	fractions = []any{-0.5, 0.0, 0.5, 1.0, 2.0}
	words     = []any{"", "a", "ab", "abc", "B", "Ab", "b", "ſ", "s"}
	stars     = []any{"a*", "*b", "*b*", "ab", "*", "a?c", "A*C"}
	nets      = []any{netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("10.1.0.0/16"), netip.MustParsePrefix("10.1.2.3/32"), netip.MustParsePrefix("192.168.0.0/16")}
	addresses = []any{netip.MustParseAddr("10.1.2.3"), netip.MustParseAddr("10.1.9.9"), netip.MustParseAddr("10.9.9.9"), netip.MustParseAddr("192.168.1.1"), netip.MustParseAddr("8.8.8.8")}

	columnsUnderTest = []*plan.Column{
		{Name: "n", Type: types.TInt, Optional: true},
		{Name: "f", Type: types.TFloat, Optional: true},
		{Name: "s", Type: types.TString, Optional: true},
		{Name: "e", Type: types.TString, Optional: true, Enum: []string{"a", "ab", "B"}},
		{Name: "ip", Type: types.TIP, Optional: true},
		{Name: "ok", Type: types.TBool, Optional: true},
		{Name: "m", Type: types.TInt},
	}
)

func valuesOf(c *plan.Column) []any {
	switch {
	case c.Name == "e":
		return []any{"a", "ab", "B"}
	case c.Type.Kind == types.Int:
		return numbers
	case c.Type.Kind == types.Float:
		return fractions
	case c.Type.Kind == types.IP:
		return addresses
	case c.Type.Kind == types.Bool:
		return []any{true, false}
	}
	return words
}

// drawTest is a random test of one column.
func drawTest(t *rapid.T) plan.Expr {
	c := rapid.SampledFrom(columnsUnderTest).Draw(t, "column")
	col := &plan.Col{Column: c}
	o := &plan.Op{Args: []plan.Expr{col}, T: types.TBool, Not: rapid.Bool().Draw(t, "not")}
	one := func(from []any) *plan.Const {
		v := rapid.SampledFrom(from).Draw(t, "value")
		return &plan.Const{Value: v, T: typeOf(v)}
	}
	some := func(from []any) *plan.Const {
		list := rapid.SliceOfN(rapid.SampledFrom(from), 1, 3).Draw(t, "values")
		return &plan.Const{Value: list, T: types.ListOf(typeOf(list[0]).Kind)}
	}
	if c.Type.Kind == types.Bool {
		if o.Not {
			return &plan.Not{X: col}
		}
		return col
	}
	if rapid.IntRange(0, 7).Draw(t, "is") == 0 {
		o.Op = "is"
		return o
	}
	switch c.Type.Kind {
	case types.Int, types.Float:
		o.Op = rapid.SampledFrom([]string{"==", "<", "<=", ">", ">=", "in"}).Draw(t, "op")
		from := valuesOf(c)
		if o.Op == "in" {
			o.Args = append(o.Args, some(from))
			return o
		}
		o.Args = append(o.Args, one(from))
		if o.Op != "==" {
			o.Not = false
			if rapid.Bool().Draw(t, "turned") {
				o.Args[0], o.Args[1] = o.Args[1], o.Args[0]
			}
		}
	case types.IP:
		o.Op = "in"
		o.Args = append(o.Args, some(nets))
	default:
		o.Op = rapid.SampledFrom([]string{"==", "in", "contains", "startswith", "endswith", "like"}).Draw(t, "op")
		switch o.Op {
		case "==":
			o.Args = append(o.Args, one(words))
		case "in":
			o.Args = append(o.Args, some(words))
		default:
			from := words
			if o.Op == "like" {
				from = stars
			}
			o.Not = false
			o.Cased = rapid.Bool().Draw(t, "cased")
			if o.Quant = rapid.SampledFrom([]string{"", "any", "all"}).Draw(t, "quantifier"); o.Quant == "" {
				o.Args = append(o.Args, one(from))
			} else {
				o.Args = append(o.Args, some(from))
			}
		}
	}
	return o
}

func typeOf(v any) types.Type {
	switch v.(type) {
	case int64:
		return types.TInt
	case float64:
		return types.TFloat
	case string:
		return types.TString
	case netip.Addr:
		return types.TIP
	case netip.Prefix:
		return types.TNetwork
	}
	return types.TBool
}

// drawCondition is a random condition of some depth.
func drawCondition(t *rapid.T, depth int) plan.Expr {
	kind := rapid.IntRange(0, 3).Draw(t, "kind")
	if depth == 0 || kind == 0 {
		return drawTest(t)
	}
	if kind == 3 {
		return &plan.Not{X: drawCondition(t, depth-1)}
	}
	var xs []plan.Expr
	for range rapid.IntRange(1, 3).Draw(t, "parts") {
		xs = append(xs, drawCondition(t, depth-1))
	}
	if kind == 1 {
		return &plan.And{Xs: xs}
	}
	return &plan.Or{Xs: xs}
}

// drawRow is a random event: a value for each column, nil for a missing one.
func drawRow(t *rapid.T) map[*plan.Column]any {
	row := map[*plan.Column]any{}
	for _, c := range columnsUnderTest {
		if !c.Optional || rapid.IntRange(0, 4).Draw(t, "present") > 0 {
			row[c] = rapid.SampledFrom(valuesOf(c)).Draw(t, c.Name)
		}
	}
	return row
}

// holdsFor evaluates a condition by the engine's own kernels.
func holdsFor(t *rapid.T, x plan.Expr, row map[*plan.Column]any) bool {
	y := plan.Map(x, func(e plan.Expr) plan.Expr {
		if c, ok := e.(*plan.Col); ok {
			return &plan.Const{Value: row[c.Column], T: c.Column.Type}
		}
		return e
	})
	v, ok := fold.Const(y)
	if !ok {
		t.Fatalf("cannot evaluate %s", plan.String(y))
	}
	return v == true
}

// TestSolverIsSound: whatever holds for some event is possible. The engine itself
// says what holds.
func TestSolverIsSound(t *testing.T) {
	proofs := 0
	rapid.Check(t, func(t *rapid.T) {
		r := &Rule{Plan: &plan.Rule{From: plan.Source{Columns: columnsUnderTest}}}
		var yes, no []plan.Expr
		for range rapid.IntRange(0, 3).Draw(t, "conditions") {
			yes = append(yes, drawCondition(t, 2))
		}
		for range rapid.IntRange(0, 2).Draw(t, "negated") {
			no = append(no, drawCondition(t, 2))
		}
		if r.possible(yes, no...) {
			return
		}
		proofs++
		for range 40 {
			row := drawRow(t)
			fits := true
			for _, x := range yes {
				fits = fits && holdsFor(t, x, row)
			}
			for _, x := range no {
				fits = fits && !holdsFor(t, x, row)
			}
			if fits {
				for _, x := range yes {
					t.Logf("yes %s", plan.String(x))
				}
				for _, x := range no {
					t.Logf("no  %s", plan.String(x))
				}
				for c, v := range row {
					t.Logf("%s = %v", c.Name, v)
				}
				t.Fatal("said to be impossible, but holds")
			}
		}
	})
	if proofs == 0 {
		t.Error("nothing was proved impossible, so this tested nothing")
	}
}

// TestSolver holds the solver to conditions whose answer is known.
func TestSolver(t *testing.T) {
	n, s, e, ip := columnsUnderTest[0], columnsUnderTest[2], columnsUnderTest[3], columnsUnderTest[4]
	test := func(c *plan.Column, op string, v any) plan.Expr {
		t := typeOf(v)
		if list, ok := v.([]any); ok {
			t = types.ListOf(typeOf(list[0]).Kind)
		}
		return &plan.Op{Op: op, T: types.TBool, Args: []plan.Expr{&plan.Col{Column: c}, &plan.Const{Value: v, T: t}}}
	}
	not := func(x plan.Expr) plan.Expr { return &plan.Not{X: x} }
	missing := func(c *plan.Column) plan.Expr {
		return &plan.Op{Op: "is", T: types.TBool, Args: []plan.Expr{&plan.Col{Column: c}}}
	}
	network := func(s string) any { return netip.MustParsePrefix(s) }
	for _, tt := range []struct {
		name string
		x    []plan.Expr
		want bool
	}{
		{"an interval", []plan.Expr{test(n, ">", int64(1)), test(n, "<", int64(3))}, true},
		{"no whole number between", []plan.Expr{test(n, ">", int64(1)), test(n, "<", int64(2))}, false},
		{"no whole number equal", []plan.Expr{test(n, "==", 1.5)}, false},
		{"a number and missing", []plan.Expr{test(n, ">", int64(1)), missing(n)}, false},
		{"neither small nor large may be missing", []plan.Expr{not(test(n, ">", int64(1))), not(test(n, "<=", int64(1)))}, true},
		{"there, and neither small nor large", []plan.Expr{not(missing(n)), not(test(n, ">", int64(1))), not(test(n, "<=", int64(1)))}, false},
		{"two texts", []plan.Expr{test(s, "==", "a"), test(s, "==", "b")}, false},
		{"one text in two cases", []plan.Expr{test(s, "==", "a"), test(s, "==", "A")}, true},
		{"beginnings that go together", []plan.Expr{test(s, "startswith", "ab"), test(s, "startswith", "abc")}, true},
		{"beginnings that do not", []plan.Expr{test(s, "startswith", "ab"), test(s, "startswith", "b")}, false},
		{"an end and not its end", []plan.Expr{test(s, "endswith", "cmd.exe"), not(test(s, "endswith", ".exe"))}, false},
		{"a part and not another", []plan.Expr{test(s, "contains", "ab"), not(test(s, "contains", "abc"))}, true},
		{"a pattern that is an end", []plan.Expr{test(s, "like", "*b"), not(test(s, "endswith", "b"))}, false},
		{"none of all values", []plan.Expr{not(missing(e)), not(test(e, "in", []any{"a", "ab", "b"}))}, false},
		{"none of some values", []plan.Expr{not(missing(e)), not(test(e, "in", []any{"a", "ab"}))}, true},
		{"networks within each other", []plan.Expr{test(ip, "in", []any{network("10.1.0.0/16")}), test(ip, "in", []any{network("10.0.0.0/8")})}, true},
		{"networks apart", []plan.Expr{test(ip, "in", []any{network("10.1.0.0/16")}), test(ip, "in", []any{network("10.2.0.0/16")})}, false},
		{"within and not without", []plan.Expr{test(ip, "in", []any{network("10.1.0.0/16")}), not(test(ip, "in", []any{network("10.0.0.0/8")}))}, false},
	} {
		r := &Rule{Plan: &plan.Rule{From: plan.Source{Columns: columnsUnderTest}}}
		if got := r.possible(tt.x); got != tt.want {
			t.Errorf("%s: possible is %v", tt.name, got)
		}
	}
}
