package engine

import (
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/detlang/det/runtime"
)

// TestPiecesHoldWholeTimes cuts batches into pieces: together they are the batches, and
// where a rule keeps state no time is in two of them.
func TestPiecesHoldWholeTimes(t *testing.T) {
	rnd := rand.New(rand.NewPCG(1, 2))
	for range 200 {
		var p epoch
		streams := []*Stream{{Stateful: true}, {}}
		for range 1 + rnd.IntN(4) {
			b := &runtime.Batch{N: rnd.IntN(40_000)}
			now, gap := int64(0), 1+rnd.Int64N(4000)
			for range b.N {
				if rnd.Int64N(gap) == 0 {
					now++
				}
				b.Time = append(b.Time, now)
			}
			p.steps = append(p.steps, step{batch: b, stream: rnd.IntN(2)}, step{watermark: now})
			p.rows += b.N
		}
		workers := 2 + rnd.IntN(7)
		p.cut(workers, streams)
		pieces := p.pieces
		for i, s := range p.steps {
			var times []int64
			for len(pieces) > 0 && pieces[0].step == i {
				got := pieces[0].batch
				if s.stream == 0 && len(times) > 0 && times[len(times)-1] == got.Time[0] {
					t.Fatalf("time %d is in two pieces", got.Time[0])
				}
				if s.stream == 1 && got.N > pieceMost+pieceMost/2 {
					t.Errorf("a piece has %d rows", got.N)
				}
				times, pieces = append(times, got.Time...), pieces[1:]
			}
			if s.batch != nil && !slices.Equal(times, s.batch.Time) {
				t.Fatalf("the pieces of %d rows have %d", s.batch.N, len(times))
			}
		}
		if len(pieces) > 0 {
			t.Fatalf("%d pieces are of no step", len(pieces))
		}
	}
}

// TestDealKeepsOrder deals rows to workers: each has its own, in their order.
func TestDealKeepsOrder(t *testing.T) {
	rnd := rand.New(rand.NewPCG(3, 4))
	var s share // used again, as those of pieces are
	for range 200 {
		workers, n := 1+rnd.IntN(8), rnd.IntN(3000)
		want := make([][]int32, workers)
		var rows []int32
		var owner []uint8
		listed := rnd.IntN(2) == 0
		for r := range int32(n) {
			if listed && rnd.IntN(3) == 0 {
				continue
			}
			o := rnd.IntN(workers)
			rows, owner, want[o] = append(rows, r), append(owner, uint8(o)), append(want[o], r)
		}
		if !listed {
			rows = nil
		}
		s.ends = slices.Grow(s.ends[:0], workers)[:workers]
		s.deal(owner, rows)
		for w := range workers {
			if got, all, some := s.of(w); all || some != (len(want[w]) > 0) || !slices.Equal(got, want[w]) {
				t.Fatalf("worker %d of %d has %v, not %v", w, workers, got, want[w])
			}
		}
	}
}
