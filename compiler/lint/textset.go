package lint

import (
	"slices"
	"strings"

	"github.com/detlang/det/runtime/vec"
)

// textTest is a test of a text: it holds for a text that stands in relation op to
// one of the values. Values of a test that is not cased are folded.
type textTest struct {
	op     string // == startswith endswith contains
	values []string
	cased  bool
}

// newTextTest reads an operator and its values. A like that is only stars around
// a text is the plainer operator.
func newTextTest(op string, values []string, cased bool) (textTest, bool) {
	t := textTest{op: op, cased: cased}
	switch op {
	case "==", "startswith", "endswith", "contains":
	case "in":
		t.op = "=="
	case "like":
		for i, v := range values {
			plainer, rest, ok := plainLike(v)
			if !ok || i > 0 && plainer != t.op {
				return t, false
			}
			t.op = plainer
			t.values = append(t.values, rest)
		}
		values, t.values = t.values, nil
	default:
		return t, false
	}
	for _, v := range values {
		if !cased {
			v = vec.FoldString(v)
		}
		t.values = append(t.values, v)
	}
	return t, len(values) > 0
}

// plainLike is the operator that a like pattern amounts to, if it has stars at its
// ends only.
func plainLike(pattern string) (op, rest string, ok bool) {
	rest = strings.TrimPrefix(pattern, "*")
	head := rest != pattern
	cut := strings.TrimSuffix(rest, "*")
	tail := cut != rest
	rest = cut
	if strings.ContainsAny(rest, "*?\\") || rest == "" {
		return "", "", false
	}
	switch {
	case head && tail:
		return "contains", rest, true
	case head:
		return "endswith", rest, true
	case tail:
		return "startswith", rest, true
	}
	return "==", rest, true
}

// holds reports whether v stands in relation op to w.
func holds(op, v, w string) bool {
	switch op {
	case "==":
		return v == w
	case "startswith":
		return strings.HasPrefix(v, w)
	case "endswith":
		return strings.HasSuffix(v, w)
	}
	return strings.Contains(v, w)
}

// implies reports whether every text for which `op v` holds meets the test d.
func implies(op, v string, cased bool, d textTest) bool {
	if d.cased && !cased {
		return false
	}
	if cased && !d.cased {
		v = vec.FoldString(v)
	}
	return slices.ContainsFunc(d.values, func(w string) bool {
		switch {
		case op == "==":
			return holds(d.op, v, w)
		case d.op == "==":
			return false
		case op == d.op:
			return holds(op, v, w)
		case d.op == "contains":
			return strings.Contains(v, w)
		}
		return false
	})
}

// excludes reports whether no text for which `op v` holds meets the test d.
func excludes(op, v string, cased bool, d textTest) bool {
	if cased && !d.cased {
		v = vec.FoldString(v)
	}
	exact := cased && d.cased
	for _, w := range d.values {
		if d.cased && !exact {
			w = vec.FoldString(w)
		}
		apart := false
		switch {
		case op == "==":
			apart = !holds(d.op, v, w)
		case d.op == "==":
			apart = !holds(op, w, v)
		case op == "startswith" && d.op == "startswith":
			apart = !strings.HasPrefix(v, w) && !strings.HasPrefix(w, v)
		case op == "endswith" && d.op == "endswith":
			apart = !strings.HasSuffix(v, w) && !strings.HasSuffix(w, v)
		}
		if !apart {
			return false
		}
	}
	return true
}

// impossible reports whether no text meets all of the tests yes and none of no.
// With many, the tests are about the elements of a list, and different ones may
// be met by different elements.
func impossible(yes, no []textTest, many bool) bool {
	for i, c := range yes {
		left := slices.ContainsFunc(c.values, func(v string) bool {
			for _, d := range no {
				if implies(c.op, v, c.cased, d) {
					return false
				}
			}
			for j, d := range yes {
				if !many && i != j && excludes(c.op, v, c.cased, d) {
					return false
				}
			}
			return true
		})
		if !left {
			return true
		}
	}
	return false
}
