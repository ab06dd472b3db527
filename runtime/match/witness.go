package match

import (
	"cmp"
	"math"
	"slices"
)

// cover is predicates of which at least one holds in every row in which a condition
// does, and in which share of the rows one of them holds, about.
type cover struct {
	cost  float64
	preds []int32
}

// none is the cost of what cannot cover.
const none = math.MaxFloat64

// cover finds the cheapest cover of a formula: one term's suffices for And, Or takes
// those of all its terms. cost is that of a predicate, none if it cannot be used.
func (ix *Index) cover(f *formula, cost func(pred int32) float64) cover {
	switch f.op {
	case fixed:
		if f.neg {
			return cover{}
		}
	case test:
		if k := ix.preds[f.pred].kind; !f.neg && k != pattern {
			return cover{cost(f.pred), []int32{f.pred}}
		}
	case and:
		best := cover{cost: none}
		for i := range f.kids {
			if c := ix.cover(&f.kids[i], cost); c.cost < best.cost {
				best = c
			}
		}
		return best
	case or:
		var all cover
		for i := range f.kids {
			c := ix.cover(&f.kids[i], cost)
			if c.cost == none {
				return c
			}
			all.cost += c.cost
			all.preds = append(all.preds, c.preds...)
		}
		return all
	}
	return cover{cost: none}
}

// choice is how rules are found, as the frequencies of a sample suggest.
type choice struct {
	wide    []bool     // by column: its values are mostly new
	known   []bool     // by predicate: whether the sets of its column tell if it holds
	finds   [][]int32  // by predicate: the rules that it is a witness of
	free    []int32    // rules without a witness
	routes  []int32    // columns that tell logs apart
	sampled int        // rows
	grams   [][]uint32 // by column, until its words are known
}

// maxRoutes is how many columns may tell logs apart.
const maxRoutes = 3

// choose picks the witnesses. samples has one a column, nil before anything was
// seen. It works on some goroutines at once.
func (ix *Index) choose(samples []sample, goroutines int) *choice {
	c := &choice{
		wide: make([]bool, len(ix.columns)), known: make([]bool, len(ix.preds)), finds: make([][]int32, len(ix.preds)),
		grams: make([][]uint32, len(ix.columns)),
	}
	freq := make([]float64, len(ix.preds))
	for i := range ix.columns {
		c.sampled = samples[i].rows
		c.wide[i] = samples[i].mostlyNew()
	}
	spread(len(ix.columns), goroutines, func(i int) {
		c.grams[i] = ix.frequencies(&ix.columns[i], &samples[i], freq)
	})
	cost := func(p int32) float64 {
		pred := &ix.preds[p]
		f := freq[p]
		if c.wide[pred.column] && pred.op != Equal {
			f += wideWord * float64(len(pred.words)) // each makes the automaton of a busy column larger
		}
		return f
	}
	for r := range ix.rules {
		w := ix.cover(&ix.rules[r], cost)
		if w.cost == none {
			c.free = append(c.free, int32(r))
			continue
		}
		slices.Sort(w.preds)
		for _, p := range slices.Compact(w.preds) {
			c.finds[p] = append(c.finds[p], int32(r))
		}
	}
	for i, p := range ix.preds {
		c.known[i] = p.kind != pattern && (!c.wide[p.column] || len(c.finds[i]) > 0 || p.op == Equal || p.kind != words)
	}
	c.routes = ix.routing(c.wide)
	return c
}

const (
	// minJudged is how many values say whether a column's values are mostly new.
	minJudged = 256
	// wideShare: they are if more than one in so many will be.
	wideShare = 4
	// wideWord is the share of rows that a word in a wide column must save to be
	// worth its place.
	wideWord = 1e-5
)

// routing picks the columns that most rules ask, first of all, to equal something.
func (ix *Index) routing(wide []bool) []int32 {
	counts := make([]int, len(ix.columns))
	for r := range ix.rules {
		for _, c := range ix.asked(&ix.rules[r]) {
			counts[c]++
		}
	}
	var out []int32
	for c, n := range counts {
		if !wide[c] && n >= minRouted && n*routedShare >= len(ix.rules) {
			out = append(out, int32(c))
		}
	}
	slices.SortStableFunc(out, func(a, b int32) int { return cmp.Compare(counts[b], counts[a]) })
	return out[:min(len(out), maxRoutes)]
}

// asked is the columns that must equal one of some values if the formula holds,
// ascending.
func (ix *Index) asked(f *formula) []int32 {
	switch f.op {
	case test:
		if p := &ix.preds[f.pred]; !f.neg && p.exact() {
			return []int32{p.column}
		}
	case and:
		var all []int32
		for i := range f.kids {
			all = append(all, ix.asked(&f.kids[i])...)
		}
		slices.Sort(all)
		return slices.Compact(all)
	case or:
		all := ix.asked(&f.kids[0])
		for i := range f.kids[1:] {
			these := ix.asked(&f.kids[i+1])
			all = slices.DeleteFunc(all, func(c int32) bool { return !slices.Contains(these, c) })
		}
		return all
	}
	return nil
}

const (
	// A column tells logs apart if so many rules, and one in routedShare, ask it to
	// equal something.
	minRouted   = 4
	routedShare = 8
)

// exact reports whether a predicate asks for one of some values.
func (p *predicate) exact() bool { return p.kind == number || p.kind == words && p.op == Equal }
