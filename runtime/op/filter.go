package op

import (
	"context"

	"github.com/detlang/det/lang/types"
	"github.com/detlang/det/runtime"
	"github.com/detlang/det/runtime/vec"
)

var where = Spec{
	Name:  "where",
	Doc:   "Keeps the rows for which the condition is true. A condition over a missing value is false, so such a row goes.",
	Parts: true,
	Head:  []Param{{Name: "condition", Kind: Expr, Type: types.TBool, Doc: "what must hold"}},
	Output: func(in Row, a *Args) (Row, *Error) {
		return in, nil
	},
	New: func(in Row, a *Args) (runtime.Operator, error) {
		return &filter{cond: a.Head[0]}, nil
	},
}

// filter narrows a batch to the rows whose condition is true.
type filter struct{ cond Arg }

func (f *filter) Push(_ context.Context, b *runtime.Batch, emit runtime.Emit) error {
	rows := holds(f.cond, b)
	if len(rows) == 0 {
		return nil
	}
	if len(rows) == b.Rows() {
		return emit(b)
	}
	out := *b
	out.Sel = rows
	return emit(&out)
}

func (f *filter) Advance(context.Context, int64, runtime.Emit) error { return nil }

// holds is the meant rows of b for which a condition is true, ascending. The slice
// is new, or b.Sel.
func holds(cond Arg, b *runtime.Batch) []int32 {
	if cond.Col < 0 {
		if cond.Const != true {
			return nil
		}
		return every(b)
	}
	v := b.Cols[cond.Col]
	if v.Kind != types.Bool {
		return nil
	}
	if b.Sel == nil {
		return v.Bits.Rows(make([]int32, 0, v.Bits.Count()))
	}
	rows := make([]int32, 0, len(b.Sel))
	for _, r := range b.Sel {
		if v.Bits.Get(int(r)) {
			rows = append(rows, r)
		}
	}
	return rows
}

// every is the meant rows of b as a list.
func every(b *runtime.Batch) []int32 {
	if b.Sel != nil {
		return b.Sel
	}
	return upTo(b.N)
}

// rowAt is meant row i of b.
func rowAt(b *runtime.Batch, i int) int {
	if b.Sel == nil {
		return i
	}
	return int(b.Sel[i])
}

// bitsOf is the rows of a condition as a bitmap, for callers that test row by row.
func bitsOf(cond Arg, b *runtime.Batch) vec.Bitmap {
	if cond.Col >= 0 {
		if v := b.Cols[cond.Col]; v.Kind == types.Bool {
			return v.Bits
		}
		return vec.NewBitmap(b.N)
	}
	if cond.Const == true {
		return vec.Ones(b.N)
	}
	return vec.NewBitmap(b.N)
}
