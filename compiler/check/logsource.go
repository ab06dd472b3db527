package check

import (
	"fmt"
	"slices"
	"strings"

	"github.com/detlang/det/compiler/plan"
	"github.com/detlang/det/lang/ast"
	"github.com/detlang/det/lang/diag"
	"github.com/detlang/det/lang/source"
	"github.com/detlang/det/lang/types"
)

// logSource is one source of a mapping.
type logSource struct {
	parts  sourceParts
	where  ast.Expr
	fields []string // that its events have, as far as the mapping names them
	under  []string // prefixes of fields of any name, with their dot
	open   bool     // there may be any others
	mod    *module
}

// logSource is the log source of a rule that names one: of its conditions where, all
// of which hold, exactly one is logsource(…).
func (r *ruleChecker) logSource() sourceParts {
	var calls []*ast.Call
	var walk func(x ast.Expr)
	walk = func(x ast.Expr) {
		if call := sourceCall(x); call != nil {
			calls = append(calls, call)
		}
		switch x := x.(type) {
		case *ast.Paren:
			if sourceCall(x.X) == nil {
				walk(x.X)
			}
		case *ast.Binary:
			if x.Op == "and" {
				walk(x.X)
				walk(x.Y)
			}
		}
	}
	for _, st := range r.decl.block.Body {
		if st.Name.Name == "where" && len(st.Args) == 1 {
			walk(st.Args[0].Value)
		}
	}
	var of sourceParts
	if len(calls) == 1 {
		for _, a := range calls[0].Args {
			l, ok := a.Value.(*ast.Literal)
			if !ok || a.Name == nil {
				continue // told where the call is checked
			}
			v, _ := l.Value.(string)
			if i := slices.Index(logSourceParts, a.Name.Name); i >= 0 {
				of[i] = strings.ToLower(v)
			}
		}
	}
	return of
}

func (c *checker) logSource(m *module, st *ast.Stage) *logSource {
	s := &logSource{mod: m}
	parts, wrong := c.sourceParts(st.Args)
	if wrong != nil {
		c.diags.Errorf("D0914", wrong.Span(), "a log source has %s, each a text", strings.Join(logSourceParts, ", ")).Hint = `write: source product = "windows", service = "security" where Channel == "Security"`
		return nil
	}
	s.parts = parts
	for _, cl := range st.Clauses {
		if cl.Word.Name == "where" && len(cl.Args) == 1 {
			s.where = cl.Args[0].Value
		}
	}
	if s.where == nil || s.parts.count() == 0 {
		c.diags.Errorf("D0914", st.At, "a log source has a name and a condition").Hint = `write: source product = "windows", service = "security" where Channel == "Security"`
		return nil
	}
	s.open = len(st.Items) == 0
	for _, it := range st.Items {
		if path, ok := dotted(it.Value); ok {
			s.fields = append(s.fields, path)
			continue
		}
		l, _ := it.Value.(*ast.Literal)
		if l == nil {
			continue
		}
		text, _ := l.Value.(string)
		prefix, any := strings.CutSuffix(text, "*")
		switch {
		case any && prefix == "":
			s.open = true
		case any && strings.HasSuffix(prefix, "."):
			s.under = append(s.under, prefix)
		}
	}
	return s
}

// logSourceParts are what a log source is named by.
var logSourceParts = []string{"product", "category", "service"}

// sourceParts are the names of a log source, as logSourceParts orders them and in
// lower case; "" where it has none.
type sourceParts [3]string

// count is how many names there are.
func (p sourceParts) count() int {
	n := 0
	for _, v := range p {
		if v != "" {
			n++
		}
	}
	return n
}

// within reports whether q has all names of p.
func (p sourceParts) within(q sourceParts) bool {
	for i, v := range p {
		if v != "" && v != q[i] {
			return false
		}
	}
	return true
}

// String says what the log source is called.
func (p sourceParts) String() string {
	var words []string
	for i, v := range p {
		if v != "" {
			words = append(words, logSourceParts[i]+" "+v)
		}
	}
	return strings.Join(words, ", ")
}

// sourceCall is logsource(…), or nil.
func sourceCall(x ast.Expr) *ast.Call {
	if p, ok := x.(*ast.Paren); ok {
		return sourceCall(p.X)
	}
	if call, ok := x.(*ast.Call); ok && call.On == nil && call.Fun.Name == "logsource" {
		return call
	}
	return nil
}

// logsource is logsource(product: …, category: …, service: …): the condition of the
// events of a log source. The sources that the mappings have are those of that name.
// Where there is none, a name that says less stands for all sources that say more,
// and one that says more for what lies in several that say less together: the
// category and the service of a product. A name of which no source knows a part is
// unknown, however much they know of the rest.
func (c *checker) logsource(s *scope, x *ast.Call) plan.Expr {
	var want sourceParts
	cond := c.sources(s, x, &want)
	if cond != nil && s.rule.rule.Logs == nil {
		s.rule.rule.Logs = &plan.LogSource{Name: want.String(), Cond: cond}
	}
	return cond
}

// sources reads what logsource names into want, and gives the condition.
func (c *checker) sources(s *scope, x *ast.Call, want *sourceParts) plan.Expr {
	if !c.sourceNames(x, want) {
		return nil
	}
	if s.rule == nil || s.rule.rule.From.Schema == nil || want.count() == 0 {
		c.diags.Errorf("D0205", x.At, "logsource stands in a rule over events, and names a product, category or service")
		return nil
	}
	var groups [][]*logSource
	if m := c.mapped[s.rule.rule.From.Schema]; m != nil {
		groups = m.named(*want)
	}
	if len(groups) == 0 {
		return c.selfNamed(s, x, *want)
	}
	var all []plan.Expr
	known := s.rule.known
	s.rule.known = logFields{} // conditions of sources may read what they like
	defer func() { s.rule.known = known }()
	for _, g := range groups {
		var any []plan.Expr
		for _, src := range g {
			e := c.boolean(&scope{mod: src.mod, locals: map[string]local{}, row: s.row, rule: s.rule}, src.where, "the condition of a log source")
			if e == nil {
				return nil
			}
			any = append(any, e)
			known.add(c.mapped[s.rule.rule.From.Schema], src)
		}
		all = append(all, either(any, x.At))
	}
	if len(all) == 1 {
		return all[0]
	}
	return &plan.And{Xs: all, At: x.At}
}

// named are the sources of a name: events of it are in one of each group.
func (m *mapped) named(want sourceParts) [][]*logSource {
	var same, more, less []*logSource
	for _, src := range m.sources {
		switch {
		case src.parts == want:
			same = append(same, src)
		case want.within(src.parts):
			more = append(more, src)
		case src.parts.within(want):
			less = append(less, src)
		}
	}
	switch {
	case len(same) > 0:
		return [][]*logSource{same}
	case len(more) > 0:
		return [][]*logSource{more}
	}
	var groups [][]*logSource
	var said sourceParts
	for _, src := range less {
		if slices.ContainsFunc(less, func(o *logSource) bool { return o.parts != src.parts && src.parts.within(o.parts) }) {
			continue
		}
		for i, v := range src.parts {
			said[i] = max(said[i], v)
		}
		i := slices.IndexFunc(groups, func(g []*logSource) bool { return g[0].parts == src.parts })
		if i < 0 {
			groups = append(groups, []*logSource{src})
		} else {
			groups[i] = append(groups[i], src)
		}
	}
	if said != want {
		return nil
	}
	return groups
}

// nearest is what was probably meant by a name that no source has: one that differs
// from it in a part of a similar spelling.
func (m *mapped) nearest(want sourceParts) (meant string, ok bool) {
	for i, v := range want {
		var known []string
		for _, src := range m.sources {
			rest, of := want, src.parts
			rest[i], of[i] = "", ""
			if src.parts[i] != "" && of.within(rest) {
				known = append(known, src.parts[i])
			}
		}
		if v == "" || slices.Contains(known, v) {
			continue
		}
		if near, ok := diag.Nearest(v, known); ok {
			return logSourceParts[i] + " " + near, true
		}
	}
	return "", false
}

// sourceNames reads the arguments of logsource into want; false where something is
// wrong with them.
func (c *checker) sourceNames(x *ast.Call, want *sourceParts) bool {
	parts, wrong := c.sourceParts(x.Args)
	if wrong != nil {
		c.diags.Errorf("D0205", wrong.Span(), "logsource takes %s, each a text", strings.Join(logSourceParts, ", ")).Hint = `logsource(product: "windows", service: "security")`
		return false
	}
	*want = parts
	return true
}

// sourceParts reads the parts of a log source; wrong is what is none.
func (c *checker) sourceParts(args []*ast.Arg) (parts sourceParts, wrong ast.Expr) {
	for _, a := range args {
		i := -1
		if a.Name != nil {
			i = slices.Index(logSourceParts, a.Name.Name)
		}
		v, ok := "", false
		if i >= 0 {
			v, ok = c.literalText(a.Value)
		}
		if !ok {
			return parts, a.Value
		}
		parts[i] = strings.ToLower(v)
	}
	return parts, nil
}

func either(xs []plan.Expr, at source.Span) plan.Expr {
	if len(xs) == 1 {
		return xs[0]
	}
	return &plan.Or{Xs: xs, At: at}
}

// selfNamed is the condition for a log source that no mapping has: the event itself
// must name it, in logsource.product, logsource.category and logsource.service.
func (c *checker) selfNamed(s *scope, x *ast.Call, want sourceParts) plan.Expr {
	var all []plan.Expr
	for i, part := range logSourceParts {
		v := want[i]
		if v == "" {
			continue
		}
		col := s.rule.sourceColumn("logsource."+part, &ast.Ident{Name: "logsource." + part, At: x.At}, true)
		if col == nil {
			c.diags.Errorf("D0914", x.At, "no mapping knows the log source %s, and schema %s is not open", want, s.rule.rule.From.Schema.Name)
			return nil
		}
		all = append(all, &plan.Op{Op: "==", Args: []plan.Expr{
			&plan.Col{Column: col, At: x.At}, &plan.Const{Value: v, T: types.TString, At: x.At},
		}, T: types.TBool, At: x.At, OpAt: x.At})
	}
	meant, typo := "", false
	if m := c.mapped[s.rule.rule.From.Schema]; m != nil {
		meant, typo = m.nearest(want)
	}
	d := c.diags.Add(diag.Diagnostic{Code: "D0907", Severity: diag.Info, Span: x.At,
		Message: fmt.Sprintf("no mapping knows the log source %s: the rule sees only events that name it themselves", want)})
	if typo {
		d.Severity, d.Hint = diag.Warning, "did you mean "+meant+"?"
		return &plan.And{Xs: all, At: x.At}
	}
	d.Hint = `declare it: mapping mine for any_event { source … where … }; or let the events have logsource.product, logsource.category, logsource.service`
	return &plan.And{Xs: all, At: x.At}
}
