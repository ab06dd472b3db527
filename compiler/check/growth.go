package check

import (
	"github.com/detlang/det/compiler/plan"
	"github.com/detlang/det/lang/source"
)

// maxParts bounds the parts that the expressions of one rule have once its names
// and fns were put in. A let or fn that uses the one before it twice doubles it, so
// that a few lines can stand for more than any later walk over them could bear.
const maxParts = 250_000

// growth counts the parts of one rule, or of one declaration outside rules.
// Expressions share what names stand for, so each of these is counted only once.
type growth struct {
	sizes map[plan.Expr]int // of what names stand for
	parts int
	told  bool // nothing more is put in
}

// afresh counts from nothing until the function that it gives is called.
func (c *checker) afresh() (restore func()) {
	outer := c.growth
	c.growth = &growth{sizes: map[plan.Expr]int{}}
	return func() { c.growth = outer }
}

// grow counts the parts of an expression, and tells where they are too many.
func (c *checker) grow(x plan.Expr, at source.Span) bool {
	g := c.growth
	if g.parts += g.size(x); g.parts <= maxParts {
		return true
	}
	if !g.told {
		g.told = true
		c.diags.Errorf("D0702", at, "the expressions of this rule grow beyond %d parts when its names and fns are put in", maxParts)
	}
	return false
}

// size is the number of parts of an expression, at most a little above maxParts.
func (g *growth) size(x plan.Expr) int {
	if named, ok := x.(*plan.Named); ok {
		n, known := g.sizes[named.X]
		if !known {
			n = g.size(named.X)
			g.sizes[named.X] = n
		}
		return n + 1
	}
	n := 1
	for _, child := range plan.Children(x) {
		if n += g.size(child); n > maxParts {
			break
		}
	}
	return n
}
