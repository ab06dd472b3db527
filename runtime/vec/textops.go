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

// textOps tells for each TextOp how a pattern becomes a test of texts, and how
// two texts of a row are tested; the latter is nil where patterns must be known
// beforehand, so that no event can choose one.
var textOps = [...]struct {
	prepare      func(pattern string, cased bool) (func(s string) bool, error)
	cased, folds func(s, t string) bool
}{
	Contains:   {containing, strings.Contains, func(s, t string) bool { return ContainsFold(s, FoldString(t)) }},
	StartsWith: {beginning, strings.HasPrefix, func(s, t string) bool { return HasPrefixFold(s, FoldString(t)) }},
	EndsWith:   {ending, strings.HasSuffix, func(s, t string) bool { return HasSuffixFold(s, FoldString(t)) }},
	IsLike:     {func(p string, cased bool) (func(string) bool, error) { return Like(p, cased), nil }, nil, nil},
	Matches:    {func(p string, _ bool) (func(string) bool, error) { return newPattern(p) }, nil, nil},
}

// TestText tests a String column by constant patterns: whether any fits, or all.
// Case is ignored by simple folding unless cased, except by Matches. An error
// tells what is wrong with a pattern.
func TestText(op TextOp, patterns []string, all, cased bool) (Test, error) {
	if op == Contains && !all && len(patterns) > fewNeedles {
		return textTest(newNeedles(patterns, cased).in, nil), nil
	}
	tests := make([]func(string) bool, len(patterns))
	for i, p := range patterns {
		test, err := textOps[op].prepare(p, cased)
		if err != nil {
			return nil, err
		}
		tests[i] = test
	}
	if len(tests) == 1 {
		return textTest(tests[0], nil), nil
	}
	return textTest(func(s string) bool {
		for _, test := range tests {
			if test(s) != all {
				return !all
			}
		}
		return all
	}, nil), nil
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

func containing(p string, cased bool) (func(string) bool, error) {
	if cased {
		return func(s string) bool { return strings.Contains(s, p) }, nil
	}
	p = FoldString(p)
	return func(s string) bool { return ContainsFold(s, p) }, nil
}

func beginning(p string, cased bool) (func(string) bool, error) {
	if cased {
		return func(s string) bool { return strings.HasPrefix(s, p) }, nil
	}
	p = FoldString(p)
	return func(s string) bool { return HasPrefixFold(s, p) }, nil
}

func ending(p string, cased bool) (func(string) bool, error) {
	if cased {
		return func(s string) bool { return strings.HasSuffix(s, p) }, nil
	}
	p = FoldString(p)
	return func(s string) bool { return HasSuffixFold(s, p) }, nil
}
