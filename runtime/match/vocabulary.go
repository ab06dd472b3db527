package match

import (
	"slices"

	"github.com/detlang/det/runtime/vec"
)

// vocabulary is what is looked for in the values of one column: the predicates that are
// known (choice.known). It does not change.
type vocabulary struct {
	col  *column
	wide bool

	words   finder             // of ASCII words
	others  finder             // of the words that only a text beyond ASCII can hold
	slots   int32              // predicates with words
	equal   map[string][]int32 // predicates by a folded text that they equal
	lengths [4]uint64          // of the keys of equal, below 256
	long    bool               // a key of equal is longer
	numbers map[int64][]int32  // predicates by a number that they equal
}

// newVocabulary is for a column of an index. counts is how often grams stand in a
// sample of it, nil where that is not known.
func newVocabulary(ix *Index, col *column, c *choice, wide bool, counts []uint32) *vocabulary {
	v := &vocabulary{col: col, wide: wide}
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
			slot := v.slots
			v.slots++
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
func (v *vocabulary) learnNumbers(id int32, nums []int64) {
	if v.numbers == nil {
		v.numbers = map[int64][]int32{}
	}
	for _, n := range nums {
		if !slices.Contains(v.numbers[n], id) {
			v.numbers[n] = append(v.numbers[n], id)
		}
	}
}

func (v *vocabulary) learnEqual(id int32, texts []string) {
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
func (v *vocabulary) mayEqual(length int) bool {
	if length >= 256 {
		return v.long
	}
	return v.lengths[length>>6]>>(length&63)&1 != 0
}

// looks reports whether there is anything to look for in a text.
func (v *vocabulary) looks() bool { return v.slots > 0 || v.equal != nil }
