package lint

import (
	"slices"

	"github.com/zeebo/xxh3"

	"github.com/detlang/det/runtime/vec"
)

// longestKey is how many bytes of a text the keys of coverers take, and shortGram how
// many of one that may stand anywhere.
const (
	longestKey = 32
	shortGram  = 4
)

// coverers finds among rules those that may cover another: a rule covers x only if x's
// own tests demand each text of it, so that each holds a text of it. Every rule is
// listed under the texts of one of its tests, the one that the fewest rules have.
type coverers struct {
	rules   []*simple
	by      map[uint64][]int // places of rules, by key
	always  []int            // rules without a test of a text
	columns map[string]bool  // of the tests that the rules are listed under
}

func newCoverers(rules []*simple) *coverers {
	c := &coverers{rules: rules, by: map[uint64][]int{}, columns: map[string]bool{}}
	common := map[uint64]int{}
	for _, y := range rules {
		for _, a := range y.atoms {
			for _, key := range a.keys() {
				common[key]++
			}
		}
	}
	for i, y := range rules {
		least, under := 0, (*atom)(nil)
		for j := range y.atoms {
			n := 0
			for _, key := range y.atoms[j].keys() {
				n += common[key]
			}
			if n > 0 && (under == nil || n < least) {
				least, under = n, &y.atoms[j]
			}
		}
		if under == nil {
			c.always = append(c.always, i)
			continue
		}
		c.columns[under.col] = true
		for _, key := range under.keys() {
			c.by[key] = append(c.by[key], i)
		}
	}
	return c
}

// of are the rules that may cover x, in their order, x among them.
func (c *coverers) of(x *simple) []*simple {
	places := slices.Clone(c.always)
	for col, k := range x.first {
		if !c.columns[col] {
			continue
		}
		for _, t := range k.yes {
			v := t.values[0]
			if t.cased {
				places = c.within(places, col, t.op, v, true)
				v = vec.FoldString(v)
			}
			places = c.within(places, col, t.op, v, false)
		}
	}
	slices.Sort(places)
	var out []*simple
	for _, i := range slices.Compact(places) {
		out = append(out, c.rules[i])
	}
	return out
}

// within adds the rules with a test that the test `op v` may imply.
func (c *coverers) within(places []int, col, op, v string, cased bool) []int {
	look := func(as uint64, part string) { places = append(places, c.by[xxh3.HashStringSeed(part, as)]...) }
	equal, start, end, part := seed(col, "==", cased), seed(col, "startswith", cased), seed(col, "endswith", cased), seed(col, "contains", cased)
	if op == "==" {
		look(equal, v[:min(len(v), longestKey)])
	}
	for n := range min(len(v), longestKey) {
		if op == "==" || op == "startswith" {
			look(start, v[:n+1])
		}
		if op == "==" || op == "endswith" {
			look(end, v[len(v)-n-1:])
		}
	}
	for i := range len(v) {
		for n := i + 1; n <= min(len(v), i+shortGram); n++ {
			look(part, v[i:n])
		}
	}
	return places
}

// keys are those of a test of a text, one for each text that it looks for: hashes, since
// what falls together by chance is only looked at in vain. There are none where any text
// would do.
func (a *atom) keys() []uint64 {
	as := seed(a.col, a.text.op, a.text.cased)
	var out []uint64
	for _, w := range a.text.values {
		switch a.text.op {
		case "contains":
			w = w[:min(len(w), shortGram)]
		case "endswith":
			w = w[max(0, len(w)-longestKey):]
		default:
			w = w[:min(len(w), longestKey)]
		}
		if w == "" && a.text.op != "==" {
			return nil
		}
		out = append(out, xxh3.HashStringSeed(w, as))
	}
	return out
}

// seed is that of the keys of one kind of test of a column.
func seed(col, op string, cased bool) uint64 {
	s := xxh3.HashStringSeed(op, xxh3.HashString(col))
	if cased {
		s++
	}
	return s
}
