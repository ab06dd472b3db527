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
	least, run := shortest(tree), longestRun(tree)
	tree = tree.Simplify()
	search := searching(re, tree)
	if all := search; run != nil {
		search = func(s string) bool { return run.in(s) && all(s) }
	}
	lit := required(tree)
	if lit.text == "" {
		return textTester{test: func(s string) bool { return len(s) >= least && search(s) }}, nil
	}
	t, err := containing(lit.text, !lit.fold)
	if t.exact = lit.whole; !t.exact {
		has := t.test
		t.test = func(s string) bool { return len(s) >= least && has(s) && search(s) }
	}
	return t, err
}

// searching is the search for an expression: by a table, or by the library if that
// becomes too large. tree is the same expression.
func searching(re *regexp.Regexp, tree *syntax.Regexp) func(s string) bool {
	var d *dfa
	made := false
	return func(s string) bool {
		if !made { // most expressions of many rules are never asked
			d, made = newDFA(tree), true
		}
		if d != nil {
			if matched, ok := d.match(s); ok {
				return matched
			}
		}
		return re.MatchString(s)
	}
}

// shortest is a length in bytes that every match of an expression has at least.
func shortest(re *syntax.Regexp) int {
	const most = 1 << 20 // repeats of repeats multiply
	sum := 0
	switch re.Op {
	case syntax.OpLiteral:
		sum = len(re.Rune) // each takes a byte or more
	case syntax.OpCharClass, syntax.OpAnyChar, syntax.OpAnyCharNotNL:
		sum = 1
	case syntax.OpCapture, syntax.OpPlus:
		sum = shortest(re.Sub[0])
	case syntax.OpRepeat:
		sum = re.Min * shortest(re.Sub[0])
	case syntax.OpConcat:
		for _, sub := range re.Sub {
			sum += shortest(sub)
		}
	case syntax.OpAlternate:
		sum = shortest(re.Sub[0])
		for _, sub := range re.Sub[1:] {
			sum = min(sum, shortest(sub))
		}
	}
	return min(sum, most)
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
