package vec

import (
	"regexp/syntax"
	"unicode/utf8"
)

// run is so many bytes in a row, all of one class of ASCII, that every match of an
// expression holds. Most texts have none: to tell that takes a look at one byte in so
// many, and backwards from those that are of the class, as Boyer and Moore compare ("A
// fast string searching algorithm", 1977).
type run struct {
	length int
	class  [utf8.RuneSelf]bool
}

// minRun is the shortest run that is looked for.
const minRun = 8

// longestRun finds the longest run of an expression that has not been simplified; nil
// if there is none.
func longestRun(re *syntax.Regexp) *run {
	switch re.Op {
	case syntax.OpCapture, syntax.OpPlus:
		return longestRun(re.Sub[0])
	case syntax.OpRepeat:
		if re.Min >= minRun && re.Sub[0].Op == syntax.OpCharClass {
			return classRun(re.Min, re.Sub[0].Rune)
		}
		if re.Min > 0 {
			return longestRun(re.Sub[0])
		}
	case syntax.OpConcat:
		var best *run
		for _, sub := range re.Sub {
			if r := longestRun(sub); r != nil && (best == nil || r.length > best.length) {
				best = r
			}
		}
		return best
	}
	return nil
}

// classRun is a run of a class, given as intervals of runes; nil if one of them is not
// ASCII.
func classRun(length int, class []rune) *run {
	r := &run{length: length}
	for i := 0; i+1 < len(class); i += 2 {
		if class[i+1] >= utf8.RuneSelf {
			return nil
		}
		for c := class[i]; c <= class[i+1]; c++ {
			r.class[c] = true
		}
	}
	return r
}

// in reports whether a text holds the run.
func (r *run) in(s string) bool {
	start := 0 // of the run that ends at end, if it is one
	for end := r.length; end <= len(s); end = start + r.length {
		i := end
		for i > start && s[i-1] < utf8.RuneSelf && r.class[s[i-1]] {
			i--
		}
		if i == start {
			return true
		}
		start = i
	}
	return false
}
