package match

import (
	"math"
	"strings"

	"github.com/detlang/det/lang/types"
	"github.com/detlang/det/runtime/vec"
)

// sampleRows is how many rows are looked at to learn how often predicates hold.
const sampleRows = 1024

// sampleText bounds the text, in bytes, that is kept of one column of a sample.
const sampleText = 4 << 20

// sample is some rows of a column.
type sample struct {
	text    []byte // folded values, one after the other
	ends    []int  // by value, where it ends in text
	rows    int    // with those in which it is missing
	present int
	once    int             // distinct texts that were seen once so far
	seen    map[string]bool // texts, true if more than once
	numbers map[int64]int   // how often each was seen
}

// take adds row i of a column to the sample.
func (s *sample) take(v *vec.Vec, i int) {
	s.rows++
	if v.Missing(i) {
		return
	}
	s.present++
	switch {
	case v.Kind == types.String:
		if len(s.text) > sampleText {
			return
		}
		text := v.Text(i)
		at := len(s.text)
		s.text = vec.AppendFold(s.text, text)
		s.ends = append(s.ends, len(s.text))
		if s.seen == nil {
			s.seen = map[string]bool{}
		}
		s.count(string(s.text[at:]))
	case v.I64 != nil:
		if s.numbers == nil {
			s.numbers = map[int64]int{}
		}
		s.numbers[v.I64[i]]++
	}
}

// count notes that a text was seen.
func (s *sample) count(text string) {
	again, known := s.seen[text]
	switch {
	case text == "" || again:
	case known:
		s.seen[text] = true
		s.once--
	default:
		s.seen[text] = false
		s.once++
	}
}

// mostlyNew reports whether more than one in wideShare of the values to come will be
// new: about as many as there are among those seen that were seen once (Good, "The
// population frequencies of species and the estimation of population parameters",
// 1953). How many were new so far says too much: the first sight of each of some
// hundred values would be most of a sample.
func (s *sample) mostlyNew() bool { return s.present >= minJudged && s.once*wideShare > s.present }

// gramBits is the size of the tables of grams, in bits of a hash.
const gramBits = 16

// gram is a hash of the three bytes of s from i on.
func gram(s string, i int) uint32 {
	return (uint32(s[i]) | uint32(s[i+1])<<8 | uint32(s[i+2])<<16) * 0x9e3779b1 >> (32 - gramBits)
}

// grams are what is looked for in a sample: words by the one of their grams that is
// rarest there. A word with a gram that the sample has nowhere is not looked for.
type grams struct {
	count []uint32
	first []int32 // by gram: index into list, -1 is none
	list  []sought
}

// sought is a word of a predicate, and where its gram stands in it.
type sought struct {
	pred int32
	op   Op
	word string
	at   int
	next int32 // with the same gram
}

func newGrams(text string) *grams {
	g := &grams{count: make([]uint32, 1<<gramBits), first: make([]int32, 1<<gramBits)}
	for i := range len(text) - 2 {
		g.count[gram(text, i)]++
	}
	for i := range g.first {
		g.first[i] = -1
	}
	return g
}

// add looks for a word of at least three bytes.
func (g *grams) add(pred int32, op Op, word string) {
	best, at, least := uint32(0), 0, uint32(math.MaxUint32)
	for i := range len(word) - 2 {
		if h := gram(word, i); g.count[h] < least {
			best, at, least = h, i, g.count[h]
		}
	}
	if least > 0 {
		g.list = append(g.list, sought{pred, op, word, at, g.first[best]})
		g.first[best] = int32(len(g.list) - 1)
	}
}

// find calls hit with each predicate that holds for a value by one of the words.
func (g *grams) find(value string, hit func(pred int32)) {
	for i := range len(value) - 2 {
		for at := g.first[gram(value, i)]; at >= 0; at = g.list[at].next {
			s := &g.list[at]
			if start := i - s.at; start >= 0 && strings.HasPrefix(value[start:], s.word) && placed(s.op, start, len(s.word), len(value)) {
				hit(s.pred)
			}
		}
	}
}

// placed reports whether a word of some length that starts there is where an Op
// wants it.
func placed(op Op, start, length, whole int) bool {
	switch op {
	case StartsWith:
		return start == 0
	case EndsWith:
		return start+length == whole
	case Equal:
		return length == whole
	}
	return true
}

// frequencies estimates, for each predicate of a column, in which share of the rows
// it holds, and writes it to freq. What was never seen is the likelier the more words
// it has, and the shorter they are. counts is how often each gram stands in the
// sample, nil if there is no value.
func (ix *Index) frequencies(col *column, s *sample, freq []float64) (counts []uint32) {
	rows := float64(max(s.rows, 1))
	if s.present == 0 {
		for _, id := range col.preds {
			freq[id] = unseen(&ix.preds[id])
		}
		return nil
	}
	text := string(s.text)
	g := newGrams(text)
	hits := make([]int32, len(ix.preds))
	var short []int32
	equal := map[string][]int32{}
	for _, id := range col.preds {
		p := &ix.preds[id]
		switch p.kind {
		case present:
			freq[id] = float64(s.present) / rows
		case number:
			for _, n := range p.nums {
				hits[id] += int32(s.numbers[n])
			}
		case words:
			isShort := false
			for _, w := range p.words {
				switch {
				case p.op == Equal:
					equal[w] = append(equal[w], id)
				case len(w) < 3:
					isShort = true
				default:
					g.add(id, p.op, w)
				}
			}
			if isShort {
				short = append(short, id)
			}
		}
	}
	last := make([]int32, len(ix.preds)) // the value by which a predicate was counted last
	start := 0
	for i, end := range s.ends {
		value := text[start:end]
		start = end
		count := func(id int32) {
			if last[id] != int32(i+1) {
				last[id] = int32(i + 1)
				hits[id]++
			}
		}
		g.find(value, count)
		for _, id := range equal[value] {
			count(id)
		}
		for _, id := range short {
			if ix.preds[id].holds(value, value) {
				count(id)
			}
		}
	}
	for _, id := range col.preds {
		if p := &ix.preds[id]; p.kind != present {
			freq[id] = float64(hits[id])/rows + unseen(p)
		}
	}
	return g.count
}

// unseen is a small share that stands for what a sample cannot tell: short words
// are likelier than long ones, many likelier than one.
func unseen(p *predicate) float64 {
	sum := 1e-7 * float64(len(p.nums))
	for _, w := range p.words {
		sum += 1e-5 / float64(1+len(w)*len(w))
	}
	return min(sum, 1e-3)
}
