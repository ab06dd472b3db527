package eval

import (
	"fmt"
	"math"

	"github.com/detlang/det/lang/types"
	"github.com/detlang/det/runtime/vec"
)

// textOps has the operators on text, with what a row costs about.
var textOps = map[string]struct {
	op   vec.TextOp
	cost int
}{
	"contains":   {vec.Contains, 20},
	"startswith": {vec.StartsWith, 5},
	"endswith":   {vec.EndsWith, 5},
	"like":       {vec.IsLike, 30},
	"matches":    {vec.Matches, 200},
}

func bindText(name string, o Options, left, right operand) (bound, error) {
	op := textOps[name]
	elem := left.typ.Kind
	if elem == types.List {
		elem = left.typ.Elem
	}
	if elem != types.String {
		return bound{}, fmt.Errorf("%s tests text, not %s", name, left.typ.Plain())
	}
	b := bound{reads: []int{left.arg}, cost: op.cost}
	var err error
	switch c := right.value.(type) {
	case string:
		if o.Quant != "" {
			return bound{}, fmt.Errorf("%s %s takes a list of texts", name, o.Quant)
		}
		b.test, err = vec.TestText(op.op, []string{c}, false, o.Cased)
	case []any:
		if o.Quant == "" {
			return bound{}, fmt.Errorf("write %s any or %s all before a list", name, name)
		}
		texts := make([]string, len(c))
		for i, x := range c {
			s, ok := x.(string)
			if !ok {
				return bound{}, fmt.Errorf("%s takes texts, not %v", name, x)
			}
			texts[i] = s
		}
		b.cost = min(b.cost*max(len(c), 1), math.MaxInt16)
		b.test, err = vec.TestText(op.op, texts, o.Quant == "all", o.Cased)
	default:
		if right.typ.Kind != types.String || o.Quant != "" || left.typ.Kind == types.List {
			return bound{}, fmt.Errorf("%s takes a text, or any or all of a constant list", name)
		}
		b.reads = []int{left.arg, right.arg}
		b.test, err = vec.TestTexts(op.op, o.Cased)
	}
	if err != nil {
		return bound{}, fmt.Errorf("%s: %w", name, err)
	}
	if left.typ.Kind == types.List {
		b.test = vec.AnyElement(b.test)
	}
	return b, nil
}
