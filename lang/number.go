package lang

import (
	"net/netip"
	"strings"

	"github.com/detlang/det/lang/types"
)

// form is what kind of value a literal that starts with a digit is.
type form uint8

const (
	malformed form = iota
	integer
	float
	duration
	instant // a timestamp or a date
	address
	network
)

// number takes a literal that starts with a digit.
func (s *scanner) number() {
	n, f := numeral(s.text[s.pos:])
	if f != malformed {
		s.add(literal, s.pos+n)
		return
	}
	d := s.bad(s.pos+n, "D0110", "`%s` is not a number, a duration, a time or an address", s.text[s.pos:s.pos+n])
	d.Hint = `these are: 1_000  0xff  1.5  1h30m  2024-03-01T08:00:00Z  10.0.0.0/8; text stands in quotes`
}

// numeral is the length and the form of the literal at the start of s, which
// starts with a digit.
func numeral(s string) (int, form) {
	if isDate(s) {
		return 10 + timeOfDay(s[10:]), instant
	}
	if n, ok := ipv6(s); ok {
		return prefixLength(s, n)
	}
	run := leading(s, func(c byte) bool { return isLetter(c) || isDigit(c) })
	if dots := dotted(s, &run); dots == 3 && strings.IndexFunc(s[:run], func(r rune) bool { return r != '.' && (r < '0' || r > '9') }) < 0 {
		return prefixLength(s, run)
	} else if dots > 1 {
		return run, malformed
	}
	word := s[:run]
	switch {
	case leading(word, isDigitOr_) == run:
		return run, integer
	case len(word) > 2 && (word[:2] == "0x" || word[:2] == "0X"):
		if leading(word[2:], isHex) == run-2 {
			return run, integer
		}
		return run, malformed
	case isFraction(word):
		return run, float
	case word[run-1]|0x20 == 'e' && leading(s[run:], isSign) == 1:
		// The exponent has a sign, so it lies outside of the word: 1e-9.
		if digits := leading(s[run+1:], isDigit); digits > 0 && isFraction(word+"0") {
			return run + 1 + digits, float
		}
		return run, malformed
	}
	if _, err := types.ParseDuration(word); err == nil || isDuration(word) {
		return run, duration
	}
	return run, malformed
}

// dotted stretches run over .digits tails, and counts them.
func dotted(s string, run *int) (dots int) {
	for *run+1 < len(s) && s[*run] == '.' && isDigit(s[*run+1]) {
		dots++
		*run++
		*run += leading(s[*run:], func(c byte) bool { return isLetter(c) || isDigit(c) })
	}
	return dots
}

// isFraction reports whether word is digits with a fraction, an unsigned
// exponent, or both.
func isFraction(word string) bool {
	mantissa, exponent := word, "0"
	if i := strings.IndexAny(word, "eE"); i >= 0 {
		mantissa, exponent = word[:i], word[i+1:]
	}
	whole, part, _ := strings.Cut(mantissa, ".")
	return leading(whole, isDigitOr_) == len(whole) && leading(part, isDigitOr_) == len(part) &&
		exponent != "" && leading(exponent, isDigit) == len(exponent)
}

// isDuration reports whether word looks like a duration, so that one which is
// too long is told as such.
func isDuration(word string) bool {
	for word != "" {
		n := leading(word, isDigitOr_)
		m := leading(word[n:], isLetter)
		if _, err := types.ParseDuration("1" + word[n:n+m]); n == 0 || m == 0 || err != nil {
			return false
		}
		word = word[n+m:]
	}
	return true
}

// isDate reports whether s starts with four, two and two digits: 2024-03-01.
func isDate(s string) bool {
	if len(s) < 10 || len(s) > 10 && isDigit(s[10]) {
		return false
	}
	for i, c := range []byte("dddd-dd-dd") {
		if c == 'd' != isDigit(s[i]) || c == '-' && s[i] != '-' {
			return false
		}
	}
	return true
}

// timeOfDay is the length of the part of a timestamp that follows the date:
// T08:00:00.25+01:00, or nothing.
func timeOfDay(s string) int {
	if len(s) < 2 || s[0]|0x20 != 't' || !isDigit(s[1]) {
		return 0
	}
	n := 1 + leading(s[1:], func(c byte) bool { return isDigit(c) || c == ':' || c == '.' })
	switch {
	case n < len(s) && s[n]|0x20 == 'z':
		return n + 1
	case n+1 < len(s) && isSign(s[n]) && isDigit(s[n+1]):
		return n + 1 + leading(s[n+1:], func(c byte) bool { return isDigit(c) || c == ':' })
	}
	return n
}

// ipv6 is the length of the IPv6 address at the start of s.
func ipv6(s string) (int, bool) {
	if colon := strings.IndexByte(s[:min(5, len(s))], ':'); colon < 0 {
		return 0, false
	}
	n := leading(s[:min(len(s), 45)], func(c byte) bool { return isHex(c) && c != '_' || c == ':' || c == '.' })
	a, err := netip.ParseAddr(s[:n])
	return n, err == nil && a.Is6()
}

// prefixLength adds the /8 of a network to an address of n bytes.
func prefixLength(s string, n int) (int, form) {
	if n+1 >= len(s) || s[n] != '/' || !isDigit(s[n+1]) {
		return n, address
	}
	return n + 1 + leading(s[n+1:], isDigit), network
}

// leading is how many of the first bytes of s satisfy is.
func leading(s string, is func(byte) bool) int {
	for i := range len(s) {
		if !is(s[i]) {
			return i
		}
	}
	return len(s)
}

func isDigitOr_(c byte) bool { return isDigit(c) || c == '_' }
func isSign(c byte) bool     { return c == '+' || c == '-' }
func isHex(c byte) bool      { return isDigitOr_(c) || 'a' <= c|0x20 && c|0x20 <= 'f' }
