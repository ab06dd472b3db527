package eval

import (
	"math/rand/v2"
	"testing"

	"github.com/detlang/det/lang/types"
	"github.com/detlang/det/runtime/vec"
)

// plainTexts makes a column of plain text.
func plainTexts(values []string) *vec.Vec {
	v := &vec.Vec{Kind: types.String, N: len(values), Offs: make([]int32, len(values)+1)}
	for i, s := range values {
		v.Bytes = append(v.Bytes, s...)
		v.Offs[i+1] = int32(len(v.Bytes))
	}
	return v
}

// TestOrderFollowsWhatIsSeen has two tests of one cost, of which the second decides
// more: after some batches it is asked first, and answers stay the same. When the
// data turn, so does the order.
func TestOrderFollowsWhatIsSeen(t *testing.T) {
	const n = 500
	asked := [2]int{}
	test := func(i int, holds func(s string) bool) vec.Kernel {
		k := vec.TextTest(holds)
		return func(args []*vec.Vec, n int, mask vec.Bitmap) *vec.Vec {
			if mask == nil {
				asked[i] += n
			}
			asked[i] += mask.Count()
			return k(args, n, mask)
		}
	}
	g := NewGraph()
	text := g.Input(0, types.String)
	a := g.Call("a", test(0, func(s string) bool { return s[0] < '9' }), types.Bool, 50, text)
	b := g.Call("b", test(1, func(s string) bool { return s[1] < '1' }), types.Bool, 50, text)
	both, either := g.And(a, b), g.Or(g.Not(a), g.Not(b))
	f := g.Frame()
	rnd := rand.New(rand.NewPCG(1, 1))
	run := func(batches int, swap bool) {
		asked = [2]int{}
		for range batches {
			values, want, others := make([]string, n), 0, 0
			for i := range values {
				often, seldom := byte('0'), byte('9')
				if rnd.IntN(10) == 0 {
					often = '9'
				}
				if rnd.IntN(10) == 0 {
					seldom = '0'
				}
				s := string([]byte{often, seldom})
				if swap {
					s = string([]byte{seldom, often})
				}
				if values[i] = s; s[0] < '9' && s[1] < '1' {
					want++
				} else {
					others++
				}
			}
			f.Begin([]*vec.Vec{plainTexts(values)}, n)
			if got := len(f.Rows(both, nil)); got != want {
				t.Fatalf("%d rows, want %d", got, want)
			}
			if got := len(f.Rows(either, nil)); got != others {
				t.Fatalf("%d other rows, want %d", got, others)
			}
		}
	}
	run(sorted, false)
	run(sorted, false)
	if run(100, false); asked[1] != 100*n || asked[0] > 100*n/5 {
		t.Errorf("asked about %v of %d rows", asked, 100*n)
	}
	run(5*sorted, true)
	if run(100, true); asked[0] != 100*n || asked[1] > 100*n/5 {
		t.Errorf("asked about %v of %d rows", asked, 100*n)
	}
}
