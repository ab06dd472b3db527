package lint

import (
	"slices"
	"strings"

	"github.com/zeebo/xxh3"

	"github.com/detlang/det/compiler/plan"
	"github.com/detlang/det/lang/diag"
	"github.com/detlang/det/lang/types"
)

var ruleCovered = Lint{
	Code: "L110", Name: "rule-implied", Category: Dead, Level: Warning,
	Summary: "a rule that fires only when another one does",
	Why: "Both look at the same events one by one, and whenever the first fires the second fires too. Either one is " +
		"superfluous, or its condition is not what was meant. Rules of different levels, and of different kinds " +
		"(the tags detection.threat-hunting, detection.emerging-threats and detection.dfir), may well lie within each other.",
	Avoid: `import std.web

rule admin_pages {
  from web_access
  when path startswith "/admin" and status == 200
}

rule admin_login {
  from web_access
  when path == "/admin/login" and status == 200
}
`,
	Prefer: `import std.web

rule admin_pages {
  from web_access
  when path startswith "/admin" and path != "/admin/login" and status == 200
}

rule admin_login {
  from web_access
  when path == "/admin/login" and status == 200
}
`,
	Set: func(p *Pass, s *Set) {
		streams := map[string][]*simple{}
		var all []*simple
		for _, x := range s.simples() {
			if x != nil && x.text != "" {
				all = append(all, x)
				streams[x.group()] = append(streams[x.group()], x)
			}
		}
		parallel(len(all), func(i int) { all[i].witness() })
		near := map[string]*coverers{}
		for group, rules := range streams {
			near[group] = newCoverers(rules)
		}
		wider := make([]*Rule, len(all))
		parallel(len(all), func(i int) {
			for _, y := range near[all[i].group()].of(all[i]) {
				if all[i].covered(y) {
					wider[i] = y.rule
					return
				}
			}
		})
		for i, other := range wider {
			if other != nil {
				d := p.Tell(all[i].rule.Block.Name.At, "rule %s fires only when rule %s does", all[i].rule.Plan.Name, other.Plan.Name)
				d.Notes = append(d.Notes, diag.Note{Span: other.Block.Name.At, Message: "this one"})
			}
		}
	},
}

// simple is a rule over single events: its conditions, joined.
type simple struct {
	rule   *Rule
	conds  []plan.Expr
	text   string
	reads  []string          // names of the columns that it reads
	atoms  []atom            // its parts that are tests of a column against constants
	demand uint64            // the columns of the atoms, hashed to bits
	sure   uint64            // the columns that are there where it fires, hashed to bits
	fires  []*facts          // the cases in which it fires
	first  map[string]*known // the first of them, by column

	columns map[string]*plan.Column // of its stream, by name
}

// atom is a test of a column.
type atom struct {
	col  string
	test *plan.Op
	text textTest // where it is a test of a text
}

// simples are the rules in their order, with nil for those that have other stages.
func (s *Set) simples() []*simple {
	if s.single == nil {
		s.single = make([]*simple, len(s.Rules))
		parallel(len(s.Rules), func(i int) { s.single[i] = simpleRule(s.Rules[i]) })
	}
	return s.single
}

// simpleRule reads a rule without stages but where, let and when.
func simpleRule(r *Rule) *simple {
	s := &simple{rule: r}
	if r.verdict().kind != possible {
		return nil
	}
	var texts []string
	for _, st := range r.Plan.Stages {
		if st.Cond == nil {
			return nil
		}
		s.conds = append(s.conds, st.Cond)
	}
	for _, x := range conjuncts(s.conds) {
		texts = append(texts, plan.String(unnamed(x)))
	}
	if len(texts) > maxParts {
		return nil
	}
	slices.Sort(texts)
	s.text = strings.Join(slices.Compact(texts), " and ")
	seen := map[string]bool{}
	for _, x := range s.conds {
		plan.Walk(x, func(e plan.Expr) bool {
			if c, ok := e.(*plan.Col); ok {
				seen[c.Column.Name] = true
			}
			return true
		})
	}
	for name := range seen {
		s.reads = append(s.reads, name)
	}
	slices.Sort(s.reads)
	s.atoms = atoms(s.conds)
	for _, a := range s.atoms {
		s.demand |= bit(a.col)
	}
	return s
}

// bit is one of 64 bits for a name.
func bit(name string) uint64 { return 1 << (xxh3.HashString(name) % 64) }

// atoms are the parts of conditions that test a column against constants.
func atoms(conds []plan.Expr) []atom {
	var out []atom
	for _, x := range conjuncts(conds) {
		o, ok := bare(x).(*plan.Op)
		if !ok || len(o.Args) != 2 || o.Not {
			continue
		}
		c := column(o.Args[0])
		v, isConst := constant(o.Args[1])
		if c == nil || !isConst || c.Type.Kind == types.List {
			continue
		}
		a := atom{col: c.Name, test: o}
		if c.Type.Kind == types.String {
			k := known{x: o.Args[0]}
			if !k.textual(o.Op, o, v, true) || len(k.yes) != 1 {
				continue
			}
			a.text = k.yes[0]
		}
		out = append(out, a)
	}
	return out
}

// witness works out the cases in which the rule fires, and what holds in the first.
func (x *simple) witness() {
	x.first, x.fires = map[string]*known{}, x.rule.cases(x.conds)
	for _, f := range x.fires[:min(1, len(x.fires))] {
		for _, k := range f.of {
			if k.text == "" {
				x.first[k.col.Name] = k.known
				if k.present {
					x.sure |= bit(k.col.Name)
				}
			}
		}
	}
	x.columns = map[string]*plan.Column{}
	for _, c := range x.rule.Plan.From.Columns {
		x.columns[c.Name] = c
	}
}

// unnamed is an expression with the names that its author gave taken out.
func unnamed(x plan.Expr) plan.Expr {
	return plan.Map(x, func(e plan.Expr) plan.Expr {
		switch e := e.(type) {
		case *plan.Named:
			return e.X
		case *plan.Const:
			k := *e
			k.Name = ""
			return &k
		}
		return e
	})
}

// group are the rules that are held against each other: over one stream, of one
// level and one kind, since a broad rule beside a sharper one is often meant.
func (x *simple) group() string {
	m := x.rule.Plan.Meta
	return strings.Join([]string{x.rule.Plan.From.Name(), m.Level, detectionKind(m.Tags)}, "\x00")
}

// detectionKind is the tag of Sigma that says what a rule is written for, or "":
// detection.threat-hunting for a rule that is broad on purpose,
// detection.emerging-threats for one that is narrow on purpose.
func detectionKind(tags []string) string {
	for _, t := range tags {
		if strings.HasPrefix(t, "detection.") {
			return t
		}
	}
	return ""
}

// covered reports whether y fires whenever x does, but not the other way round,
// and says no more of it.
func (x *simple) covered(y *simple) bool {
	return x != y && x.text != y.text && x.mayImply(y) && x.implies(y) && !y.implies(x)
}

// mayImply is a quick look: what y reads, x must read, and where x fires in one way,
// the tests of y must hold.
func (x *simple) mayImply(y *simple) bool {
	if y.demand&^x.sure != 0 {
		return false
	}
	for _, a := range y.atoms {
		if k := x.first[a.col]; k == nil || !k.demands(a) {
			return false // here x fires and this test of y fails
		}
	}
	for _, name := range y.reads {
		if _, ok := slices.BinarySearch(x.reads, name); !ok {
			return false
		}
	}
	return len(y.atoms) > 0
}

// demands reports whether a test follows from what is known.
func (k *known) demands(a atom) bool {
	if !k.present {
		return false
	}
	if len(a.text.values) > 0 {
		return slices.ContainsFunc(k.yes, func(c textTest) bool {
			return !slices.ContainsFunc(c.values, func(v string) bool { return !implies(c.op, v, c.cased, a.text) })
		})
	}
	n := *k
	n.learn(a.test, false)
	return n.impossible()
}

// implies proves that y holds whenever x does.
func (x *simple) implies(y *simple) bool {
	for _, part := range conjuncts(y.conds) {
		moved := plan.Map(part, func(e plan.Expr) plan.Expr {
			if c, ok := e.(*plan.Col); ok && x.columns[c.Column.Name] != nil {
				return &plan.Col{Column: x.columns[c.Column.Name], At: c.At}
			}
			return e
		})
		if slices.ContainsFunc(x.fires, func(f *facts) bool { return f.allows(moved, false) }) {
			return false
		}
	}
	return true
}
