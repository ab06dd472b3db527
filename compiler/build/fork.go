package build

import (
	"fmt"

	"github.com/detlang/det/compiler/plan"
	"github.com/detlang/det/runtime/engine"
	"github.com/detlang/det/runtime/eval"
)

// fork builds the start of a rule that shares its first stages with another one:
// the row that flows out of the last of them. It gives the stages that are left.
func (b *builder) fork(rb *ruleBuilder) ([]*plan.Stage, error) {
	f := rb.rule.Fork
	base, ok := b.rules[f.Of]
	if !ok || f.Stages < 1 || f.Stages > len(rb.rule.Stages) {
		return nil, fmt.Errorf("it is a fork of rule %s, which is not built", f.Of.Name)
	}
	segment := -1
	for i, seg := range b.prog.Rules[base].Segments {
		if seg.At == f.Stages-1 && seg.Op != nil {
			segment = i
		}
	}
	if segment < 0 {
		return nil, fmt.Errorf("stage %d of rule %s gives no rows to share", f.Stages, f.Of.Name)
	}
	b.derived = true
	rb.out.Fork = &engine.Fork{Rule: base, Segment: segment}
	rb.graph = newGraph(eval.NewGraph())
	rb.graph.row(rb.rule.Stages[f.Stages-1].Out)
	return rb.rule.Stages[f.Stages:], nil
}
