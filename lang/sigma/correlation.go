package sigma

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/detlang/det/lang/ast"
	"github.com/detlang/det/lang/diag"
	"github.com/detlang/det/lang/source"
)

// A correlation (specification "Sigma Correlation Rules") becomes a rule over the
// alerts of the rules that it names. A type that counts is a sliding window with a
// measure; temporal counts how many of the rules are in the window, and
// temporal_ordered is a sequence.

// measure is a type of correlation that compares a number with its condition.
type measure struct {
	kind  string // type in the rule
	name  string // of the value in the alert
	field bool   // the condition names a field
	// aggregate computes the value, of the named field where there is one.
	aggregate func(c *correlation, field ast.Expr) ast.Expr
}

var measures = []measure{
	{"event_count", "events", false, func(c *correlation, _ ast.Expr) ast.Expr { return call("count", c.at) }},
	{"value_count", "values", true, func(c *correlation, f ast.Expr) ast.Expr { return call("count_distinct", c.at, f) }},
	{"value_sum", "total", true, func(c *correlation, f ast.Expr) ast.Expr { return call("sum", c.at, call("float", c.at, f)) }},
	{"value_avg", "average", true, func(c *correlation, f ast.Expr) ast.Expr { return call("avg", c.at, call("float", c.at, f)) }},
	{"value_median", "median_value", true, func(c *correlation, f ast.Expr) ast.Expr { return call("median", c.at, call("float", c.at, f)) }},
	{"value_percentile", "percentile_value", true, func(c *correlation, f ast.Expr) ast.Expr {
		return call("percentile", c.at, call("float", c.at, f), literal(c.percentile, c.at))
	}},
	{"temporal", "rules_seen", false, func(c *correlation, _ ast.Expr) ast.Expr {
		return call("count_distinct", c.at, name("rule", c.at))
	}},
}

// correlation is what a document's correlation says.
type correlation struct {
	r          *rule
	n          *node
	at         source.Span
	kind       string
	refs       []*document // each once
	order      []*document // as they stand in the list
	span       time.Duration
	percentile any // int64 or float64
	keys       []*ast.Arg
}

// correlation turns the correlation of the document.
func (r *rule) correlation(n *node) {
	if n.form != mapping {
		r.diags.Errorf("D0909", n.at, "a correlation is a map of type, rules, timespan and condition, not %s", n.form)
		return
	}
	c := &correlation{r: r, n: n, at: r.doc.root.place("correlation"), kind: strings.ToLower(text1(n, "type"))}
	if ok := c.checkKeys(); !c.read() || !ok {
		return
	}
	from := stage("from", c.at)
	rules := clause("rule", c.at)
	for _, d := range c.refs {
		rules.Args = append(rules.Args, &ast.Arg{Value: name(d.name, c.at)})
	}
	from.Clauses = append(from.Clauses, rules)
	r.add(from)
	if !c.groupBy() {
		return
	}
	cond := n.get("condition")
	switch {
	case c.kind == temporalOrdered:
		c.ordered(cond)
	case c.kind == "temporal" && cond != nil && cond.form == scalar:
		c.extended(cond)
	default:
		c.counted(cond)
	}
}

func (c *correlation) errorf(at source.Span, format string, args ...any) *diag.Diagnostic {
	return c.r.diags.Errorf("D0909", at, format, args...)
}

// read reads type, rules and time span.
func (c *correlation) read() bool {
	r, n := c.r, c.n
	kinds := CorrelationTypes()
	if !slices.Contains(kinds, c.kind) {
		at := n.at
		if t := n.get("type"); t != nil {
			at = t.at
		}
		d := c.errorf(at, "%q is no type of correlation", c.kind)
		if near, ok := diag.Nearest(c.kind, kinds); ok {
			d.Hint = "did you mean " + near + "?"
		} else {
			d.Hint = "there are: " + strings.Join(kinds, ", ")
		}
		return false
	}
	ok := true
	for _, v := range r.set.named(r.doc) {
		d := r.set.ref(v.text)
		if d == nil {
			e := r.diags.Errorf("D0910", v.at, "the correlation names a rule %s, which is not among the rules", v.text)
			if near, found := diag.Nearest(v.text, r.set.names()); found {
				e.Hint = "did you mean " + near + "?"
			}
			ok = false
			continue
		}
		if c.order = append(c.order, d); !slices.Contains(c.refs, d) {
			c.refs = append(c.refs, d)
		}
	}
	if ok && len(c.refs) == 0 {
		c.errorf(c.at, "the correlation names no rules")
		return false
	}
	span := n.get("timespan")
	if span == nil {
		c.errorf(c.at, "the correlation has no timespan")
		return false
	}
	d, problem := timespan(span.text)
	if problem != "" {
		c.errorf(span.at, "%s", problem).Hint = "write a number and s, m, h or d: 15m"
		return false
	}
	c.span = d
	return ok
}

var timespanForm = regexp.MustCompile(`^([0-9]+)([a-zA-Z]+)$`)

// timespan reads 15m. Weeks are taken as well, as other engines do; months and
// years have no fixed length.
func timespan(s string) (d time.Duration, problem string) {
	m := timespanForm.FindStringSubmatch(strings.TrimSpace(s))
	if m == nil {
		return 0, fmt.Sprintf("%q is no time span", s)
	}
	unit, ok := map[string]time.Duration{"s": time.Second, "m": time.Minute, "h": time.Hour, "d": 24 * time.Hour, "w": 7 * 24 * time.Hour}[m[2]]
	n, err := strconv.ParseInt(m[1], 10, 32)
	switch {
	case m[2] == "M" || m[2] == "y":
		return 0, fmt.Sprintf("%s is a number of months or years, which have no fixed length", s)
	case !ok || err != nil || n == 0 || time.Duration(n) > (1<<62)/unit:
		return 0, fmt.Sprintf("%q is no time span", s)
	}
	return time.Duration(n) * unit, ""
}

// named are the rules that a correlation names; those of an extended condition
// where it has no list.
func (s *set) named(d *document) []*node {
	n := d.root.get("correlation")
	if n == nil || n.form != mapping {
		return nil
	}
	if list := n.get("rules").list(); len(list) > 0 {
		return list
	}
	cond := n.get("condition")
	if cond == nil || cond.form != scalar {
		return nil
	}
	var out []*node
	for _, w := range newCondition(cond, s.diags).words {
		switch strings.ToLower(w.text) {
		case "and", "or", "not", "(", ")":
		default:
			out = append(out, &node{form: scalar, text: w.text, at: w.at})
		}
	}
	return out
}

// names are what rules can be referred to by.
func (s *set) names() []string {
	var out []string
	for n := range s.refs {
		out = append(out, n)
	}
	slices.Sort(out)
	return out
}

// mute notes that the alerts of the rules that a correlation names only feed it,
// unless it, or another that names them, says `generate: true`.
func (s *set) mute(d *document) {
	loud := slices.ContainsFunc(generates(d.root), func(g *node) bool { v, _ := g.boolean(); return v })
	for _, v := range s.named(d) {
		if of := s.ref(v.text); of != nil {
			if of.feeds = true; loud {
				of.loud = true
			}
		}
	}
}

// generates are where a correlation may say `generate`: beside its level, where the
// specification has it, and within.
func generates(root *node) []*node {
	var out []*node
	for _, g := range []*node{root.get("generate"), root.get("correlation").get("generate")} {
		if g != nil {
			out = append(out, g)
		}
	}
	return out
}

func (c *correlation) isRule(d *document, at source.Span) ast.Expr {
	return operator(name("rule", at), "==", text(d.name, at), at)
}

// window adds the sliding window with what it computes, and the fields that it brings
// along.
func (c *correlation) window(items []*ast.Item) {
	items = append(items, c.r.doc.brought(c.keys, c.at, func(field string) ast.Expr { return c.field(field, c.at) })...)
	if c.r.diags.Errors() > 0 {
		return
	}
	c.r.add(slidingWindow(c.at, c.span, c.keys, items))
}

func slidingWindow(at source.Span, span time.Duration, keys []*ast.Arg, items []*ast.Item) *ast.Stage {
	w := stage("window", at, literal(span, at))
	w.Clauses = append(w.Clauses, clause("sliding", at))
	if len(keys) > 0 {
		w.Clauses = append(w.Clauses, &ast.Clause{Word: ident("by", at), Args: keys, At: at})
	}
	w.Items, w.HasBody = items, true
	return w
}

func item1(name string, x ast.Expr, at source.Span) *ast.Item {
	return &ast.Item{Name: ident(name, at), Value: x, At: at}
}
