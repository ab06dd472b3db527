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

// correlationKeys are the keys of a correlation.
var correlationKeys = []string{"type", "rules", "group-by", "timespan", "condition", "aliases", "generate"}

// checkKeys tells of keys that a correlation does not have, and of a `generate` that
// is neither true nor false.
func (c *correlation) checkKeys() bool {
	ok := true
	for _, f := range c.n.fields {
		if slices.Contains(correlationKeys, f.key.text) {
			continue
		}
		ok = false
		d := c.errorf(f.key.at, "a correlation has no %s", f.key.text)
		if near, found := diag.Nearest(f.key.text, correlationKeys); found {
			d.Hint = "did you mean " + near + "?"
		} else {
			d.Hint = "there are: " + strings.Join(correlationKeys, ", ")
		}
	}
	for _, g := range generates(c.r.doc.root) {
		if _, is := g.boolean(); !is {
			ok = false
			c.errorf(g.at, "generate takes true or false").Hint = "generate: true, without quotes"
		}
	}
	return ok
}

// groupBy reads the keys. A key that is called differently in the alerts of the
// rules is an expression that finds it by the rule.
func (c *correlation) groupBy() bool {
	group := c.n.get("group-by")
	if group == nil || group.form == null {
		d := c.r.diags.Warnf("D0915", c.at, "the correlation has no group-by, so it counts whatever user or host the events are of")
		d.Hint = "name the fields that events must have in common, or write: group-by: []"
	}
	names := keyNames(c.n)
	for _, v := range group.list() {
		if v.form != scalar || v.text == "" {
			c.errorf(v.at, "group-by is a list of fields")
			return false
		}
		x := c.field(v.text, v.at)
		if x == nil {
			return false
		}
		key := &ast.Arg{Value: x}
		if word := names[v.text]; argName(x) != word {
			key.Name = ident(word, v.at)
		}
		c.keys = append(c.keys, key)
	}
	return true
}

// argName is what a key is called that has no name of its own; "" where it needs one.
func argName(x ast.Expr) string {
	switch x := x.(type) {
	case *ast.Name:
		return x.Name
	case *ast.Select:
		if of := argName(x.X); of != "" {
			return of + "." + x.Sel.Name
		}
	}
	return ""
}

// field is a field of the events, as the alerts of the rules have it; nil where they
// cannot. Where they call it differently it is found by the rule.
func (c *correlation) field(key string, at source.Span) ast.Expr {
	if !c.checkAlias(key) {
		return nil
	}
	var names []string
	for _, d := range c.refs {
		field := c.r.set.aliased(c.r.doc, d, key)
		n := d.root.get("correlation")
		if _, isKey := keyNames(n)[field]; !isKey && strings.EqualFold(text1(n, "type"), "temporal_ordered") {
			c.r.diags.Errorf("D0913", at, "the alerts of %s have no %s: those of temporal_ordered have its group-by alone", d.name, field).Hint = "add " + field + " to the group-by of " + d.name
			return nil
		}
		names = append(names, d.offered(field))
	}
	last := len(names) - 1
	x := name(names[last], at)
	if !slices.ContainsFunc(names, func(s string) bool { return s != names[0] }) {
		return x
	}
	for i := last - 1; i >= 0; i-- {
		x = call("if", at, c.isRule(c.refs[i], at), name(names[i], at), x)
	}
	return x
}

// checkAlias tells what is wrong with the alias of a key, if it has one.
func (c *correlation) checkAlias(key string) bool {
	alias := c.n.get("aliases").get(key)
	if alias == nil {
		return true
	}
	if alias.form != mapping {
		c.errorf(alias.at, "an alias is a map of rules to their fields")
		return false
	}
	for _, f := range alias.fields {
		d := c.r.set.ref(f.key.text)
		if d == nil || !slices.Contains(c.refs, d) {
			c.r.diags.Errorf("D0910", f.key.at, "the alias names %s, which is no rule of this correlation", f.key.text)
			return false
		}
		if f.value.form != scalar {
			c.errorf(f.key.at, "an alias names a field of each rule")
			return false
		}
	}
	return true
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

// counted compares a measure of the window with the condition.
func (c *correlation) counted(cond *node) {
	i := slices.IndexFunc(measures, func(m measure) bool { return m.kind == c.kind })
	m := measures[i]
	m.name = c.free(m.name)
	if cond != nil && cond.form == scalar {
		c.errorf(cond.at, "only temporal and temporal_ordered take a condition of rules")
		return
	}
	var field ast.Expr
	if m.field {
		if field = c.measured(cond.get("field")); field == nil {
			return
		}
	}
	if c.kind == "value_percentile" && !c.readPercentile(cond) {
		return
	}
	if c.kind == "temporal" && cond == nil {
		c.window([]*ast.Item{item1(m.name, m.aggregate(c, field), c.at)})
		c.r.add(stage("when", c.at, operator(name(m.name, c.at), "==", literal(int64(len(c.refs)), c.at), c.at)))
		return
	}
	x := c.compared(cond, m.name)
	if x == nil {
		return
	}
	c.window([]*ast.Item{item1(m.name, m.aggregate(c, field), c.at)})
	c.r.add(stage("when", cond.at, x))
}

// free is a name that no key and no field has which the window brings along.
func (c *correlation) free(name string) string {
	for hasKey(c.keys, name) || slices.ContainsFunc(c.r.doc.offers, func(o offer) bool { return o.name == name }) {
		name += "_"
	}
	return name
}

// measured is the field that a condition is about. value_count takes several, of
// which it counts the different combinations.
func (c *correlation) measured(f *node) ast.Expr {
	var xs []ast.Expr
	for _, v := range f.list() {
		if v.form != scalar {
			xs = nil
			break
		}
		x := c.field(v.text, v.at)
		if x == nil {
			return nil
		}
		xs = append(xs, x)
	}
	at := c.at
	if f != nil {
		at = f.at
	}
	switch {
	case len(xs) == 0:
		c.errorf(at, "%s needs the field that it is about in its condition", c.kind).Hint = "condition: {field: user, gte: 10}"
		return nil
	case len(xs) == 1:
		return xs[0]
	case c.kind != "value_count":
		c.errorf(at, "%s is about one field", c.kind)
		return nil
	}
	return combination(xs, at)
}

// combination is one text for several: the length of each but the last before it, so
// that no two combinations are the same. It is missing where one of them is.
func combination(xs []ast.Expr, at source.Span) ast.Expr {
	c := call("concat", at)
	last := len(xs) - 1
	for _, x := range xs[:last] {
		for _, y := range []ast.Expr{call("string", at, call("length", at, x)), text(":", at), x} {
			c.Args = append(c.Args, &ast.Arg{Value: y})
		}
	}
	c.Args = append(c.Args, &ast.Arg{Value: xs[last]})
	return c
}

func (c *correlation) readPercentile(cond *node) bool {
	p := cond.get("percentile")
	if p != nil {
		if v, ok := p.number(); ok && number(v) >= 0 && number(v) <= 100 {
			c.percentile = v
			return true
		}
	}
	at := c.at
	if p != nil {
		at = p.at
	}
	c.errorf(at, "value_percentile needs a percentile from 0 to 100 in its condition").Hint = "condition: {field: size, percentile: 95, gte: 1000}"
	return false
}

func number(v any) float64 {
	switch v := v.(type) {
	case int64:
		return float64(v)
	case float64:
		return v
	}
	return 0
}

// comparisons are the operators of conditions.
var comparisons = []struct{ key, op string }{{"gt", ">"}, {"gte", ">="}, {"lt", "<"}, {"lte", "<="}, {"eq", "=="}, {"neq", "!="}}

// compared holds a value against all bounds of a condition: two make a range.
func (c *correlation) compared(cond *node, value string) ast.Expr {
	if cond == nil || cond.form != mapping {
		c.errorf(c.at, "the correlation has no condition").Hint = "condition: {gte: 10}"
		return nil
	}
	var xs []ast.Expr
	for _, f := range cond.fields {
		i := slices.IndexFunc(comparisons, func(o struct{ key, op string }) bool { return o.key == f.key.text })
		switch {
		case i >= 0:
			v, ok := f.value.number()
			if !ok {
				c.errorf(f.value.at, "%s takes a number", f.key.text)
				return nil
			}
			xs = append(xs, operator(name(value, f.key.at), comparisons[i].op, literal(v, f.value.at), f.key.at))
		case f.key.text == "field" || f.key.text == "percentile":
		default:
			c.errorf(f.key.at, "a condition has no %s", f.key.text).Hint = "there are: gt, gte, lt, lte, eq, neq, field, percentile"
			return nil
		}
	}
	if len(xs) == 0 {
		c.errorf(cond.at, "the condition has no bound").Hint = "condition: {gte: 10}"
		return nil
	}
	return chain("and", xs)
}

// extended is a condition of rules: each name stands for "in the window", and not
// for "not in the window, when the other events come".
func (c *correlation) extended(cond *node) {
	var items []*ast.Item
	p := newCondition(cond, c.r.diags)
	p.name = func(n string, at source.Span) ast.Expr {
		d := c.ref(n, at)
		if d == nil {
			return nil
		}
		word := c.free(d.name)
		if !slices.ContainsFunc(items, func(it *ast.Item) bool { return it.Name.Name == word }) {
			items = append(items, item1(word, call("count", at, c.isRule(d, at)), at))
		}
		return operator(name(word, at), ">", literal(int64(0), at), at)
	}
	x := p.expression()
	if x == nil || !c.all(p) {
		return
	}
	c.window(items)
	c.r.add(stage("when", cond.at, x))
}

// all tells of words behind the condition.
func (c *correlation) all(p *condition) bool {
	if p.i < len(p.words) {
		c.errorf(p.words[p.i].at, "%s does not belong here", p.words[p.i].text)
		return false
	}
	return true
}

// ref is a rule that a condition names.
func (c *correlation) ref(n string, at source.Span) *document {
	d := c.r.set.ref(n)
	if d == nil || !slices.Contains(c.refs, d) {
		c.r.diags.Errorf("D0910", at, "the condition names %s, which is no rule of this correlation", n)
		return nil
	}
	return d
}

// ordered is a sequence of the rules, in the order of the list or, where there is a
// condition of rules, of that, which may join them by and only.
func (c *correlation) ordered(cond *node) {
	order := c.order
	switch {
	case cond != nil && cond.form == scalar:
		order = nil
		p := newCondition(cond, c.r.diags)
		p.name = func(n string, at source.Span) ast.Expr {
			d := c.ref(n, at)
			if d == nil {
				return nil
			}
			order = append(order, d)
			return name(d.name, at)
		}
		x := p.expression()
		if x == nil || !c.all(p) {
			return
		}
		if !onlyAnd(x) {
			c.r.diags.Errorf("D0913", cond.at, "a condition of temporal_ordered with or or not has no order").Hint = "join the rules by and; or use temporal"
			return
		}
	case cond != nil && cond.form == mapping:
		if !c.wantsAll(cond) {
			c.r.diags.Errorf("D0913", cond.at, "temporal_ordered that asks for some of its rules has no order").Hint = "leave the condition out: all rules, in their order"
			return
		}
	}
	s := stage("sequence", c.at)
	if len(c.keys) > 0 {
		s.Clauses = append(s.Clauses, &ast.Clause{Word: ident("by", c.at), Args: c.keys, At: c.at})
	}
	s.Clauses = append(s.Clauses, clause("within", c.at, literal(c.span, c.at)))
	taken := map[string]bool{}
	for _, d := range order {
		s.Items = append(s.Items, item1(distinct(taken, d.name, ""), c.isRule(d, c.at), c.at))
	}
	s.HasBody = true
	c.r.add(s)
}

// wantsAll reports whether a condition asks for as many rules as there are.
func (c *correlation) wantsAll(cond *node) bool {
	if len(cond.fields) != 1 || cond.fields[0].key.text != "gte" && cond.fields[0].key.text != "eq" {
		return false
	}
	v, ok := cond.fields[0].value.number()
	return ok && number(v) == float64(len(c.order))
}

func onlyAnd(x ast.Expr) bool {
	switch x := x.(type) {
	case *ast.Name:
		return true
	case *ast.Binary:
		return x.Op == "and" && onlyAnd(x.X) && onlyAnd(x.Y)
	}
	return false
}
