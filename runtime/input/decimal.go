package input

import "math"

// decimal is a number as it was written: ±digits × 10^exp. Reading numbers this
// way keeps every digit that an int64 can hold, where a float64 keeps 53 bits.
type decimal struct {
	digits uint64
	exp    int
	neg    bool
	cut    bool // a digit other than 0 did not fit into digits
}

// maxExponent bounds the exponents that are told apart: beyond it a number is
// zero or over every range.
const maxExponent = 100_000

// parseDecimal reads [+-]digits[.digits][e[+-]digits]. At least one digit must
// stand before the exponent.
func parseDecimal(b []byte) (d decimal, ok bool) {
	i := 0
	if i < len(b) && (b[i] == '-' || b[i] == '+') {
		d.neg = b[i] == '-'
		i++
	}
	seen, point := false, 0
	for ; i < len(b); i++ {
		c := b[i]
		if c == '.' && point == 0 {
			point = 1
			continue
		}
		if c < '0' || c > '9' {
			break
		}
		seen = true
		if d.digits <= (math.MaxUint64-9)/10 {
			d.digits = d.digits*10 + uint64(c-'0')
			d.exp -= point
		} else {
			d.cut = d.cut || c != '0'
			d.exp += 1 - point
		}
	}
	if !seen {
		return d, false
	}
	if i == len(b) {
		return d, true
	}
	if b[i]|0x20 != 'e' {
		return d, false
	}
	i++
	sign := 1
	if i < len(b) && (b[i] == '-' || b[i] == '+') {
		if b[i] == '-' {
			sign = -1
		}
		i++
	}
	if i == len(b) {
		return d, false
	}
	e := 0
	for ; i < len(b); i++ {
		if b[i] < '0' || b[i] > '9' {
			return d, false
		}
		e = min(e*10+int(b[i]-'0'), maxExponent)
	}
	d.exp += sign * e
	return d, true
}

// scaled is d × 10^shift rounded down to an int64. exact says that nothing was
// rounded away; ok is false when the result is over the range.
func (d decimal) scaled(shift int) (n int64, exact, ok bool) {
	u, e := d.digits, d.exp+shift
	exact = !d.cut
	for ; e > 0 && u != 0; e-- {
		if u > math.MaxUint64/10 {
			return 0, false, false
		}
		u *= 10
	}
	for ; e < 0 && u != 0; e++ {
		exact = exact && u%10 == 0
		u /= 10
	}
	if !d.neg {
		return int64(u), exact, u <= math.MaxInt64
	}
	if !exact {
		u++ // down is away from zero
	}
	return -int64(u), exact, u <= 1<<63
}
