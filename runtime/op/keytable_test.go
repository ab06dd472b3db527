package op

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/detlang/det/runtime"
	"github.com/detlang/det/runtime/state"
)

// sharers are windows over the same rows and by the same key, of which all have a
// table together or each has one of its own.
type sharers struct {
	t      testing.TB
	args   []Args
	chains []*chain
	saved  [][]byte
}

func newSharers(t testing.TB, args []Args, together bool) *sharers {
	s := &sharers{t: t, args: args, saved: make([][]byte, len(args))}
	for i, ops := range s.build(together) {
		c := newChain(t, keyed.Cols, func() []runtime.Operator { return []runtime.Operator{must(t, window, keyed, args[i])} })
		c.ops, c.keepN = ops, true
		s.chains = append(s.chains, c)
	}
	return s
}

func (s *sharers) build(together bool) (all [][]runtime.Operator) {
	table := &KeyTable{}
	for _, a := range s.args {
		if together {
			a.Keys = table
		}
		all = append(all, []runtime.Operator{must(s.t, window, keyed, a)})
	}
	return all
}

// restart saves the state of all windows and loads it into new ones; one (-1: none) has
// changed and starts without, or comes back with what it had at the restart before.
func (s *sharers) restart(together bool, changed int) {
	for i, ops := range s.build(together) {
		c := s.chains[i]
		if i != changed {
			var buf bytes.Buffer
			w := state.NewWriter(&buf)
			c.check(c.ops[0].(runtime.Stateful).Save(w))
			c.check(w.Flush())
			s.saved[i] = buf.Bytes()
		}
		if data := s.saved[i]; data != nil {
			if err := ops[0].(runtime.Stateful).Load(state.NewReader(bytes.NewReader(data), int64(len(data)))); err != nil {
				s.t.Fatalf("window %d of %v, together %v: %v", i, s.args[i].Clauses, together, err)
			}
		}
		c.ops = ops
	}
}

// TestSharedKeys gives the same events to windows that share their keys and to ones
// that do not, with few keys allowed, restarts, and rules that changed: each window
// says the same.
func TestSharedKeys(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		var args []Args
		for range rapid.IntRange(2, 4).Draw(rt, "windows") {
			clauses := rapid.SampledFrom([]map[string][]Arg{{}, {"every": {konst(5 * time.Second)}}, {"session": {}}, {"early": {}}, {"session": {}, "early": {}}, {"empty": {}}}).Draw(rt, "form")
			a := windowArgs(rapid.SampledFrom([]time.Duration{5 * time.Second, 10 * time.Second}).Draw(rt, "length"), clauses)
			if n := rapid.Int64Range(1, 8).Draw(rt, "max"); n < 7 {
				a.Clauses["max"] = []Arg{konst(n)}
			}
			a.Persist = rapid.IntRange(0, 4).Draw(rt, "persist") == 0
			args = append(args, a)
		}
		events := drawEvents(rt, 5*second)
		for i := range events {
			events[i].t += 1000 * second // windows that end in 1970 are not for empty
			if events[i].vals[0] != nil {
				k := rapid.IntRange(0, 9).Draw(rt, "key")
				events[i].vals[0] = strings.Repeat(fmt.Sprint(k), 1+4*k)
			}
		}
		seed := rapid.Uint64().Draw(rt, "cuts")
		play := func(together bool) []string {
			rnd := rand.New(rand.NewPCG(seed, 1))
			s := newSharers(t, args, together)
			for from := 0; from < len(events); {
				to := min(from+1+rnd.IntN(8), len(events))
				for to < len(events) && events[to].t == events[to-1].t {
					to++
				}
				for _, c := range s.chains {
					c.push(events[from:to], from, false)
				}
				if rnd.IntN(3) == 0 {
					for _, c := range s.chains {
						c.advance(events[to-1].t)
					}
				}
				if rnd.IntN(6) == 0 {
					s.restart(together, rnd.IntN(len(args)+2)-2)
				}
				from = to
			}
			var out []string
			for _, c := range s.chains {
				c.finish()
				m := c.ops[0].(runtime.Meter).Meter()
				out = append(out, fmt.Sprintf("%s%d without a key, %d without room", lines(c.out), m.MissingKey, m.Overflow))
			}
			return out
		}
		alone, together := play(false), play(true)
		for i := range alone {
			if alone[i] != together[i] {
				rt.Fatalf("window %d of %d gives with keys that are shared\n%s\nnot\n%s", i, len(args), together[i], alone[i])
			}
		}
	})
}

// TestSharedKeysExpire holds keys in a long window that a short one is done with: a
// code is not given to another key before both are.
func TestSharedKeysExpire(t *testing.T) {
	args := []Args{
		windowArgs(10*time.Second, map[string][]Arg{"max": {konst(int64(2))}}),
		windowArgs(time.Hour, nil),
	}
	s := newSharers(t, args, true)
	push := func(at int64, keys ...string) {
		var events []event
		for i, k := range keys {
			events = append(events, event{at, []any{k, at/second*10 + int64(i)}})
		}
		for _, c := range s.chains {
			c.push(events, 0, false)
		}
	}
	push(0, "a", "b", "refused")
	push(10*second, "c", "d", "a")
	push(20*second, "a", "b")
	keys := s.chains[0].ops[0].(*fixed).groups.keys
	if keys != s.chains[1].ops[0].(*fixed).groups.keys || keys.Live() != 5 {
		t.Errorf("the keys are not shared: %d of them", keys.Live())
	}
	for _, c := range s.chains {
		c.finish()
	}
	want := []string{"a=0 b=1 c=100 d=101 a=200 b=201 ", "a=0 102 200 b=1 201 refused=2 c=100 d=101 "}
	for i, c := range s.chains {
		var got strings.Builder
		for _, r := range c.out {
			fmt.Fprintf(&got, "%s=%s ", r.vals[0], r.vals[3])
		}
		if got.String() != want[i] {
			t.Errorf("window %d gives %s, want %s", i, got.String(), want[i])
		}
	}
}

// TestSharedKeysAreReturned floods windows with keys that come once: the table is not
// larger than what is in use and the idle keys that each may remember.
func TestSharedKeysAreReturned(t *testing.T) {
	args := []Args{windowArgs(10*time.Second, map[string][]Arg{"max": {konst(int64(50))}}), windowArgs(20*time.Second, map[string][]Arg{"max": {konst(int64(100))}})}
	for i := range args {
		args[i].Keep = 0
	}
	s := newSharers(t, args, true)
	for i := range int64(2000) {
		var events []event
		for k := range int64(40) {
			events = append(events, event{i * 10 * second, []any{fmt.Sprintf("key %d of %d", k, i), k}})
		}
		for _, c := range s.chains {
			c.push(events, 0, false)
			c.out = nil
		}
	}
	keys := s.chains[0].ops[0].(*fixed).groups.keys
	if keys.Live() > 150 || keys.Len() > 10_000 {
		t.Errorf("%d keys live in %d ids", keys.Live(), keys.Len())
	}
}
