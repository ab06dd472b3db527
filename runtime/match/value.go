package match

import (
	"slices"

	"github.com/detlang/det/lang/types"
	"github.com/detlang/det/runtime/vec"
)

// values turns the values of one column into the numbers of sets: of all predicates
// of the column that are known (choice.known) those that hold for the value.
type values struct {
	col  *column
	wide bool
	sets *sets

	words   finder             // of ASCII words
	others  finder             // of the words that only a text beyond ASCII can hold
	equal   map[string][]int32 // predicates by a folded text that they equal
	lengths [4]uint64          // of the keys of equal, below 256
	long    bool               // a key of equal is longer
	numbers map[int64][]int32  // predicates by a number that they equal

	ofNumber map[int64]int32 // sets of those

	dict   uint64 // whose codes ofCode is about
	ofCode []int32
	in     *vec.Interner      // gives codes to plain text that repeats
	asked  map[int32]*answers // of patterns, by predicate

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

// newValues is for a column of an index. counts is how often grams stand in a sample
// of it, nil where that is not known.
func newValues(ix *Index, col *column, c *choice, wide bool, counts []uint32) *values {
	v := &values{col: col, wide: wide, sets: newSets(col.present), asked: map[int32]*answers{}}
	for _, id := range col.preds {
		p := &ix.preds[id]
		if !c.known[id] {
			continue
		}
		switch {
		case p.kind == number:
			v.learnNumbers(id, p.nums)
		case p.kind == words && p.op == Equal:
			v.learnEqual(id, p.words)
		case p.kind == words:
			slot := int32(len(v.stamp))
			v.stamp = append(v.stamp, 0)
			for _, w := range p.words {
				u := use{pred: id, slot: slot, op: p.op, word: w}
				if vec.ASCII(w) {
					v.words.add(u, counts)
				} else {
					v.others.add(u, nil)
				}
			}
		}
	}
	return v
}

// learnNumbers adds a predicate to its numbers.
func (v *values) learnNumbers(id int32, nums []int64) {
	if v.numbers == nil {
		v.numbers, v.ofNumber = map[int64][]int32{}, map[int64]int32{}
	}
	for _, n := range nums {
		if !slices.Contains(v.numbers[n], id) {
			v.numbers[n] = append(v.numbers[n], id)
		}
	}
}

func (v *values) learnEqual(id int32, texts []string) {
	if v.equal == nil {
		v.equal = map[string][]int32{}
	}
	for _, w := range texts {
		v.equal[w] = append(v.equal[w], id)
		if len(w) < 256 {
			v.lengths[len(w)>>6] |= 1 << (len(w) & 63)
		} else {
			v.long = true
		}
	}
}

// mayEqual reports whether a folded text of that length can equal a key.
func (v *values) mayEqual(length int) bool {
	if length >= 256 {
		return v.long
	}
	return v.lengths[length>>6]>>(length&63)&1 != 0
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
		v.follow(x.Dict)
		v.codes(x.Dict, x, x.Codes, rows, out, step)
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

// follow makes ofCode stand for a dictionary.
func (v *values) follow(d *vec.Dict) {
	if v.dict != d.ID {
		v.dict = d.ID
		clear(v.ofCode)
		clear(v.asked)
	}
	if n := d.Len(); len(v.ofCode) < n {
		v.ofCode = append(v.ofCode, make([]int32, max(n, len(v.ofCode)*3/2)-len(v.ofCode))...)
	}
}

// codes looks the sets of codes up; ofCode has them plus one, 0 is not known yet.
func (v *values) codes(d *vec.Dict, x *vec.Vec, codes, rows []int32, out []int32, step int) {
	for i, r := range rows {
		if x.Valid != nil && !x.Valid.Get(int(r)) {
			out[i*step] = missing
			continue
		}
		code := codes[r]
		set := v.ofCode[code]
		if set == 0 {
			set = v.examine(d.Value(code)) + 1
			v.ofCode[code] = set
		}
		out[i*step] = set - 1
	}
}

// intern gives codes to plain text, which mostly repeats.
func (v *values) intern(x *vec.Vec, rows []int32, out []int32, step int) {
	if v.in == nil || v.in.Size() > maxInterned {
		v.in = vec.NewInterner()
	}
	v.follow(v.in.Dict())
	for i, r := range rows {
		if x.Missing(int(r)) {
			out[i*step] = missing
			continue
		}
		text := x.Text(int(r))
		code := v.in.Code(text)
		if int(code) >= len(v.ofCode) {
			v.ofCode = append(v.ofCode, make([]int32, len(v.ofCode)+256)...)
		}
		set := v.ofCode[code]
		if set == 0 {
			set = v.examine(text) + 1
			v.ofCode[code] = set
		}
		out[i*step] = set - 1
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
		set = v.sets.number(v.scratch)
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
	return v.sets.number(held)
}

// looks reports whether there is anything to look for in a text.
func (v *values) looks() bool { return len(v.stamp) > 0 || v.equal != nil }

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

// forget drops the sets and all that tells of them.
func (v *values) forget() {
	v.sets = newSets(v.col.present)
	clear(v.ofNumber)
	clear(v.ofCode)
	clear(v.asked)
}

// size is the memory in bytes of what is remembered, without the automaton.
func (v *values) size() int {
	n := v.sets.size() + 4*len(v.ofCode)
	for _, a := range v.asked {
		n += a.size()
	}
	if v.in != nil {
		n += v.in.Size()
	}
	return n
}
