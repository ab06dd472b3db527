package sigma

import (
	"slices"
	"strings"

	"github.com/detlang/det/lang/ast"
	"github.com/detlang/det/lang/source"
)

// offer is a field of events that a correlation names, and what the alerts of the
// rule that it reads call it: itself, unless alerts have a column of that name.
type offer struct{ field, name string }

// columns are the names that alerts, or windows, have for what is no field of an
// event.
var columns = []string{"time", "rule", "rule_id", "level", "window_start", "window_end"}

// ofEvent is what the field of an event is called in an alert.
func ofEvent(field string) string {
	if slices.Contains(columns, field) {
		return field + "_of_event"
	}
	return field
}

// want asks the rules that a correlation reads for the fields that it names.
func (s *set) want(d *document) {
	n := d.root.get("correlation")
	for _, list := range [][]*node{n.get("group-by").list(), n.get("condition").get("field").list()} {
		for _, v := range list {
			s.askAll(d, v.text)
		}
	}
}

// askAll asks every rule that a correlation reads for a field.
func (s *set) askAll(d *document, field string) {
	for _, v := range s.named(d) {
		if of := s.ref(v.text); of != nil && field != "" {
			s.ask(of, s.aliased(d, of, field))
		}
	}
}

// ask lets the alerts of a rule bring a field along. One that counts has it of the
// newest event in its window, and a correlation asks the rules that it reads.
func (s *set) ask(d *document, field string) {
	if d.root == nil || slices.ContainsFunc(d.offers, func(o offer) bool { return o.field == field }) {
		return
	}
	o := offer{field, ofEvent(field)}
	if n := d.root.get("correlation"); n != nil || counts(d.root.get("detection").get("condition")) {
		if key, ok := keyNames(n)[field]; ok {
			o.name = key
		} else if strings.Contains(field, ".") {
			o.name = slug(field)
		}
	}
	for slices.ContainsFunc(d.offers, func(x offer) bool { return x.name == o.name }) {
		o.name += "_"
	}
	d.offers = append(d.offers, o)
	s.askAll(d, field)
}

// counts reports whether a condition is one that counts, of the first version.
func counts(cond *node) bool {
	return slices.ContainsFunc(cond.list(), func(n *node) bool { return strings.Contains(n.text, "|") })
}

// aliased is what a correlation's field is called in the events of one of its rules.
func (s *set) aliased(d, of *document, field string) string {
	if a := d.root.get("correlation").get("aliases").get(field); a != nil {
		for _, f := range a.fields {
			if s.ref(f.key.text) == of && f.value.form == scalar {
				return f.value.text
			}
		}
	}
	return field
}

// offered is what the alerts of a rule call a field.
func (d *document) offered(field string) string {
	for _, o := range d.offers {
		if o.field == field {
			return o.name
		}
	}
	return field
}

// keyNames are what the alerts of a correlation call its keys: an alias by one word.
func keyNames(n *node) map[string]string {
	out, taken := map[string]string{}, map[string]bool{}
	for _, v := range n.get("group-by").list() {
		if n.get("aliases").get(v.text) != nil {
			out[v.text] = distinct(taken, ofEvent(slug(v.text)), "")
			continue
		}
		out[v.text] = ofEvent(v.text)
		taken[out[v.text]] = true
	}
	return out
}

// brought are the items of a window that bring fields along which are no keys of it.
// of says a field in what the window groups.
func (d *document) brought(keys []*ast.Arg, at source.Span, of func(field string) ast.Expr) []*ast.Item {
	var out []*ast.Item
	for _, o := range d.offers {
		if !hasKey(keys, o.name) {
			out = append(out, item1(o.name, call("last", at, of(o.field)), at))
		}
	}
	return out
}

// hasKey reports whether a group has a key of this name.
func hasKey(keys []*ast.Arg, s string) bool {
	return slices.ContainsFunc(keys, func(a *ast.Arg) bool {
		n, ok := a.Value.(*ast.Name)
		return a.Name != nil && a.Name.Name == s || a.Name == nil && ok && n.Name == s
	})
}
