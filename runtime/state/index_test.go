package state

import (
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// TestIndexModel inserts and removes ids at random. Their hashes are few, so that
// runs are long, wrap around the end, and leave slots that are gone.
func TestIndexModel(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		homes := rapid.Uint64Range(1, 40).Draw(t, "homes")
		hash := func(id int32) uint64 {
			n := uint64(id) * 2654435761 % homes
			return ^uint64(0)/homes*n ^ uint64(id)&1
		}
		x := newIndex(0)
		var in []int32
		next := int32(0)
		for range rapid.IntRange(1, 300).Draw(t, "steps") {
			if len(in) == 0 || rapid.IntRange(0, 4).Draw(t, "step") > 1 {
				x.insert(hash(next), next, each(hash))
				in = append(in, next)
				next++
			} else {
				i := rapid.IntRange(0, len(in)-1).Draw(t, "which")
				x.remove(hash(in[i]), in[i])
				in = slices.Delete(in, i, i+1)
			}
		}
		var got []int32
		for id := range x.ids {
			got = append(got, id)
			if !reaches(&x, hash(id), id) {
				t.Fatalf("id %d is there and cannot be found", id)
			}
		}
		slices.Sort(got)
		if !slices.Equal(got, in) {
			t.Fatalf("holds %v, want %v", got, in)
		}
	})
}

// reaches searches for an id as Keys.locate does.
func reaches(x *index, h uint64, id int32) bool {
	s := x.segment(h)
	for i := s.home(h); ; i = (i + 1) % len(s.groups) {
		g := &s.groups[i]
		for m := match(g.tags, tagOf(h)); m != 0; m &= m - 1 {
			if g.ids[first(m)] == id {
				return true
			}
		}
		if match(g.tags, empty) != 0 {
			return false
		}
	}
}

// TestIndexKeepsRoom removes as much as it inserts: slots that are gone must not
// pile up.
func TestIndexKeepsRoom(t *testing.T) {
	hash := func(id int32) uint64 { return uint64(id) * 0x9E3779B97F4A7C15 }
	x := newIndex(0)
	for id := range int32(200_000) {
		x.insert(hash(id), id, each(hash))
		if id >= 1000 {
			x.remove(hash(id-1000), id-1000)
		}
	}
	if n := x.bytes(); n > 40_000 {
		t.Errorf("an index of 1,000 keys takes %d bytes", n)
	}
}

// each makes a hasher of a hash of one id.
func each(one func(id int32) uint64) hasher {
	return func(ids []int32, hash *[blockLen]uint64) {
		for j, id := range ids {
			hash[j] = one(id)
		}
	}
}
