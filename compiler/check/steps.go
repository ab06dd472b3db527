package check

import (
	"time"

	"github.com/detlang/det/lang/ast"
	"github.com/detlang/det/lang/types"
	"github.com/detlang/det/runtime/op"
)

// steps checks a block of named conditions.
func (s *stageChecker) steps() {
	if len(s.ast.Items) == 0 {
		s.errorf("D0409", s.ast.At, "the braces of `%s` are empty", s.spec.Name).Hint = "write a condition for each step: { fails = outcome == \"failure\" repeat 5, ok = outcome == \"success\" }"
	}
	seen := map[string]bool{}
	for _, it := range s.ast.Items {
		if it.Name == nil {
			s.errorf("D0409", it.At, "a step needs a name").Hint = "write: ok = " + it.Value.Span().Text()
			continue
		}
		name := it.Name.Name
		if seen[name] {
			s.errorf("D0304", it.Name.At, "there is a step %s already", name)
			continue
		}
		seen[name] = true
		e := s.r.c.boolean(s.r.scope, it.Value, "a step")
		if e == nil {
			s.bad = true
			continue
		}
		step := op.Step{Name: name, Not: it.Not, Cond: s.input(e, ""), Repeat: 1, By: s.stage.Args.Clauses["by"]}
		s.stepClauses(&step, it)
		s.stage.Args.Steps = append(s.stage.Args.Steps, step)
	}
}

// stepClauses reads what stands behind the condition of a step.
func (s *stageChecker) stepClauses(step *op.Step, it *ast.Item) {
	seen := map[string]bool{}
	for _, cl := range it.Clauses {
		word := cl.Word.Name
		if seen[word] {
			s.errorf("D0403", cl.Word.At, "%s is given twice", word)
			continue
		}
		seen[word] = true
		one := func(want types.Type) any {
			if len(cl.Args) != 1 || cl.Args[0].Name != nil {
				s.errorf("D0407", cl.At, "%s takes one value", word)
				return nil
			}
			a, _ := s.constant(op.Param{Name: word, Type: want}, cl.Args[0].Value)
			return a.Const
		}
		switch word {
		case "repeat":
			if n, ok := one(types.TInt).(int64); ok {
				step.Repeat = int(max(0, min(n, 1<<30)))
			}
		case "within":
			if d, ok := one(types.TDuration).(time.Duration); ok {
				if step.Within = d; d < time.Microsecond {
					s.errorf("D0420", cl.At, "a step comes at least a microsecond after the one before it")
				}
			}
		case "by":
			s.stepKeys(step, cl)
		default:
			s.errorf("D0402", cl.Word.At, "a step has no %s", word).Hint = "a step may have: repeat, within, by"
		}
	}
}

// stepKeys reads where a step finds the keys of the sequence, if elsewhere than the
// other steps.
func (s *stageChecker) stepKeys(step *op.Step, cl *ast.Clause) {
	keys := s.stage.Args.Clauses["by"]
	step.By = append([]op.Arg(nil), keys...)
	for _, a := range cl.Args {
		at := -1
		for i, k := range keys {
			if a.Name != nil && k.Name == a.Name.Name {
				at = i
			}
		}
		if at < 0 {
			s.errorf("D0407", a.Value.Span(), "a step says of a key of the sequence where it finds it").Hint = "write: by user = target_user, where the sequence itself is by user"
			continue
		}
		e := s.r.c.expr(s.r.scope, a.Value)
		if e == nil {
			s.bad = true
			continue
		}
		if e.Type().Kind != keys[at].Type.Kind {
			s.errorf("D0204", a.Value.Span(), "the key %s is %s, but this is %s", keys[at].Name, keys[at].Type.Plain(), e.Type().Plain())
			continue
		}
		step.By[at] = s.input(e, keys[at].Name)
	}
}
