package state

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/detlang/det/lang/types"
	"github.com/detlang/det/runtime/vec"
)

// saveOf is the keys of some ids as they are saved.
func saveOf(t interface{ Fatal(...any) }, k *Keys, ids vec.Bitmap) *Reader {
	var b bytes.Buffer
	w := NewWriter(&b)
	k.SaveOf(w, ids)
	if err := w.Flush(); err != nil {
		t.Fatal(err)
	}
	return NewReader(&b, int64(b.Len()))
}

// TestKeysJoin saves parts of a table, which may overlap, and joins them in another:
// each key has the id that it had, and ids that were in no part are given anew.
func TestKeysJoin(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.SampledFrom([]int{0, 1, 64, 300, 3*pageLen + 1}).Draw(t, "keys")
		texts := make([]any, n)
		for i := range texts {
			texts[i] = strings.Repeat(fmt.Sprint(i), 1+i%7)
		}
		k := NewKeys([]types.Kind{types.String}, 0)
		col := plain(texts...)
		ids(k, col)
		var freed []int32
		for id := range int32(n) {
			if rapid.IntRange(0, 9).Draw(t, "free") == 0 {
				freed = append(freed, id)
			}
			if id > 400 {
				break
			}
		}
		k.Free(freed)
		k.Sweep()
		again, kept := NewKeys([]types.Kind{types.String}, 0), vec.NewBitmap(n)
		for range rapid.IntRange(1, 3).Draw(t, "parts") {
			part, by := vec.NewBitmap(n), rapid.IntRange(1, 5).Draw(t, "every")
			for id := int32(0); id < int32(n); id += int32(by) {
				if k.Alive(id) {
					part.Set(int(id))
					kept.Set(int(id))
				}
			}
			got, err := again.Join(saveOf(t, k, part))
			if err != nil || got.Count() != part.Count() {
				t.Fatalf("%d keys, %v; want %d", got.Count(), err, part.Count())
			}
		}
		if again.Live() != kept.Count() {
			t.Fatalf("%d keys are there, want %d", again.Live(), kept.Count())
		}
		out := make([]int32, n)
		again.IDs([]*vec.Vec{col}, nil, n, out)
		taken := map[int32]bool{}
		for i, id := range out {
			if taken[id] || kept.Get(i) && id != int32(i) {
				t.Fatalf("key %d has id %d", i, id)
			}
			taken[id] = true
		}
		if n > 0 && kept.Get(n-1) && again.Len() != n {
			t.Fatalf("%d ids for %d keys", again.Len(), n)
		}
	})
}

// TestKeysJoinConflict joins keys of two tables, which have other ids.
func TestKeysJoinConflict(t *testing.T) {
	for _, texts := range [][]any{{"b", "a"}, {"c"}, {"b"}} {
		k, other := NewKeys([]types.Kind{types.String}, 0), NewKeys([]types.Kind{types.String}, 0)
		ids(k, plain("a", "b"))
		ids(other, plain(texts...))
		if _, err := k.Join(saveOf(t, other, nil)); err == nil || !strings.Contains(err.Error(), "a key comes twice, or two have one id") {
			t.Errorf("%v: %v", texts, err)
		}
	}
}
