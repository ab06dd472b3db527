package stdlib

import (
	"errors"
	"fmt"
	"regexp"
	"regexp/syntax"
	"strings"
	"unicode/utf8"

	"github.com/detlang/det/lang/types"
	"github.com/detlang/det/runtime/vec"
)

// maxMatches is the most matches that a function looks at in one text.
const maxMatches = 1 << 16

// regexFuncs take RE2 expressions, which match in time proportional to the text.
// They search anywhere in the text and tell upper from lower case, unless the
// expression says otherwise: (?i), ^, $.
func regexFuncs() []Func {
	s, pattern := text("s"), fixed(text("pattern"))
	group := optional(fixed(param("group", types.TAny)))
	return []Func{{
		Name: "regex_match",
		Doc:  "Whether the expression is found in the text; the same as `s matches pattern`.",
		Sig:  takes(types.TBool, s, pattern), Bind: regexMatch, Test: true, Cost: 400,
		Examples: examples(`regex_match("cmd /c whoami", "\\s/[ck]\\s")`, `true`, `regex_match("CMD", "cmd")`, `false`, `regex_match("CMD", "(?i)cmd")`, `true`, `regex_match("", "^$")`, `true`, `regex_match(null, "")`, `false`),
	}, {
		Name: "regex_extract",
		Doc:  "What a group of the first match holds: the group of that number or name, or else the first group, or the whole match if the expression has no groups. Missing where nothing matches or the group takes no part.",
		Sig:  takes(types.TString, s, pattern, group), Bind: regexExtract, Cost: 500,
		Examples: examples(`regex_extract("user=ann id=7", "user=(\\w+)")`, `"ann"`, `regex_extract("a1b22", "\\d+")`, `"1"`, `regex_extract("k=v", "(\\w)=(\\w)", 2)`, `"v"`,
			`regex_extract("k=v", "(?P<key>\\w)=", "key")`, `"k"`, `regex_extract("ab", "(x)?b")`, `null`, `regex_extract("été", ".(.)")`, `"t"`),
	}, {
		Name: "regex_extract_all",
		Doc:  "What the group holds in each match, from left to right, up to 4,096 of them; a text with more is missing. Groups that take no part are left out.",
		Sig:  takes(types.ListOf(types.String), s, pattern, group), Bind: regexExtractAll, Cost: 700,
		Examples: examples(`regex_extract_all("a1b22", "\\d+")`, `["1", "22"]`, `regex_extract_all("k=v, x=y", "(\\w)=(\\w)", 2)`, `["v", "y"]`, `regex_extract_all("", "x")`, `[]`),
	}, {
		Name: "regex_replace",
		Doc:  "The text with every match replaced. In the replacement $1 or ${name} is a group, and $$ a dollar sign. Missing where there are more than 65,536 matches.",
		Sig:  takes(types.TString, s, pattern, fixed(text("replacement"))), Bind: regexReplace, Cost: 700,
		Examples: examples(`regex_replace("a1b22", "\\d+", "#")`, `"a#b#"`, `regex_replace("ann smith", "(\\w+) (\\w+)", "$2, $1")`, `"smith, ann"`, `regex_replace("é", "", "-")`, `"-é-"`, `regex_replace("x", "y", "z")`, `"x"`),
	}, {
		Name: "regex_count",
		Doc:  "How many matches there are, without overlaps; missing where there are more than 65,536.",
		Sig:  takes(types.TInt, s, pattern), Bind: regexCount, Cost: 600,
		Examples: examples(`regex_count("a1b22", "\\d")`, `3`, `regex_count("äöü", ".")`, `3`, `regex_count("", "x")`, `0`, `regex_count(null, "x")`, `null`),
	}}
}

// maxGroups is the most groups of an expression: every thread of the automaton has
// memory for each of them.
const maxGroups = 100

// compile compiles a constant expression; the error says where it goes wrong.
func compile(pattern any) (*regexp.Regexp, error) {
	s, _ := pattern.(string)
	re, err := regexp.Compile(s)
	var bad *syntax.Error
	switch {
	case err == nil && re.NumSubexp() > maxGroups:
		return nil, fmt.Errorf("the expression has %d groups; at most %d are kept: write (?:…) for those that only bracket", re.NumSubexp(), maxGroups)
	case !errors.As(err, &bad):
		return re, err
	}
	at := strings.Index(s, bad.Expr)
	if at < 0 || bad.Expr == s {
		return nil, fmt.Errorf("the expression is not valid: %s", bad.Code)
	}
	return nil, fmt.Errorf("the expression is not valid at character %d, `%s`: %s", utf8.RuneCountInString(s[:at])+1, bad.Expr, bad.Code)
}

// compileGroup compiles an expression and finds the group that consts[2] asks
// for, by number or by name.
func compileGroup(consts []any) (re *regexp.Regexp, group int, err error) {
	if re, err = compile(consts[1]); err != nil {
		return nil, 0, err
	}
	if len(consts) < 3 {
		return re, min(1, re.NumSubexp()), nil
	}
	switch g := consts[2].(type) {
	case int64:
		if g < 0 || g > int64(re.NumSubexp()) {
			return nil, 0, fmt.Errorf("the expression has no group %d: its groups are 0 (all) to %d", g, re.NumSubexp())
		}
		return re, int(g), nil
	case string:
		if i := re.SubexpIndex(g); i >= 0 {
			return re, i, nil
		}
		return nil, 0, fmt.Errorf("the expression has no group called %q: write (?P<%s>…)", g, g)
	}
	return nil, 0, fmt.Errorf("a group is a number or a name")
}

// regexMatch is the matches operator, with the place of what is wrong in its error.
func regexMatch(consts []any) (vec.Kernel, error) {
	re, err := compile(consts[1])
	if err != nil {
		return nil, err
	}
	test, err := vec.TestText(vec.Matches, []string{re.String()}, false, false)
	return only(0, test.Kernel()), err
}

func regexExtract(consts []any) (vec.Kernel, error) {
	re, group, err := compileGroup(consts)
	if err != nil {
		return nil, err
	}
	return vec.TextMap(capped(func(s string) (string, bool) {
		m := re.FindStringSubmatchIndex(s)
		if m == nil || m[2*group] < 0 {
			return "", false
		}
		return s[m[2*group]:m[2*group+1]], true
	})), nil
}

func regexExtractAll(consts []any) (vec.Kernel, error) {
	re, group, err := compileGroup(consts)
	if err != nil {
		return nil, err
	}
	return vec.TextList(func(s string) ([]string, bool) {
		matches := re.FindAllStringSubmatchIndex(s, maxElems+1)
		var all []string
		for _, m := range matches {
			if m[2*group] >= 0 {
				all = append(all, s[m[2*group]:m[2*group+1]])
			}
		}
		return all, len(matches) <= maxElems
	}), nil
}

func regexReplace(consts []any) (vec.Kernel, error) {
	re, err := compile(consts[1])
	if err != nil {
		return nil, err
	}
	replacement, _ := consts[2].(string)
	return vec.TextMap(func(s string) (string, bool) {
		matches := re.FindAllStringSubmatchIndex(s, maxMatches+1)
		if len(matches) == 0 {
			return s, len(s) <= MaxText
		}
		if len(matches) > maxMatches {
			return "", false
		}
		var out []byte
		last := 0
		for _, m := range matches {
			out = append(out, s[last:m[0]]...)
			out = re.ExpandString(out, replacement, s, m)
			last = m[1]
			if len(out) > MaxText {
				return "", false
			}
		}
		out = append(out, s[last:]...)
		return string(out), len(out) <= MaxText
	}), nil
}

func regexCount(consts []any) (vec.Kernel, error) {
	re, err := compile(consts[1])
	if err != nil {
		return nil, err
	}
	return vec.TextNumber(types.Int, func(s string) (int64, bool) {
		n := len(re.FindAllStringIndex(s, maxMatches+1))
		return int64(n), n <= maxMatches
	}), nil
}
