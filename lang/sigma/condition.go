package sigma

import (
	"fmt"
	"path"
	"strings"

	"github.com/detlang/det/lang/ast"
	"github.com/detlang/det/lang/diag"
	"github.com/detlang/det/lang/source"
)

// A condition joins selections: not binds closest, then and, then or (specification,
// "Condition"). One parser serves the conditions of rules, of filters, and of
// temporal correlations; what a name stands for is up to them.
//
//	or:      and { "or" and }
//	and:     not { "and" not }
//	not:     "not" not | "(" or ")" | ( "1" | "any" | "all" ) "of" ( "them" | pattern ) | name
type condition struct {
	words []word
	i     int
	depth int
	at    source.Span // of the whole
	diags *diag.List
	// name gives what a name stands for; nil where it is told to be wrong.
	name func(name string, at source.Span) ast.Expr
	// names are those that a pattern may stand for, in order; nil for no patterns.
	names []string
	bad   bool
}

// word is a word of a condition with its place.
type word struct {
	text string
	at   source.Span
}

// newCondition cuts a condition into words.
func newCondition(n *node, diags *diag.List) *condition {
	c := &condition{at: n.at, diags: diags}
	s := n.text
	// The places are those of the text itself where it stands in the file as it is.
	base := -1
	if n.at.File != nil {
		if i := strings.Index(n.at.File.Text[n.at.Start:], firstLine(s)); i >= 0 && i < 8 && !strings.Contains(s, "\n") {
			base = n.at.Start + i
		}
	}
	for i := 0; i < len(s); {
		j := i + 1
		switch {
		case s[i] == ' ' || s[i] == '\t' || s[i] == '\n' || s[i] == '\r':
			i++
			continue
		case s[i] == '(' || s[i] == ')' || s[i] == '|':
		default:
			for j < len(s) && !strings.ContainsRune(" \t\r\n()|", rune(s[j])) {
				j++
			}
		}
		at := n.at
		if base >= 0 {
			at.Start, at.End = base+i, base+j
		}
		c.words = append(c.words, word{s[i:j], at})
		i = j
	}
	return c
}

func firstLine(s string) string {
	l, _, _ := strings.Cut(s, "\n")
	return l
}

// expression reads the whole condition, up to a bar or the end.
func (c *condition) expression() ast.Expr {
	x := c.or()
	if !c.bad && c.i < len(c.words) && c.words[c.i].text != "|" {
		c.fail("this does not belong here: %s", c.words[c.i].text)
	}
	if c.bad {
		return nil
	}
	return x
}

func (c *condition) fail(format string, args ...any) *diag.Diagnostic {
	at := c.at
	if c.i < len(c.words) {
		at = c.words[c.i].at
	}
	if c.bad {
		return &diag.Diagnostic{}
	}
	c.bad = true
	return c.diags.Errorf("D0903", at, "%s", fmt.Sprintf(format, args...))
}

func (c *condition) is(text string) bool {
	return c.i < len(c.words) && strings.EqualFold(c.words[c.i].text, text)
}

func (c *condition) or() ast.Expr  { return c.joined("or", c.and) }
func (c *condition) and() ast.Expr { return c.joined("and", c.not) }

func (c *condition) joined(op string, operand func() ast.Expr) ast.Expr {
	x := operand()
	for !c.bad && c.is(op) {
		at := c.words[c.i].at
		c.i++
		y := operand()
		if c.bad {
			return nil
		}
		x = operator(x, op, y, at)
	}
	return x
}

// maxConditionDepth bounds how deep parentheses and nots stand in each other.
const maxConditionDepth = 100

func (c *condition) not() ast.Expr {
	if c.depth++; c.depth > maxConditionDepth {
		c.fail("the condition is nested more than %d levels deep", maxConditionDepth)
		return nil
	}
	defer func() { c.depth-- }()
	switch {
	case c.i >= len(c.words):
		c.fail("the condition ends where a selection is expected")
		return nil
	case c.is("not"):
		at := c.words[c.i].at
		c.i++
		x := c.not()
		if c.bad {
			return nil
		}
		return not(x, at.To(x.Span()))
	case c.is("("):
		c.i++
		x := c.or()
		if !c.bad && !c.is(")") {
			c.fail("a closing parenthesis is missing")
		}
		c.i++
		return x
	case c.is(")") || c.is("|") || c.is("and") || c.is("or"):
		c.fail("a selection is expected, not %s", c.words[c.i].text)
		return nil
	case c.i+1 < len(c.words) && strings.EqualFold(c.words[c.i+1].text, "of"):
		return c.quantifier()
	}
	w := c.words[c.i]
	x := c.name(w.text, w.at)
	if x == nil {
		c.bad = true
	}
	c.i++
	return x
}

// quantifier reads 1 of …, any of … and all of …
func (c *condition) quantifier() ast.Expr {
	how := c.words[c.i].text
	op := "or"
	switch strings.ToLower(how) {
	case "1", "any":
	case "all":
		op = "and"
	default:
		c.fail("%s of …: only 1 of, any of and all of exist", how)
		return nil
	}
	c.i += 2
	if c.i >= len(c.words) {
		c.fail("behind of there must stand them, or the names of selections")
		return nil
	}
	pattern := c.words[c.i]
	var xs []ast.Expr
	for _, n := range c.names {
		if fits(pattern.text, n) {
			x := c.name(n, pattern.at)
			if x == nil {
				c.bad = true
				return nil
			}
			xs = append(xs, x)
		}
	}
	if len(xs) == 0 {
		d := c.fail("%s of %s: there is no selection of such a name", how, pattern.text)
		if len(c.names) > 0 {
			d.Hint = "there are: " + strings.Join(c.names, ", ")
		}
		return nil
	}
	c.i++
	return chain(op, xs)
}

// onlyStars takes their meaning from the other wildcards of package path.
var onlyStars = strings.NewReplacer(`\`, `\\`, "[", `\[`, "?", `\?`, "/", "\x00")

// fits reports whether a name is meant by what stands behind of. A name that begins
// with an underscore is meant only by a pattern that does.
func fits(pattern, name string) bool {
	if strings.HasPrefix(name, "_") && !strings.HasPrefix(pattern, "_") {
		return false
	}
	if strings.EqualFold(pattern, "them") {
		return true
	}
	ok, err := path.Match(onlyStars.Replace(pattern), strings.ReplaceAll(name, "/", "\x00")) // a star takes slashes as well
	return err == nil && ok
}
