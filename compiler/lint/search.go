package lint

import (
	"slices"

	"github.com/detlang/det/compiler/plan"
)

// maxTries bounds the alternatives that a search tries. Conditions that can hold mostly
// take one for each disjunction.
const maxTries = 64

// search looks for one case in which all of yes hold and none of no does: depth first,
// what leaves no choice before what does. Unlike cases it stops at the first one. It is
// not sure where it ran out of tries.
func (r *Rule) search(yes, no []plan.Expr) (can, sure bool) {
	s := search{maxTries}
	f := &facts{rule: r}
	var open []choice
	for _, x := range yes {
		if !f.settle(x, true, &open) {
			return false, true
		}
	}
	for _, x := range no {
		if !f.settle(x, false, &open) {
			return false, true
		}
	}
	can = s.choose(f, open)
	return can, s.tries >= 0
}

// allows reports whether an expression may be as wanted beside what is known.
func (f *facts) allows(x plan.Expr, want bool) bool {
	var open []choice
	g := f.clone()
	return g.settle(x, want, &open) && (&search{maxTries}).choose(g, open)
}

type search struct{ tries int }

// choice are expressions of which at least one is as wanted.
type choice struct {
	of   []plan.Expr
	want bool
}

// settle learns all that follows from an expression without a choice, and adds the
// choices to open. It reports whether that can be.
func (f *facts) settle(x plan.Expr, want bool, open *[]choice) bool {
	all := func(xs []plan.Expr) bool {
		return !slices.ContainsFunc(xs, func(x plan.Expr) bool { return !f.settle(x, want, open) })
	}
	switch x := x.(type) {
	case *plan.Named:
		return f.settle(x.X, want, open)
	case *plan.Not:
		return f.settle(x.X, !want, open)
	case *plan.And:
		if want {
			return all(x.Xs)
		}
		*open = append(*open, choice{x.Xs, want})
	case *plan.Or:
		if !want {
			return all(x.Xs)
		}
		*open = append(*open, choice{x.Xs, want})
	default:
		return f.learn(x, want)
	}
	return true
}

// choose reports whether the choices can be made; if it runs out of tries, it takes
// that to be so.
func (s *search) choose(f *facts, open []choice) bool {
	if len(open) == 0 {
		return true
	}
	for _, x := range open[0].of {
		if s.tries--; s.tries < 0 {
			return true
		}
		g, more := f.clone(), slices.Clip(open[1:])
		if g.settle(x, open[0].want, &more) && s.choose(g, more) {
			return true
		}
	}
	return false
}
