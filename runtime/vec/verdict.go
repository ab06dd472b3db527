package vec

import (
	"math/bits"

	"github.com/detlang/det/lang/types"
)

// verdicts remembers what a test said of the values of one dictionary, and turns
// codes into a bitmap with it. How it does so depends on what it knows:
//
//   - When every value has been judged, a loop without branches looks the codes
//     up; when one value passed, it compares codes; when none did, there is
//     nothing to do.
//   - Values are judged ahead of need once there are no more unknown ones than
//     rows were asked about: the work done for nothing is never more than the work
//     asked for.
//   - Until then, and when few rows are wanted, it goes row by row.
type verdicts struct {
	test  func(s string) bool
	seen  memo[uint8] // 1 is passed
	count int         // how many values have been judged
	hits  int         // how many of them passed
	last  int32       // the last that did
	asked int         // rows that were asked about since the dictionary came
	size  int         // values of its longest snapshot
	word  uint64      // verdicts of the codes below 64
}

// sparse is the share of rows, one in so many, below which they are judged one by
// one though all verdicts are known.
const sparse = 16

// judge gives the verdict of a value.
func (t *verdicts) judge(d *Dict, c int32) uint8 {
	if t.seen.known.Get(int(c)) {
		return t.seen.vals[c]
	}
	t.seen.known.Set(int(c))
	t.count++
	if !t.test(d.Value(c)) {
		return 0
	}
	t.hits++
	t.last = c
	t.seen.vals[c] = 1
	if c < 64 {
		t.word |= 1 << c
	}
	return 1
}

// rows decides the rows of want (nil: all) by their codes.
func (t *verdicts) rows(d *Dict, codes []int32, want, out Bitmap) {
	if t.seen.dict != d.ID {
		*t = verdicts{test: t.test}
	}
	t.seen.of(d)
	wanted := len(codes)
	if want != nil {
		wanted = want.Count()
	}
	t.asked += wanted
	t.size = max(t.size, d.Len())
	switch unknown := t.size - t.count; {
	case unknown == 0:
	case unknown <= t.asked && wanted*sparse >= len(codes):
		t.judgeAll(d)
	default:
		t.oneByOne(d, codes, want, out)
		return
	}
	switch {
	case t.hits == 0:
		clear(out)
		return
	case wanted*sparse < len(codes):
		t.oneByOne(d, codes, want, out)
		return
	case t.hits == t.size:
		out.Fill(len(codes))
	case t.hits == 1:
		packCode(out, codes, t.last)
	case t.size <= 64:
		packSmall(out, codes, t.word)
	default:
		packTable(out, codes, t.seen.vals)
	}
	out.Intersect(want)
}

// judgeAll judges the values that have not been.
func (t *verdicts) judgeAll(d *Dict) {
	for w, known := range t.seen.known {
		for rest := ^known; rest != 0; rest &= rest - 1 {
			c := w<<6 + bits.TrailingZeros64(rest)
			if c >= d.Len() {
				return
			}
			t.judge(d, int32(c))
		}
	}
}

// oneByOne looks up, or judges, the value of each row of want.
func (t *verdicts) oneByOne(d *Dict, codes []int32, want, out Bitmap) {
	for w := range out {
		base, end := w<<6, min(w<<6+64, len(codes))
		var x uint64
		if want == nil {
			for i := base; i < end; i++ {
				x |= uint64(t.judge(d, codes[i])) << (i & 63)
			}
		} else {
			for rest := want[w]; rest != 0; rest &= rest - 1 {
				i := bits.TrailingZeros64(rest)
				x |= uint64(t.judge(d, codes[base+i])) << i
			}
		}
		out[w] = x
	}
}

// textTest lifts a test of one text to a Test. It runs once for each distinct
// value of a dictionary, however many batches share it. For plain text there may
// be a loop that is faster than the test row by row.
func textTest(test func(s string) bool, plain func(v *Vec, n int, want, out Bitmap)) Test {
	if plain == nil {
		plain = func(v *Vec, n int, want, out Bitmap) {
			testRows(out, n, want, func(i int) bool { return test(v.Text(i)) })
		}
	}
	seen := verdicts{test: test}
	var scratch Bitmap
	return func(args []*Vec, n int, mask, out Bitmap) {
		v := args[0]
		if v.Kind != types.String {
			clear(out)
			return
		}
		want := mask
		if v.Valid != nil && mask != nil {
			scratch = append(scratch[:0], mask...)
			scratch.Intersect(v.Valid)
			want = scratch
		} else if v.Valid != nil {
			want = v.Valid
		}
		if v.Dict != nil {
			seen.rows(v.Dict, v.Codes[:n], want, out)
		} else {
			plain(v, n, want, out)
		}
	}
}
