package agg

import (
	"bytes"
	"math"
	"testing"

	"github.com/detlang/det/runtime/state"
	"github.com/detlang/det/runtime/vec"
)

// TestCountBeyond32Bits counts over the 32 bits that a group has, and back.
func TestCountBeyond32Bits(t *testing.T) {
	var c count
	c.Grow(2)
	c.of[1] = math.MaxUint32 - 1
	expect := func(what string, s State, want ...int64) {
		t.Helper()
		for g, v := range s.Result([]int32{0, 1}).I64 {
			if v != want[g] {
				t.Errorf("%s: group %d has %d rows, want %d", what, g, v, want[g])
			}
		}
	}
	c.Add([]int32{1, 0, 1, 1}, nil, nil)
	expect("added", &c, 1, 1<<32+1)
	c.Merge(0, &c, 1)
	c.Merge(0, &c, 1)
	expect("merged", &c, 2*(1<<32)+3, 1<<32+1)

	var buf bytes.Buffer
	w := state.NewWriter(&buf)
	c.Save(w)
	if err := w.Flush(); err != nil {
		t.Fatal(err)
	}
	var again count
	if err := again.Load(state.NewReader(&buf, int64(buf.Len()))); err != nil {
		t.Fatal(err)
	}
	expect("loaded", &again, 2*(1<<32)+3, 1<<32+1)

	again.Remove([]int32{1, 1, 0}, nil, nil)
	expect("removed", &again, 2*(1<<32)+2, math.MaxUint32)
	again.Reset(0)
	expect("emptied", &again, 0, math.MaxUint32)

	cond := vec.Bools(vec.Bitmap{0b10}, 2)
	var some countIf
	some.Grow(2)
	some.of[0], some.of[1] = math.MaxUint32, math.MaxUint32
	some.Add([]int32{0, 1}, nil, []*vec.Vec{cond})
	expect("added under a condition", &some, math.MaxUint32, 1<<32)
	some.Remove([]int32{1, 0}, []int32{1, 0}, []*vec.Vec{cond})
	expect("removed under a condition", &some, math.MaxUint32, math.MaxUint32)
}
