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
//
// Keys and values have codes, and so has each pair of theirs that was seen. A code
// that is given up may come to stand for another key or value, whose pairs then have
// times from before: by then these are so old that they are as good as none.
type novelty struct {
	term
	memory memory
	shown  bool // the row tells how often
	keys   *groups
	values *groups
	pairs  *groups
	trace  hold
	start  int64   // time of the first row
	since  []int64 // by key, when it was first seen
	last   []int64 // by key, when it was last seen
	used   []int64 // by value, when it was last seen
	now    int64
	busy   [3]int // keys, values and pairs alive when that was last asked

	row  []int32 // of the batch at hand, those with a key and a value, and their codes
	key  []int32
	val  []int32
	pair []int32
	both []int64 // key and value in one word
	same map[int32]struct{}
}

func newNovelty(t term, a *Args, m memory, shown bool) *novelty {
	n := &novelty{term: t, memory: m, shown: shown, start: runtime.MaxTime, now: runtime.MinTime, same: map[int32]struct{}{}}
	n.keys = newGroups(a.Clauses["by"], t.max)
	n.values = newGroups(a.Clauses["of"], t.max)
	n.pairs = newGroups([]Arg{{Col: 0, Type: types.TInt}}, t.max)
	n.keys.live = n.alive(0, func(key int) bool { return n.within(n.last[key]) })
	n.values.live = n.alive(1, func(value int) bool { return n.within(n.used[value]) })
	n.pairs.live = n.alive(2, func(pair int) bool { return n.memory.alive(int32(pair), n.now, n.over) })
	return n
}

// alive marks the codes of one kind that are still needed.
func (n *novelty) alive(kind int, needed func(code int) bool) func(used vec.Bitmap) {
	return func(used vec.Bitmap) {
		most := []int{len(n.last), len(n.used), n.pairs.keys.Len()}[kind]
		n.busy[kind] = 0
		for code := range most {
			if needed(code) {
				used.Set(code)
				n.busy[kind]++
			}
		}
	}
}

// within reports whether a time lies in (now-over, now].
func (n *novelty) within(t int64) bool { return t != none && n.now-t < n.over }

func (n *novelty) Push(_ context.Context, b *runtime.Batch, emit runtime.Emit) error {
	missing, overflow := n.codes(b, every(b))
	if overflow > 0 {
		return inSteps(b, func(step *runtime.Batch) error {
			n.pass(step.Time[step.Sel[0]])
			missing, overflow := n.codes(step, step.Sel)
			if overflow > 0 && n.reclaim() {
				missing, overflow = n.codes(step, step.Sel)
			}
			n.pairs.overflow += int64(overflow)
			return n.push(step, missing, emit)
		})
	}
	return n.push(b, missing, emit)
}

// reclaim makes room in the tables.
func (n *novelty) reclaim() bool {
	keys, values, pairs := n.keys.reclaim(), n.values.reclaim(), n.pairs.reclaim()
	return keys || values || pairs
}

// codes finds the rows that have a key and a value, and their codes. It counts
// nothing.
func (n *novelty) codes(b *runtime.Batch, rows []int32) (missing, overflow int) {
	n.row, n.key, n.val, n.pair, n.both = n.row[:0], n.key[:0], n.val[:0], n.pair[:0], n.both[:0]
	keys, _, _ := n.keys.try(b, rows, len(rows))
	values, _, _ := n.values.try(b, rows, len(rows))
	for i, r := range rows {
		switch k, v := keys[i], values[i]; {
		case k >= 0 && v >= 0:
			n.row, n.key, n.val = append(n.row, r), append(n.key, k), append(n.val, v)
			n.both = append(n.both, int64(k)<<32|int64(v))
		case k == state.NoKey || v == state.NoKey:
			missing++
		default:
			overflow++
		}
	}
	packed := &runtime.Batch{N: len(n.both), Cols: []*vec.Vec{vec.Ints(n.both, nil)}}
	pairs, _, full := n.pairs.try(packed, nil, len(n.both))
	n.pair = append(n.pair, pairs...)
	return missing, overflow + full
}

// pass lets time pass.
func (n *novelty) pass(t int64) {
	n.now = t
	n.memory.forget(t, n.over)
}

func (n *novelty) push(b *runtime.Batch, missing int, emit runtime.Emit) error {
	n.pairs.missing += int64(missing)
	if n.trace != nil {
		n.left(b)
	}
	n.grow()
	var pass []int32
	var seen, total []int64
	if n.shown {
		seen, total = make([]int64, b.N), make([]int64, b.N)
	}
	for from := 0; from < len(n.row); {
		t, to := b.Time[n.row[from]], from+1
		for to < len(n.row) && b.Time[n.row[to]] == t {
			to++
		}
		n.pass(t)
		if to > from+1 {
			clear(n.same)
		}
		for i := from; i < to; i++ {
			if n.pair[i] < 0 {
				continue
			}
			again := false
			if to > from+1 {
				_, again = n.same[n.pair[i]]
				n.same[n.pair[i]] = struct{}{}
			}
			if few, before, rows := n.judge(b, i, t, again); few {
				pass = append(pass, n.row[i])
				if n.shown {
					seen[n.row[i]], total[n.row[i]] = before, rows
				}
			}
		}
		for i := from; i < to; i++ {
			if n.pair[i] >= 0 {
				n.meet(n.key[i], n.val[i], t)
				n.memory.add(n.key[i], n.pair[i], t)
			}
		}
		from = to
	}
	n.keys.settle(n.busy[0])
	n.values.settle(n.busy[1])
	n.pairs.settle(n.busy[2])
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

// judge reports whether the value of row i is as rare as the term says, how often it
// was seen, and how many rows its key had. again says that the pair had a row at that
// very time.
func (n *novelty) judge(b *runtime.Batch, i int, t int64, again bool) (few bool, seen, rows int64) {
	since := n.known(n.key[i], t)
	if t-since < n.after {
		n.hold(b, n.row[i], runtime.Held{Why: runtime.WarmingUp, Since: since, Until: plus(since, n.after)})
		return false, 0, 0
	}
	seen, rows = n.memory.before(n.key[i], n.pair[i], t, n.over)
	if again || !n.few(seen, rows) {
		n.hold(b, n.row[i], runtime.Held{Why: n.reason(rows)})
		return false, seen, rows
	}
	return true, seen, rows
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
	if n.trace != nil {
		n.trace(b, row, h)
	}
}

// left tells of the rows that lack a key or a value, or room for it.
func (n *novelty) left(b *runtime.Batch) {
	told := vec.NewBitmap(b.N)
	for i, r := range n.row {
		if told.Set(int(r)); n.pair[i] < 0 {
			n.trace(b, r, runtime.Held{Why: runtime.TooManyKeys})
		}
	}
	b.Each(func(r int32) {
		if told.Get(int(r)) {
			return
		}
		why := runtime.TooManyKeys
		for _, c := range slices.Concat(n.keys.cols, n.values.cols) {
			if b.Cols[c].Loaded(nil).Missing(int(r)) {
				why = runtime.KeyMissing
			}
		}
		n.trace(b, r, runtime.Held{Why: why})
	})
}

// reason is why a value that is not rare was held back, of so many rows of its key.
func (n *novelty) reason(rows int64) runtime.Outcome {
	if n.share > 0 && rows < n.min {
		return runtime.WarmingUp
	}
	return runtime.SeenBefore
}

func (n *novelty) Trace(tell func(*runtime.Batch, int32, runtime.Held)) { n.trace = tell }

// meet notes that a key and a value were seen.
func (n *novelty) meet(key, value int32, t int64) {
	if n.last[key] == none || t-n.last[key] >= n.over {
		n.since[key] = t
	}
	n.last[key], n.used[value] = t, t
	n.start = min(n.start, t)
}

func (n *novelty) grow() {
	n.since, n.last = blank(n.since, n.keys.keys.Len()), blank(n.last, n.keys.keys.Len())
	n.used = blank(n.used, n.values.keys.Len())
	n.memory.grow(n.keys.keys.Len(), n.pairs.keys.Len())
}

// blank lengthens a list of times to n.
func blank(x []int64, n int) []int64 {
	old := len(x)
	x = extend(x, n)
	for i := old; i < n; i++ {
		x[i] = none
	}
	return x
}

func (n *novelty) Advance(_ context.Context, watermark int64, _ runtime.Emit) error {
	n.pass(max(n.now, watermark))
	return nil
}

func (n *novelty) Save(w *state.Writer) error {
	for _, g := range []*groups{n.keys, n.values, n.pairs} {
		g.save(w)
	}
	w.Int(n.start)
	w.Int(n.now)
	for _, x := range [][]int64{n.since, n.last, n.used} {
		state.Slice(w, x)
	}
	n.memory.save(w)
	return nil
}

func (n *novelty) Load(r *state.Reader) error {
	for _, g := range []*groups{n.keys, n.values, n.pairs} {
		if err := g.load(r); err != nil {
			return err
		}
	}
	n.start, n.now = r.Int(), r.Int()
	n.since, n.last, n.used = state.ReadSlice[int64](r), state.ReadSlice[int64](r), state.ReadSlice[int64](r)
	keys, values := n.keys.keys.Len(), n.values.keys.Len()
	if len(n.since) != len(n.last) || len(n.last) > keys || len(n.used) > values {
		r.Fail("the saved keys do not fit together")
		return r.Err()
	}
	if err := n.memory.load(r, keys, n.pairs.keys.Len()); err != nil {
		return fmt.Errorf("values: %w", err)
	}
	n.grow()
	return r.Err()
}

func (n *novelty) Meter() runtime.Meters {
	m := n.pairs.meter()
	for _, g := range []*groups{n.keys, n.values} {
		m.Bytes += g.meter().Bytes
	}
	m.Bytes += 8*(cap(n.since)+cap(n.last)+cap(n.used)+cap(n.both)) + n.memory.bytes()
	m.Bytes += 4 * (cap(n.row) + cap(n.key) + cap(n.val) + cap(n.pair))
	return m
}
