package vec

import (
	"fmt"
	"regexp"
	"regexp/syntax"
	"strings"
	"unicode/utf8"
)

// newPattern compiles a regular expression to a search. A literal that every
// match must hold is looked for first: most texts lack it, and looking for it is
// many times faster than the automaton.
func newPattern(expr string, _ bool) (textTester, error) {
	tree, err := syntax.Parse(expr, syntax.Perl)
	if err != nil {
		return textTester{}, fmt.Errorf("the regular expression is wrong: %w", err)
	}
	if tree.MaxCap() > 0 {
		expr = ungrouped(tree).String()
	}
	re, err := regexp.Compile(expr)
	if err != nil {
		return textTester{}, fmt.Errorf("the regular expression is wrong: %w", err)
	}
	lit := required(tree.Simplify())
	if lit.text == "" {
		return textTester{test: re.MatchString}, nil
	}
	t, err := containing(lit.text, !lit.fold)
	if t.exact = lit.whole; !t.exact {
		has := t.test
		t.test = func(s string) bool { return has(s) && re.MatchString(s) }
	}
	return t, err
}

// ungrouped is an expression whose groups do not keep what they match. A test has
// no use for that, and every thread of the automaton would have memory for each
// group: gigabytes for an expression of 17,000.
func ungrouped(re *syntax.Regexp) *syntax.Regexp {
	for re.Op == syntax.OpCapture {
		re = re.Sub[0]
	}
	for i, sub := range re.Sub {
		re.Sub[i] = ungrouped(sub)
	}
	return re
}

// needed is a text that every match of an expression contains: folded if fold,
// and the whole of what the expression says if whole.
type needed struct {
	text        string
	fold, whole bool
}

// required finds the longest needed text of an expression; it is empty if there is
// none.
func required(re *syntax.Regexp) needed {
	switch re.Op {
	case syntax.OpLiteral:
		s, fold := string(re.Rune), re.Flags&syntax.FoldCase != 0
		if strings.ContainsRune(s, utf8.RuneError) {
			return needed{} // which also fits a byte that is not UTF-8
		}
		if fold {
			s = FoldString(s)
		}
		return needed{s, fold, true}
	case syntax.OpCapture:
		return required(re.Sub[0])
	case syntax.OpPlus:
		return required(re.Sub[0]) // a+ is found wherever a is
	case syntax.OpRepeat:
		if re.Min == 0 {
			return needed{}
		}
		lit := required(re.Sub[0])
		lit.whole = lit.whole && re.Min == 1
		return lit
	case syntax.OpConcat:
		var best needed
		for _, sub := range re.Sub {
			if lit := required(sub); len(lit.text) > len(best.text) {
				best = lit
			}
		}
		best.whole = false
		return best
	}
	return needed{}
}
