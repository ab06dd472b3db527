package eval

import (
	"fmt"
	"math"
	"net/netip"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/detlang/det/lang/types"
	"github.com/detlang/det/runtime/vec"
)

var (
	day  = time.Date(2024, 3, 1, 0, 0, 0, 0, time.UTC)
	ip1  = netip.MustParseAddr("10.0.0.1")
	ip6  = netip.MustParseAddr("2001:db8::1")
	netA = netip.MustParsePrefix("10.0.0.0/8")
	netB = netip.MustParsePrefix("2001:db8::/32")
)

// samples are values of each type, missing among them.
var samples = map[types.Type][]any{
	types.TBool:  {nil, true, false},
	types.TInt:   {nil, int64(0), int64(3), int64(-7), int64(1<<53 + 1), int64(math.MaxInt64), int64(math.MinInt64)},
	types.TFloat: {nil, 0.0, 3.0, 2.5, -7.5, float64(1 << 53), math.MaxFloat64},
	types.TString: {nil, "", "abc", "ABC", "abcd", "xabc", "Straße", "STRASSE", "\u212aelvin", "kelvin", "a*c", "10.1.2.3",
		"::ffff:10.1.2.3", "not an ip", "мир", "МИР"},
	types.TTimestamp:           {nil, day, day.Add(time.Hour), day.Add(-time.Microsecond)},
	types.TDuration:            {nil, time.Duration(0), time.Hour, -time.Hour, 90 * time.Minute, time.Microsecond},
	types.TIP:                  {nil, ip1, ip6, netip.MustParseAddr("11.0.0.1")},
	types.ListOf(types.String): {nil, []any{}, []any{"abc"}, []any{"x", nil, "ABC"}, []any{nil}},
	types.ListOf(types.Int):    {nil, []any{}, []any{int64(3), int64(-7)}, []any{nil, int64(0)}},
	types.ListOf(types.IP):     {nil, []any{ip1, ip6}, []any{netip.MustParseAddr("11.0.0.1")}},
}

var comparisons = []string{"==", "!=", "<", "<=", ">", ">="}

// TestOperators evaluates every operator over every pair of values, in each form:
// both sides columns, either side a constant, and both. All must say what the
// reference says. Where no pair of types goes together that is told at once.
func TestOperators(t *testing.T) {
	numbers := []types.Type{types.TInt, types.TFloat}
	check := func(ops []string, left, right types.Type) {
		for _, op := range ops {
			for _, o := range []Options{{}, {Cased: true}, {Not: true}} {
				if o.Not && strings.Contains("+-*/%", op) {
					continue
				}
				t.Run(fmt.Sprintf("%v %s %v %+v", left, op, right, o), func(t *testing.T) { checkForms(t, op, o, left, right) })
			}
		}
	}
	for _, a := range numbers {
		for _, b := range numbers {
			check(comparisons, a, b)
			check([]string{"+", "-", "*", "/", "%"}, a, b)
		}
		check([]string{"*", "/"}, types.TDuration, a)
		check([]string{"*"}, a, types.TDuration)
	}
	for _, same := range []types.Type{types.TTimestamp, types.TDuration, types.TString} {
		check(comparisons, same, same)
	}
	for _, same := range []types.Type{types.TBool, types.TIP} {
		check([]string{"==", "!="}, same, same)
	}
	check([]string{"+", "-"}, types.TTimestamp, types.TDuration)
	check([]string{"+"}, types.TDuration, types.TTimestamp)
	check([]string{"-"}, types.TTimestamp, types.TTimestamp)
	check([]string{"+", "-", "/", "%"}, types.TDuration, types.TDuration)
	check([]string{"contains", "startswith", "endswith"}, types.TString, types.TString)
	check([]string{"in", "=="}, types.TString, types.ListOf(types.String))
	check([]string{"in", "=="}, types.TInt, types.ListOf(types.Int))
	check([]string{"in"}, types.TFloat, types.ListOf(types.Int))
	check([]string{"in"}, types.TIP, types.ListOf(types.IP))
}

// checkForms holds all forms of an operator against the reference.
func checkForms(t *testing.T, op string, o Options, left, right types.Type) {
	var xs, ys []any
	for _, x := range samples[left] {
		for _, y := range samples[right] {
			xs, ys = append(xs, x), append(ys, y)
		}
	}
	args := []types.Type{left, right}
	cols := []*vec.Vec{columnOf(left, xs...), columnOf(right, ys...)}
	compare := func(form string, got *vec.Vec, row int, x, y any) {
		t.Helper()
		want := meaning(op, o, x, y)
		if have := valueOf(got, row); !reflect.DeepEqual(have, want) {
			t.Errorf("%s: %#v %s %#v is %#v, want %#v", form, x, op, y, have, want)
		}
	}
	run := func(consts []any, cols []*vec.Vec) *vec.Vec {
		k, _, err := Operator(op, o, args, consts)
		if err != nil {
			if left.Kind == types.List || right.Kind == types.List {
				return nil // a form that does not exist
			}
			t.Fatal(err)
		}
		return k(cols, cols[0].N, nil)
	}
	if got := run([]any{nil, nil}, cols); got != nil {
		for i := range xs {
			compare("columns", got, i, xs[i], ys[i])
		}
	}
	for _, y := range samples[right] {
		if y == nil {
			continue
		}
		c := columnOf(left, samples[left]...)
		if got := run([]any{nil, y}, []*vec.Vec{c, repeat(right.Kind, y, c.N)}); got != nil {
			for i, x := range samples[left] {
				compare("constant right", got, i, x, y)
			}
		}
		for _, x := range samples[left] {
			if x == nil {
				continue
			}
			if k, _, err := Operator(op, o, args, []any{x, y}); err == nil {
				if got, want := Fold(k, args, []any{x, y}), meaning(op, o, x, y); !reflect.DeepEqual(got, want) {
					t.Errorf("fold %#v %s %#v is %#v, want %#v", x, op, y, got, want)
				}
			}
		}
	}
	for _, x := range samples[left] {
		if x == nil {
			continue
		}
		c := columnOf(right, samples[right]...)
		if got := run([]any{x, nil}, []*vec.Vec{repeat(left.Kind, x, c.N), c}); got != nil {
			for i, y := range samples[right] {
				compare("constant left", got, i, x, y)
			}
		}
	}
}

// columnOf makes a column of values of the language.
func columnOf(t types.Type, values ...any) *vec.Vec {
	stored := make([]any, len(values))
	for i, x := range values {
		stored[i] = microseconds(x)
	}
	v := vec.Of(t.Kind, stored...)
	if t.Kind == types.List && v.Child.Kind != t.Elem {
		v.Child.Kind = t.Elem
	}
	return v
}

// TestOperatorsOverLists are the forms whose right side is a constant that no
// column could hold.
func TestOperatorsOverLists(t *testing.T) {
	texts := []any{"ABC", "straße", nil, "a*c"}
	for _, c := range []struct {
		op    string
		left  types.Type
		right any
		o     Options
	}{
		{"in", types.TString, texts, Options{}},
		{"in", types.TString, texts, Options{Cased: true}},
		{"in", types.TString, texts, Options{Not: true}},
		{"in", types.TString, []any{}, Options{}},
		{"in", types.TString, []any{}, Options{Not: true}},
		{"in", types.TString, netA, Options{}},
		{"in", types.TString, []any{netA, ip6}, Options{Not: true}},
		{"in", types.TInt, []any{int64(3), 2.5, float64(1 << 53), int64(math.MaxInt64)}, Options{}},
		{"in", types.TFloat, []any{int64(3), 2.5, int64(1<<53 + 1)}, Options{}},
		{"in", types.TIP, netA, Options{}},
		{"in", types.TIP, netB, Options{Not: true}},
		{"in", types.TIP, []any{netB, ip1}, Options{}},
		{"in", types.TTimestamp, []any{day}, Options{}},
		{"in", types.TDuration, []any{time.Hour, time.Microsecond}, Options{}},
		{"in", types.TBool, []any{true}, Options{}},
		{"in", types.ListOf(types.String), texts, Options{}},
		{"in", types.ListOf(types.IP), netB, Options{}},
		{"in", types.ListOf(types.Int), []any{int64(0)}, Options{Not: true}},
		{"contains", types.TString, []any{"b", "мир", "ELV"}, Options{Quant: "any"}},
		{"contains", types.TString, []any{"b", "C"}, Options{Quant: "all"}},
		{"contains", types.TString, []any{}, Options{Quant: "any"}},
		{"contains", types.TString, []any{}, Options{Quant: "all", Not: true}},
		{"startswith", types.TString, []any{"AB", "x"}, Options{Quant: "any", Not: true}},
		{"endswith", types.TString, []any{"c", "bc"}, Options{Quant: "all", Cased: true}},
		{"like", types.TString, "a*C", Options{}},
		{"like", types.TString, "?bc", Options{Cased: true}},
		{"like", types.TString, []any{"*ß*", "k*"}, Options{Quant: "any"}},
		{"matches", types.TString, "^a.?c$", Options{}},
		{"matches", types.TString, []any{"b", "(?i)C$"}, Options{Quant: "all"}},
		{"contains", types.ListOf(types.String), "b", Options{}},
		{"like", types.ListOf(types.String), "*C", Options{Not: true}},
		{"==", types.ListOf(types.String), "abc", Options{}},
		{"!=", types.ListOf(types.String), "abc", Options{}},
		{"<", types.ListOf(types.Int), int64(-6), Options{}},
		{"is", types.ListOf(types.Int), nil, Options{}},
		{"is", types.TString, nil, Options{Not: true}},
	} {
		right := types.Type{Kind: types.List}
		switch x := c.right.(type) {
		case netip.Prefix:
			right = types.TNetwork
		case string:
			right = types.TString
		case int64:
			right = types.TInt
		case nil:
			right = types.TNull
			_ = x
		}
		t.Run(fmt.Sprintf("%v %s %v %+v", c.left, c.op, c.right, c.o), func(t *testing.T) {
			k, cost, err := Operator(c.op, c.o, []types.Type{c.left, right}, []any{nil, c.right})
			if err != nil {
				t.Fatal(err)
			}
			if cost < 0 || cost > math.MaxInt16 {
				t.Errorf("cost %d", cost)
			}
			values := samples[c.left]
			col := columnOf(c.left, values...)
			got := k([]*vec.Vec{col, vec.Nulls(col.N)}, col.N, nil)
			for i, x := range values {
				if want := meaning(c.op, c.o, x, c.right); valueOf(got, i) != want {
					t.Errorf("%#v: %v, want %v", x, valueOf(got, i), want)
				}
			}
		})
	}
}

func TestNull(t *testing.T) {
	null := types.TNull
	for _, c := range []struct {
		op   string
		o    Options
		want any
	}{
		{"==", Options{}, false}, {"!=", Options{}, true}, {"<", Options{}, false}, {"in", Options{}, false},
		{"in", Options{Not: true}, true}, {"contains", Options{}, false}, {"+", Options{}, nil}, {"/", Options{}, nil},
	} {
		k, _, err := Operator(c.op, c.o, []types.Type{types.TInt, null}, []any{nil, nil})
		if err != nil {
			t.Errorf("%s: %v", c.op, err)
			continue
		}
		if got := k([]*vec.Vec{vec.Of(types.Int, int64(1)), vec.Nulls(1)}, 1, nil); valueOf(got, 0) != c.want {
			t.Errorf("1 %s null is %v, want %v", c.op, valueOf(got, 0), c.want)
		}
	}
	for _, args := range [][]types.Type{{types.TInt}, {types.TInt, null}, {null}} { // is null
		k, _, err := Operator("is", Options{}, args, make([]any, len(args)))
		if err != nil {
			t.Fatal(err)
		}
		if got := k([]*vec.Vec{vec.Of(types.Int, int64(1), nil), vec.Nulls(2)}, 2, nil); !got.Bits.Get(1) || got.Bits.Get(0) {
			t.Errorf("%v is null: %b", args, got.Bits)
		}
	}
}

func TestNegate(t *testing.T) {
	for _, typ := range []types.Type{types.TInt, types.TFloat, types.TDuration} {
		for _, op := range []string{"neg", "-"} {
			k, _, err := Operator(op, Options{}, []types.Type{typ}, []any{nil})
			if err != nil {
				t.Fatal(err)
			}
			got := k([]*vec.Vec{columnOf(typ, samples[typ]...)}, len(samples[typ]), nil)
			for i, x := range samples[typ] {
				if want := meaning("neg", Options{}, x, nil); valueOf(got, i) != want {
					t.Errorf("-(%v) is %v, want %v", x, valueOf(got, i), want)
				}
			}
		}
	}
}

func TestOperatorErrors(t *testing.T) {
	list, text, network := types.ListOf(types.String), types.TString, types.TNetwork
	for _, c := range []struct {
		op          string
		o           Options
		left, right types.Type
		value       any
		want        string
	}{
		{"==", Options{}, types.TIP, types.TInt, int64(10), "cannot compare ip with int"},
		{"==", Options{}, types.TIP, text, "10.0.0.1", "cannot compare ip with string"},
		{"==", Options{}, text, types.TInt, nil, "cannot compare string with int"},
		{"<", Options{}, types.TBool, types.TBool, true, "values of type bool have no order"},
		{"<", Options{}, types.TIP, types.TIP, nil, "values of type ip have no order"},
		{"<", Options{}, types.TDuration, types.TInt, int64(3), "cannot compare duration with int"},
		{"==", Options{}, list, list, nil, "intersects"},
		{"==", Options{Quant: "any"}, text, list, []any{"a"}, "write in [...]"},
		{"==", Options{}, text, list, []any{"a"}, "write in"},
		{"in", Options{}, text, text, "abc", "in takes a list or a network, not string"},
		{"in", Options{}, types.TInt, network, netA, "int is not in a network"},
		{"in", Options{}, types.TInt, list, []any{"a"}, "int is not in a list that holds a"},
		{"in", Options{}, text, list, []any{"a", ip1}, "texts or addresses, not both"},
		{"in", Options{}, list, list, nil, "intersects"},
		{"in", Options{Quant: "any"}, text, list, []any{"a"}, "leave out any"},
		{"contains", Options{}, types.TInt, text, "a", "contains tests text, not int"},
		{"contains", Options{}, text, list, []any{"a"}, "contains any or contains all"},
		{"contains", Options{Quant: "any"}, text, text, "a", "takes a list"},
		{"contains", Options{Quant: "any"}, text, list, []any{"a", int64(3)}, "takes texts, not 3"},
		{"contains", Options{}, text, types.TInt, nil, "takes a text"},
		{"like", Options{}, text, text, nil, "the pattern must be a constant"},
		{"matches", Options{}, text, text, nil, "the pattern must be a constant"},
		{"matches", Options{}, text, text, "(", "missing closing )"},
		{"is", Options{}, text, text, "a", "write =="},
		{"+", Options{}, text, text, nil, "cannot compute string + string"},
		{"+", Options{}, types.TTimestamp, types.TTimestamp, nil, "cannot compute timestamp + timestamp"},
		{"xor", Options{}, text, text, nil, "there is no operator xor"},
	} {
		_, _, err := Operator(c.op, c.o, []types.Type{c.left, c.right}, []any{nil, c.value})
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%v %s %v: %v, want %q", c.left, c.op, c.right, err, c.want)
		}
	}
	for op, n := range map[string]int{"==": 1, "+": 1, "neg": 2, "is": 0, "in": 3, "-": 0} {
		if _, _, err := Operator(op, Options{}, make([]types.Type, n), make([]any, n)); err == nil || !strings.Contains(err.Error(), "there is no operator") {
			t.Errorf("%s of %d values: %v", op, n, err)
		}
	}
	if _, _, err := Operator("neg", Options{}, []types.Type{text}, []any{nil}); err == nil || err.Error() != "cannot negate string" {
		t.Error(err)
	}
}
