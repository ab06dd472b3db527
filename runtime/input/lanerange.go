package input

import (
	"cmp"
	"math"
	"slices"

	"github.com/detlang/det/lang/types"
)

// rangeTest is a Range made ready for the values of one column.
type rangeTest struct {
	column int
	op     string
	ints   []int64
	floats []float64
	texts  []string
	codes  []bool // of a coded column: whether a code's text passes
}

// newRangeTest gives nil when the column's values cannot be compared with the
// Range's; then all rows pass.
func newRangeTest(r Range, kind types.Kind) *rangeTest {
	t := &rangeTest{column: r.Column, op: r.Op}
	for _, v := range rangeValues(r) {
		switch v := v.(type) {
		case int64:
			t.ints = append(t.ints, v)
			if v <= 1<<53 && v >= -1<<53 {
				t.floats = append(t.floats, float64(v))
			}
		case float64:
			t.floats = append(t.floats, v)
		case string:
			t.texts = append(t.texts, v)
		}
	}
	n := 0
	switch kind {
	case types.Int, types.Timestamp, types.Duration:
		n = len(t.ints)
	case types.Float:
		n = len(t.floats)
	case types.String:
		n = len(t.texts)
	}
	if n != len(rangeValues(r)) || n != 1 && r.Op != "in" {
		return nil
	}
	switch r.Op {
	case "==", "!=", "<", "<=", ">", ">=":
	case "in":
		slices.Sort(t.ints)
		slices.Sort(t.floats)
		slices.Sort(t.texts)
	default:
		return nil
	}
	return t
}

func rangeValues(r Range) []any {
	if r.Op != "in" {
		return []any{r.Value}
	}
	switch v := r.Value.(type) {
	case []any:
		return v
	case []int64:
		return anys(v)
	case []float64:
		return anys(v)
	case []string:
		return anys(v)
	}
	return []any{r.Value}
}

func anys[T any](x []T) []any {
	out := make([]any, len(x))
	for i, v := range x {
		out[i] = v
	}
	return out
}

// holds compares one value. Floats that are NaN pass nothing but !=.
func holds[T cmp.Ordered](op string, x T, values []T) bool {
	switch op {
	case "==":
		return x == values[0]
	case "!=":
		return x != values[0]
	case "<":
		return x < values[0]
	case "<=":
		return x <= values[0]
	case ">":
		return x > values[0]
	case ">=":
		return x >= values[0]
	}
	_, found := slices.BinarySearch(values, x)
	return found
}

// filter appends the rows of those given that pass to dst; rows nil means all of
// the lane's.
func (t *rangeTest) filter(dst []int32, l *lane, rows []int32, d *growing) []int32 {
	if l.kind == types.String && l.coded {
		t.judge(d)
	}
	if rows != nil || l.valid != nil {
		return t.filterEach(dst, l, rows)
	}
	switch l.kind {
	case types.Int, types.Timestamp, types.Duration:
		if lo, hi, ok := t.interval(); ok {
			for i, x := range l.i64[:l.n] {
				if lo <= x && x <= hi {
					dst = append(dst, int32(i))
				}
			}
			return dst
		}
	case types.String:
		if l.coded {
			for i, c := range l.codes[:l.n] {
				if t.codes[c] {
					dst = append(dst, int32(i))
				}
			}
			return dst
		}
	}
	return t.filterEach(dst, l, rows)
}

// filterEach is filter for all cases. A missing value passes != and nothing else.
func (t *rangeTest) filterEach(dst []int32, l *lane, rows []int32) []int32 {
	n := wanted(l.n, rows)
	for k := range n {
		i := int(rowAt(rows, k))
		pass := t.op == "!="
		switch {
		case l.missing(i):
		case l.kind == types.Float:
			pass = holds(t.op, l.f64[i], t.floats)
		case l.kind == types.String && l.coded:
			pass = t.codes[l.codes[i]]
		case l.kind == types.String:
			pass = holds(t.op, view(l.textAt(i)), t.texts)
		default:
			pass = holds(t.op, l.i64[i], t.ints)
		}
		if pass {
			dst = append(dst, int32(i))
		}
	}
	return dst
}

// interval is the test of integers as one of lo <= x <= hi, where it is one.
func (t *rangeTest) interval() (lo, hi int64, ok bool) {
	lo, hi = math.MinInt64, math.MaxInt64
	switch t.op {
	case "==":
		return t.ints[0], t.ints[0], true
	case "<":
		return lo, t.ints[0] - 1, t.ints[0] > lo
	case "<=":
		return lo, t.ints[0], true
	case ">":
		return t.ints[0] + 1, hi, t.ints[0] < hi
	case ">=":
		return t.ints[0], hi, true
	}
	return 0, 0, false
}

// judge compares the texts that are new in the dictionary.
func (t *rangeTest) judge(d *growing) {
	dict := d.dict.Dict()
	for code := len(t.codes); code < dict.Len(); code++ {
		t.codes = append(t.codes, holds(t.op, dict.Value(int32(code)), t.texts))
	}
}

// mayHold tells whether a block of rows can have one that passes, by the least
// and the greatest of its values. least and most are lanes of one row, or nil
// when they are not known.
func (t *rangeTest) mayHold(least, most *lane) bool {
	if least == nil || most == nil {
		return true
	}
	switch least.kind {
	case types.Float:
		a, b := least.f64[0], most.f64[0]
		return math.IsNaN(a) || math.IsNaN(b) || mayHold(t.op, a, b, t.floats)
	case types.String:
		return mayHold(t.op, view(least.textAt(0)), view(most.textAt(0)), t.texts)
	}
	return mayHold(t.op, least.i64[0], most.i64[0], t.ints)
}

func mayHold[T cmp.Ordered](op string, least, most T, values []T) bool {
	switch op {
	case "==", "in":
		return slices.ContainsFunc(values, func(v T) bool { return least <= v && v <= most })
	case "<":
		return least < values[0]
	case "<=":
		return least <= values[0]
	case ">":
		return most > values[0]
	case ">=":
		return most >= values[0]
	}
	return true
}
