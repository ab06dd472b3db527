package check

import (
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/detlang/det/compiler/plan"
	"github.com/detlang/det/lang/ast"
)

// metaItem is one line of metadata: what it holds and where it goes.
type metaItem struct {
	choices []string
	list    bool // a list of texts or names
	set     func(m *plan.Meta, v []string)
	valid   func(v string) (hint string, ok bool)
}

func one(f func(m *plan.Meta) *string) func(*plan.Meta, []string) {
	return func(m *plan.Meta, v []string) { *f(m) = v[0] }
}

func many(f func(m *plan.Meta) *[]string) func(*plan.Meta, []string) {
	return func(m *plan.Meta, v []string) { *f(m) = append(*f(m), v...) }
}

var attackID = regexp.MustCompile(`^(T\d{4}(\.\d{3})?|TA\d{4}|[GS]\d{4})$`)

// Levels are the levels of an alert, lowest first.
var Levels = []string{"informational", "low", "medium", "high", "critical"}

// metadata are the lines of a rule that say something about it.
var metadata = map[string]metaItem{
	"title":       {set: one(func(m *plan.Meta) *string { return &m.Title })},
	"id":          {set: one(func(m *plan.Meta) *string { return &m.ID })},
	"level":       {choices: Levels, set: one(func(m *plan.Meta) *string { return &m.Level })},
	"status":      {choices: []string{"stable", "test", "experimental", "deprecated", "unsupported"}, set: one(func(m *plan.Meta) *string { return &m.Status })},
	"description": {set: one(func(m *plan.Meta) *string { return &m.Description })},
	"author":      {set: one(func(m *plan.Meta) *string { return &m.Author })},
	"license":     {set: one(func(m *plan.Meta) *string { return &m.License })},
	"date":        {set: one(func(m *plan.Meta) *string { return &m.Date })},
	"modified":    {set: one(func(m *plan.Meta) *string { return &m.Modified })},
	"attack": {list: true, set: many(func(m *plan.Meta) *[]string { return &m.Attack }), valid: func(v string) (string, bool) {
		return "a technique is written T1059 or T1059.001, a tactic TA0006", attackID.MatchString(v)
	}},
	"tags":       {list: true, set: many(func(m *plan.Meta) *[]string { return &m.Tags })},
	"references": {list: true, set: many(func(m *plan.Meta) *[]string { return &m.References })},
	"generate": {choices: []string{"true", "false"}, set: func(m *plan.Meta, v []string) {
		m.Muted = v[0] == "false"
	}},
	"falsepositives": {list: true, set: many(func(m *plan.Meta) *[]string { return &m.FalsePositives })},
}

// meta reads one line of metadata.
func (r *ruleChecker) meta(st *ast.Stage, item metaItem) {
	c, name := r.c, st.Name.Name
	if len(st.Args) != 1 || st.Args[0].Name != nil || len(st.Clauses) > 0 || st.HasBody {
		c.diags.Errorf("D0407", st.At, "`%s` takes one value", name)
		return
	}
	x := st.Args[0].Value
	elems := []ast.Expr{x}
	if l, ok := x.(*ast.ListExpr); ok && item.list {
		elems = l.Elems
	}
	var vals []string
	for _, e := range elems {
		v, ok := word(e)
		if !ok {
			c.diags.Errorf("D0204", e.Span(), "`%s` takes a text", name)
			return
		}
		if item.choices != nil && !contains(item.choices, v) {
			d := c.diags.Errorf("D0408", e.Span(), "%s is no %s", v, name)
			d.Hint = hint(v, item.choices)
			if d.Hint == "" {
				d.Hint = "write one of " + strings.Join(item.choices, ", ")
			}
			return
		}
		if item.valid != nil {
			if h, ok := item.valid(v); !ok {
				c.diags.Errorf("D0410", e.Span(), "%s is no ATT&CK id", v).Hint = h
				return
			}
		}
		vals = append(vals, v)
	}
	if len(vals) > 0 {
		item.set(&r.rule.Meta, vals)
	}
}

func contains[T comparable](list []T, s T) bool { return slices.Contains(list, s) }

// word is a text, or a bare word that stands for itself.
func word(x ast.Expr) (string, bool) {
	switch x := x.(type) {
	case *ast.Literal:
		if s, ok := x.Value.(string); ok {
			return s, true
		}
		return x.Raw, x.Value != nil
	case *ast.Name:
		return x.Name, true
	}
	return dotted(x)
}

// MetaLine documents a line of metadata: its name, and what it may say where that is
// a closed list.
type MetaLine struct {
	Name    string
	Choices []string
}

// MetaLines are the lines of metadata, by name.
func MetaLines() []MetaLine {
	var out []MetaLine
	for _, name := range slices.Sorted(maps.Keys(metadata)) {
		out = append(out, MetaLine{name, metadata[name].choices})
	}
	return out
}
