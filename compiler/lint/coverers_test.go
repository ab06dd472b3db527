package lint

import (
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/detlang/det/compiler/plan"
)

// TestCoverersMissNone: every rule that may cover another is found under a key.
func TestCoverersMissNone(t *testing.T) {
	pairs := 0
	rapid.Check(t, func(t *rapid.T) {
		var rules []*simple
		for range rapid.IntRange(2, 8).Draw(t, "rules") {
			var xs []plan.Expr
			for range rapid.IntRange(1, 3).Draw(t, "tests") {
				xs = append(xs, drawTest(t))
			}
			r := &Rule{Plan: &plan.Rule{
				From:   plan.Source{Columns: columnsUnderTest},
				Stages: []*plan.Stage{{Cond: &plan.And{Xs: xs}}},
			}}
			if x := simpleRule(r); x != nil {
				x.witness()
				rules = append(rules, x)
			}
		}
		near := newCoverers(rules)
		for _, x := range rules {
			found := near.of(x)
			for _, y := range rules {
				if x.mayImply(y) {
					pairs++
					if !slices.Contains(found, y) {
						t.Fatalf("%s may cover %s and is not found", y.text, x.text)
					}
				}
			}
		}
	})
	if pairs == 0 {
		t.Error("no rule covered another, so this tested nothing")
	}
}
