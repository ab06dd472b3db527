package sigma

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/detlang/det/lang/ast"
	"github.com/detlang/det/lang/diag"
	"github.com/detlang/det/lang/source"
)

// Conditions of the first version of Sigma could count what a search gave, or ask
// for what else happened near it:
//
//	search "|" ( "count" | "min" | "max" | "avg" | "sum" ) "(" [field] ")" [ "by" field ] ( ">" | ">=" | "<" | "<=" | "==" ) number
//	search "|" "near" selection { "and" selection }
//
// Both look back over the detection's timeframe. The second version replaced them by
// correlations; here they are the same windows, with a note.

// aggregates are the functions of the old form, of a field or of events.
var aggregates = map[string]string{"count": "count_distinct", "min": "min", "max": "max", "avg": "avg", "sum": "sum"}

// aggregation turns what stands behind the bar of a condition; search is what
// stands before it.
func (r *rule) aggregation(d *node, c *condition, s *selections, search ast.Expr) {
	bar := c.words[c.i].at
	c.i++
	frame := d.get("timeframe")
	if frame == nil {
		r.diags.Errorf("D0902", bar, "a condition that counts needs a timeframe in the detection").Hint = "timeframe: 5m"
		return
	}
	span, problem := timespan(frame.text)
	if problem != "" {
		r.diags.Errorf("D0902", frame.at, "%s", problem).Hint = "write a number and s, m, h or d: 15m"
		return
	}
	search = r.filtered(search)
	if search == nil {
		return
	}
	var ok bool
	if c.is("near") {
		c.i++
		ok = r.near(c, s, search, span)
	} else {
		ok = r.counting(c, search, span)
	}
	if !ok {
		return
	}
	note := r.diags.Add(diag.Diagnostic{Code: "D0911", Severity: diag.Info, Span: bar,
		Message: "conditions with a bar are of the first version of Sigma; this one is taken for a window of " + frame.text})
	note.Hint = "write a correlation"
}

// counting reads count(field) by group > 5.
func (r *rule) counting(c *condition, search ast.Expr, span time.Duration) bool {
	next := func() string {
		if c.i >= len(c.words) {
			return ""
		}
		c.i++
		return c.words[c.i-1].text
	}
	at := c.at
	if c.i < len(c.words) {
		at = c.words[c.i].at
	}
	bad := func(format string, args ...any) bool {
		r.diags.Errorf("D0903", at, format, args...).Hint = "the form is: | count(field) by group > 5"
		return false
	}
	word := strings.ToLower(next())
	fun, ok := aggregates[word]
	if !ok {
		return bad("%q cannot stand behind a bar", word)
	}
	if next() != "(" {
		return bad("%s needs parentheses", word)
	}
	field := next()
	if field != ")" && next() != ")" {
		return bad("a closing parenthesis is missing")
	}
	var x ast.Expr
	switch {
	case field == ")" && word == "count":
		x = call("count", at)
	case field == ")":
		return bad("%s needs a field", word)
	case word == "count":
		x = call(fun, at, name(field, at))
	default:
		x = call(fun, at, call("float", at, name(field, at)))
	}
	var keys []*ast.Arg
	if c.is("by") {
		c.i++
		for _, k := range strings.Split(next(), ",") {
			if k = strings.TrimSpace(k); k == "" {
				return bad("by needs the name of a field")
			}
			keys = append(keys, &ast.Arg{Value: name(k, at)})
		}
	}
	op := next()
	if op == "=" {
		op = "=="
	}
	bound := &node{form: scalar, text: next()}
	v, ok := bound.number()
	if !ok || !strings.Contains(" > >= < <= == ", " "+op+" ") || c.i < len(c.words) {
		return bad("a comparison with a number is expected")
	}
	counted := "counted"
	for slices.ContainsFunc(r.doc.offers, func(o offer) bool { return o.name == counted }) {
		counted += "_"
	}
	r.add(stage("where", search.Span(), search))
	r.add(slidingWindow(at, span, keys, append([]*ast.Item{item1(counted, x, at)}, r.brought(keys, at)...)))
	r.add(stage("when", at, operator(name(counted, at), op, literal(v, at), at)))
	return true
}

// brought are the fields that correlations over the rule name.
func (r *rule) brought(keys []*ast.Arg, at source.Span) []*ast.Item {
	return r.doc.brought(keys, at, func(field string) ast.Expr { return name(field, at) })
}

// near reads the selections that must come within the time of the search.
func (r *rule) near(c *condition, s *selections, search ast.Expr, span time.Duration) bool {
	at := c.at
	items := []*ast.Item{item1("found", call("count", at, search), at)}
	any := []ast.Expr{search}
	p := &condition{words: c.words, i: c.i, at: c.at, diags: c.diags, names: s.names}
	p.name = func(n string, nat source.Span) ast.Expr {
		x := r.refer(s)(n, nat)
		if x == nil {
			return nil
		}
		word := fmt.Sprintf("near_%d", len(items))
		items = append(items, item1(word, call("count", nat, x), nat))
		any = append(any, x)
		return operator(name(word, nat), ">", literal(int64(0), nat), nat)
	}
	x := p.expression()
	if x == nil {
		return false
	}
	if p.i < len(p.words) {
		r.diags.Errorf("D0903", p.words[p.i].at, "%s does not belong here", p.words[p.i].text)
		return false
	}
	r.add(stage("where", at, chain("or", any)))
	r.add(slidingWindow(at, span, nil, append(items, r.brought(nil, at)...)))
	r.add(stage("when", at, operator(operator(name("found", at), ">", literal(int64(0), at), at), "and", x, at)))
	return true
}
