package op

import (
	"bytes"
	"encoding/binary"
	"math"
	"runtime/debug"
	"testing"
	"time"

	"github.com/detlang/det/lang/types"
	"github.com/detlang/det/runtime"
	"github.com/detlang/det/runtime/state"
)

// stateful is chains of operators that keep state, one of each way to keep it.
func stateful(t testing.TB) []func() []runtime.Operator {
	var out []func() []runtime.Operator
	for _, clauses := range []map[string][]Arg{
		nil,
		{"every": {konst(5 * time.Second)}},
		{"session": nil},
		{"early": nil, "every": {konst(5 * time.Second)}},
		{"early": nil, "session": nil},
	} {
		a := windowArgs(10*time.Second, clauses)
		out = append(out, func() []runtime.Operator { return []runtime.Operator{must(t, window, keyed, a)} })
	}
	s := slidingArgs(10 * time.Second)
	out = append(out, func() []runtime.Operator { return []runtime.Operator{must(t, window, keyed, s)} })
	for i, c := range baselineCases {
		if i%3 == 1 {
			out = append(out, c.chain(t, baselineNames))
		}
	}
	for _, clauses := range []map[string][]Arg{{"at": word("hour_of_day")}, {"decay": {konst(time.Hour)}}} {
		c := baselineCase{length: 20 * time.Minute, every: 20 * time.Minute, clauses: clauses}
		out = append(out, c.chain(t, []string{"n", "mean", "stddev"}))
	}
	out = append(out, whenOver(t, s, 1), whenOver(t, windowArgs(10*time.Second, map[string][]Arg{"early": nil}), 1))
	out = append(out, sequencesOver(t)...)
	a := Args{Head: []Arg{konst(10 * time.Second)}, Clauses: map[string][]Arg{"by": {col(0, "key", types.TString)}}}
	return append(out, func() []runtime.Operator { return []runtime.Operator{must(t, throttle, keyed, a)} })
}

// sequencesOver is chains of what follows the values of keys, over the same rows.
func sequencesOver(t testing.TB) []func() []runtime.Operator {
	by, n := []Arg{col(0, "key", types.TString)}, []Arg{col(1, "n", types.TInt)}
	// Every row is a step: the condition is another chain's to test.
	step := func(name string, not bool) Step {
		return Step{Name: name, Not: not, Cond: Arg{Col: -1, Const: !not}, Repeat: 1, By: by}
	}
	var out []func() []runtime.Operator
	for _, c := range []struct {
		spec    Spec
		clauses map[string][]Arg
		steps   []Step
	}{
		{sequence, map[string][]Arg{"within": {konst(25 * time.Second)}}, []Step{step("a", false), step("b", false), step("c", false)}},
		{sequence, map[string][]Arg{"within": {konst(25 * time.Second)}, "overlapping": nil}, []Step{step("a", false), step("b", false), step("v", true)}},
		{sequence, map[string][]Arg{"within": {konst(25 * time.Second)}, "any_order": nil}, []Step{step("a", false), step("b", false)}},
		{firstSeen, map[string][]Arg{"of": n, "over": {konst(time.Minute)}}, nil},
		{rare, map[string][]Arg{"of": n, "over": {konst(time.Minute)}, "below": {konst(3.0)}}, nil},
		{rare, map[string][]Arg{"of": n, "over": {konst(time.Minute)}, "below": {konst(0.5)}}, nil},
	} {
		c.clauses["by"] = by
		a := Args{Clauses: c.clauses, Steps: c.steps, Keep: 2, Shown: []int{0, 1}}
		out = append(out, func() []runtime.Operator { return []runtime.Operator{must(t, c.spec, keyed, a)} })
	}
	return out
}

// someEvents are events of a few keys over several windows.
func someEvents(from int64) []event {
	var out []event
	for i := range int64(12) {
		out = append(out, event{from + i*3*second, []any{[]any{"a", "b", "a key of more than sixteen bytes", nil}[i%4], i << (i * 5)}})
	}
	return out
}

// A damaged state is refused, or else the operators go on without a panic.
func FuzzLoad(f *testing.F) {
	chains := stateful(f)
	for i, build := range chains {
		c := newChain(f, keyed.Cols, build)
		c.push(someEvents(0), 0, false)
		f.Add(uint8(i), saved(f, c))
	}
	f.Fuzz(func(t *testing.T, which uint8, data []byte) {
		goOn(t, int(which), 0, chains[int(which)%len(chains)], data)
	})
}

// saved is the state of a chain.
func saved(t testing.TB, c *chain) []byte {
	var buf bytes.Buffer
	w := state.NewWriter(&buf)
	for _, op := range c.ops {
		if s, ok := op.(runtime.Stateful); ok {
			c.check(s.Save(w))
		}
	}
	if err := w.Flush(); err != nil {
		t.Fatal(err)
	}
	return buf.Bytes()
}

// Saved twice in a row, or by an operator that loaded it, a state is the same bytes.
func TestSaveIsStable(t *testing.T) {
	for i, build := range stateful(t) {
		c := newChain(t, keyed.Cols, build)
		c.push(someEvents(0), 0, false)
		first := saved(t, c)
		c.restart()
		if again := saved(t, c); !bytes.Equal(first, again) {
			t.Errorf("chain %d: %d bytes became %d", i, len(first), len(again))
		}
	}
}

// A state that ends early is refused at every length.
func TestLoadTruncated(t *testing.T) {
	for i, build := range stateful(t) {
		c := newChain(t, keyed.Cols, build)
		c.push(someEvents(0), 0, false)
		data := saved(t, c)
		for n := range len(data) {
			fresh := build()
			r := state.NewReader(bytes.NewReader(data[:n]), int64(n))
			var err error
			for _, op := range fresh {
				if s, ok := op.(runtime.Stateful); ok && err == nil {
					err = s.Load(r)
				}
			}
			if err == nil {
				t.Fatalf("chain %d: %d of %d bytes are enough", i, n, len(data))
			}
		}
	}
}

// With any one number of a state changed, it is refused or the operators go on
// without a panic, and without asking for memory that the state does not account
// for.
func TestLoadDamaged(t *testing.T) {
	for i, build := range stateful(t) {
		c := newChain(t, keyed.Cols, build)
		c.push(someEvents(0), 0, false)
		data := saved(t, c)
		for at := 0; at+8 <= len(data); at += 8 {
			for _, x := range []uint64{7, 1 << 31, math.MaxUint64, binary.LittleEndian.Uint64(data[at:]) + 1} {
				bad := bytes.Clone(data)
				binary.LittleEndian.PutUint64(bad[at:], x)
				goOn(t, i, at, build, bad)
			}
		}
	}
}

// goOn loads a state and feeds the operators if they take it.
func goOn(t testing.TB, i, at int, build func() []runtime.Operator, data []byte) {
	defer func() {
		if p := recover(); p != nil {
			t.Fatalf("chain %d, damaged at byte %d: %v\n%s", i, at, p, debug.Stack())
		}
	}()
	c := newChain(t, keyed.Cols, build)
	r := state.NewReader(bytes.NewReader(data), int64(len(data)))
	for _, op := range c.ops {
		if s, ok := op.(runtime.Stateful); ok && s.Load(r) != nil {
			return
		}
	}
	c.keepN = true
	c.push(someEvents(36*second), 0, false)
	c.advance(100 * second)
	c.finish()
	saved(t, c)
}
