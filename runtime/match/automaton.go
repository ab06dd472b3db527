package match

import (
	"slices"
	"unicode/utf8"
)

// automaton finds all of many words in a folded text at once (Aho and Corasick,
// "Efficient string matching", 1975), as a table: a state and a byte give the next
// state in one look-up. Bytes that stand in no word are one class, and an upper case
// letter is of the class of its lower case, so that ASCII need not be folded first.
// States in which a word ends are numbered last: one comparison tells them.
//
// Interleaving several texts was not worth its code: the table of a field is small
// enough for the second cache, because only witnesses are in it.
type automaton struct {
	class [256]uint8
	next  []uint32 // by state + class; states are multiples of the number of classes
	width uint32
	quiet uint32   // states below end no word
	ends  []ending // by state
	words []int    // by word: its length
}

// ending is the words that end in a state.
type ending struct {
	word int32  // -1 if only shorter ones do
	more uint32 // the state of the next shorter word that ends here too, 0 is none
}

// newAutomaton makes the automaton of distinct words, none of them empty. Words are
// told by their indices.
func newAutomaton(list []string) *automaton {
	a := &automaton{}
	classes := 1 // 0 is for all other bytes
	for _, w := range list {
		for i := range len(w) {
			if a.class[w[i]] == 0 {
				a.class[w[i]] = uint8(classes) // UTF-8 has 243 bytes
				classes++
			}
		}
	}
	for c := byte('A'); c <= 'Z'; c++ {
		a.class[c] = a.class[c+'a'-'A']
	}
	a.width = uint32(classes)
	states := countStates(list)
	t := trie{a: a, word: append(make([]int32, 0, states), -1), next: make([]uint32, classes, states*classes)}
	for i, w := range list {
		a.words = append(a.words, len(w))
		t.add(w, int32(i))
	}
	order, more := t.link()
	t.number(order, more)
	return a
}

// countStates is how many states the automaton of some words has.
func countStates(list []string) int {
	sorted := slices.Clone(list)
	slices.Sort(sorted)
	n, last := 1, ""
	for _, w := range sorted {
		same := 0
		for same < min(len(w), len(last)) && w[same] == last[same] {
			same++
		}
		n += len(w) - same
		last = w
	}
	return n
}

// trie is an automaton being made, its states numbered as they were added.
type trie struct {
	a    *automaton
	next []uint32 // 0 is not there yet: no state goes back to the root by itself
	word []int32
}

func (t *trie) add(w string, id int32) {
	s := uint32(0)
	for i := range len(w) {
		at := s*t.a.width + uint32(t.a.class[w[i]])
		if t.next[at] == 0 {
			t.next[at] = uint32(len(t.word))
			t.word = append(t.word, -1)
			t.next = t.next[:len(t.next)+int(t.a.width)]
		}
		s = t.next[at]
	}
	t.word[s] = id
}

// link completes the transitions, by states that are ever further from the root.
// more is, by state, the nearest shorter end of the same text, 0 for none.
func (t *trie) link() (order, more []uint32) {
	width := t.a.width
	fail := make([]uint32, len(t.word))
	more = make([]uint32, len(t.word))
	order = make([]uint32, 1, len(t.word))
	for at := 0; at < len(order); at++ {
		s := order[at]
		f := fail[s]
		if s != 0 {
			if more[s] = more[f]; t.word[f] >= 0 {
				more[s] = f
			}
		}
		row, back := t.next[s*width:(s+1)*width], t.next[f*width:(f+1)*width]
		for c, to := range row {
			switch {
			case to == 0 && s != 0:
				row[c] = back[c]
			case to != 0:
				if s != 0 {
					fail[to] = back[c]
				}
				order = append(order, to)
			}
		}
	}
	return order, more
}

// number lays the table out with the states in which a word ends last.
func (t *trie) number(order, more []uint32) {
	a, width := t.a, t.a.width
	ends := func(s uint32) bool { return t.word[s] >= 0 || more[s] != 0 }
	last := slices.Clone(order)
	slices.SortStableFunc(last, func(x, y uint32) int {
		switch {
		case ends(x) == ends(y):
			return 0
		case ends(y):
			return -1
		}
		return 1
	})
	name := make([]uint32, len(last)) // new states, as multiples of the width
	quiet := uint32(len(last))
	for i, s := range last {
		name[s] = uint32(i) * width
		if ends(s) {
			quiet = min(quiet, uint32(i))
		}
	}
	a.quiet = quiet * width
	a.next = make([]uint32, len(t.next))
	a.ends = make([]ending, uint32(len(last))-quiet)
	for _, s := range last {
		row := a.next[name[s] : name[s]+width]
		for c, to := range t.next[s*width : (s+1)*width] {
			row[c] = name[to]
		}
		if ends(s) {
			e := ending{word: t.word[s]}
			if more[s] != 0 {
				e.more = name[more[s]]
			}
			a.ends[name[s]/width-quiet] = e
		}
	}
}

// find calls found with every word that ends in a text, and the place behind it. A
// text that is not ASCII, which it tells, must be folded.
func (a *automaton) find(text string, found func(word int32, end int)) (ascii bool) {
	s, high := uint32(0), byte(0)
	next, quiet := a.next, a.quiet
	for i := range len(text) {
		high |= text[i]
		s = next[s+uint32(a.class[text[i]])]
		if s < quiet {
			continue
		}
		for at := s; at != 0; {
			e := a.ends[(at-quiet)/a.width]
			if e.word >= 0 {
				found(e.word, i+1)
			}
			at = e.more
		}
	}
	return high < utf8.RuneSelf
}

// size is the memory of the table in bytes.
func (a *automaton) size() int { return 4*len(a.next) + 8*len(a.ends) }
