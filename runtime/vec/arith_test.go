package vec

import (
	"fmt"
	"math"
	"math/big"
	"testing"

	"github.com/detlang/det/lang/types"
)

var operations = map[ArithOp]string{Add: "+", Subtract: "-", Multiply: "*", Divide: "/", Remainder: "%", Negate: "neg"}

// computed is the meaning of an operation on two numbers that are present, with
// integers as big ones: nil where the result does not exist in its kind.
func computed(op ArithOp, result types.Kind, a, b any) any {
	x, wholeA := a.(int64)
	y, wholeB := b.(int64)
	if wholeA && wholeB && result != types.Float && op != Divide {
		p, q, r := big.NewInt(x), big.NewInt(y), new(big.Int)
		switch op {
		case Add:
			r.Add(p, q)
		case Subtract:
			r.Sub(p, q)
		case Multiply:
			r.Mul(p, q)
		case Remainder:
			if y == 0 {
				return nil
			}
			r.Rem(p, q)
		case Negate:
			r.Neg(p)
		}
		if !r.IsInt64() {
			return nil
		}
		return r.Int64()
	}
	f, g := toFloat(a), toFloat(b)
	var r float64
	switch op {
	case Add:
		r = f + g
	case Subtract:
		r = f - g
	case Multiply:
		r = f * g
	case Divide:
		r = f / g
	case Remainder:
		r = math.Mod(f, g)
	case Negate:
		r = -f
	}
	switch {
	case math.IsNaN(r) || math.IsInf(r, 0):
		return nil
	case result == types.Float:
		return r
	}
	whole, _ := big.NewFloat(math.Round(r)).Int(nil)
	if !whole.IsInt64() {
		return nil
	}
	return whole.Int64()
}

func toFloat(x any) float64 {
	if i, ok := x.(int64); ok {
		return float64(i)
	}
	return x.(float64)
}

func TestArith(t *testing.T) {
	rnd := source(t)
	edges := func(k types.Kind) []any {
		if k == types.Float {
			return floatEdges
		}
		return append([]any{int64(3), int64(-5), int64(1 << 31), int64(-1 << 31), int64(1 << 32), int64(3037000500)}, intEdges...)
	}
	for _, row := range ariths {
		for _, missing := range []bool{false, true} {
			t.Run(fmt.Sprintf("%v %s %v", row.left, operations[row.op], row.right), func(t *testing.T) {
				v, w := column(rnd, row.left, 999, missing, edges(row.left)), column(rnd, row.right, 999, missing, edges(row.right))
				args := []*Vec{v, w}
				if row.op == Negate {
					args, w = args[:1], v
				}
				fill, kind, ok := Arith(row.op, row.left, row.right)
				if !ok || kind != row.result {
					t.Fatalf("%v, %t", kind, ok)
				}
				got := &Vec{}
				for _, n := range []int{999, 64, 1, 0, 700} { // into what it gave before
					fill(args, n, got)
					if got.Kind != kind || got.N != n {
						t.Fatalf("%v of %d rows, want %v of %d", got.Kind, got.N, kind, n)
					}
					for i := range n {
						var want any
						if !v.Missing(i) && !w.Missing(i) {
							want = computed(row.op, kind, v.Value(i), w.Value(i))
						}
						if got.Value(i) != want {
							t.Errorf("%v %s %v: %v, want %v", v.Value(i), operations[row.op], w.Value(i), got.Value(i), want)
						}
					}
				}
			})
		}
	}
}

// TestArithLeavesItsArguments holds that a row that turns out missing does not
// become so in an argument.
func TestArithLeavesItsArguments(t *testing.T) {
	v, w := Of(types.Int, int64(1), nil, int64(math.MaxInt64)), Of(types.Int, int64(1), int64(1), int64(1))
	fill, _, _ := Arith(Add, types.Int, types.Int)
	if got := fill.Kernel()([]*Vec{v, w}, 3, nil); !got.Missing(2) || v.Missing(2) || w.Valid != nil {
		t.Errorf("sum missing %t, argument missing %t", got.Missing(2), v.Missing(2))
	}
}

func TestArithRefuses(t *testing.T) {
	for _, c := range []struct {
		op          ArithOp
		left, right types.Kind
	}{
		{Add, types.String, types.String}, {Add, types.Timestamp, types.Timestamp}, {Subtract, types.Duration, types.Timestamp},
		{Multiply, types.Duration, types.Duration}, {Divide, types.Int, types.Duration}, {Add, types.Int, types.Duration},
		{Negate, types.Timestamp, types.Timestamp}, {Negate, types.Bool, types.Bool}, {Remainder, types.Timestamp, types.Duration},
	} {
		if _, kind, ok := Arith(c.op, c.left, c.right); ok {
			t.Errorf("%v %s %v is %v", c.left, operations[c.op], c.right, kind)
		}
	}
	fill, _, _ := Arith(Add, types.Int, types.Int)
	if got := fill.Kernel()([]*Vec{Of(types.Int, int64(1)), Nulls(1)}, 1, nil); !got.Missing(0) {
		t.Errorf("1 + missing is %v", got.Value(0))
	}
}
