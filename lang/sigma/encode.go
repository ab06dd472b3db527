package sigma

import (
	"encoding/base64"
	"unicode"
	"unicode/utf16"
)

// dashes are what Windows programs take for the start of an option: hyphen, slash,
// en dash, em dash and horizontal bar.
var dashes = []string{"-", "/", "\u2013", "\u2014", "\u2015"}

// maxDashes bounds how many options of one text windash varies: each multiplies
// the texts by five.
const maxDashes = 3

// windash is a pattern with every mix of dashes at the start of its options; false
// if it has too many. An option starts with a hyphen or slash that no letter,
// digit or underscore stands before, and one stands behind.
func windash(p pattern) ([]pattern, bool) {
	out := []pattern{nil}
	found := 0
	for _, x := range p {
		if x.wild != 0 || x.placeholder != "" {
			for i := range out {
				out[i] = append(out[i], x)
			}
			continue
		}
		runes := []rune(x.text)
		from := 0
		emit := func(s string) {
			for i := range out {
				out[i] = joinText(out[i], s)
			}
		}
		for i, c := range runes {
			if c != '-' && c != '/' || i > 0 && isWord(runes[i-1]) || i+1 >= len(runes) || !isWord(runes[i+1]) {
				continue
			}
			if found++; found > maxDashes {
				return nil, false
			}
			emit(string(runes[from:i]))
			next := make([]pattern, 0, len(out)*len(dashes))
			for _, d := range dashes {
				for _, o := range out {
					next = append(next, joinText(append(pattern(nil), o...), d))
				}
			}
			out, from = next, i+1
		}
		emit(string(runes[from:]))
	}
	return out, true
}

func isWord(c rune) bool { return c == '_' || unicode.IsLetter(c) || unicode.IsDigit(c) }

// joinText adds literal text at the end of a pattern.
func joinText(p pattern, s string) pattern {
	if s == "" {
		return p
	}
	if n := len(p); n > 0 && p[n-1].wild == 0 && p[n-1].placeholder == "" {
		p[n-1].text += s
		return p
	}
	return append(p, piece{text: s})
}

// utf16Bytes are the bytes of a text in UTF-16, little-endian unless big.
func utf16Bytes(s string, big bool) string {
	units := utf16.Encode([]rune(s))
	b := make([]byte, 0, 2*len(units))
	for _, u := range units {
		if big {
			b = append(b, byte(u>>8), byte(u))
		} else {
			b = append(b, byte(u), byte(u>>8))
		}
	}
	return string(b)
}

func base64Of(s string) string { return base64.StdEncoding.EncodeToString([]byte(s)) }

// base64Offsets are the three forms that a text has inside of something that was
// encoded, by where it begins in a group of three bytes: the characters that depend
// on what stands around it are cut off.
func base64Offsets(s string) []string {
	start, end := [3]int{0, 2, 3}, [3]int{0, 3, 2}
	var out []string
	for i := range 3 {
		enc := base64Of("  "[:i] + s)
		stop := len(enc) - end[(len(s)+i)%3]
		if start[i] < stop {
			out = append(out, enc[start[i]:stop])
		}
	}
	return out
}
