package match

import (
	"math"
	"strings"
	"sync"
	"sync/atomic"
	"unicode/utf8"

	"github.com/detlang/det/runtime/vec"
)

// finder finds the predicates whose words stand in a text. It looks for a few bytes
// of each word that are rare where the words are looked for, and for the rest of the
// word where those stand: the automaton of parts is a third as large as that of whole
// words, and so faster to make and to run.
type finder struct {
	list  []string // parts
	once  sync.Once
	words *automaton
	size  atomic.Int64 // of the automaton, in bytes
	uses  [][]use      // by part
	at    map[string]int
}

// use is a predicate that looks for a word.
type use struct {
	pred int32
	slot int32 // among the predicates of the column that have words
	op   Op
	word string
	from int // where the part stands in the word
}

// partBytes is the length of a part.
const partBytes = 6

// add makes a predicate found by a word. counts is how often grams stand in a sample
// of the column, nil where that is not known.
func (f *finder) add(u use, counts []uint32) {
	part := u.word
	if len(u.word) > partBytes && (counts != nil || !vec.ASCII(u.word)) {
		u.from = rarest(u.word, counts)
		part = u.word[u.from : u.from+partBytes]
	}
	i, ok := f.at[part]
	if !ok {
		if f.at == nil {
			f.at = map[string]int{}
		}
		i = len(f.list)
		f.at[part] = i
		f.list = append(f.list, part)
		f.uses = append(f.uses, nil)
	}
	f.uses[i] = append(f.uses[i], u)
}

// rarest is where the part of a word begins that has its rarest gram; of several
// alike the first, which words share most. What is not ASCII is rarer than any gram.
func rarest(word string, counts []uint32) int {
	if i := strings.IndexFunc(word, func(r rune) bool { return r >= utf8.RuneSelf }); i >= 0 {
		return min(i, len(word)-partBytes)
	}
	best, least := 0, uint32(math.MaxUint32)
	for i := range len(word) - 2 {
		if n := counts[gram(word, i)]; n < least {
			best, least = i, n
		}
	}
	return min(best, len(word)-partBytes)
}

// ready makes the automaton, when the first text comes.
func (f *finder) ready() bool {
	f.once.Do(func() {
		if len(f.list) > 0 {
			f.words = newAutomaton(f.list)
			f.size.Store(int64(f.words.size()))
		}
		f.at, f.list = nil, nil
	})
	return f.words != nil
}

// find calls held with each use whose word stands where it must, perhaps several
// times. A text that is not ASCII, which it tells, must be folded.
func (f *finder) find(text string, held func(u *use)) (ascii bool) {
	if !f.ready() {
		return vec.ASCII(text)
	}
	return f.words.find(text, func(part int32, end int) {
		uses := f.uses[part]
		for i := range uses {
			u := &uses[i]
			start, whole := end-f.words.words[part]-u.from, len(u.word)
			if start < 0 || start+whole > len(text) || !placed(u.op, start, whole, len(text)) {
				continue
			}
			if whole <= partBytes || vec.EqualFold(text[start:start+whole], u.word) {
				held(u)
			}
		}
	})
}
