package state

import (
	"fmt"
	"testing"

	"github.com/detlang/det/lang/types"
	"github.com/detlang/det/runtime/vec"
)

// TestKeysOfOneDictionary looks keys up by code first, and then in other layouts: a key
// has the same id in all of them, and one that has two codes has one id.
func TestKeysOfOneDictionary(t *testing.T) {
	long := "a text that does not fit a cell"
	for _, c := range []struct {
		name  string
		texts []string
		sole  bool
	}{
		{"distinct", []string{"a", "b", long, "d"}, true},
		{"twice", []string{"a", "b", long, "b", long}, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			k := NewKeys([]types.Kind{types.String}, 0)
			codes, want := []int32{}, map[string]int32{}
			for i := len(c.texts) - 1; i >= 0; i-- { // not in the order of codes
				codes = append(codes, int32(i), int32(i))
			}
			check := func(col *vec.Vec) {
				t.Helper()
				out := make([]int32, col.N)
				k.IDs([]*vec.Vec{col}, nil, col.N, out)
				for i, id := range out {
					s := col.Text(i)
					if before, ok := want[s]; ok && before != id {
						t.Errorf("%q has id %d, had %d", s, id, before)
					}
					want[s] = id
				}
			}
			dict := vec.NewDict(c.texts...)
			check(vec.Coded(codes[:4], dict, nil))
			check(vec.Coded(codes, dict, nil))
			if sole := k.sole != (sole{}); sole != c.sole {
				t.Errorf("keys of one dictionary: %v", sole)
			}
			check(plain(long, "b", "a", "x"))
			check(vec.Coded([]int32{0, 1, 2, 3}, vec.NewDict("a", "b", "x", "y"), nil))
			check(vec.Coded(codes, dict, nil))
			ids := map[int32]bool{}
			for _, id := range want {
				ids[id] = true
			}
			if len(ids) != len(want) || k.Len() != len(want) {
				t.Errorf("%d keys have %d ids of %d: %v", len(want), len(ids), k.Len(), want)
			}
		})
	}
}

// TestKeysOfOneDictionaryFull fills a table by code, frees a key and fills it again.
func TestKeysOfOneDictionaryFull(t *testing.T) {
	k := NewKeys([]types.Kind{types.String}, 2)
	dict := vec.NewDict("a", "b", "c")
	ids := func(codes ...int32) string {
		out := make([]int32, len(codes))
		_, overflow := k.IDs([]*vec.Vec{vec.Coded(codes, dict, nil)}, nil, len(codes), out)
		return fmt.Sprint(out, overflow)
	}
	if got := ids(2, 1, 0, 1); got != "[0 1 -2 1] 1" {
		t.Error(got)
	}
	k.Free([]int32{0})
	k.Sweep()
	if got := ids(0, 1, 2); got != "[0 1 -2] 1" {
		t.Error(got)
	}
}
