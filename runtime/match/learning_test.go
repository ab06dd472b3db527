package match

import (
	"math/rand/v2"
	"slices"
	"sync"
	"testing"

	"github.com/detlang/det/runtime/vec"
)

// TestMatchersLearnTogether has four matchers run at once over batches that share
// dictionaries, which grow between rounds, and forget again and again: each must judge
// as the oracle does.
func TestMatchersLearnTogether(t *testing.T) {
	for seed := range uint64(4) {
		g := &generator{rng: rand.New(rand.NewPCG(seed, 11)), texts: 3}
		var conds []Cond
		for range 30 {
			conds = append(conds, g.cond(3))
		}
		var indexes []*Index
		for range 4 {
			indexes = append(indexes, indexOf(t, conds...))
		}
		matchers := Together(indexes)
		for _, m := range matchers {
			if m.learning != matchers[0].learning {
				t.Fatal("equal indexes do not learn together")
			}
			m.limit = 8 << 10
		}
		pool := []string{"", "a", "CMD", "A"}
		for range 20 {
			pool = append(pool, g.word(5))
		}
		dicts := []*vec.Interner{nil, vec.NewInterner(), vec.NewInterner()}
		for range 5 {
			batches := make([][]*vec.Vec, 3*len(matchers))
			for i := range batches {
				batches[i] = g.batch(1500, pool, dicts)
			}
			found := make([][][2][]int32, len(batches))
			var wait sync.WaitGroup
			for w, m := range matchers {
				wait.Go(func() {
					for i := w; i < len(batches); i += len(matchers) {
						m.Match(batches[i], 1500)
						for r := range conds {
							hold, maybe := m.Rows(r)
							found[i] = append(found[i], [2][]int32{slices.Clone(hold), slices.Clone(maybe)})
						}
					}
				})
			}
			wait.Wait()
			for i, cols := range batches {
				judgedRight(t, seed, conds, func(r int) (hold, maybe []int32) { return found[i][r][0], found[i][r][1] }, cols, 1500)
			}
		}
		forgot := 0
		for _, m := range matchers {
			forgot += m.Stats().Forgotten
		}
		if forgot == 0 {
			t.Error("nothing was forgotten")
		}
	}
}

// TestMatchersExamineAValueOnce: what one matcher has found out, another does not look
// for again; matchers of other conditions know nothing of it.
func TestMatchersExamineAValueOnce(t *testing.T) {
	word := func(s string) Cond { return Text{Column: 0, Op: Contains, Patterns: []string{s}} }
	in := vec.NewInterner()
	col := &vec.Vec{Kind: texts().Kind, N: 3, Codes: []int32{in.Code("a word"), in.Code("words"), in.Code("none")}}
	col.Dict = in.Dict()
	matchers := Together([]*Index{indexOf(t, word("word")), indexOf(t, word("word"))})
	for i, want := range []int64{3, 0} {
		m := matchers[i]
		m.Match([]*vec.Vec{col}, 3)
		if hold, _ := m.Rows(0); !slices.Equal(hold, []int32{0, 1}) {
			t.Errorf("matcher %d: got %v", i, hold)
		}
		if got := m.Stats().Values; got != want {
			t.Errorf("matcher %d examined %d values, want %d", i, got, want)
		}
	}
	others := Together([]*Index{indexOf(t, word("word")), indexOf(t, word("words"))})
	if others[0].learning == others[1].learning {
		t.Error("matchers of other conditions learn together")
	}
}
