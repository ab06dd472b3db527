package check

import (
	"slices"
	"strings"

	"github.com/detlang/det/compiler/plan"
	"github.com/detlang/det/lang/ast"
	"github.com/detlang/det/lang/source"
	"github.com/detlang/det/lang/types"
	"github.com/detlang/det/runtime/op"
)

// Uses is what names mean at every place of the files, as the checker found it
// out: what an editor shows, follows and renames. Files with errors have uses too,
// as far as the checker got. A nil *Uses records nothing.
type Uses struct {
	All    []Use
	Scenes []Scene // rule by rule, in order of the stages

	at       map[place]int // index in All
	blocks   map[*types.Schema]*ast.Block
	mappings map[mappedName]source.Span
	columns  map[*plan.Column]source.Span
}

// place is the start of a name.
type place struct {
	file *source.File
	off  int
}

// Use is one place at which a name stands.
type Use struct {
	At   source.Span
	Def  source.Span // where the name is declared; At itself there; zero for what the language has
	Kind UseKind
	Name string
	Type string // a type with its unit, or the signature of a function
	Doc  string
}

// UseKind is what a name is.
type UseKind string

// The kinds of names.
const (
	UseSchema    UseKind = "schema"
	UseField     UseKind = "field"
	UseColumn    UseKind = "column" // of the row behind a stage
	UseLocal     UseKind = "let"
	UseStats     UseKind = "statistics"
	UseMember    UseKind = "statistic"
	UseParameter UseKind = "parameter" // of a fn
	UseRule      UseKind = "rule"
	UseConst     UseKind = "const"
	UseList      UseKind = "list"
	UseTable     UseKind = "table"
	UseFn        UseKind = "fn"
	UseFunction  UseKind = "function"
	UseAggregate UseKind = "aggregate"
	UseImport    UseKind = "import"
)

// Scene is what expressions may name behind a stage of a rule.
type Scene struct {
	Rule    *ast.Block
	Stage   *ast.Stage
	Row     []*plan.Column
	Locals  []Name
	Sources []*types.Schema // whose fields may be named, before a stage regroups rows
	Flows   bool            // the stage gives another row than flows into it
}

// Name is a name that an expression may use.
type Name struct {
	Name string
	Kind UseKind
	Type types.Type
	Doc  string
	Enum []string
}

// Names are the names of a scene: what the author bound, the row, the fields.
func (s *Scene) Names() []Name {
	out := slices.Clone(s.Locals)
	seen := map[string]bool{}
	for _, n := range out {
		seen[n.Name] = true
	}
	add := func(n Name) {
		if !seen[n.Name] && !strings.HasPrefix(n.Name, "$") {
			seen[n.Name] = true
			out = append(out, n)
		}
	}
	for _, sc := range s.Sources {
		for _, f := range sc.Fields {
			add(Name{Name: f.Name, Kind: UseField, Type: f.Type, Doc: f.Doc, Enum: f.Enum})
		}
	}
	for _, col := range s.Row {
		add(Name{Name: col.Name, Kind: UseColumn, Type: col.Type, Enum: col.Enum})
	}
	return out
}

// Find is the use at an offset of a file, or nil. The offset may be that behind the
// last character of the name.
func (u *Uses) Find(file *source.File, off int) *Use {
	var best *Use
	for i := range u.All {
		x := &u.All[i]
		if x.At.File == file && x.At.Start <= off && off <= x.At.End && (best == nil || x.At.End-x.At.Start < best.At.End-best.At.Start) {
			best = x
		}
	}
	return best
}

// add records a use. What is said of a place later counts only where nothing was
// said, since the body of a fn is checked at each call.
func (u *Uses) add(x Use) {
	if u == nil || x.At.File == nil || x.At.Start == x.At.End {
		return
	}
	if u.at == nil {
		u.at = map[place]int{}
	}
	p := place{x.At.File, x.At.Start}
	if _, ok := u.at[p]; ok {
		return
	}
	u.at[p] = len(u.All)
	u.All = append(u.All, x)
}

// declKinds are the kinds of declarations by their keyword.
var declKinds = map[string]UseKind{"schema": UseSchema, "table": UseTable, "rule": UseRule}

// decl records a use of a declaration.
func (u *Uses) decl(at source.Span, d *decl) {
	if u == nil || d == nil {
		return
	}
	x := Use{At: at, Name: d.ast.DeclName().Name, Def: d.ast.DeclName().At}
	switch a := d.ast.(type) {
	case *ast.Const:
		x.Kind = UseConst
		if d.konst != nil {
			x.Type, x.Doc = d.konst.T.String(), "= "+plan.FormatValue(d.konst.Value)
		}
	case *ast.ListDecl:
		x.Kind = UseList
		if d.list != nil {
			x.Type, x.Doc = d.list.T.String(), plan.FormatValue(d.list.Value)
		}
	case *ast.Fn:
		x.Kind, x.Type = UseFn, fnSignature(a)
		x.Doc = "= " + a.Body.Span().Text()
	case *ast.Block:
		x.Kind = declKinds[a.Keyword.Name]
		if d.schema != nil {
			x.Doc = d.schema.Doc
		}
		if d.rule != nil {
			x.Doc = ruleTitle(a)
		}
	}
	u.add(x)
}

func fnSignature(f *ast.Fn) string {
	var names []string
	for _, p := range f.Params {
		names = append(names, p.Name)
	}
	return "(" + strings.Join(names, ", ") + ")"
}

// ruleTitle is the title of a rule as written.
func ruleTitle(b *ast.Block) string {
	for _, st := range b.Body {
		if st.Name.Name == "title" && len(st.Args) == 1 {
			title, _ := word(st.Args[0].Value)
			return title
		}
	}
	return ""
}

// local records a use of a name that the author bound.
func (u *Uses) local(at source.Span, name string, l local) {
	if u == nil || l.at.File == nil {
		return
	}
	x := Use{At: at, Def: l.at, Kind: UseLocal, Name: name}
	switch {
	case l.param:
		x.Kind = UseParameter
	case l.stats != nil:
		x.Kind = UseStats
		x.Doc = l.stats.stage.Spec.Doc
	case l.x != nil:
		x.Doc = "= " + plan.String(l.x)
	}
	if l.x != nil {
		x.Type = l.x.Type().String()
	}
	u.add(x)
}

// schema notes which block declares a schema, and the fields that it declares.
func (u *Uses) schema(s *types.Schema, b *ast.Block) {
	if u == nil || s == nil {
		return
	}
	if u.blocks == nil {
		u.blocks = map[*types.Schema]*ast.Block{}
	}
	u.blocks[s] = b
	for _, st := range b.Body {
		u.field(st.Name.At, s, st.Name.Name)
	}
}

// field records a use of a field of a schema.
func (u *Uses) field(at source.Span, s *types.Schema, name string) {
	if u == nil {
		return
	}
	i := s.Find(name)
	if i < 0 {
		return
	}
	f := &s.Fields[i]
	x := Use{At: at, Def: u.fieldAt(s, name), Kind: UseField, Name: name, Type: f.Type.String(), Doc: f.Doc}
	if len(f.Enum) > 0 {
		x.Doc = strings.TrimSpace(x.Doc + "\n\nOne of " + strings.Join(f.Enum, ", ") + ".")
	}
	u.add(x)
}

// fieldAt is where a schema declares a field.
func (u *Uses) fieldAt(s *types.Schema, name string) source.Span {
	if b := u.blocks[s]; b != nil {
		for _, st := range b.Body {
			if st.Name.Name == name {
				return st.Name.At
			}
		}
	}
	return u.mappings[mappedName{s, name}]
}

// mappedName is a field that a mapping adds to a schema.
type mappedName struct {
	schema *types.Schema
	name   string
}

// mapped tells where a mapping names a field of a schema; of several places the
// first counts.
func (u *Uses) mapped(s *types.Schema, name *ast.Ident) {
	if u == nil {
		return
	}
	if u.mappings == nil {
		u.mappings = map[mappedName]source.Span{}
	}
	if _, ok := u.mappings[mappedName{s, name.Name}]; !ok {
		u.mappings[mappedName{s, name.Name}] = name.At
	}
}

// column records a use of a column, which stands for a field of what the rule reads
// or was made by a stage.
func (u *Uses) column(at source.Span, r *ruleChecker, col *plan.Column) {
	if u == nil {
		return
	}
	def, made := u.columns[col]
	if !made && r != nil {
		for _, s := range r.rule.From.Schemas() {
			if s.Find(col.Name) >= 0 {
				u.field(at, s, col.Name)
				return
			}
		}
	}
	x := Use{At: at, Def: def, Kind: UseColumn, Name: col.Name, Type: col.Type.String()}
	if !made && r != nil && r.rule.From.Schema != nil {
		x.Kind, x.Doc = UseField, "A field that the schema does not name, read as text."
	}
	u.add(x)
}

// made notes where the name of a column stands.
func (u *Uses) made(col *plan.Column, def source.Span) {
	if u == nil || def.File == nil {
		return
	}
	if u.columns == nil {
		u.columns = map[*plan.Column]source.Span{}
	}
	u.columns[col] = def
	u.add(Use{At: def, Def: def, Kind: UseColumn, Name: col.Name, Type: col.Type.String()})
}

// of is where the name of an expression is declared.
func (u *Uses) of(x plan.Expr) source.Span {
	switch x := x.(type) {
	case *plan.Col:
		if def, ok := u.columns[x.Column]; ok {
			return def
		}
		return u.used(x.At)
	case *plan.Named:
		return u.used(x.At)
	}
	return source.Span{}
}

// used is the declaration of the name that was used at a place.
func (u *Uses) used(at source.Span) source.Span {
	if i, ok := u.at[place{at.File, at.Start}]; ok {
		return u.All[i].Def
	}
	return source.Span{}
}

// output records a use of a key or a value of a rule's alerts.
func (u *Uses) output(at source.Span, r *plan.Rule, name string) {
	if u == nil || r == nil {
		return
	}
	for _, outs := range [][]plan.Output{r.Alert.Keys, r.Alert.Values, r.Alert.Evidence} {
		for _, o := range outs {
			if o.Name == name {
				def := u.of(o.X)
				if col, ok := o.X.(*plan.Col); ok && def.File == nil {
					for _, s := range r.From.Schemas() {
						if s.Find(col.Column.Name) >= 0 {
							u.field(at, s, name)
							return
						}
					}
				}
				u.add(Use{At: at, Def: def, Kind: UseColumn, Name: name, Type: o.X.Type().String(), Doc: "In the alerts of rule " + r.Name + "."})
				return
			}
		}
	}
}

// outputs records the names of a rule's alerts in an expression of a test.
func (u *Uses) outputs(x ast.Expr, r *plan.Rule) {
	if u == nil {
		return
	}
	switch x := x.(type) {
	case *ast.Name:
		u.output(x.At, r, x.Name)
	case *ast.Paren:
		u.outputs(x.X, r)
	case *ast.Unary:
		u.outputs(x.X, r)
	case *ast.Binary:
		left := ast.Expr(x)
		for b, ok := left.(*ast.Binary); ok; b, ok = left.(*ast.Binary) {
			u.outputs(b.Y, r)
			left = b.X
		}
		u.outputs(left, r)
	case *ast.Call:
		for _, a := range x.Args {
			u.outputs(a.Value, r)
		}
	}
}

// holes records the names that a rule's title shows.
func (u *Uses) holes(r *ruleChecker) {
	if u == nil {
		return
	}
	for _, st := range r.decl.block.Body {
		if st.Name.Name != "title" || len(st.Args) != 1 {
			continue
		}
		at := st.Args[0].Value.Span()
		for _, m := range hole.FindAllStringSubmatchIndex(at.Text(), -1) {
			name := at.Text()[m[2]:m[3]]
			u.output(source.Span{File: at.File, Start: at.Start + m[2], End: at.Start + m[3]}, r.rule, name)
		}
	}
}

// shown notes where a column comes from that the alerts of rules show.
func (u *Uses) shown(rules []*plan.Rule, col *plan.Column) {
	if u == nil {
		return
	}
	for _, r := range rules {
		for _, outs := range [][]plan.Output{r.Alert.Keys, r.Alert.Values} {
			for _, o := range outs {
				if def := u.of(o.X); o.Name == col.Name && def.File != nil {
					u.made(col, def)
					return
				}
			}
		}
	}
}

// imported records what an import leads to.
func (u *Uses) imported(imp *ast.Import, f *ast.File) {
	if u == nil {
		return
	}
	at := imp.At
	if imp.File != nil {
		at = imp.File.At
	} else if n := len(imp.Path); n > 0 {
		at = imp.Path[0].At.To(imp.Path[n-1].At)
	}
	u.add(Use{At: at, Def: source.Span{File: f.Source}, Kind: UseImport, Name: at.Text(), Doc: declared(f)})
}

// declared is what a file declares, in a line.
func declared(f *ast.File) string {
	var names []string
	for _, d := range f.Decls {
		if n := d.DeclName(); n != nil {
			names = append(names, n.Name)
		}
	}
	return "Declares " + strings.Join(names, ", ") + "."
}

// call records a use of a function of the language.
func (u *Uses) call(x *ast.Call, kind UseKind, signature, doc string) {
	u.add(Use{At: x.Fun.At, Kind: kind, Name: x.Fun.Name, Type: signature, Doc: doc})
}

// scene notes what may be named behind a stage.
func (u *Uses) scene(r *ruleChecker, st *ast.Stage, flows bool) {
	if u == nil {
		return
	}
	s := Scene{Rule: r.decl.block, Stage: st, Row: r.scope.row, Flows: flows}
	if !r.grouped {
		s.Sources = r.rule.From.Schemas()
		if r.rule.From.Schema == nil {
			s.Row = append(slices.Clone(r.rule.From.Columns), s.Row...)
		}
	}
	for n, l := range r.scope.locals {
		x := Name{Name: n, Kind: UseLocal}
		if l.stats != nil {
			x.Kind = UseStats
		} else if l.x != nil {
			x.Type = l.x.Type()
		}
		s.Locals = append(s.Locals, x)
	}
	slices.SortFunc(s.Locals, func(a, b Name) int { return strings.Compare(a.Name, b.Name) })
	u.Scenes = append(u.Scenes, s)
}

// columnAt is where the name of a column that a stage makes stands: an entry of
// its block, or a key.
func (s *stageChecker) columnAt(name string) source.Span {
	for _, it := range s.ast.Items {
		if it.Name != nil && it.Name.Name == name {
			return it.Name.At
		}
	}
	if s.spec.Block == op.Fields {
		for _, it := range s.ast.Items {
			if n, ok := it.Value.(*ast.Name); ok && n.Name == name {
				return n.At
			}
		}
	}
	by := s.ast.Clause("by")
	if by == nil {
		return source.Span{}
	}
	for i, a := range s.stage.Args.Clauses["by"] {
		if a.Name != name || i >= len(by.Args) {
			continue
		}
		if by.Args[i].Name != nil {
			return by.Args[i].Name.At
		}
		if a.Col >= 0 && a.Col < len(s.stage.Inputs) {
			if def := s.r.c.opts.Uses.of(s.stage.Inputs[a.Col]); def.File != nil {
				return def
			}
		}
		x := ast.Unparen(by.Args[i].Value)
		if call, ok := x.(*ast.Call); ok && len(call.Args) == 1 {
			x = call.Args[0].Value
		}
		return s.r.c.opts.Uses.used(x.Span())
	}
	return source.Span{}
}
