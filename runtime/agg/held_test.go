package agg

import (
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/detlang/det/lang/types"
	"github.com/detlang/det/runtime/vec"
)

// TestTexts puts and resets texts of many lengths against a map; what is left
// behind is cleared away.
func TestTexts(t *testing.T) {
	r := rand.New(rand.NewPCG(11, 1))
	const groups = 50
	s, want := &texts{}, map[int32]string{}
	s.Grow(groups)
	for range 20_000 {
		g := int32(r.IntN(groups))
		if r.IntN(5) == 0 {
			s.Reset(g)
			delete(want, g)
		} else {
			want[g] = strings.Repeat(string(rune('a'+r.IntN(26))), r.IntN(200))
			s.put(g, vec.Of(types.String, want[g]), 0)
		}
		if o := int32(r.IntN(groups)); s.has(o) {
			s.copy(g, s, o)
			want[g] = want[o]
		}
		for g, text := range want {
			if !s.has(g) || s.text(g) != text {
				t.Fatalf("group %d holds %q, want %q", g, s.text(g), text)
			}
		}
		if len(s.buf) > 2*groups*200+8192 {
			t.Fatalf("%d bytes are held for %d texts", len(s.buf), groups)
		}
	}
}

// TestMembersKeepRoom slides a window over ever new values: what leaves must make
// room for what comes.
func TestMembersKeepRoom(t *testing.T) {
	s := use{spec: countDistinctSpec(), args: []types.Type{types.TInt}}.state(t, 3).(Remover)
	const rows = 1000
	groups := make([]int32, rows)
	batch := func(n int) []*vec.Vec {
		x := make([]int64, rows)
		for i := range x {
			x[i] = int64(n*rows + i)
			groups[i] = int32(i % 3)
		}
		return []*vec.Vec{vec.Ints(x, nil)}
	}
	most := 0
	for n := range 200 {
		s.Add(groups, nil, batch(n))
		if n > 0 {
			s.Remove(groups, nil, batch(n-1))
		}
		if got := s.Result([]int32{0}).I64[0]; got != 334 {
			t.Fatalf("after batch %d group 0 has %d values, want 334", n, got)
		}
		if n == 30 {
			most = s.Bytes()
		}
		if n > 30 && s.Bytes() > most*11/10 {
			t.Fatalf("after batch %d %d bytes are held, after 30 it was %d", n, s.Bytes(), most)
		}
	}
}
