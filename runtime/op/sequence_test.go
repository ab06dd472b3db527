package op

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/detlang/det/lang/types"
	"github.com/detlang/det/runtime"
)

// The events of these tests have a key, and say of three steps, two vetoes and until
// whether they fit.
var sequenceColumns = []runtime.Column{
	{Name: "key", Type: types.TString},
	{Name: "s0", Type: types.TBool}, {Name: "s1", Type: types.TBool}, {Name: "s2", Type: types.TBool},
	{Name: "v0", Type: types.TBool}, {Name: "v1", Type: types.TBool},
	{Name: "until", Type: types.TBool},
}

// script is a sequence as a test writes it: steps in order, each with what must not
// stand behind it.
type script struct {
	within         int64
	any, overlap   bool
	until          bool
	leading        []int64 // by veto before the first step: for how long before
	leadingColumn  []int
	steps          []scriptStep
	trailing       []int64 // by veto behind the last step: its wait
	trailingColumn []int
}

type scriptStep struct {
	repeat int
	gap    int64
	veto   int // the column of a veto between it and the next, or 0
}

func (s script) args() Args {
	a := Args{Clauses: map[string][]Arg{
		"by":     {col(0, "key", types.TString)},
		"within": {konst(time.Duration(s.within) * time.Microsecond)},
	}, Keep: 3, Shown: []int{0}}
	if s.any {
		a.Clauses["any_order"] = nil
	}
	if s.overlap {
		a.Clauses["overlapping"] = nil
	}
	if s.until {
		a.Clauses["until"] = []Arg{col(6, "until", types.TBool)}
	}
	by := a.Clauses["by"]
	for i, w := range s.leading {
		a.Steps = append(a.Steps, Step{Name: fmt.Sprintf("l%d", i), Not: true, Cond: col(s.leadingColumn[i], "", types.TBool), Repeat: 1, Within: time.Duration(w) * time.Microsecond, By: by})
	}
	for i, st := range s.steps {
		a.Steps = append(a.Steps, Step{Name: fmt.Sprintf("s%d", i), Cond: col(1+i, "", types.TBool), Repeat: st.repeat, Within: time.Duration(st.gap) * time.Microsecond, By: by})
		if st.veto > 0 {
			a.Steps = append(a.Steps, Step{Name: fmt.Sprintf("v%d", i), Not: true, Cond: col(st.veto, "", types.TBool), Repeat: 1, By: by})
		}
	}
	for i, w := range s.trailing {
		a.Steps = append(a.Steps, Step{Name: fmt.Sprintf("t%d", i), Not: true, Cond: col(s.trailingColumn[i], "", types.TBool), Repeat: 1, Within: time.Duration(w) * time.Microsecond, By: by})
	}
	return a
}

// fits reports whether an event fits a condition column.
func (e event) fits(c int) bool { return e.vals[c] == true }

// expected is what the definition of a sequence says of some events: for each time
// every way to choose events is tried.
func (s script) expected(events []event) []string {
	var out []string
	clock := events[len(events)-1].t
	since := map[any]int64{}
	for i := 0; i < len(events); {
		t, j := events[i].t, i
		for j < len(events) && events[j].t == t {
			j++
		}
		var keys []any
		for _, e := range events[i:j] {
			if e.vals[0] != nil && !slices.Contains(keys, e.vals[0]) {
				keys = append(keys, e.vals[0])
			}
		}
		for _, key := range keys {
			var own []event // of the key, up to now
			fresh := func(at int64) bool {
				for _, e := range events[:j] {
					for k, wait := range s.leading {
						if e.vals[0] == key && e.fits(s.leadingColumn[k]) && e.t < at && at-e.t < wait {
							return false
						}
					}
				}
				return true
			}
			for _, e := range events[:j] {
				if e.vals[0] == key && e.t >= since[key] {
					own = append(own, e)
				}
			}
			if last, ok := s.complete(own, t, fresh); ok {
				told := t
				denied := false
				for k, wait := range s.trailing {
					told = max(told, t+wait)
					for _, e := range events[j:] {
						denied = denied || e.vals[0] == key && e.fits(s.trailingColumn[k]) && e.t < t+wait
					}
				}
				for _, e := range events[j:] {
					denied = denied || s.until && e.vals[0] == key && e.fits(6) && e.t < told
				}
				if !denied && told <= clock {
					out = append(out, s.line(key, own, t, told, last, fresh))
				}
				if !s.overlap {
					since[key] = t + 1
				}
			}
			for _, e := range own {
				if s.until && e.t == t && e.fits(6) {
					since[key] = max(since[key], t)
				}
			}
		}
		i = j
	}
	slices.Sort(out)
	return out
}

// complete reports whether some of the events make a match that ends at time t, and
// gives the times of its steps. Of several matches there is one whose steps are all
// as late as in any other.
func (s script) complete(own []event, t int64, fresh func(int64) bool) ([]int64, bool) {
	var in []event
	for _, e := range own {
		if t-e.t < s.within {
			in = append(in, e)
		}
	}
	count := func(step int, from, to int64) int {
		n := 0
		for _, e := range in {
			if e.fits(1+step) && e.t >= from && e.t <= to {
				n++
			}
		}
		return n
	}
	last := make([]int64, len(s.steps))
	if s.any {
		now := false
		for i, st := range s.steps {
			if count(i, -1, t) < st.repeat {
				return nil, false
			}
			now = now || count(i, t, t) > 0
			for _, e := range in {
				if e.fits(1 + i) {
					last[i] = max(last[i], e.t)
				}
			}
		}
		return last, now
	}
	var found [][]int64
	var choose func(i int, before int64)
	choose = func(i int, before int64) {
		st := s.steps[i]
		for _, first := range in {
			for _, end := range in {
				if !first.fits(1+i) || !end.fits(1+i) || first.t > end.t || i > 0 && first.t <= before || i == 0 && !fresh(first.t) {
					continue
				}
				if st.repeat == 1 && first.t != end.t || count(i, first.t, end.t) < st.repeat || st.gap > 0 && end.t-before >= st.gap {
					continue
				}
				veto := false
				for _, e := range own {
					veto = veto || i > 0 && s.steps[i-1].veto > 0 && e.fits(s.steps[i-1].veto) && e.t > before && e.t < first.t
				}
				if veto {
					continue
				}
				last[i] = end.t
				if i+1 < len(s.steps) {
					choose(i+1, end.t)
				} else if end.t == t {
					found = append(found, slices.Clone(last))
				}
			}
		}
	}
	choose(0, -1)
	if len(found) == 0 {
		return nil, false
	}
	best := slices.Clone(found[0])
	for _, f := range found {
		for i := range f {
			best[i] = max(best[i], f[i])
		}
	}
	if !slices.ContainsFunc(found, func(f []int64) bool { return slices.Equal(f, best) }) {
		panic("no match has the latest time of every step")
	}
	return best, true
}

// line is a match as the test compares it.
func (s script) line(key any, own []event, t, told int64, last []int64, fresh func(int64) bool) string {
	start := t
	n := make([]int, len(s.steps))
	begin := t // the first event of the window with which a match may begin
	for _, e := range own {
		if e.fits(1) && t-e.t < s.within && e.t <= last[0] && fresh(e.t) {
			begin = min(begin, e.t)
		}
	}
	for i := range s.steps {
		for _, e := range own {
			if i == 0 && !s.any && e.t < begin {
				continue
			}
			after := i == 0 || s.any || e.t > last[i-1]
			if e.fits(1+i) && t-e.t < s.within && after && e.t <= last[i] {
				n[i]++
				start = min(start, e.t)
			}
		}
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%06d %v [%d,%d]", told, key, start, t)
	for i := range n {
		fmt.Fprintf(&b, " %d@%d", n[i], last[i])
	}
	return b.String()
}

func drawScript(t *rapid.T) script {
	s := script{
		within:  rapid.Int64Range(1, 12).Draw(t, "within"),
		any:     rapid.IntRange(0, 3).Draw(t, "any") == 0,
		overlap: rapid.Bool().Draw(t, "overlap"),
		until:   rapid.IntRange(0, 2).Draw(t, "until") == 0,
	}
	for i := range rapid.IntRange(1, 3).Draw(t, "steps") {
		st := scriptStep{repeat: rapid.IntRange(1, 3).Draw(t, "repeat")}
		if !s.any && i > 0 && rapid.IntRange(0, 3).Draw(t, "gapped") == 0 {
			st.gap = rapid.Int64Range(1, 6).Draw(t, "gap")
		}
		s.steps = append(s.steps, st)
	}
	for i := range len(s.steps) - 1 {
		if !s.any && rapid.IntRange(0, 2).Draw(t, "vetoed") == 0 {
			s.steps[i].veto = rapid.IntRange(4, 5).Draw(t, "veto")
		}
	}
	for range rapid.IntRange(-2, 2).Draw(t, "leading") {
		if !s.any {
			s.leading = append(s.leading, rapid.Int64Range(1, 20).Draw(t, "before"))
			s.leadingColumn = append(s.leadingColumn, rapid.IntRange(4, 5).Draw(t, "column"))
		}
	}
	for range rapid.IntRange(0, 2).Draw(t, "trailing") {
		s.trailing = append(s.trailing, rapid.Int64Range(1, 6).Draw(t, "wait"))
		s.trailingColumn = append(s.trailingColumn, rapid.IntRange(4, 5).Draw(t, "column"))
	}
	if len(s.steps) == 1 && s.steps[0].repeat == 1 && len(s.trailing)+len(s.leading) == 0 {
		s.steps[0].repeat = 2
	}
	return s
}

// drawHistory gives events of two keys, dense in time so that many are at once, and a
// last one that only tells the time.
func drawHistory(t *rapid.T) []event {
	var events []event
	now := int64(100)
	for range rapid.IntRange(1, 40).Draw(t, "events") {
		now += rapid.SampledFrom([]int64{0, 0, 1, 1, 2, 4}).Draw(t, "step")
		e := event{now, []any{rapid.SampledFrom([]any{"a", "a", "b", nil}).Draw(t, "key")}}
		for range 3 {
			e.vals = append(e.vals, rapid.IntRange(0, 2).Draw(t, "fits") == 0)
		}
		for range 3 {
			e.vals = append(e.vals, rapid.IntRange(0, 5).Draw(t, "denies") == 0)
		}
		events = append(events, e)
	}
	return append(events, event{now + 1000, []any{"a", false, false, false, false, false, false}})
}

// TestSequenceIsItsDefinition holds the operator, in whatever batches and with
// whatever restarts, against trying every choice of events.
func TestSequenceIsItsDefinition(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s, events := drawScript(t), drawHistory(t)
		want := s.expected(events)
		var first string
		for i := range 4 {
			in := Row{Cols: sequenceColumns}
			c := newChain(&testing.T{}, sequenceColumns, func() []runtime.Operator {
				a := s.args()
				if _, e := sequence.Output(in, &a); e != nil {
					t.Fatal(e.Message)
				}
				o, err := sequence.New(in, &a)
				if err != nil {
					t.Fatal(err)
				}
				return []runtime.Operator{o}
			})
			c.keepN = true
			rows := c.feed(events, cuts(t, i))
			var got []string
			for _, r := range rows {
				var b strings.Builder
				fmt.Fprintf(&b, "%06d %v [%d,%d]", r.time, r.vals[0], r.vals[1], r.vals[2])
				for k := 3; k < len(r.vals); k += 2 {
					fmt.Fprintf(&b, " %d@%d", r.vals[k], r.vals[k+1])
				}
				got = append(got, b.String())
			}
			slices.Sort(got)
			if !slices.Equal(got, want) {
				t.Fatalf("%+v\nevents %v\n got %q\nwant %q", s, events, got, want)
			}
			if i == 0 {
				first = lines(rows)
			} else if again := lines(rows); again != first {
				t.Fatalf("%+v\nevents %v\ncut %d:\n%s\nwhole:\n%s", s, events, i, again, first)
			}
			if c.owner.n != 0 {
				t.Fatalf("%d batches were kept", c.owner.n)
			}
		}
	})
}

// matches feeds events to a sequence in batches of a size and lists what it told, as
// key and time, with the rows that it left out.
func matches(t *testing.T, a Args, events []event, size int) (told []string, m runtime.Meters) {
	t.Helper()
	c := newChain(t, sequenceColumns, func() []runtime.Operator {
		return []runtime.Operator{must(t, sequence, Row{Cols: sequenceColumns}, a)}
	})
	for i := 0; i < len(events); {
		j := min(i+size, len(events))
		for j < len(events) && events[j].t == events[j-1].t {
			j++
		}
		c.push(events[i:j], i, false)
		i = j
	}
	for _, r := range c.out {
		told = append(told, fmt.Sprint(r.vals[0], "@", r.time))
	}
	return told, c.ops[0].(runtime.Meter).Meter()
}

// TestSequenceMakesRoom fills the table of keys: those of which nothing is kept make
// room, events of others are left out and counted, however they come.
func TestSequenceMakesRoom(t *testing.T) {
	s := script{within: 10, steps: []scriptStep{{repeat: 1}, {repeat: 1}}}
	a := s.args()
	a.Clauses["max"] = []Arg{konst(int64(2))}
	e := func(at int64, key string, first, second bool) event {
		return event{at, []any{key, first, second, false, false, false, false}}
	}
	events := []event{
		e(100, "a", true, false), e(101, "b", true, false),
		e(102, "c", true, false), // no room
		e(105, "a", false, true), // a match; the events of a matter until 115
		e(106, "c", false, true), // no room either
		e(111, "d", true, false), // b is forgotten
		e(112, "d", false, true),
		e(113, "c", true, false), // no room: a and d
		e(115, "c", true, false), // a is forgotten
		e(116, "c", false, true),
	}
	for _, size := range []int{1, 2, 3, 100} {
		told, m := matches(t, a, events, size)
		if want := []string{"a@105", "d@112", "c@116"}; !slices.Equal(told, want) {
			t.Errorf("batches of %d: %v, want %v", size, told, want)
		}
		if m.Overflow != 3 {
			t.Errorf("batches of %d: %d events were left out, want 3", size, m.Overflow)
		}
	}
}

// TestLeadsMakeRoom holds keys of which only was seen what must not stand before the
// first step: they take room for as long as that matters, and are kept from one save
// to the next.
func TestLeadsMakeRoom(t *testing.T) {
	s := script{within: 5, leading: []int64{20}, leadingColumn: []int{4}, steps: []scriptStep{{repeat: 1}}}
	a := s.args()
	a.Clauses["max"] = []Arg{konst(int64(1))}
	e := func(at int64, key string, first, lead bool) event {
		return event{at, []any{key, first, false, false, lead, false, false}}
	}
	events := []event{
		e(100, "a", false, true),
		e(110, "b", true, false), // no room
		e(119, "a", true, false), // a was seen 19 before
		e(120, "a", true, true),  // and 20 before is long enough
		e(139, "b", true, false), // no room
		e(140, "b", true, false), // a is forgotten
	}
	for _, size := range []int{1, 2, 100} {
		told, m := matches(t, a, events, size)
		if want := []string{"a@120", "b@140"}; !slices.Equal(told, want) || m.Overflow != 2 {
			t.Errorf("batches of %d: %v with %d left out, want %v with 2", size, told, m.Overflow, want)
		}
	}
}

// TestWaitingMatchesAreBounded lets more matches of one key wait than there is room
// for: the further ones are left out and counted.
func TestWaitingMatchesAreBounded(t *testing.T) {
	s := script{within: 10, overlap: true, steps: []scriptStep{{repeat: 1}}, trailing: []int64{1_000_000}, trailingColumn: []int{4}}
	var events []event
	for i := range int64(maxWaiting + 5) {
		events = append(events, event{100 + i, []any{"a", true, false, false, false, false, false}})
	}
	events = append(events, event{5_000_000, []any{"a", false, false, false, false, false, false}})
	told, m := matches(t, s.args(), events, 64)
	if len(told) != maxWaiting || m.Overflow != 5 {
		t.Errorf("%d matches and %d left out, want %d and 5", len(told), m.Overflow, maxWaiting)
	}
}

// Matches that were ended by what must not come give their room back.
func TestEndedMatchesTakeNoRoom(t *testing.T) {
	s := script{within: 10, overlap: true, steps: []scriptStep{{repeat: 1}}, trailing: []int64{1_000_000}, trailingColumn: []int{4}}
	var events []event
	for i := range int64(maxWaiting) {
		events = append(events, event{100 + i, []any{"a", true, false, false, false, false, false}})
	}
	events = append(events,
		event{2000, []any{"a", false, false, false, true, false, false}},
		event{2001, []any{"a", true, false, false, false, false, false}},
		event{5_000_000, []any{"a", false, false, false, false, false, false}})
	told, m := matches(t, s.args(), events, 64)
	if len(told) != 1 || m.Overflow != 0 {
		t.Errorf("%d matches and %d left out, want 1 and none", len(told), m.Overflow)
	}
}

func TestSequenceRefuses(t *testing.T) {
	steps := func(list ...Step) Args {
		a := script{within: 10}.args()
		for i := range list {
			list[i].Name, list[i].Repeat = fmt.Sprintf("s%d", i), max(list[i].Repeat, 1)
		}
		a.Steps = list
		return a
	}
	for name, a := range map[string]Args{
		"nothing to see":        steps(),
		"only what must not be": steps(Step{Not: true}),
		"one event":             steps(Step{}),
		"too many events":       steps(Step{Repeat: maxLevels}, Step{}),
		"too many steps":        steps(make([]Step, maxSteps+1)...),
		"repeated never":        steps(Step{}, Step{}, Step{Not: true, Repeat: 2}),
		"the first within":      steps(Step{Within: 5}, Step{}),
	} {
		if _, e := sequence.Output(Row{}, &a); e == nil {
			t.Errorf("%s was taken", name)
		}
	}
	anyOrder := steps(Step{Not: true}, Step{}, Step{})
	anyOrder.Clauses["any_order"] = nil
	if _, e := sequence.Output(Row{}, &anyOrder); e == nil {
		t.Error("what must not be before the first step was taken in any order")
	}
	two := steps(Step{}, Step{})
	for word, arg := range map[string]Arg{
		"within": konst(time.Duration(0)), "max": konst(int64(0)), "evidence": konst(int64(101)), "by": col(0, "tags", types.ListOf(types.String)),
	} {
		a := two
		a.Clauses = map[string][]Arg{"within": {konst(time.Hour)}, word: {arg}}
		if _, e := sequence.Output(Row{}, &a); e == nil || e.Clause != word {
			t.Errorf("%s %v: %v", word, arg.Const, e)
		}
	}
}
