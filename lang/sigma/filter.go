package sigma

import (
	"fmt"
	"strings"

	"github.com/detlang/det/lang/ast"
	"github.com/detlang/det/lang/diag"
)

// attach gives a filter to the rules that it names, or with `any` to all whose log
// source has what its own has.
func (s *set) attach(d *document) {
	f := d.root.get("filter")
	if f == nil {
		return
	}
	if f.form != mapping || len(f.get("condition").list()) == 0 {
		s.diags.Errorf("D0902", d.root.place("filter"), "a filter is a map of rules, selections and a condition")
		return
	}
	if !s.sound(d) {
		return
	}
	rules := f.get("rules")
	if rules == nil || rules.form == null {
		s.diags.Errorf("D0902", f.at, "the filter does not say which rules it is for").Hint = "name their ids: rules: [\"…\"], or write rules: any"
		return
	}
	if rules.form == scalar && strings.EqualFold(rules.text, "any") {
		for _, r := range s.docs {
			if r.name != "" && r.root.get("correlation") == nil && covers(d.root.get("logsource"), r.root.get("logsource")) {
				r.filters = append(r.filters, d)
			}
		}
		return
	}
	for _, v := range rules.list() {
		r := s.ref(v.text)
		switch {
		case r == nil:
			s.diags.Warnf("D0910", v.at, "the filter names a rule %s, which is not among the rules", v.text)
		case r.root == nil:
			s.diags.Errorf("D0913", v.at, "a filter cannot be for %s, which is no Sigma rule", v.text).Hint = "write the exception into the rule"
		case r.root.get("correlation") != nil:
			s.diags.Errorf("D0913", v.at, "a filter cannot be for a correlation").Hint = "name the rules that it reads"
		case !covers(d.root.get("logsource"), r.root.get("logsource")):
			s.diags.Warnf("D0910", v.at, "the filter has another log source than rule %s, so it changes nothing", v.text)
		default:
			r.filters = append(r.filters, d)
		}
	}
}

// covers reports whether a rule's log source has all that a filter's has.
func covers(filter, rule *node) bool {
	for _, key := range []string{"product", "category", "service"} {
		if want := text1(filter, key); want != "" && !strings.EqualFold(text1(rule, key), want) {
			return false
		}
	}
	return true
}

// sound reports whether a filter can be turned, and tells once what is wrong.
func (s *set) sound(d *document) bool {
	r := &rule{set: s, doc: d, diags: &diag.List{}, used: map[string]bool{}}
	x := r.filter(d, 0)
	s.tell(r.diags)
	return x != nil && !r.bad && r.diags.Errors() == 0
}

// filtered is a rule's condition and those of its filters.
func (r *rule) filtered(x ast.Expr) ast.Expr {
	for i, d := range r.doc.filters {
		y := r.filter(d, i)
		if y == nil {
			return nil
		}
		x = operator(x, "and", y, d.root.get("filter").get("condition").at)
	}
	return x
}

// filter adds the selections of a filter, the nth of the rule, and gives its
// condition; of several conditions one is enough, as in a rule.
func (r *rule) filter(d *document, n int) ast.Expr {
	f := d.root.get("filter")
	prefix := slug(text1(d.root, "title"))
	if prefix == "" {
		prefix = fmt.Sprintf("filter_%d", n+1)
	}
	s := r.selections(f, prefix+"_")
	if s == nil {
		return nil
	}
	var any []ast.Expr
	for _, n := range f.get("condition").list() {
		if n.form != scalar {
			r.diags.Errorf("D0902", n.at, "a condition is a text, not %s", n.form)
			return nil
		}
		c := newCondition(n, r.diags)
		c.name, c.names = r.refer(s), s.names
		y := c.expression()
		if y == nil {
			return nil
		}
		if c.i < len(c.words) {
			r.diags.Errorf("D0913", n.at, "the condition of a filter cannot count")
			return nil
		}
		any = append(any, y)
	}
	return chain("or", any)
}
