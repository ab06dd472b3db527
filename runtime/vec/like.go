package vec

import (
	"strings"
	"unicode/utf8"
)

// Like makes a test of whole texts from a pattern in which * stands for any run
// of code points, ? for exactly one, and a backslash before *, ? or a backslash
// takes that character literally; any other backslash is itself. Case is ignored
// unless cased.
//
// The segments between stars are found leftmost first and never again, so a test
// takes time proportional to the text (times the longest segment that holds a ?).
func Like(pattern string, cased bool) func(string) bool {
	if !cased {
		pattern = FoldString(pattern)
	}
	p := parseGlob(pattern)
	if test := p.simple(cased); test != nil {
		return test
	}
	if cased {
		return p.match
	}
	return func(s string) bool {
		var buf [foldBuffer]byte
		if len(s) > foldBuffer*2/3 || foldedPrefix(s) == len(s) {
			return p.match(FoldString(s))
		}
		return p.match(unsafeString(AppendFold(buf[:0], s)))
	}
}

// glob is a pattern cut at its stars: n segments for n-1 stars. The first is
// bound to the start of the text and the last to its end; either may be empty.
type glob []segment

// segment is what stands between two stars.
type segment []piece

// piece is a number of free code points, then a literal text.
type piece struct {
	skip int
	text string
}

func parseGlob(pattern string) glob {
	g := glob{nil}
	var skip int
	var text []byte
	flush := func() {
		if skip > 0 || len(text) > 0 {
			last := len(g) - 1
			g[last] = append(g[last], piece{skip, string(text)})
			skip, text = 0, nil
		}
	}
	for i := 0; i < len(pattern); i++ {
		switch c := pattern[i]; {
		case c == '*':
			flush()
			g = append(g, nil)
		case c == '?':
			if len(text) > 0 {
				flush()
			}
			skip++
		case c == '\\' && i+1 < len(pattern) && strings.IndexByte(`*?\`, pattern[i+1]) >= 0:
			i++
			text = append(text, pattern[i])
		default:
			text = append(text, c)
		}
	}
	flush()
	return g
}

// simple is the test of a pattern that is one literal with at most a star at
// either end, nil for the others.
func (g glob) simple(cased bool) func(string) bool {
	lit, held := "", 0
	for _, seg := range g {
		for _, p := range seg {
			lit, held = p.text, held+1+p.skip
		}
	}
	if held > 1 {
		return nil
	}
	tests := [2]func(s, lit string) bool{}
	switch {
	case len(g) == 1:
		tests = [2]func(s, lit string) bool{EqualFold, func(s, lit string) bool { return s == lit }}
	case held == 0:
		return func(string) bool { return true }
	case len(g) == 2 && len(g[0]) > 0:
		tests = [2]func(s, lit string) bool{HasPrefixFold, strings.HasPrefix}
	case len(g) == 2:
		tests = [2]func(s, lit string) bool{HasSuffixFold, strings.HasSuffix}
	case len(g[0]) == 0 && len(g[len(g)-1]) == 0:
		tests = [2]func(s, lit string) bool{ContainsFold, strings.Contains}
	default:
		return nil
	}
	test := tests[0]
	if cased {
		test = tests[1]
	}
	return func(s string) bool { return test(s, lit) }
}

// match reports whether the whole of s fits.
func (g glob) match(s string) bool {
	s, ok := g[0].cut(s)
	if !ok || len(g) == 1 {
		return ok && s == ""
	}
	for _, seg := range g[1 : len(g)-1] {
		if s, ok = seg.find(s); !ok {
			return false
		}
	}
	return g[len(g)-1].ends(s)
}

// cut takes the segment from the start of s.
func (seg segment) cut(s string) (rest string, ok bool) {
	for _, p := range seg {
		if s, ok = skipRunes(s, p.skip); !ok {
			return s, false
		}
		if s, ok = strings.CutPrefix(s, p.text); !ok {
			return s, false
		}
	}
	return s, true
}

// find takes everything up to the end of the segment's leftmost occurrence.
func (seg segment) find(s string) (rest string, ok bool) {
	if len(seg) == 0 {
		return s, true
	}
	if s, ok = skipRunes(s, seg[0].skip); !ok { // a run, then free ones: free ones, then a run
		return s, false
	}
	for lit := seg[0].text; ; {
		i := strings.Index(s, lit)
		if i < 0 {
			return s, false
		}
		if rest, ok = seg[1:].cut(s[i+len(lit):]); ok {
			return rest, true
		}
		_, size := utf8.DecodeRuneInString(s[i:])
		s = s[i+size:]
	}
}

// ends reports whether s ends in the segment.
func (seg segment) ends(s string) bool {
	ok := true
	for i := len(seg) - 1; i >= 0 && ok; i-- {
		if s, ok = strings.CutSuffix(s, seg[i].text); ok {
			s, ok = dropRunes(s, seg[i].skip)
		}
	}
	return ok
}

// skipRunes takes n code points from the start of s.
func skipRunes(s string, n int) (rest string, ok bool) {
	for ; n > 0; n-- {
		if s == "" {
			return s, false
		}
		_, size := utf8.DecodeRuneInString(s)
		s = s[size:]
	}
	return s, true
}

// dropRunes takes n code points from the end of s.
func dropRunes(s string, n int) (rest string, ok bool) {
	for ; n > 0; n-- {
		if s == "" {
			return s, false
		}
		_, size := utf8.DecodeLastRuneInString(s)
		s = s[:len(s)-size]
	}
	return s, true
}
