package match

import (
	"slices"
	"sync/atomic"

	"github.com/detlang/det/lang/types"
	"github.com/detlang/det/runtime/vec"
)

// values turns the values of one column into the numbers of sets: of all predicates
// of the column that are known (choice.known) those that hold for the value.
type values struct {
	*vocabulary
	sets   *sets
	common *common // what all matchers know of the column

	ofNumber map[int64]int32 // sets of numbers

	codes *codes             // of the dictionary that was met last
	in    *vec.Interner      // gives codes to plain text that repeats
	own   *codes             // of those
	asked map[int32]*answers // by predicate: those of codes

	epoch   uint32
	stamp   []uint32 // by use.slot: the value that the predicate was found in last
	scratch []int32
	fold    []byte
	judged  int // values examined
}

// Bounds of what is remembered of one column.
const (
	maxInterned = 32 << 20 // bytes of plain text that got codes
)

func newValues(v *vocabulary, c *common) *values {
	return &values{
		vocabulary: v, common: c, sets: newSets(&c.sets), codes: &codes{}, stamp: make([]uint32, v.slots), asked: map[int32]*answers{},
		ofNumber: map[int64]int32{},
	}
}

// fill writes the numbers of the sets of some rows of a column to every step-th
// place of out.
func (v *values) fill(x *vec.Vec, rows []int32, out []int32, step int) {
	switch {
	case x.Kind == types.Null:
		for i := range rows {
			out[i*step] = missing
		}
	case x.Kind == types.String && x.Dict != nil:
		v.ofCodes(x, rows, out, step)
	case x.Kind == types.String && (v.wide || !v.looks()):
		for i, r := range rows {
			out[i*step] = missing
			if !x.Missing(int(r)) {
				out[i*step] = v.examine(x.Text(int(r)))
			}
		}
	case x.Kind == types.String:
		v.intern(x, rows, out, step)
	case v.numbers != nil && x.I64 != nil:
		for i, r := range rows {
			out[i*step] = missing
			if !x.Missing(int(r)) {
				out[i*step] = v.number(x.I64[r])
			}
		}
	default:
		for i, r := range rows {
			out[i*step] = plain
			if x.Missing(int(r)) {
				out[i*step] = missing
			}
		}
	}
}

// follow makes codes those of a dictionary.
func (v *values) follow(c *codes) {
	if v.codes != c {
		v.codes = c
		clear(v.asked)
	}
}

// ofCodes looks the sets of codes up.
func (v *values) ofCodes(x *vec.Vec, rows []int32, out []int32, step int) {
	if v.codes.dict != x.Dict.ID {
		v.follow(v.common.of(x.Dict.ID))
	}
	known := v.codes.room(x.Dict.Len())
	for i, r := range rows {
		if x.Valid != nil && !x.Valid.Get(int(r)) {
			out[i*step] = missing
			continue
		}
		at := &known[x.Codes[r]]
		set := atomic.LoadInt32(at)
		if set == 0 {
			set = v.examine(x.Dict.Value(x.Codes[r])) + 1
			atomic.StoreInt32(at, set)
		}
		out[i*step] = set - 1
	}
}

// intern gives codes to plain text, which mostly repeats.
func (v *values) intern(x *vec.Vec, rows []int32, out []int32, step int) {
	if v.in == nil || v.in.Size() > maxInterned {
		v.in = vec.NewInterner()
		v.own = &codes{dict: v.in.Dict().ID}
	}
	v.follow(v.own)
	known := v.own.room(v.in.Len())
	for i, r := range rows {
		if x.Missing(int(r)) {
			out[i*step] = missing
			continue
		}
		text := x.Text(int(r))
		code := v.in.Code(text)
		if int(code) >= len(known) {
			known = v.own.room(int(code) + 256)
		}
		if known[code] == 0 {
			known[code] = v.examine(text) + 1
		}
		out[i*step] = known[code] - 1
	}
}

// number is the number of the set of a number.
func (v *values) number(n int64) int32 {
	preds := v.numbers[n]
	if preds == nil {
		return plain
	}
	set, ok := v.ofNumber[n]
	if !ok {
		if v.scratch = append(v.scratch[:0], preds...); v.col.present >= 0 {
			v.scratch = append(v.scratch, v.col.present)
		}
		slices.Sort(v.scratch)
		set = v.common.sets.number(v.scratch)
		v.ofNumber[n] = set
	}
	return set
}

// examine is the number of the set of a text.
func (v *values) examine(text string) int32 {
	v.judged++
	if !v.looks() {
		return plain
	}
	v.epoch++
	held, ascii := v.find(&v.words, text, v.scratch[:0])
	if !ascii {
		v.epoch++ // what was found so far is void
		v.fold = vec.AppendFold(v.fold[:0], text)
		held, _ = v.find(&v.words, unsafeString(v.fold), held[:0])
		held, _ = v.find(&v.others, unsafeString(v.fold), held)
	}
	if v.equal != nil && (!ascii || v.mayEqual(len(text))) {
		v.fold = vec.AppendFold(v.fold[:0], text)
		held = append(held, v.equal[string(v.fold)]...)
	}
	if v.scratch = held; len(held) == 0 {
		return plain
	}
	if v.col.present >= 0 {
		held = append(held, v.col.present)
	}
	slices.Sort(held)
	v.scratch = held
	return v.common.sets.number(held)
}

// find appends the predicates that hold for a text by the words in it; a text that
// is not ASCII must be folded.
func (v *values) find(f *finder, text string, held []int32) (_ []int32, ascii bool) {
	ascii = f.find(text, func(u *use) {
		if v.stamp[u.slot] != v.epoch {
			v.stamp[u.slot] = v.epoch
			held = append(held, u.pred)
		}
	})
	return held, ascii
}

// size is the memory in bytes of what is remembered, without the automaton.
func (v *values) size() int {
	n := v.sets.size() + v.codes.size()
	if v.in != nil {
		n += v.in.Size()
		if v.own != v.codes {
			n += v.own.size()
		}
	}
	return n
}
