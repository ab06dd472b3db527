package opt

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/detlang/det/compiler/plan"
	"github.com/detlang/det/lang/types"
)

func TestRanges(t *testing.T) {
	n := &plan.Column{Name: "n", Type: types.TInt}
	s := &plan.Column{Name: "s", Type: types.TString}
	test := func(op string, col *plan.Column, v any, cased bool) plan.Expr {
		return &plan.Op{Op: op, Cased: cased, T: types.TBool, Args: []plan.Expr{&plan.Col{Column: col}, &plan.Const{Value: v, T: col.Type}}}
	}
	rule := func(conds ...plan.Expr) *plan.Rule {
		r := &plan.Rule{}
		for _, c := range conds {
			r.Stages = append(r.Stages, &plan.Stage{Cond: c})
		}
		return r
	}
	five, six := test("==", n, int64(5), false), test("==", n, int64(6), false)
	tests := []struct {
		name  string
		rules []*plan.Rule
		want  []Range
	}{
		{"joined by and", []*plan.Rule{rule(&plan.And{Xs: []plan.Expr{five, test(">", n, int64(1), false)}})}, []Range{{"n", "==", int64(5)}, {"n", ">", int64(1)}}},
		{"an or says nothing", []*plan.Rule{rule(&plan.Or{Xs: []plan.Expr{five, six}})}, nil},
		{"a negation says nothing", []*plan.Rule{rule(&plan.Not{X: five})}, nil},
		{"text that folds says nothing", []*plan.Rule{rule(test("==", s, "a", false))}, nil},
		{"exact text", []*plan.Rule{rule(test("==", s, "a", true))}, []Range{{"s", "==", "a"}}},
		{"two rules, one column", []*plan.Rule{rule(five), rule(six)}, []Range{{"n", "in", []any{int64(5), int64(6)}}}},
		{"two rules, one without", []*plan.Rule{rule(five), rule(test("==", s, "a", true))}, nil},
	}
	for _, tt := range tests {
		if diff := cmp.Diff(tt.want, Ranges(tt.rules)); diff != "" {
			t.Errorf("%s (-want +got)\n%s", tt.name, diff)
		}
	}
}
