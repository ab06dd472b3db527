package eval

import (
	"fmt"
	"testing"
	"time"

	"github.com/detlang/det/lang/types"
	"github.com/detlang/det/runtime/vec"
)

// operate adds an operator that must be right.
func operate(t testing.TB, g *Graph, op string, o Options, args []types.Type, ids ...ID) ID {
	t.Helper()
	id, err := g.Operator(op, o, args, ids...)
	if err != nil {
		t.Fatal(err)
	}
	return id
}

var (
	twoInts  = []types.Type{types.TInt, types.TInt}
	twoTexts = []types.Type{types.TString, types.TString}
)

func TestEqualNodesAreOne(t *testing.T) {
	g := NewGraph()
	a, b := g.Input(0, types.Int), g.Input(1, types.Int)
	three := g.Const(types.Int, int64(3))
	less := operate(t, g, "<", Options{}, twoInts, a, three)
	equal := operate(t, g, "==", Options{}, twoInts, a, b)
	f := g.Call("f", vec.TextTest(func(string) bool { return true }), types.Bool, 10, a)
	for name, same := range map[string][2]ID{
		"input":        {a, g.Input(0, types.Int)},
		"constant":     {three, g.Const(types.Int, int64(3))},
		"list":         {g.Const(types.List, []any{"a", int64(1)}), g.Const(types.List, []any{"a", int64(1)})},
		"operator":     {less, operate(t, g, "<", Options{}, twoInts, a, three)},
		"call":         {f, g.Call("f", nil, types.Bool, 10, a)},
		"complement":   {g.Not(equal), operate(t, g, "!=", Options{}, twoInts, a, b)},
		"not written":  {g.Not(equal), operate(t, g, "==", Options{Not: true}, twoInts, a, b)},
		"not not":      {equal, operate(t, g, "!=", Options{Not: true}, twoInts, a, b)},
		"order":        {g.And(less, f), g.And(f, less)},
		"flat":         {g.And(less, equal, f), g.And(g.And(less, f), equal)},
		"twice":        {less, g.And(less, less)},
		"double not":   {less, g.Not(g.Not(less))},
		"or of one":    {less, g.Or(less)},
		"nested or":    {g.Or(less, equal, f), g.Or(equal, g.Or(f, less), less)},
		"true in and":  {less, g.And(less, g.Const(types.Bool, true))},
		"false in and": {g.Const(types.Bool, false), g.And(less, g.Const(types.Bool, false))},
		"null in and":  {g.Const(types.Bool, false), g.And(less, g.Const(types.Null, nil))},
		"false in or":  {less, g.Or(less, g.Const(types.Bool, false))},
		"true in or":   {g.Const(types.Bool, true), g.Or(less, g.Const(types.Bool, true))},
		"no and":       {g.Const(types.Bool, true), g.And()},
		"no or":        {g.Const(types.Bool, false), g.Or()},
		"x and not x":  {g.Const(types.Bool, false), g.And(f, less, g.Not(less))},
		"x or not x":   {g.Const(types.Bool, true), g.Or(g.Not(less), f, less)},
		"not constant": {g.Const(types.Bool, false), g.Not(g.Const(types.Bool, true))},
		"not null":     {g.Const(types.Bool, true), g.Not(g.Const(types.Null, nil))},
	} {
		if same[0] != same[1] {
			t.Errorf("%s: nodes %d and %d", name, same[0], same[1])
		}
	}
	for name, other := range map[string][2]ID{
		"column":         {a, b},
		"kind":           {a, g.Input(0, types.Float)},
		"type":           {three, g.Const(types.Float, 3.0)},
		"text, number":   {three, g.Const(types.String, "3")},
		"lists":          {g.Const(types.List, []any{"a", "b"}), g.Const(types.List, []any{"ab"})},
		"nested":         {g.Const(types.List, []any{"a", "b"}), g.Const(types.List, []any{[]any{"a"}, "b"})},
		"zero":           {g.Const(types.Duration, time.Duration(0)), g.Const(types.Int, int64(0))},
		"cased":          {operate(t, g, "==", Options{}, twoTexts, a, b), operate(t, g, "==", Options{Cased: true}, twoTexts, a, b)},
		"key":            {f, g.Call("g", nil, types.Bool, 10, a)},
		"and, or":        {g.And(less, f), g.Or(less, f)},
		"nullable twice": {a, g.Not(g.Not(g.Input(0, types.Bool)))},
	} {
		if other[0] == other[1] {
			t.Errorf("%s: one node", name)
		}
	}
}

// TestCostlyNodesSeeOnlyWantedRows counts the rows that a costly test and a costly
// function are asked about: each once, and none that no one wants.
func TestCostlyNodesSeeOnlyWantedRows(t *testing.T) {
	const n = 1000
	asked := map[string]int{}
	counted := func(name string, k vec.Kernel) vec.Kernel {
		return func(args []*vec.Vec, n int, mask vec.Bitmap) *vec.Vec {
			if mask == nil {
				asked[name] += n
			}
			asked[name] += mask.Count()
			return k(args, n, mask)
		}
	}
	even := func(s string) bool { return len(s)%2 == 0 }
	length := func(s string) (int64, bool) { return int64(len(s)), true }

	g := NewGraph()
	age, name := g.Input(0, types.Int), g.Input(1, types.String)
	young := operate(t, g, "<", Options{}, twoInts, age, g.Const(types.Int, int64(10)))
	old := operate(t, g, ">=", Options{}, twoInts, age, g.Const(types.Int, int64(990)))
	costly := g.Call("even", counted("even", vec.TextTest(even)), types.Bool, 500, name)
	size := g.Call("length", counted("length", vec.TextNumber(types.Int, length)), types.Int, 300, name)
	short := operate(t, g, "<", Options{}, twoInts, size, g.Const(types.Int, int64(5)))
	rules := []ID{g.And(costly, young), g.And(costly, old), g.Or(old, g.And(young, short)), g.And(short, young, costly)}

	ages, names := make([]any, n), make([]any, n)
	for i := range n {
		ages[i], names[i] = int64(i), fmt.Sprint(i*i)
	}
	f := g.Frame()
	f.Begin([]*vec.Vec{vec.Of(types.Int, ages...), vec.Of(types.String, names...)}, n)
	for i, id := range rules {
		want := 0
		for r := range n {
			isYoung, isOld, isShort, isEven := r < 10, r >= 990, len(fmt.Sprint(r*r)) < 5, even(fmt.Sprint(r*r))
			if [4]bool{isEven && isYoung, isEven && isOld, isOld || isYoung && isShort, isShort && isYoung && isEven}[i] {
				want++
			}
		}
		if got := len(f.Rows(id, nil)); got != want {
			t.Errorf("rule %d: %d rows, want %d", i, got, want)
		}
	}
	if asked["even"] != 20 || asked["length"] != 10 {
		t.Errorf("asked about %v rows, want 20 and 10", asked)
	}
	if f.Rows(costly, nil); asked["even"] != n {
		t.Errorf("asked about %d rows, want %d", asked["even"], n)
	}
	if size := f.Get(size, nil); asked["length"] != n || size.I64[999] != 6 || size.I64[3] != 1 {
		t.Errorf("asked about %d rows, want %d; lengths %d and %d", asked["length"], n, size.I64[999], size.I64[3])
	}
}

// TestWhatLeavesStays keeps what a batch gave while later batches are computed.
func TestWhatLeavesStays(t *testing.T) {
	g := NewGraph()
	x, flag := g.Input(0, types.Int), g.Input(1, types.Bool)
	more := operate(t, g, ">", Options{}, twoInts, x, g.Const(types.Int, int64(2)))
	both := g.And(more, flag)
	sum := operate(t, g, "+", Options{}, twoInts, x, x)
	// A kernel that gives the mask and an argument's bits as its own.
	share := g.Call("share", func(args []*vec.Vec, n int, mask vec.Bitmap) *vec.Vec {
		return &vec.Vec{Kind: types.Int, N: n, I64: args[0].I64, Valid: vec.And(mask, args[1].Bits)}
	}, types.Int, 100, x, both)
	f := g.Frame()
	ask := func(values ...any) (out []string) {
		flags := make([]any, len(values))
		for i := range flags {
			flags[i] = true
		}
		f.Begin([]*vec.Vec{vec.Of(types.Int, values...), vec.Of(types.Bool, flags...)}, len(values))
		for _, id := range []ID{more, both, sum, share} {
			v := f.Get(id, vec.FromRows([]int32{0, 2}, len(values)))
			for _, i := range []int{0, 2} {
				out = append(out, fmt.Sprint(v.Value(i)))
			}
		}
		return append(out, fmt.Sprint(f.Rows(both, nil)))
	}
	var kept []*vec.Vec
	first := ask(int64(1), int64(2), int64(3))
	for _, id := range []ID{more, both, sum, share} {
		kept = append(kept, f.Get(id, nil))
	}
	before := fmt.Sprint(values(kept))
	for range 5 {
		ask(int64(9), int64(0), int64(-1))
	}
	if after := fmt.Sprint(values(kept)); after != before {
		t.Errorf("%s became %s", before, after)
	}
	if again := ask(int64(1), int64(2), int64(3)); fmt.Sprint(again) != fmt.Sprint(first) {
		t.Errorf("%v, the first time %v", again, first)
	}
}

func values(cols []*vec.Vec) (out [][]any) {
	for _, v := range cols {
		row := []any{}
		for i := range v.N {
			row = append(row, v.Value(i))
		}
		out = append(out, row)
	}
	return out
}

// TestFrameLeavesNoGarbage computes tests and connectives over batch after batch:
// only the rows that leave are allocated.
func TestFrameLeavesNoGarbage(t *testing.T) {
	const n = 4096
	g := NewGraph()
	x, name := g.Input(0, types.Int), g.Input(1, types.String)
	less := operate(t, g, "<", Options{}, twoInts, x, g.Const(types.Int, int64(n/2)))
	bob := operate(t, g, "==", Options{}, twoTexts, name, g.Const(types.String, "BOB"))
	has := operate(t, g, "contains", Options{Not: true}, twoTexts, name, g.Const(types.String, "an"))
	sum := operate(t, g, "-", Options{}, twoInts, x, g.Const(types.Int, int64(1)))
	small := operate(t, g, "<", Options{}, twoInts, sum, x)
	rule := g.And(g.Or(less, bob), g.Not(bob), has, small)
	xs, names := make([]any, n), make([]any, n)
	for i := range n {
		xs[i], names[i] = int64(i), []any{"ann", "bob", nil, "cid"}[i%4]
	}
	cols := []*vec.Vec{vec.Of(types.Int, xs...), vec.Of(types.String, names...)}
	f := g.Frame()
	run := func() {
		f.Begin(cols, n)
		if got := len(f.Rows(rule, nil)); got != n/4 { // missing names and cid, in the first half
			t.Fatalf("%d rows, want %d", got, n/4)
		}
	}
	run()
	if allocs := testing.AllocsPerRun(100, run); allocs > 1 {
		t.Errorf("%v allocations a batch, want 1", allocs)
	}
}

func TestEmptyBatch(t *testing.T) {
	g := NewGraph()
	x := g.Input(0, types.Int)
	less := operate(t, g, "<", Options{}, twoInts, x, g.Const(types.Int, int64(3)))
	other := g.Not(less)
	sum := operate(t, g, "+", Options{}, twoInts, x, g.Const(types.Int, int64(3)))
	f := g.Frame()
	f.Begin([]*vec.Vec{vec.Of(types.Int)}, 0)
	if rows := f.Rows(other, nil); len(rows) != 0 {
		t.Errorf("rows %v", rows)
	}
	if v := f.Get(sum, nil); v.N != 0 {
		t.Errorf("%d rows", v.N)
	}
	f.Begin([]*vec.Vec{vec.Of(types.Int, int64(1))}, 1)
	if v := f.Get(sum, vec.NewBitmap(1)); v.N != 1 {
		t.Errorf("%d rows", v.N)
	}
}
