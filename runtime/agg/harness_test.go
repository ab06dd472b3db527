package agg

import (
	"bytes"
	"fmt"
	"math"
	"math/rand/v2"
	"net/netip"
	"testing"
	"time"

	"github.com/detlang/det/lang/types"
	"github.com/detlang/det/runtime/state"
	"github.com/detlang/det/runtime/vec"
)

// kindOf is the kind of an example's values.
func kindOf(values []any) types.Kind {
	for _, v := range values {
		switch v.(type) {
		case bool:
			return types.Bool
		case int64:
			return types.Int
		case float64:
			return types.Float
		case string:
			return types.String
		case netip.Addr:
			return types.IP
		}
	}
	return types.Null
}

// use is one way to call an aggregate: the kinds of its arguments, and its
// constants.
type use struct {
	spec   Spec
	args   []types.Type
	consts []any
}

func (u use) String() string { return fmt.Sprint(u.spec.Name, u.args) }

// uses is every aggregate with every kind of argument that it takes.
func uses() []use {
	var out []use
	for _, spec := range All() {
		if len(spec.Sig.Params) > 0 && spec.Sig.Params[0].Optional {
			out = append(out, use{spec: spec})
		}
		if len(spec.Sig.Params) == 0 {
			continue
		}
		for _, k := range append([]types.Kind{types.Null}, scalars...) {
			u := use{spec: spec}
			for i, p := range spec.Sig.Params {
				t, c := types.Type{Kind: k}, any(nil)
				switch {
				case p.Const && p.Type.Kind == types.Duration:
					t, c = types.TDuration, 25*time.Second
				case i > 0 && p.Type.Kind == types.Timestamp:
					t = types.TTimestamp
				case p.Const:
					t, c = types.TFloat, 25.0
				case i > 0:
					t = types.TString
				}
				u.args, u.consts = append(u.args, t), append(u.consts, c)
			}
			if p := spec.Sig.Params[0]; !types.Accepts(p.Type, u.args[0]) ||
				spec.Sig.Result != nil && spec.Sig.Result(u.args) == types.TInvalid {
				continue
			}
			out = append(out, u)
		}
	}
	return out
}

func (u use) state(t testing.TB, groups int) State {
	t.Helper()
	s, err := u.spec.New(u.args, u.consts)
	if err != nil {
		t.Fatal(err)
	}
	s.Grow(groups)
	return s
}

// batch is random rows for a use, in groups below n; a third of the values is
// missing, and few are distinct.
func (u use) batch(r *rand.Rand, rows, n int) (groups []int32, args []*vec.Vec) {
	groups = make([]int32, rows)
	for i := range groups {
		groups[i] = int32(r.IntN(n))
	}
	for i, t := range u.args {
		values := make([]any, rows)
		for j := range values {
			switch {
			case u.consts[i] != nil:
				values[j] = u.consts[i]
			case r.IntN(3) > 0:
				values[j] = someValue(r, t.Kind)
			}
		}
		args = append(args, vec.Of(t.Kind, values...))
	}
	return groups, args
}

func someValue(r *rand.Rand, k types.Kind) any {
	n := r.IntN(40)
	switch k {
	case types.Bool:
		return n%3 == 0
	case types.Int, types.Timestamp, types.Duration:
		if n == 0 {
			return math.MaxInt64 - int64(r.IntN(9))
		}
		return int64(n - 20)
	case types.Float:
		return float64(n-20) / 8
	case types.String:
		return fmt.Sprintf("%.*s", n, "a text that is long enough not to fit a cell")
	case types.IP:
		return netip.AddrFrom4([4]byte{10, 0, byte(n % 2), byte(n)})
	}
	return nil
}

// rowsOf is the rows from..to.
func rowsOf(from, to int) []int32 {
	rows := make([]int32, 0, to-from)
	for i := from; i < to; i++ {
		rows = append(rows, int32(i))
	}
	return rows
}

// sameResults fails unless two states give the same results; floats may differ in the
// last digits.
func sameResults(t *testing.T, what string, got, want *vec.Vec) {
	t.Helper()
	if got.N != want.N || got.Kind != want.Kind {
		t.Fatalf("%s: got %d of %s, want %d of %s", what, got.N, got.Kind, want.N, want.Kind)
	}
	for g := range want.N {
		if x, y := got.Value(g), want.Value(g); !near(x, y) {
			t.Fatalf("%s: group %d is %v, want %v", what, g, x, y)
		}
	}
}

func near(x, y any) bool {
	a, ok := x.(float64)
	b, also := y.(float64)
	if ok && also {
		return a == b || math.Abs(a-b) <= 1e-14*math.Abs(b)
	}
	return fmt.Sprint(x) == fmt.Sprint(y)
}

func TestExamples(t *testing.T) {
	for _, spec := range All() {
		if len(spec.Examples) == 0 {
			t.Errorf("%s has no example", spec.Name)
		}
		for _, ex := range spec.Examples {
			args, consts := make([]types.Type, len(ex.Args)), make([]any, len(ex.Args))
			cols, n := make([]*vec.Vec, len(ex.Args)), 0
			for i, values := range ex.Args {
				k := kindOf(values)
				if k == types.Null && spec.Sig.Params[i].Type.Kind == types.Bool {
					k = types.Bool
				}
				if p := spec.Sig.Params[i].Type.Kind; p == types.Timestamp || p == types.Duration {
					k = p
				}
				args[i] = types.Type{Kind: k}
				if spec.Sig.Params[i].Const {
					consts[i] = values[0]
					values = nil
				}
				cols[i] = vec.Of(k, values...)
				n = max(n, len(values))
			}
			s, err := spec.New(args, consts)
			if err != nil {
				t.Errorf("%s: %v", ex.Call, err)
				continue
			}
			s.Grow(1)
			s.Add(make([]int32, n), nil, cols)
			if got := s.Result([]int32{0}).Value(0); !near(got, ex.Want) {
				t.Errorf("%s over %v = %v, want %v", ex.Call, ex.Args, got, ex.Want)
			}
		}
	}
}

// TestResultKind holds what an aggregate gives against the type that its
// signature promises.
func TestResultKind(t *testing.T) {
	for _, u := range uses() {
		want := u.spec.Sig.Fixed
		if u.spec.Sig.Result != nil {
			want = u.spec.Sig.Result(u.args)
		}
		v := u.state(t, 1).Result([]int32{0})
		if v.Kind != want.Kind && want.Kind != types.Null {
			t.Errorf("%s gives %s, its signature says %s", u, v.Kind, want)
		}
	}
}

func TestRefusals(t *testing.T) {
	for _, spec := range All() {
		if len(spec.Sig.Params) == 0 || spec.Sig.Params[0].Type.Kind == types.Bool {
			continue
		}
		args := make([]types.Type, len(spec.Sig.Params))
		for i := range args {
			args[i] = types.ListOf(types.Int)
		}
		if spec.Sig.Result == nil || spec.Sig.Result(args) != types.TInvalid {
			t.Errorf("%s: the signature takes a list", spec.Name)
		}
		if _, err := spec.New(args, make([]any, len(args))); err == nil {
			t.Errorf("%s takes a list", spec.Name)
		}
		if _, err := spec.New(nil, nil); err == nil && !spec.Sig.Params[0].Optional {
			t.Errorf("%s takes no argument", spec.Name)
		}
	}
}

const groupsInTest = 5

// TestMerge splits rows at random places: parts that are merged are what all rows
// together are.
func TestMerge(t *testing.T) {
	for _, u := range uses() {
		r := rand.New(rand.NewPCG(1, 1))
		for range 30 {
			n := r.IntN(300)
			groups, args := u.batch(r, n, groupsInTest)
			whole := u.state(t, groupsInTest)
			whole.Add(groups, nil, args)

			parts := u.state(t, groupsInTest)
			for from := 0; from < n; {
				to := from + 1 + r.IntN(n-from)
				part := u.state(t, groupsInTest)
				rows := rowsOf(from, to)
				part.Add(groups[from:to], rows, args)
				for g := range int32(groupsInTest) {
					parts.Merge(g, part, g)
				}
				from = to
			}
			sameResults(t, u.String()+" merged", parts.Result(span(groupsInTest)), whole.Result(span(groupsInTest)))
		}
	}
}

// TestMergeWithin merges a group of a state into another group of itself.
func TestMergeWithin(t *testing.T) {
	for _, u := range uses() {
		r := rand.New(rand.NewPCG(2, 1))
		groups, args := u.batch(r, 200, 2)
		var first, second []int32
		for i, g := range groups {
			if g == 0 {
				first = append(first, int32(i))
			} else {
				second = append(second, int32(i))
			}
		}
		s, want := u.state(t, 2), u.state(t, 1)
		s.Add(groups, nil, args)
		s.Merge(0, s, 1)
		order := append(first, second...)
		want.Add(make([]int32, len(order)), order, args)
		sameResults(t, u.String(), s.Result([]int32{0}), want.Result([]int32{0}))
	}
}

// TestReset empties a group between two batches.
func TestReset(t *testing.T) {
	for _, u := range uses() {
		r := rand.New(rand.NewPCG(3, 1))
		s, want := u.state(t, groupsInTest), u.state(t, groupsInTest)
		groups, args := u.batch(r, 200, groupsInTest)
		s.Add(groups, nil, args)
		for g := range int32(groupsInTest) {
			s.Reset(g)
		}
		if c, ok := s.(Clearer); ok { // the same for all at once
			s.Add(groups, nil, args)
			c.Clear(groupsInTest)
		}
		sameResults(t, u.String()+" emptied", s.Result(span(groupsInTest)), want.Result(span(groupsInTest)))
		groups, args = u.batch(r, 200, groupsInTest)
		s.Add(groups, nil, args)
		want.Add(groups, nil, args)
		sameResults(t, u.String()+" filled again", s.Result(span(groupsInTest)), want.Result(span(groupsInTest)))
	}
}

// TestRemove takes rows away in the order in which they came: what remains is what
// the others alone give, to the last bit.
func TestRemove(t *testing.T) {
	removers := 0
	for _, u := range uses() {
		if _, ok := u.state(t, 1).(Remover); !ok {
			continue
		}
		removers++
		r := rand.New(rand.NewPCG(4, 1))
		for range 30 {
			n := 1 + r.IntN(300)
			groups, args := u.batch(r, n, groupsInTest)
			s, want := u.state(t, groupsInTest).(Remover), u.state(t, groupsInTest)
			s.Add(groups, nil, args)
			cut := r.IntN(n)
			s.Remove(groups[:cut], nil, args)
			rows := rowsOf(cut, n)
			want.Add(groups[cut:], rows, args)
			got := s.Result(span(groupsInTest))
			for g := range groupsInTest {
				if x, y := got.Value(g), want.Result(span(groupsInTest)).Value(g); fmt.Sprint(x) != fmt.Sprint(y) {
					t.Fatalf("%s: group %d is %v, want %v", u, g, x, y)
				}
			}
		}
	}
	if removers < 10 {
		t.Errorf("only %d uses can remove", removers)
	}
}

// TestSaveLoad goes on from a saved state as if nothing had happened, and refuses
// prefixes of it without panicking.
func TestSaveLoad(t *testing.T) {
	for _, u := range uses() {
		r := rand.New(rand.NewPCG(5, 1))
		s, back := u.state(t, groupsInTest), u.state(t, 0)
		groups, args := u.batch(r, 300, groupsInTest)
		s.Add(groups, nil, args)
		saved := save(t, s)
		if err := back.Load(state.NewReader(bytes.NewReader(saved), int64(len(saved)))); err != nil {
			t.Fatalf("%s: %v", u, err)
		}
		groups, args = u.batch(r, 300, groupsInTest)
		for _, x := range []State{s, back} {
			x.Add(groups, nil, args)
		}
		sameResults(t, u.String(), back.Result(span(groupsInTest)), s.Result(span(groupsInTest)))
		for n := 0; n < len(saved); n += 1 + len(saved)/200 {
			if err := u.state(t, 0).Load(state.NewReader(bytes.NewReader(saved[:n]), int64(n))); err == nil {
				t.Fatalf("%s: %d of %d bytes are taken for a state", u, n, len(saved))
			}
		}
	}
}

func save(t testing.TB, s State) []byte {
	t.Helper()
	var b bytes.Buffer
	w := state.NewWriter(&b)
	s.Save(w)
	if err := w.Flush(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}
