package stdlib

import (
	"github.com/detlang/det/lang/types"
	"github.com/detlang/det/runtime/vec"
)

func missingFuncs() []Func {
	x := param("x", types.TAny)
	return []Func{{
		Name: "coalesce",
		Doc:  "The first of the values that is not missing.",
		Sig:  gives(sameKind, many(x)), Bind: kernel(coalesce), Cost: 5,
		Examples: examples(`coalesce(null, "a", "b")`, `"a"`, `coalesce("", "b")`, `""`, `coalesce(null, 1, 0.5)`, `1.0`, `coalesce(null, null)`, `null`),
	}, {
		Name: "if",
		Doc:  "The value then where the condition holds, otherwise the value else, which is missing if not given. A missing condition does not hold.",
		Sig:  gives(ifResult, param("condition", types.TBool), param("then", types.TAny), optional(param("else", types.TAny))), Bind: kernel(choose), Cost: 5,
		Examples: examples(`if(1 < 2, "yes", "no")`, `"yes"`, `if(null, 1, 0.5)`, `0.5`, `if(false, "é")`, `null`, `if(true, null, 1)`, `null`),
	}, {
		Name: "is_missing",
		Doc:  "Whether a value is missing; the same as `x is null`. The empty text is not missing.",
		Sig:  takes(types.TBool, x), Bind: kernel(vec.Test(vec.IsMissing).Kernel), Test: true, Cost: 1,
		Examples: examples(`is_missing(null)`, `true`, `is_missing("")`, `false`, `is_missing(0)`, `false`),
	}}
}

func ifResult(args []types.Type) types.Type { return sameKind(args[1:]) }

func coalesce() vec.Kernel {
	var g vec.Gatherer
	return func(args []*vec.Vec, n int, mask vec.Bitmap) *vec.Vec {
		return g.Choose(args, n, mask, func(i int) int {
			for a, v := range args {
				if !v.Missing(i) {
					return a
				}
			}
			return -1
		})
	}
}

func choose() vec.Kernel {
	var g vec.Gatherer
	return func(args []*vec.Vec, n int, mask vec.Bitmap) *vec.Vec {
		holds, otherwise := args[0], len(args)-2 // 1, or 0 if there is no else
		return g.Choose(args[1:], n, mask, func(i int) int {
			if !holds.Missing(i) && holds.Bits.Get(i) {
				return 0
			}
			if otherwise == 0 {
				return -1
			}
			return 1
		})
	}
}
