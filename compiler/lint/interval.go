package lint

import (
	"math"
	"time"

	"github.com/detlang/det/lang/types"
)

// interval is a range of numbers; open ends do not belong to it. Times and
// durations are microseconds.
type interval struct {
	lo, hi         float64
	loOpen, hiOpen bool
}

var everything = interval{lo: math.Inf(-1), hi: math.Inf(1)}

// compared is the interval of the numbers for which `x op v` holds.
func compared(op string, v float64) (interval, bool) {
	switch op {
	case "==":
		return interval{lo: v, hi: v}, true
	case "<":
		return interval{lo: math.Inf(-1), hi: v, hiOpen: true}, true
	case "<=":
		return interval{lo: math.Inf(-1), hi: v}, true
	case ">":
		return interval{lo: v, hi: math.Inf(1), loOpen: true}, true
	case ">=":
		return interval{lo: v, hi: math.Inf(1)}, true
	}
	return everything, false
}

// complement of the ranges that compared gives for an order.
var complement = map[string]string{"<": ">=", "<=": ">", ">": "<=", ">=": "<"}

func (a interval) and(b interval) interval {
	if b.lo > a.lo || b.lo == a.lo && b.loOpen {
		a.lo, a.loOpen = b.lo, b.loOpen
	}
	if b.hi < a.hi || b.hi == a.hi && b.hiOpen {
		a.hi, a.hiOpen = b.hi, b.hiOpen
	}
	return a
}

// whole draws the ends in to whole numbers.
func (a interval) whole() interval {
	if lo := math.Ceil(a.lo); lo > a.lo || !a.loOpen {
		a.lo, a.loOpen = lo, false
	} else if !math.IsInf(lo, 0) {
		a.lo, a.loOpen = lo+1, false
	}
	if hi := math.Floor(a.hi); hi < a.hi || !a.hiOpen {
		a.hi, a.hiOpen = hi, false
	} else if !math.IsInf(hi, 0) {
		a.hi, a.hiOpen = hi-1, false
	}
	return a
}

func (a interval) empty() bool {
	return a.lo > a.hi || a.lo == a.hi && (a.loOpen || a.hiOpen)
}

func (a interval) has(v float64) bool {
	return !a.and(interval{lo: v, hi: v}).empty()
}

// measure is a constant on the number line, if its kind has one.
func measure(v any) (float64, bool) {
	switch v := v.(type) {
	case int64:
		return float64(v), true
	case float64:
		return v, true
	case time.Time:
		return float64(v.UnixMicro()), true
	case time.Duration:
		return float64(v.Microseconds()), true
	}
	return 0, false
}

// lies reports whether values of a kind lie on the number line, and whether only
// on its whole numbers.
func lies(k types.Kind) (ok, whole bool) {
	switch k {
	case types.Int, types.Timestamp, types.Duration:
		return true, true
	case types.Float:
		return true, false
	}
	return false, false
}
