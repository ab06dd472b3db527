package stdlib

import (
	"fmt"
	"math"
	"slices"
	"unicode/utf8"

	"github.com/detlang/det/lang/types"
	"github.com/detlang/det/runtime/vec"
)

// maxCompared is the length in code points up to which texts are compared with
// each other: the work grows with the product of the lengths.
const maxCompared = 1024

func similarityFuncs() []Func {
	a, b, s := text("a"), text("b"), text("s")
	return []Func{{
		Name: "levenshtein",
		Doc:  "How many code points must be inserted, deleted or replaced to turn a into b. Missing where one of them is longer than 1,024 code points.",
		Sig:  takes(types.TInt, a, b), Bind: intPair(levenshtein), Cost: 500,
		Examples: examples(`levenshtein("kitten", "sitting")`, `3`, `levenshtein("svchost.exe", "scvhost.exe")`, `2`, `levenshtein("", "äb")`, `2`, `levenshtein("a", null)`, `null`),
	}, {
		Name: "jaro_winkler",
		Doc:  "The Jaro-Winkler similarity from 0 (nothing in common) to 1 (equal): transposed letters cost little and a common start helps. Missing where a text is longer than 1,024 code points.",
		Sig:  takes(types.TFloat, a, b), Bind: floatPair(jaroWinkler), Cost: 400,
		Examples: examples(`round(jaro_winkler("MARTHA", "MARHTA"), 4)`, `0.9611`, `round(jaro_winkler("DIXON", "DICKSONX"), 4)`, `0.8133`, `jaro_winkler("", "")`, `1.0`, `jaro_winkler("a", "")`, `0.0`),
	}, {
		Name: "entropy",
		Doc:  "Shannon's entropy of the text's code points in bits per code point: 0 for one repeated letter, higher for random text.",
		Sig:  takes(types.TFloat, s), Bind: textFloat(entropy), Cost: 200,
		Examples: examples(`entropy("abab")`, `1.0`, `entropy("aaaa")`, `0.0`, `entropy("äöüß")`, `2.0`, `entropy("")`, `0.0`, `entropy(null)`, `null`),
	}, {
		Name: "ngrams",
		Doc: "With a list: the share, from 0 to 1, of the text's n-grams (runs of n code points, n = 3 if not given, ignoring case) that occur in an entry of the list; missing for a text that is shorter than n.\n\n" +
			"With a number: the list of the n-grams of the text, from left to right, up to 4,096 of them; a text with more is missing.",
		Sig: gives(ngramsResult, s, fixed(param("of", types.TAny)), optional(fixed(param("n", types.TInt)))), Bind: ngrams, Cost: 400,
		Examples: examples(`ngrams("google", ["goo", "ogle"])`, `0.75`, `ngrams("GOOx", ["google", "yahoo"])`, `0.5`, `ngrams("ab", ["abc"])`, `null`, `ngrams("abc", ["xaby"], 2)`, `0.5`,
			`ngrams("häßl", 3)`, `["häß", "äßl"]`, `ngrams("ab", 3)`, `[]`),
	}}
}

// levenshtein is the distance by Myers' bit vectors where one text fits a word,
// and by the table of Wagner and Fischer, kept as one row, where none does.
func levenshtein(s, t string) (int64, bool) {
	if len(s) > utf8.UTFMax*maxCompared || len(t) > utf8.UTFMax*maxCompared {
		return 0, false
	}
	a, b := []rune(s), []rune(t)
	if len(a) > len(b) {
		a, b = b, a
	}
	switch {
	case len(b) > maxCompared:
		return 0, false
	case len(a) == 0:
		return int64(len(b)), true
	case len(a) <= 64:
		return int64(levenshteinWord(a, b)), true
	}
	row := make([]int, len(a)+1) // distances of b's start to each start of a
	for i := range row {
		row[i] = i
	}
	for j, y := range b {
		diagonal := row[0]
		row[0] = j + 1
		for i, x := range a {
			cost := diagonal
			if x != y {
				cost++
			}
			diagonal = row[i+1]
			row[i+1] = min(cost, row[i+1]+1, row[i]+1)
		}
	}
	return int64(row[len(a)]), true
}

// levenshteinWord holds a column of the table as the signs of its differences, one
// bit a code point of a, which has up to 64 (G. Myers, "A fast bit-vector
// algorithm for approximate string matching", 1999; the form for two whole texts
// is H. Hyyrö's, 2003).
func levenshteinWord(a, b []rune) int {
	var ascii [utf8.RuneSelf]uint64 // where each letter stands in a
	var other map[rune]uint64
	for i, x := range a {
		if x < utf8.RuneSelf {
			ascii[x] |= 1 << i
			continue
		}
		if other == nil {
			other = map[rune]uint64{}
		}
		other[x] |= 1 << i
	}
	last, distance := uint64(1)<<(len(a)-1), len(a)
	up, down := ^uint64(0), uint64(0) // rows that are one more, one less than the row above
	for _, y := range b {
		equal := uint64(0)
		if y < utf8.RuneSelf {
			equal = ascii[y]
		} else {
			equal = other[y]
		}
		same := equal | down
		diagonal := (((equal & up) + up) ^ up) | equal
		right, left := down|^(diagonal|up), up&diagonal // columns that are one more, one less
		if right&last != 0 {
			distance++
		}
		if left&last != 0 {
			distance--
		}
		right = right<<1 | 1
		up, down = left<<1|^(same|right), right&same
	}
	return distance
}

// jaroWinkler follows W. Winkler's strcmp95: letters match within half the longer
// length, half the transpositions are charged, and up to four equal letters at
// the start earn a tenth each of what is missing, if the rest is above 0.7.
func jaroWinkler(s, t string) (float64, bool) {
	if len(s) > utf8.UTFMax*maxCompared || len(t) > utf8.UTFMax*maxCompared {
		return 0, false
	}
	a, b := []rune(s), []rune(t)
	if len(a) > maxCompared || len(b) > maxCompared {
		return 0, false
	}
	if len(a) == 0 || len(b) == 0 {
		if len(a) == len(b) {
			return 1, true
		}
		return 0, true
	}
	reach := max(0, max(len(a), len(b))/2-1)
	matchedA, matchedB := make([]bool, len(a)), make([]bool, len(b))
	matches := 0
	for i, x := range a {
		for j := max(0, i-reach); j < min(len(b), i+reach+1); j++ {
			if !matchedB[j] && b[j] == x {
				matchedA[i], matchedB[j] = true, true
				matches++
				break
			}
		}
	}
	if matches == 0 {
		return 0, true
	}
	swapped, j := 0, 0
	for i, x := range a {
		if !matchedA[i] {
			continue
		}
		for !matchedB[j] {
			j++
		}
		if b[j] != x {
			swapped++
		}
		j++
	}
	m := float64(matches)
	jaro := (m/float64(len(a)) + m/float64(len(b)) + (m-float64(swapped/2))/m) / 3
	if jaro > 0.7 {
		start := 0
		for start < min(len(a), len(b), 4) && a[start] == b[start] {
			start++
		}
		jaro += float64(start) / 10 * (1 - jaro)
	}
	return jaro, true
}

func entropy(s string) (float64, bool) {
	var ascii [utf8.RuneSelf]int
	var other map[rune]int
	total := 0
	for _, r := range s {
		total++
		if r < utf8.RuneSelf {
			ascii[r]++
			continue
		}
		if other == nil {
			other = map[rune]int{}
		}
		other[r]++
	}
	counts := make([]int, 0, utf8.RuneSelf)
	for _, n := range ascii {
		if n > 0 {
			counts = append(counts, n)
		}
	}
	for _, n := range other {
		counts = append(counts, n)
	}
	slices.Sort(counts) // so that the order of a map cannot change a bit of the sum
	bits := 0.0
	for _, n := range counts {
		bits += float64(n) * math.Log2(float64(total)/float64(n))
	}
	return bits / float64(max(total, 1)), true
}

func ngramsResult(args []types.Type) types.Type {
	switch args[1].Kind {
	case types.List:
		return types.TFloat
	case types.Int:
		return types.ListOf(types.String)
	}
	return types.TInvalid
}

func ngrams(consts []any) (vec.Kernel, error) {
	switch of := consts[1].(type) {
	case int64:
		if of < 1 || of > maxCompared || len(consts) > 2 {
			return nil, fmt.Errorf("an n-gram has 1 to %d characters, and its length is given once", maxCompared)
		}
		return vec.TextList(func(s string) ([]string, bool) {
			if len(s) > utf8.UTFMax*(maxElems+int(of)) {
				return nil, false
			}
			var all []string
			eachNgram(s, int(of), func(g string) { all = append(all, g) })
			return all, len(all) <= maxElems
		}), nil
	case []any:
		n := int64(3)
		if len(consts) > 2 {
			n, _ = consts[2].(int64)
		}
		if n < 1 || n > maxCompared {
			return nil, fmt.Errorf("an n-gram has 1 to %d characters", maxCompared)
		}
		known := map[string]struct{}{}
		for _, e := range of {
			s, ok := e.(string)
			if !ok {
				return nil, fmt.Errorf("the list must hold texts")
			}
			eachNgram(vec.FoldString(s), int(n), func(g string) { known[g] = struct{}{} })
		}
		return vec.TextNumber(types.Float, func(s string) (float64, bool) {
			found, all := 0, 0
			eachNgram(vec.FoldString(s), int(n), func(g string) {
				all++
				if _, ok := known[g]; ok {
					found++
				}
			})
			return float64(found) / float64(max(all, 1)), all > 0
		}), nil
	}
	return nil, fmt.Errorf("the second argument is a list of texts, or the length of an n-gram")
}

// eachNgram calls f for the runs of n code points of s, from left to right.
func eachNgram(s string, n int, f func(g string)) {
	end := offset(s, int64(n))
	if utf8.RuneCountInString(s[:end]) < n {
		return
	}
	for start := 0; ; {
		f(s[start:end])
		if end == len(s) {
			return
		}
		_, first := utf8.DecodeRuneInString(s[start:])
		_, next := utf8.DecodeRuneInString(s[end:])
		start, end = start+first, end+next
	}
}
