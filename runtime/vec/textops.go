package vec

import (
	"errors"
	"strings"
)

// TextOp is a test of a text by a pattern.
type TextOp uint8

// The tests of text.
const (
	Contains TextOp = iota
	StartsWith
	EndsWith
	IsLike  // * is any run of code points, ? is one
	Matches // RE2, searched unanchored, minding case
)

// textTester is a test of texts by one pattern. literal is a text that all that pass
// hold, without case unless cased, and the whole of the test if exact: it is looked
// for first, over a whole column at once.
type textTester struct {
	test         func(s string) bool
	literal      string
	cased, exact bool
}

// textOps tells for each TextOp how a pattern becomes a test of texts, and how
// two texts of a row are tested; the latter is nil where patterns must be known
// beforehand, so that no event can choose one.
var textOps = [...]struct {
	prepare      func(pattern string, cased bool) (textTester, error)
	cased, folds func(s, t string) bool
}{
	Contains:   {containing, strings.Contains, func(s, t string) bool { return ContainsFold(s, FoldString(t)) }},
	StartsWith: {beginning, strings.HasPrefix, func(s, t string) bool { return HasPrefixFold(s, FoldString(t)) }},
	EndsWith:   {ending, strings.HasSuffix, func(s, t string) bool { return HasSuffixFold(s, FoldString(t)) }},
	IsLike:     {likening, nil, nil},
	Matches:    {newPattern, nil, nil},
}

// TestText tests a String column by constant patterns: whether any fits, or all.
// Case is ignored by simple folding unless cased, except by Matches. An error
// tells what is wrong with a pattern.
func TestText(op TextOp, patterns []string, all, cased bool) (Test, error) {
	if op == Contains && !all && len(patterns) > fewNeedles {
		return textTest(newNeedles(patterns, cased).in, nil), nil
	}
	testers := make([]textTester, len(patterns))
	plain := make([]func(v *Vec, n int, want, out Bitmap), len(patterns))
	for i, p := range patterns {
		t, err := textOps[op].prepare(p, cased)
		if err != nil {
			return nil, err
		}
		testers[i], plain[i] = t, t.plain()
	}
	if len(testers) == 1 {
		return textTest(testers[0].test, plain[0]), nil
	}
	return textTest(func(s string) bool {
		for _, t := range testers {
			if t.test(s) != all {
				return !all
			}
		}
		return all
	}, quantified(plain, all)), nil
}

// plain is the test over a column of plain text.
func (t textTester) plain() func(v *Vec, n int, want, out Bitmap) {
	f := newFinder(t.literal, t.cased)
	switch {
	case f == nil:
		return func(v *Vec, n int, want, out Bitmap) {
			testRows(out, n, want, func(i int) bool { return t.test(v.Text(i)) })
		}
	case t.exact:
		return f.mark
	}
	return func(v *Vec, n int, want, out Bitmap) {
		f.mark(v, n, want, out)
		keepRows(out, func(i int) bool { return t.test(v.Text(i)) })
	}
}

// quantified is any or all of some tests over a column of plain text: each is asked
// about the rows that those before it did not decide.
func quantified(tests []func(v *Vec, n int, want, out Bitmap), all bool) func(v *Vec, n int, want, out Bitmap) {
	var rest, hits Bitmap // scratch
	return func(v *Vec, n int, want, out Bitmap) {
		rest, hits = sized(rest, len(out)), sized(hits, len(out))
		if rest.Fill(n); want != nil {
			copy(rest, want)
		}
		clear(out)
		for _, test := range tests {
			test(v, n, rest, hits)
			if all {
				rest, hits = hits, rest
			} else {
				out.Unite(hits)
				rest.Subtract(hits)
			}
		}
		if all {
			copy(out, rest)
		}
	}
}

// sized is a bitmap of some words with anything in it, b if that is long enough.
func sized(b Bitmap, words int) Bitmap {
	if cap(b) < words {
		return make(Bitmap, words)
	}
	return b[:words]
}

// TestTexts tests a String column by the pattern of a second one in the same row.
func TestTexts(op TextOp, cased bool) (Test, error) {
	test := textOps[op].folds
	if cased {
		test = textOps[op].cased
	}
	if test == nil {
		return nil, errors.New("the pattern must be a constant")
	}
	return textsTest(test), nil
}

func containing(p string, cased bool) (textTester, error) {
	t := textTester{literal: p, cased: cased, exact: true}
	if cased {
		t.test = func(s string) bool { return strings.Contains(s, p) }
	} else {
		p = FoldString(p)
		t.test = func(s string) bool { return ContainsFold(s, p) }
	}
	return t, nil
}

func beginning(p string, cased bool) (textTester, error) {
	if cased {
		return textTester{test: func(s string) bool { return strings.HasPrefix(s, p) }}, nil
	}
	p = FoldString(p)
	return textTester{test: func(s string) bool { return HasPrefixFold(s, p) }}, nil
}

func ending(p string, cased bool) (textTester, error) {
	if cased {
		return textTester{test: func(s string) bool { return strings.HasSuffix(s, p) }}, nil
	}
	p = FoldString(p)
	return textTester{test: func(s string) bool { return HasSuffixFold(s, p) }}, nil
}

func likening(p string, cased bool) (textTester, error) {
	return textTester{test: Like(p, cased), literal: longestLiteral(p), cased: cased}, nil
}

// longestLiteral is the longest text between the wildcards of a pattern of Like.
func longestLiteral(pattern string) (longest string) {
	for _, seg := range parseGlob(pattern) {
		for _, p := range seg {
			if len(p.text) > len(longest) {
				longest = p.text
			}
		}
	}
	return longest
}
