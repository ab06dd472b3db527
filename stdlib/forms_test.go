package stdlib

import (
	"fmt"
	"math"
	"math/rand/v2"
	"net/netip"
	"reflect"
	"testing"
	"time"

	"github.com/detlang/det/lang/types"
	"github.com/detlang/det/runtime/vec"
)

// TestForms holds every function to one meaning: whatever form its columns have
// (text with a dictionary or without, lists that start in the middle, bitmaps or
// none), whichever rows are wanted, whether an argument is a constant or a column,
// and whatever it remembers from an earlier batch, a row's result is that of the
// row alone. It also holds that the columns stay as they were, that no float is
// NaN or infinite, and that a test is never missing.
func TestForms(t *testing.T) {
	for _, f := range Functions() {
		t.Run(f.Name, func(t *testing.T) {
			t.Parallel()
			for seed := range uint64(12) {
				newGenerator(seed).check(t, &f)
			}
		})
	}
}

// generator draws calls and their columns.
type generator struct {
	r     *rand.Rand
	texts []string // what texts are drawn from
}

func newGenerator(seed uint64) *generator {
	return &generator{r: rand.New(rand.NewPCG(seed, 0)), texts: texts}
}

func (g *generator) check(t *testing.T, f *Func) {
	args := g.arguments(f)
	var ts []types.Type
	for _, a := range args {
		ts = append(ts, a.t)
	}
	want := f.Sig.Fixed
	if f.Sig.Result != nil {
		if want = f.Sig.Result(ts); want.Kind == types.Invalid {
			return
		}
	}
	asConsts, asColumns := make([]any, len(args)), make([]any, len(args))
	for i, a := range args {
		asConsts[i] = a.constant
		if a.fixed {
			asColumns[i] = a.constant
		}
	}
	kernel := g.bind(t, f, asConsts)
	if kernel == nil {
		return
	}
	kernels := []vec.Kernel{kernel, g.bind(t, f, asColumns)}
	dicts := make([]*vec.Interner, len(args))
	for range 2 { // the second batch meets what the first left behind
		n := []int{0, 1, 5, 63, 64, 65, 130}[g.r.IntN(7)]
		values, columns := make([][]any, len(args)), make([]*vec.Vec, len(args))
		for i, a := range args {
			if dicts[i] == nil {
				dicts[i] = vec.NewInterner()
			}
			values[i] = g.rows(a, n)
			columns[i] = g.form(a.t, values[i], dicts[i])
		}
		before := snapshot(columns)
		mask := g.mask(n)
		for _, kernel := range kernels {
			out := kernel(columns, n, mask)
			if !reflect.DeepEqual(snapshot(columns), before) {
				t.Fatalf("%s changed its arguments", f.Name)
			}
			wellFormed(t, f, want, out, n)
			for i := range n {
				if mask != nil && !mask.Get(i) {
					continue
				}
				row := make([]*vec.Vec, len(args))
				for a := range args {
					row[a] = column(args[a].t, values[a][i])
				}
				alone := g.bind(t, f, asConsts)(row, 1, nil).Value(0)
				if got := out.Value(i); !reflect.DeepEqual(got, alone) {
					t.Fatalf("%s of %s: row %d of %d = %#v, but %#v alone", f.Name, describe(values, i), i, n, got, alone)
				}
				if x, ok := alone.(float64); ok && (math.IsNaN(x) || math.IsInf(x, 0)) {
					t.Fatalf("%s of %s = %v", f.Name, describe(values, i), x)
				}
				if f.Test && alone == nil {
					t.Fatalf("%s of %s is missing", f.Name, describe(values, i))
				}
			}
		}
	}
}

func (g *generator) bind(t *testing.T, f *Func, consts []any) vec.Kernel {
	k, err := f.Bind(consts)
	if err != nil {
		t.Logf("%s%v: %v", f.Name, consts, err)
		return nil
	}
	return k
}

func describe(values [][]any, i int) string {
	var row []any
	for _, v := range values {
		row = append(row, v[i])
	}
	return fmt.Sprintf("%#v", row)
}

// wellFormed checks what Vec promises of a column.
func wellFormed(t *testing.T, f *Func, want types.Type, v *vec.Vec, n int) {
	t.Helper()
	if v.N != n {
		t.Fatalf("%s gives %d rows of %d", f.Name, v.N, n)
	}
	if v.Kind != want.Kind && v.Kind != types.Null && !(v.Kind == types.Int && want.Kind == types.Float) {
		t.Fatalf("%s gives %s instead of %s", f.Name, v.Kind, want)
	}
	for i := range n {
		switch v.Kind { // reading is safe, in missing rows too
		case types.Bool:
			if v.Missing(i) && v.Bits.Get(i) {
				t.Fatalf("%s gives a missing row %d that is true", f.Name, i)
			}
		case types.Int, types.Timestamp, types.Duration:
			_ = v.I64[i]
		case types.Float:
			_ = v.F64[i]
		case types.IP:
			_ = v.IPs[i]
		case types.String:
			if !v.Missing(i) || v.Dict != nil {
				_ = v.Text(i)
			}
		case types.List:
			if start, end := v.Elems(i); start > end || end > v.Child.N {
				t.Fatalf("%s gives a list from %d to %d of %d", f.Name, start, end, v.Child.N)
			}
		}
	}
}

// snapshot is the contents of columns.
func snapshot(columns []*vec.Vec) [][]any {
	out := make([][]any, len(columns))
	for c, v := range columns {
		for i := range v.N {
			out[c] = append(out[c], v.Value(i))
		}
	}
	return out
}

// argument is a parameter with a type, and the constant that it is, if it is one.
type argument struct {
	name     string
	t        types.Type
	constant any
	fixed    bool // the parameter takes only constants
}

// arguments draws the arguments of a call that suit each other.
func (g *generator) arguments(f *Func) []argument {
	anyKind := g.kind()
	var args []argument
	for _, p := range f.Sig.Params {
		if p.Optional && g.r.IntN(2) == 0 {
			break
		}
		for again := true; again; again = p.Variadic && g.r.IntN(2) == 0 {
			a := argument{name: p.Name, t: p.Type, fixed: p.Const}
			switch {
			case p.Type.Kind == types.Any:
				a.t = types.Type{Kind: anyKind}
			case p.Type.Kind == types.Number:
				a.t = types.Type{Kind: []types.Kind{types.Int, types.Float}[g.r.IntN(2)]}
			case p.Type == types.ListOf(types.Any):
				a.t = types.ListOf(anyKind)
			}
			if p.Const {
				a.constant, a.t = g.constant(f.Name, p)
			} else if g.r.IntN(3) == 0 {
				a.constant = constantOf(a.t.Kind, g.value(a.name, a.t))
			}
			args = append(args, a)
		}
	}
	return args
}

func (g *generator) kind() types.Kind {
	kinds := []types.Kind{types.Bool, types.Int, types.Float, types.String, types.String, types.Timestamp, types.Duration, types.IP}
	return kinds[g.r.IntN(len(kinds))]
}

// constant draws the constant of a parameter that takes nothing else.
func (g *generator) constant(function string, p types.Param) (any, types.Type) {
	choices := map[string][]any{
		"pattern":     {`(\w)(\d)?`, `a+`, ``, `(?i)[a-e]{2}`, `^.`},
		"replacement": {"<$1>", "", "$$"},
		"group":       {int64(0), int64(1)},
		"zone":        {"", "UTC", "Europe/Zurich", "+05:30"},
		"layout":      {"%Y-%m-%d %H:%M:%S", "%F", "%d/%b/%Y:%T %z", "%s.%f"},
		"unit":        {"hour", "day", "week", "month"},
		"range":       {"08:00-18:00", "22:00-06:30"},
		"chars":       {"aeé", "0123456789", ""},
		"sep":         {",", "", "/"},
		"path":        {"a", "a.b[0]", `["é"]`},
		"digits":      {int64(0), int64(2), int64(-1)},
		"n":           {int64(1), int64(2)},
		"of":          {[]any{"abc", "Example"}, []any{"www"}},
		"network":     {netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("2001:db8::/32")},
	}[p.Name]
	if choices == nil {
		panic("no constants for " + p.Name + " of " + function)
	}
	c := choices[g.r.IntN(len(choices))]
	if _, ok := c.([]any); ok {
		return c, types.ListOf(types.String)
	}
	return c, typeOf(c)
}

// rows are n values of an argument, one of them repeated where it is constant.
func (g *generator) rows(a argument, n int) []any {
	out := make([]any, n)
	for i := range out {
		switch {
		case a.constant != nil:
			out[i] = stored(a.constant)
		case g.r.IntN(5) > 0:
			out[i] = g.value(a.name, a.t)
		}
	}
	return out
}

// stored is a constant as Vec.Value gives it.
func stored(x any) any {
	switch x := x.(type) {
	case time.Time:
		return x.UnixMicro()
	case time.Duration:
		return x.Microseconds()
	}
	return x
}

var texts = []string{
	"", " ", "a", "abc", "ABC", "äöü ÀÉ", "日本語", "🎉x", "\xff\xc3", "aaaa", "a,b,,c", "1", "-42", "3.5", "0x1F", "true", "no",
	`C:\Windows\System32\cmd.exe`, "/usr/bin/a.b/", "http://user@www.Example.co.uk:8080/p/a?x=1&y=%41+b#f", "example.com", "bücher.example.",
	"https://[2001:db8::1]/", "10.0.0.1", "::ffff:10.1.1.1", "10.0.0.0/8", "2001:db8::/32", "SUVY", "SQBFAFgA", "6d5a", "%2e%zz", "&lt;é&gt;",
	`{"a": {"b": ["x", 2]}, "é": 1.0}`, `{"a": 1`, "2024-03-01 08:00:00", "2024-03-31T01:30:00Z", "01/Mar/2024:08:05:09 +0100", "1709251200.5", "xn--mnchen-3ya.de", "user=ann id=7",
}

// value draws a present value, often one that has been drawn before.
func (g *generator) value(name string, t types.Type) any {
	switch t.Kind {
	case types.Bool:
		return g.r.IntN(2) == 0
	case types.Int:
		few := []int64{0, 1, -1, 2, 3, 7, 24, 64, 4294967295, math.MaxInt64, math.MinInt64}
		if g.r.IntN(2) == 0 {
			return few[g.r.IntN(len(few))]
		}
		return g.r.Int64N(40) - 10
	case types.Float:
		few := []float64{0, 1, -1, 0.5, 2.5, 1e-9, 1e18, 1e300, -1e300, 1 << 53}
		if g.r.IntN(2) == 0 {
			return few[g.r.IntN(len(few))]
		}
		return g.r.NormFloat64() * 100
	case types.String:
		return g.texts[g.r.IntN(len(g.texts))]
	case types.Timestamp:
		return g.r.Int64N(4_000_000_000_000_000) - 1_000_000_000_000_000
	case types.Duration:
		return g.r.Int64N(2_000_000_000_000) - 1_000_000_000_000
	case types.IP:
		addrs := []string{"10.0.0.1", "8.8.8.8", "192.0.2.1", "127.0.0.1", "169.254.1.1", "224.0.0.1", "2001:db8::1", "fe80::1", "::1", "2606:4700::1111"}
		return netip.MustParseAddr(addrs[g.r.IntN(len(addrs))])
	case types.List:
		list := make([]any, g.r.IntN(5))
		for i := range list {
			if g.r.IntN(8) > 0 {
				list[i] = g.value(name, types.Type{Kind: t.Elem})
			}
		}
		return list
	}
	panic("no values of " + t.String())
}

// form makes a column of the rows in one of its forms. What missing rows hold is
// rubbish.
func (g *generator) form(t types.Type, rows []any, dict *vec.Interner) *vec.Vec {
	v := column(t, rows...)
	if v.Valid == nil && g.r.IntN(2) == 0 {
		v.Valid = vec.Ones(v.N)
	}
	all := true
	for i := range v.N {
		if !v.Missing(i) {
			continue
		}
		all = false
		switch v.Kind {
		case types.Int, types.Timestamp, types.Duration:
			v.I64[i] = g.r.Int64()
		case types.Float:
			v.F64[i] = math.NaN()
		case types.IP:
			v.IPs[i][g.r.IntN(16)] = 0xff
		}
	}
	if all && g.r.IntN(2) == 0 && v.Kind != types.Null {
		v.Valid = nil
	}
	switch v.Kind {
	case types.String:
		return g.textForm(v, dict)
	case types.List:
		shiftList(v, g.r.IntN(3))
		if v.Child.Kind == types.String {
			v.Child = g.textForm(v.Child, vec.NewInterner())
		}
	}
	return v
}

// textForm lays text out plainly, or gives it the codes of a dictionary that grows
// from batch to batch.
func (g *generator) textForm(v *vec.Vec, dict *vec.Interner) *vec.Vec {
	out := &vec.Vec{Kind: types.String, N: v.N, Valid: v.Valid}
	if g.r.IntN(2) == 0 {
		out.Offs = make([]int32, v.N+1)
		for i := range v.N {
			if !v.Missing(i) {
				out.Bytes = append(out.Bytes, v.Text(i)...)
			}
			out.Offs[i+1] = int32(len(out.Bytes))
		}
		return out
	}
	out.Codes = make([]int32, v.N)
	for i := range v.N {
		s := "rubbish"
		if !v.Missing(i) {
			s = v.Text(i)
		}
		out.Codes[i] = dict.Code(s)
	}
	dict.Code("a value of no row")
	out.Dict = dict.Dict()
	return out
}

// shiftList puts n elements that belong to no row before those of a list column.
func shiftList(v *vec.Vec, n int) {
	var elems []any
	for range n {
		elems = append(elems, nil)
	}
	for i := range v.Child.N {
		elems = append(elems, v.Child.Value(i))
	}
	if len(elems) > n { // an empty child has no kind to keep
		v.Child = vec.Of(v.Child.Kind, elems...)
		for i := range v.Offs {
			v.Offs[i] += int32(n)
		}
	}
}

func (g *generator) mask(n int) vec.Bitmap {
	if g.r.IntN(3) == 0 {
		return nil
	}
	mask := vec.NewBitmap(n)
	for i := range n {
		if g.r.IntN(3) > 0 {
			mask.Set(i)
		}
	}
	return mask
}
