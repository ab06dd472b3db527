package op

import (
	"context"
	"fmt"
	"math"
	"slices"
	"time"

	"github.com/detlang/det/lang/types"
	"github.com/detlang/det/runtime"
	"github.com/detlang/det/runtime/state"
	"github.com/detlang/det/runtime/vec"
)

// term is what the arguments of first_seen and rare say.
type term struct {
	over, after int64
	global      bool
	max         int
	below       int     // rows of a value, or
	share       float64 // its share of the rows of the key
	min         int64   // rows of the key that a share needs
}

// defaultLearning is how long a key is learned unless its rule says so.
const defaultLearning = 7 * 24 * time.Hour

func newTerm(a *Args) (term, *Error) {
	over := a.Duration("over", 0)
	t := term{over: over.Microseconds(), global: a.Has("global"), after: a.Duration("after", min(over, defaultLearning)).Microseconds()}
	if t.over < 1 {
		return t, &Error{Code: BadClause, Clause: "over", Head: 0, Message: "values are remembered for at least a microsecond"}
	}
	if t.after < 0 {
		return t, &Error{Code: BadClause, Clause: "after", Head: 0, Message: "a key is learned for some time, or for 0s"}
	}
	n := a.Float("max", defaultKeys)
	if n < 1 || n > math.MaxInt32-1 {
		return t, &Error{Code: BadClause, Clause: "max", Head: 0, Message: "max keys is a number from 1 to 2_147_483_646"}
	}
	t.max = int(n)
	for _, word := range []string{"by", "of"} {
		for i, k := range a.Clauses[word] {
			if k.Type.Kind == types.List {
				return t, &Error{Code: BadClause, Clause: word, Head: i, Message: "a list is not compared as a whole", Hint: "take one of its elements, or join(list, \",\")"}
			}
		}
	}
	return t, nil
}

// memory is what is remembered of values. A pair is a key with one of its values.
type memory interface {
	// grow makes room for so many keys and pairs.
	grow(keys, pairs int)
	// forget lets time pass: what came at t-over or before matters no more.
	forget(t, over int64)
	// before is how often a pair was seen, or as often as matters, and its key.
	before(key, pair int32, t, over int64) (seen, rows int64)
	add(key, pair int32, t int64)
	// alive reports whether a pair is remembered.
	alive(pair int32, t, over int64) bool
	bytes() int
	save(w *state.Writer)
	load(r *state.Reader, keys, pairs int) error
}

// novelty passes rows whose value was seen less often than its term says.
type novelty struct {
	term
	memory memory
	shown  bool // the row tells how often
	keys   *groups
	pairs  *groups
	start  int64   // time of the first row
	since  []int64 // by key, when it was first seen
	last   []int64 // by key, when it was last seen
	now    int64
	busy   int // pairs alive when that was last asked

	judged map[int32]struct{} // pairs of the time at hand
}

func newNovelty(t term, a *Args, m memory, shown bool) *novelty {
	by, of := a.Clauses["by"], a.Clauses["of"]
	n := &novelty{term: t, memory: m, shown: shown, start: runtime.MaxTime, now: runtime.MinTime, judged: map[int32]struct{}{}}
	n.keys = newGroups(by, t.max)
	n.pairs = newGroups(slices.Concat(by, of), t.max)
	n.keys.live = func(used vec.Bitmap) {
		for key := range n.last {
			if n.within(n.last[key]) {
				used.Set(key)
			}
		}
	}
	n.pairs.live = func(used vec.Bitmap) {
		n.busy = 0
		for pair := range n.pairs.keys.Len() {
			if n.memory.alive(int32(pair), n.now, n.over) {
				used.Set(pair)
				n.busy++
			}
		}
	}
	return n
}

// within reports whether a time lies in (now-over, now].
func (n *novelty) within(t int64) bool { return t != none && n.now-t < n.over }

func (n *novelty) Push(_ context.Context, b *runtime.Batch, emit runtime.Emit) error {
	rows := every(b)
	if _, _, overflow := n.pairs.try(b, rows, len(rows)); overflow > 0 {
		return inSteps(b, func(step *runtime.Batch) error {
			n.pass(step.Time[step.Sel[0]])
			return n.push(step, emit)
		})
	}
	return n.push(b, emit)
}

// pass lets time pass.
func (n *novelty) pass(t int64) {
	n.now = t
	n.memory.forget(t, n.over)
}

func (n *novelty) push(b *runtime.Batch, emit runtime.Emit) error {
	rows := every(b)
	pairs, _ := n.pairs.of(b, rows, len(rows))
	// A row without a value has a key, but tells nothing of it.
	var known []int32
	for i, r := range rows {
		if pairs[i] >= 0 {
			known = append(known, r)
		}
	}
	keys, _ := n.keys.of(b, known, len(known))
	n.grow()
	var pass []int32
	seen, total := make([]int64, b.N), make([]int64, b.N)
	n.eachTime(b, rows, pairs, keys, func(t int64, rows, pairs, keys []int32) {
		n.pass(t)
		clear(n.judged)
		for i, pair := range pairs {
			r, since := rows[i], n.known(keys[i], t)
			if t-since < n.after {
				n.hold(b, r, runtime.Held{Why: runtime.WarmingUp, Since: since, Until: plus(since, n.after)})
				continue
			}
			_, again := n.judged[pair]
			n.judged[pair] = struct{}{}
			if seen[r], total[r] = n.memory.before(keys[i], pair, t, n.over); again || !n.few(seen[r], total[r]) {
				n.hold(b, r, runtime.Held{Why: n.reason(total[r])})
				continue
			}
			pass = append(pass, r)
		}
		for i, pair := range pairs {
			n.meet(keys[i], t)
			n.memory.add(keys[i], pair, t)
		}
	})
	n.pairs.settle(n.busy)
	n.keys.settle(n.busy)
	if len(pass) == 0 {
		return nil
	}
	out := *b
	out.Sel = pass
	if n.shown {
		out.Cols = append(slices.Clip(b.Cols), n.columns(seen, total)...)
	}
	return emit(&out)
}

// columns are what rare adds to the rows.
func (n *novelty) columns(seen, total []int64) []*vec.Vec {
	cols := []*vec.Vec{vec.Ints(seen, nil)}
	if n.share > 0 {
		part := make([]float64, len(seen))
		for i := range seen {
			part[i] = float64(seen[i]) / float64(max(total[i], 1))
		}
		cols = append(cols, vec.Floats(part, nil))
	}
	return cols
}

// eachTime calls f with the rows of one time after another that have a pair and a key.
// keys holds those of the rows with a pair.
func (n *novelty) eachTime(b *runtime.Batch, rows, pairs, keys []int32, f func(t int64, rows, pairs, keys []int32)) {
	var rs, ps, ks []int32
	k := 0
	for i, r := range rows {
		if len(rs) > 0 && b.Time[rs[0]] != b.Time[r] {
			f(b.Time[rs[0]], rs, ps, ks)
			rs, ps, ks = rs[:0], ps[:0], ks[:0]
		}
		if pairs[i] < 0 {
			continue
		}
		key := keys[k]
		k++
		if key >= 0 {
			rs, ps, ks = append(rs, r), append(ps, pairs[i]), append(ks, key)
		}
	}
	if len(rs) > 0 {
		f(b.Time[rs[0]], rs, ps, ks)
	}
}

// few reports whether a value is as rare as the term says.
func (n *novelty) few(seen, rows int64) bool {
	if n.share > 0 {
		return rows >= n.min && float64(seen) < n.share*float64(rows)
	}
	return seen < int64(n.below)
}

// known is since when a key has been known at time t.
func (n *novelty) known(key int32, t int64) int64 {
	switch {
	case n.global:
		return min(n.start, t)
	case n.last[key] != none && t-n.last[key] < n.over:
		return n.since[key]
	}
	return t
}

// hold tells of a row that does not pass, if somebody listens.
func (n *novelty) hold(b *runtime.Batch, row int32, h runtime.Held) {
	if n.pairs.trace != nil {
		n.pairs.trace(b, row, h)
	}
}

// reason is why a value that is not rare was held back, of so many rows of its key.
func (n *novelty) reason(rows int64) runtime.Outcome {
	if n.share > 0 && rows < n.min {
		return runtime.WarmingUp
	}
	return runtime.SeenBefore
}

func (n *novelty) Trace(tell func(*runtime.Batch, int32, runtime.Held)) { n.pairs.trace = tell }

// meet notes that a key was seen.
func (n *novelty) meet(key int32, t int64) {
	if n.last[key] == none || t-n.last[key] >= n.over {
		n.since[key] = t
	}
	n.last[key] = t
	n.start = min(n.start, t)
}

func (n *novelty) grow() {
	keys, pairs := n.keys.keys.Len(), n.pairs.keys.Len()
	for old := len(n.last); old < keys; old++ {
		n.since, n.last = append(n.since, none), append(n.last, none)
	}
	n.memory.grow(keys, pairs)
}

func (n *novelty) Advance(_ context.Context, watermark int64, _ runtime.Emit) error {
	n.pass(max(n.now, watermark))
	return nil
}

func (n *novelty) Save(w *state.Writer) error {
	n.keys.save(w)
	n.pairs.save(w)
	w.Int(n.start)
	w.Int(n.now)
	state.Slice(w, n.since)
	state.Slice(w, n.last)
	n.memory.save(w)
	return nil
}

func (n *novelty) Load(r *state.Reader) error {
	if err := n.keys.load(r); err != nil {
		return err
	}
	if err := n.pairs.load(r); err != nil {
		return err
	}
	n.start, n.now = r.Int(), r.Int()
	n.since, n.last = state.ReadSlice[int64](r), state.ReadSlice[int64](r)
	if len(n.since) != len(n.last) || len(n.last) > n.keys.keys.Len() {
		r.Fail("the saved keys do not fit together")
		return r.Err()
	}
	if err := n.memory.load(r, n.keys.keys.Len(), n.pairs.keys.Len()); err != nil {
		return fmt.Errorf("values: %w", err)
	}
	n.grow()
	return r.Err()
}

func (n *novelty) Meter() runtime.Meters {
	m, k := n.pairs.meter(), n.keys.meter()
	m.Bytes += k.Bytes + 8*(cap(n.since)+cap(n.last)) + n.memory.bytes()
	m.Overflow += k.Overflow
	return m
}
