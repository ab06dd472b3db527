package sigma

import (
	"slices"
	"strings"

	"github.com/detlang/det/lang/ast"
	"github.com/detlang/det/lang/diag"
	"github.com/detlang/det/lang/source"
)

// rule turns one document into a rule of the language.
type rule struct {
	set    *set
	doc    *document
	diags  *diag.List
	used   map[string]bool // lists that the file uses
	fields []string        // fields of the event that the rule names
	texts  int             // that its values stand for
	body   []*ast.Stage
	bad    bool
}

// uses notes that the rule names a list.
func (r *rule) uses(list string) { r.used[list] = true }

// block is the rule, or nil where something is wrong with it, which was told.
func (r *rule) block() *ast.Block {
	root := r.doc.root
	r.metadata()
	if t := text1(root, "taxonomy"); t != "" && t != "sigma" {
		d := r.diags.Warnf("D0913", root.get("taxonomy").at, "the taxonomy %s is not known; fields and log sources are taken as they stand", t)
		d.Hint = "a mapping says what they are called in the events"
	}
	if root.get("correlation") != nil {
		r.correlation(root.get("correlation"))
	} else {
		r.detection()
	}
	if r.bad || r.diags.Errors() > 0 {
		return nil
	}
	at := r.titleAt()
	b := &ast.Block{Keyword: ident("rule", at), Name: ident(r.doc.name, at), Body: r.body, At: root.at, Close: at, Lent: r.doc.lent()}
	if n := len(root.fields); n > 0 {
		b.At = root.at.To(root.fields[n-1].value.at)
	}
	return b
}

func (r *rule) titleAt() source.Span {
	if t := r.doc.root.get("title"); t != nil {
		return t.at
	}
	return r.doc.root.at
}

func (r *rule) add(stages ...*ast.Stage) { r.body = append(r.body, stages...) }

// detection turns log source, selections and condition.
func (r *rule) detection() {
	root := r.doc.root
	d := root.get("detection")
	switch {
	case d == nil:
		r.diags.Errorf("D0902", r.titleAt(), "the rule has no detection")
		return
	case d.form != mapping:
		r.diags.Errorf("D0902", d.at, "the detection is a map of selections and a condition, not %s", d.form)
		return
	}
	cond := d.get("condition")
	if cond == nil || cond.form == null {
		r.diags.Errorf("D0902", root.place("detection"), "the detection has no condition")
		return
	}
	at := root.at
	if ls := root.get("logsource"); ls != nil {
		at = ls.at
	}
	r.add(stage("from", at, name(anyEvent, at)))
	if !r.logsource() {
		return
	}
	if !counts(cond) {
		for _, o := range r.doc.offers {
			if o.name != o.field { // alerts have a column of that name
				r.add(let(o.name, at, name(o.field, at)))
			}
		}
	}
	s := r.selections(d, "")
	if s == nil {
		return
	}
	r.when(d, cond, s)
}

// anyEvent is the schema of std.sigma.
const anyEvent = "any_event"

// logsourceKeys are the parts of a log source. The definition is for its readers.
var logsourceKeys = []string{"category", "product", "service", "definition"}

// logsource turns the log source into a condition.
func (r *rule) logsource() bool {
	root := r.doc.root
	ls := root.get("logsource")
	if ls == nil || ls.form != mapping {
		r.diags.Errorf("D0902", r.titleAt(), "the rule has no logsource")
		return false
	}
	for _, f := range ls.fields {
		if !slices.Contains(logsourceKeys, f.key.text) {
			e := r.diags.Errorf("D0902", f.key.at, "a logsource has no %s", f.key.text)
			if near, ok := diag.Nearest(f.key.text, logsourceKeys); ok {
				e.Hint = "did you mean " + near + "?"
			} else {
				e.Hint = "there are: " + strings.Join(logsourceKeys, ", ")
			}
		}
	}
	c := call("logsource", root.place("logsource"))
	for _, key := range []string{"product", "category", "service"} {
		v := ls.get(key)
		if v == nil || v.form == null {
			continue
		}
		if v.form != scalar {
			r.diags.Errorf("D0902", v.at, "%s of the logsource is a text, not %s", key, v.form)
			return false
		}
		c.Args = append(c.Args, &ast.Arg{Name: ident(key, v.at), Value: text(strings.ToLower(v.line()), v.at)})
	}
	if len(c.Args) == 0 {
		r.diags.Errorf("D0902", ls.at, "the logsource names no product, category or service")
		return false
	}
	r.add(stage("where", root.place("logsource"), c))
	return true
}

// selections are the named parts of a detection, as lets.
type selections struct {
	names []string          // as the rule has them, in order
	lets  map[string]string // the names of their lets
	terms map[string]ast.Expr
}

// selections turns every selection into a let. prefix keeps those of a filter apart
// from those of its rule.
func (r *rule) selections(d *node, prefix string) *selections {
	s := &selections{lets: map[string]string{}, terms: map[string]ast.Expr{}}
	ok := true
	var xs []ast.Expr
	var at []source.Span
	for _, f := range d.fields {
		if n := f.key.text; n == "condition" || n == "timeframe" || prefix != "" && n == "rules" {
			continue
		}
		x := r.selection(f.value)
		ok = ok && x != nil
		s.names = append(s.names, f.key.text)
		xs, at = append(xs, x), append(at, f.key.at)
	}
	if !ok {
		return nil
	}
	taken := map[string]bool{}
	for _, st := range r.body {
		if st.Name.Name == "let" {
			taken[st.Args[0].Name.Name] = true
		}
	}
	for _, f := range r.fields {
		taken[f] = true
	}
	for i, n := range s.names {
		word := slug(prefix + n)
		if word == "" {
			word = "selection"
		}
		if taken[word] {
			word += "_selection"
		}
		s.lets[n] = distinct(taken, word, "")
		r.add(let(s.lets[n], at[i], xs[i]))
	}
	return s
}

// refer gives the let of a selection.
func (r *rule) refer(s *selections) func(string, source.Span) ast.Expr {
	return func(n string, at source.Span) ast.Expr {
		if let, ok := s.lets[n]; ok {
			return &ast.Name{Ident: *ident(let, at)}
		}
		d := r.diags.Errorf("D0903", at, "there is no selection %s", n)
		if near, ok := diag.Nearest(n, s.names); ok {
			d.Hint = "did you mean " + near + "?"
		}
		return nil
	}
}

// when turns the condition, or a list of them, of which one is enough, and what the
// filters say.
func (r *rule) when(d, cond *node, s *selections) {
	var any []ast.Expr
	for _, n := range cond.list() {
		if n.form != scalar {
			r.diags.Errorf("D0902", n.at, "a condition is a text, not %s", n.form)
			return
		}
		c := newCondition(n, r.diags)
		c.name, c.names = r.refer(s), s.names
		x := c.expression()
		if x == nil {
			return
		}
		if c.i < len(c.words) {
			if len(cond.list()) > 1 {
				r.diags.Errorf("D0913", n.at, "a condition that counts cannot stand in a list of conditions").Hint = "write a rule for each"
				return
			}
			r.aggregation(d, c, s, x)
			return
		}
		any = append(any, x)
	}
	x := r.filtered(chain("or", any))
	if x == nil {
		return
	}
	r.add(stage("when", cond.at, x))
}
