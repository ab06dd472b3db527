package state

import (
	"bytes"
	"testing"

	"github.com/detlang/det/lang/types"
	"github.com/detlang/det/runtime/vec"
)

// TestLoadedColumnsHaveTheSlicesOfTheirKind loads columns of each kind: kernels tell by
// the slices that are there how a column lies, so no other may be.
func TestLoadedColumnsHaveTheSlicesOfTheirKind(t *testing.T) {
	for _, v := range []*vec.Vec{
		vec.Ints([]int64{1, 2}, nil), vec.Floats([]float64{1, 2}, nil), vec.Bools(vec.Ones(2), 2),
		{Kind: types.String, N: 1, Offs: []int32{0, 1}, Bytes: []byte("a")}, {Kind: types.IP, N: 1, IPs: make([][16]byte, 1)},
	} {
		var buf bytes.Buffer
		w := NewWriter(&buf)
		SaveVec(w, v)
		if err := w.Flush(); err != nil {
			t.Fatal(err)
		}
		got := LoadVec(NewReader(&buf, int64(buf.Len())), v.Kind)
		for name, have := range map[string][2]bool{
			"I64": {got.I64 != nil, v.I64 != nil}, "F64": {got.F64 != nil, v.F64 != nil}, "Bits": {got.Bits != nil, v.Bits != nil},
			"Offs": {got.Offs != nil, v.Offs != nil}, "Bytes": {got.Bytes != nil, v.Bytes != nil}, "IPs": {got.IPs != nil, v.IPs != nil},
		} {
			if have[0] != have[1] {
				t.Errorf("%s: %s is there: %v, want %v", v.Kind, name, have[0], have[1])
			}
		}
	}
}
