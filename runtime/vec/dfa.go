package vec

import (
	"encoding/binary"
	"regexp/syntax"
	"slices"
	"sort"
	"unicode"
	"unicode/utf8"
)

// dfa searches a text for a regular expression with a table instead of a list of
// threads: one look-up a character, whatever the expression. Its states are sets of
// places in the program and are made when a text first needs them, as RE2 does (Cox,
// "Regular expression matching in the wild", 2010).
//
// Assertions (^, $, \b and the like) ask about both sides of a place, so they stay in
// a state until the next character is known, and a state says what the last one was.
//
// A dfa keeps scratch memory and is not safe for concurrent use.
type dfa struct {
	prog   *syntax.Prog
	asks   bool       // the program has assertions
	starts []rune     // the first rune of each interval of runes that are all alike
	alike  []uint8    // by interval: its class
	ascii  [128]uint8 // classes
	sample []rune     // by class: one of its runes
	width  int32      // classes, and one for the end of the text
	next   []int32    // by state × width; see the constants
	states []dfaState // from firstState on
	ids    map[string]int32
	size   int // of all states, in places
	spills int // how often the states were dropped in the text that is searched

	stack, set []uint32
	mark       []uint32 // by place: the set that it was added to last
	round      uint32
	key        []byte
}

// dfaState is the places of the program that are reached, ascending, and what the
// last character was.
type dfaState struct {
	places []uint32
	last   rune // -1 is the start of the text; one of its class where that matters
}

// What stands in dfa.next: a state, or one of these.
const (
	unmade int32 = iota
	found
	firstState
)

// Bounds of a dfa; an expression beyond them is left to the library.
const (
	maxDFAPlaces  = 20_000  // in a program
	maxDFAClasses = 200     // of runes
	maxDFARunes   = 1 << 20 // intervals times places
	maxDFASize    = 1 << 19 // places in all states, and transitions, before they are dropped
	maxDFASpills  = 4       // times in one text before the library takes over
)

// newDFA is nil for an expression beyond the bounds.
func newDFA(re *syntax.Regexp) *dfa {
	prog, err := syntax.Compile(re)
	if err != nil || len(prog.Inst) > maxDFAPlaces {
		return nil
	}
	d := &dfa{prog: prog, mark: make([]uint32, len(prog.Inst))}
	if !d.classify() {
		return nil
	}
	d.drop()
	return d
}

// classify tells the runes apart that the program tells apart.
func (d *dfa) classify() bool {
	cuts := []rune{0}
	between := func(lo, hi rune) { cuts = append(cuts, lo, hi+1) }
	var tests []*syntax.Inst
	for i := range d.prog.Inst {
		in := &d.prog.Inst[i]
		switch in.Op {
		case syntax.InstEmptyWidth:
			d.asks = true
			continue
		case syntax.InstRuneAnyNotNL:
			between('\n', '\n')
		case syntax.InstRune, syntax.InstRune1:
			if len(in.Rune) == 1 {
				between(in.Rune[0], in.Rune[0])
				for r := unicode.SimpleFold(in.Rune[0]); r != in.Rune[0]; r = unicode.SimpleFold(r) {
					between(r, r)
				}
			}
			for j := 0; j+1 < len(in.Rune); j += 2 {
				between(in.Rune[j], in.Rune[j+1])
			}
		case syntax.InstRuneAny:
		default:
			continue
		}
		tests = append(tests, in)
	}
	if d.asks {
		for _, r := range []rune{'\n', '_'} {
			between(r, r)
		}
		between('0', '9')
		between('A', 'Z')
		between('a', 'z')
	}
	slices.Sort(cuts)
	d.starts = slices.Compact(cuts)
	if len(d.starts)*len(tests) > maxDFARunes {
		return false
	}
	classes := map[string]uint8{}
	for _, r := range d.starts {
		key := []byte{0}
		if d.asks {
			key[0] = uint8(syntax.EmptyOpContext(r, -1))
		}
		for _, in := range tests {
			key = append(key, byte(bit(in.MatchRune(r))))
		}
		class, ok := classes[string(key)]
		if !ok {
			if len(d.sample) == maxDFAClasses {
				return false
			}
			class = uint8(len(d.sample))
			classes[string(key)] = class
			d.sample = append(d.sample, r)
		}
		d.alike = append(d.alike, class)
	}
	for r := range rune(len(d.ascii)) {
		d.ascii[r] = d.class(r)
	}
	d.width = int32(len(d.sample)) + 1
	return true
}

// class is the class of a rune.
func (d *dfa) class(r rune) uint8 {
	return d.alike[sort.Search(len(d.starts), func(i int) bool { return d.starts[i] > r })-1]
}

// drop forgets all states but the first.
func (d *dfa) drop() {
	d.states, d.ids, d.size = nil, map[string]int32{}, 0
	d.next = make([]int32, firstState*d.width)
	d.begin()
	d.follow(uint32(d.prog.Start), 0)
	d.state(-1)
}

// begin starts a set of places.
func (d *dfa) begin() {
	d.set = d.set[:0]
	if d.round++; d.round == 0 {
		clear(d.mark)
		d.round = 1
	}
}

// follow adds a place to the set, or those that it leads to without a character,
// past the assertions that hold. The rest of them are added themselves.
func (d *dfa) follow(place uint32, holds syntax.EmptyOp) (matched bool) {
	d.stack = append(d.stack[:0], place)
	for len(d.stack) > 0 {
		at := d.stack[len(d.stack)-1]
		d.stack = d.stack[:len(d.stack)-1]
		if d.mark[at] == d.round {
			continue
		}
		d.mark[at] = d.round
		switch in := &d.prog.Inst[at]; in.Op {
		case syntax.InstAlt, syntax.InstAltMatch:
			d.stack = append(d.stack, in.Arg, in.Out)
		case syntax.InstCapture, syntax.InstNop:
			d.stack = append(d.stack, in.Out)
		case syntax.InstEmptyWidth:
			if syntax.EmptyOp(in.Arg)&^holds == 0 {
				d.stack = append(d.stack, in.Out)
			} else {
				d.set = append(d.set, at)
			}
		case syntax.InstMatch:
			matched = true
			d.set = append(d.set, at)
		case syntax.InstFail:
		default:
			d.set = append(d.set, at)
		}
	}
	return matched
}

// state is the number of the state of the set.
func (d *dfa) state(last rune) int32 {
	slices.Sort(d.set)
	d.key = d.key[:0]
	if d.asks {
		d.key = append(d.key, uint8(syntax.EmptyOpContext(last, -1)))
	}
	for _, p := range d.set {
		d.key = binary.LittleEndian.AppendUint32(d.key, p)
	}
	if id, ok := d.ids[string(d.key)]; ok {
		return id
	}
	id := int32(len(d.states)) + firstState
	d.ids[string(d.key)] = id
	d.states = append(d.states, dfaState{slices.Clone(d.set), last})
	d.next = append(d.next, make([]int32, d.width)...)
	d.size += len(d.set) + int(d.width)
	return id
}

// step makes the transition of a state by a class, or by the end of the text.
func (d *dfa) step(from int32, class uint8) int32 {
	rune, end := rune(-1), int32(class) == d.width-1
	if !end {
		rune = d.sample[class]
	}
	s := d.states[from-firstState]
	places := s.places
	if d.asks {
		holds := syntax.EmptyOpContext(s.last, rune)
		d.begin()
		for _, p := range places {
			if d.follow(p, holds) {
				return d.put(from, class, found)
			}
		}
		places = slices.Clone(d.set)
	}
	if slices.ContainsFunc(places, func(p uint32) bool { return d.prog.Inst[p].Op == syntax.InstMatch }) {
		return d.put(from, class, found)
	}
	if end {
		return d.put(from, class, from)
	}
	d.begin()
	for _, p := range places {
		if in := &d.prog.Inst[p]; in.Op != syntax.InstEmptyWidth && in.MatchRune(rune) && d.follow(in.Out, 0) {
			return d.put(from, class, found)
		}
	}
	d.follow(uint32(d.prog.Start), 0) // a match may begin anywhere
	to := d.state(rune)
	d.put(from, class, to)
	return to
}

func (d *dfa) put(from int32, class uint8, to int32) int32 {
	d.next[from*d.width+int32(class)] = to
	return to
}

// match reports whether the expression is found in a text; ok is false if that was
// too much for the table.
func (d *dfa) match(text string) (matched, ok bool) {
	d.spills = 0
	s := firstState
	for i := 0; i < len(text); {
		var class uint8
		if c := text[i]; c < utf8.RuneSelf {
			class = d.ascii[c]
			i++
		} else {
			r, size := utf8.DecodeRuneInString(text[i:])
			class = d.class(r)
			i += size
		}
		to := d.next[s*d.width+int32(class)]
		if to < firstState {
			if to == unmade {
				to = d.step(s, class)
			}
			if to == found {
				return true, true
			}
			if d.size > maxDFASize {
				if to = d.restart(to); to == unmade {
					return false, false
				}
			}
		}
		s = to
	}
	to := d.next[s*d.width+d.width-1]
	if to == unmade {
		to = d.step(s, uint8(d.width-1))
	}
	return to == found, true
}

// restart drops all states but one, and gives its new number; unmade when that has
// been done too often.
func (d *dfa) restart(at int32) int32 {
	keep := d.states[at-firstState]
	if d.spills++; d.spills > maxDFASpills {
		d.drop()
		return unmade
	}
	d.drop()
	d.set = append(d.set[:0], keep.places...)
	return d.state(keep.last)
}
