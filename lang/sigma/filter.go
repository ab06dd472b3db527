package sigma

import (
	"fmt"

	"github.com/detlang/det/lang/ast"
)

// attach gives a filter to the rules that it names, or with `any` to all whose log
// source has what its own has.
func (s *set) attach(d *document) {
	f := d.root.get("filter")
	if f == nil {
		return
	}
	if f.form != mapping || f.get("condition") == nil {
		s.diags.Errorf("D0902", d.root.place("filter"), "a filter is a map of rules, selections and a condition")
		return
	}
	rules := f.get("rules")
	if rules == nil || rules.form == null {
		s.diags.Errorf("D0902", f.at, "the filter does not say which rules it is for").Hint = "name their ids: rules: [\"…\"], or write rules: any"
		return
	}
	if rules.form == scalar && rules.text == "any" {
		for _, r := range s.docs {
			if r.name != "" && r.root.get("correlation") == nil && covers(d.root.get("logsource"), r.root.get("logsource")) {
				r.filters = append(r.filters, d)
			}
		}
		return
	}
	for _, v := range rules.list() {
		r := s.refs[v.text]
		switch {
		case r == nil:
			s.diags.Warnf("D0910", v.at, "the filter names a rule %s, which is not among the rules", v.text)
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
		if want := text1(filter, key); want != "" && text1(rule, key) != want {
			return false
		}
	}
	return true
}

// filtered is a rule's condition and those of its filters.
func (r *rule) filtered(x ast.Expr) ast.Expr {
	for i, d := range r.doc.filters {
		f := d.root.get("filter")
		prefix := slug(text1(d.root, "title"))
		if prefix == "" {
			prefix = fmt.Sprintf("filter_%d", i+1)
		}
		s := r.selections(f, prefix+"_")
		if s == nil {
			return nil
		}
		for _, n := range f.get("condition").list() {
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
			x = operator(x, "and", y, n.at)
		}
	}
	return x
}
