package match

import (
	"cmp"
	"slices"
)

// formula is a condition with its negations pushed down to the tests, connectives
// flattened and constants gone. The terms of a connective stand in ascending order
// of cost.
type formula struct {
	op   formulaOp
	neg  bool  // of test and outside
	pred int32 // of test; of outside, its place in Index.outside
	cost int32
	kids []formula
}

type formulaOp uint8

const (
	fixed formulaOp = iota // true, or false if neg
	test
	outside
	and
	or
)

// dual is what a connective becomes under a negation.
func (op formulaOp) dual() formulaOp {
	if op == and {
		return or
	}
	return and
}

// What a row costs about, beside a test that is known from the row's sets.
const (
	textCost    = 10
	patternCost = 100
	outsideCost = 1000
)

var (
	always = formula{op: fixed}
	never  = formula{op: fixed, neg: true}
)

// connect is the and, or the or, of formulas.
func connect(op formulaOp, kids []formula) formula {
	unit, zero := always, never // what changes nothing, what decides
	if op == or {
		unit, zero = never, always
	}
	var flat []formula
	for _, k := range kids {
		switch {
		case k.op == op:
			flat = append(flat, k.kids...)
		case k.op == fixed && k.neg == zero.neg:
			return zero
		case k.op != fixed:
			flat = append(flat, k)
		}
	}
	switch len(flat) {
	case 0:
		return unit
	case 1:
		return flat[0]
	}
	slices.SortStableFunc(flat, func(a, b formula) int { return cmp.Compare(a.cost, b.cost) })
	f := formula{op: op, kids: flat}
	for _, k := range flat {
		f.cost = min(f.cost+k.cost, 1<<20)
	}
	return f
}

// tests calls f with every predicate of the formula.
func (f *formula) tests(do func(pred int32, neg bool)) {
	if f.op == test {
		do(f.pred, f.neg)
	}
	for i := range f.kids {
		f.kids[i].tests(do)
	}
}

// has reports whether a test of the kind stands in the formula.
func (f *formula) has(op formulaOp) bool {
	return f.op == op || slices.ContainsFunc(f.kids, func(k formula) bool { return k.has(op) })
}

// truth is what is known of a formula.
type truth uint8

const (
	no truth = iota
	yes
	unknown
)

func truthOf(b bool) truth {
	if b {
		return yes
	}
	return no
}

func (t truth) not() truth {
	switch t {
	case no:
		return yes
	case yes:
		return no
	}
	return unknown
}

// decide works out a formula from what is known of its tests.
func (f *formula) decide(known func(f *formula) truth) truth {
	switch f.op {
	case fixed:
		return truthOf(!f.neg)
	case and:
		all := yes
		for i := range f.kids {
			switch f.kids[i].decide(known) {
			case no:
				return no
			case unknown:
				all = unknown
			}
		}
		return all
	case or:
		all := no
		for i := range f.kids {
			switch f.kids[i].decide(known) {
			case yes:
				return yes
			case unknown:
				all = unknown
			}
		}
		return all
	}
	t := known(f)
	if f.neg {
		t = t.not()
	}
	return t
}

// rest is what is left of a formula when all that is known of its tests is put in.
func (f *formula) rest(known func(f *formula) truth) formula {
	switch f.op {
	case and, or:
		kids := make([]formula, 0, len(f.kids))
		for i := range f.kids {
			kids = append(kids, f.kids[i].rest(known))
		}
		return connect(f.op, kids)
	}
	switch f.decide(known) {
	case yes:
		return always
	case no:
		return never
	}
	return *f
}

// size is how many formulas stand in it, itself included.
func (f *formula) size() int {
	n := 1
	for i := range f.kids {
		n += f.kids[i].size()
	}
	return n
}
