package lsp

import (
	"context"
	"encoding/json"
	"fmt"
	"path/filepath"
	"slices"
	"sort"
	"strings"

	"github.com/detlang/det/compiler/check"
	"github.com/detlang/det/lang"
	"github.com/detlang/det/lang/types"
	"github.com/detlang/det/stdlib"
)

// completion is what may stand at an offset.
func (d *document) completion(off int) (any, error) {
	out := completionList{Items: []completionItem{}}
	if d.sigma() {
		out.Items = d.sigmaCompletion(off)
		return out, nil
	}
	c := d.cursor(off)
	if c.remark {
		return out, nil
	}
	o := &offers{d: d, c: &c, off: off, seen: map[string]bool{}}
	o.all()
	out.Items = append(out.Items, o.items...)
	for i := range out.Items {
		it := &out.Items[i]
		if it.TextEdit == nil {
			it.TextEdit = &textEdit{d.span(c.start, c.end), it.Label}
		}
		if c.start < off && it.FilterText == "" && strings.HasPrefix(c.typed, `"`) {
			it.FilterText = it.TextEdit.NewText
		}
	}
	return out, nil
}

// resolve adds to an item what the list leaves out, since it has all functions and is
// sent at every keystroke: their documentation.
func (s *server) resolve(raw json.RawMessage) (prepared, error) {
	var it completionItem
	if err := decode(raw, &it); err != nil {
		return nil, err
	}
	if f, ok := callables()[it.Label]; ok && it.Kind == itemFunction && it.Documentation == nil {
		it.Documentation = doc(f.doc)
	}
	return func(context.Context) (any, error) { return it, nil }, nil
}

// offers gathers completions.
type offers struct {
	d     *document
	c     *cursor
	off   int
	items []completionItem
	seen  map[string]bool
}

// add offers an item. The rank sorts groups of items: the smaller comes first.
func (o *offers) add(rank int, it completionItem) {
	if o.seen[it.Label] {
		return
	}
	o.seen[it.Label] = true
	it.SortText = fmt.Sprintf("%d%s", rank, it.Label)
	o.items = append(o.items, it)
}

func (o *offers) words(rank, kind int, words []string, doc func(string) string) {
	for _, w := range words {
		it := completionItem{Label: w, Kind: kind}
		if doc != nil {
			if text := doc(w); text != "" {
				it.Documentation = markdown(text)
			}
		}
		o.add(rank, it)
	}
}

func (o *offers) all() {
	c := o.c
	switch {
	case c.decl < 0 || c.word == "" || len(c.before) == 0:
		o.declarations()
	case c.word == "import":
		o.imports()
	case c.header && c.word == "test" && c.clause == "for":
		o.rules()
	case c.header && (c.word == "const" || c.word == "fn" || c.word == "list"):
		if c.wanting() {
			o.expression(nil)
		}
		if c.fresh && !c.wanting() {
			o.declarations()
		}
	case c.header && c.word == "test" && c.prev.Kind == lang.TokenString:
		o.words(0, itemKeyword, []string{"for"}, nil)
	case c.header:
	case c.word == "schema" || c.word == "table":
		o.schemaBody()
	case c.word == "test":
		o.test()
	case c.word == "rule":
		o.rule()
	}
}

func (o *offers) declarations() {
	o.words(0, itemKeyword, lang.DeclarationWords(), nil)
}

func (o *offers) imports() {
	if !o.c.quoted {
		for _, lib := range stdlib.Names() {
			o.add(0, completionItem{Label: lib, Kind: itemModule, TextEdit: &textEdit{o.d.span(o.importStart(), o.c.end), lib}})
		}
		return
	}
	dir := filepath.Dir(o.d.path)
	for _, x := range o.d.world.documents() {
		rel, err := filepath.Rel(dir, x.path)
		if err == nil && x != o.d && !strings.HasPrefix(rel, "..") {
			text := `"` + filepath.ToSlash(rel) + `"`
			o.add(0, completionItem{Label: filepath.ToSlash(rel), Kind: itemModule, TextEdit: &textEdit{o.d.span(o.c.start, o.c.end), text}})
		}
	}
}

// importStart is where the path of the import begins.
func (o *offers) importStart() int {
	if len(o.c.before) > 1 {
		return o.c.before[1].At.Start
	}
	return o.c.start
}

// rules offers the rules of the workspace.
func (o *offers) rules() {
	names := o.d.world.all("rule")
	own, _ := declaredNames(o.d)
	for name, word := range own {
		if word == "rule" {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	o.words(0, itemEvent, names, nil)
}

func (o *offers) schemaBody() {
	c := o.c
	switch {
	case c.stage != "" && c.prev.Kind == lang.TokenStage:
		o.words(0, itemStruct, append(slices.Clone(types.TypeNames), "list(string)"), nil)
	case c.stage != "" && !c.wanting():
		o.words(0, itemKeyword, []string{"from", "one_of", "doc", "optional"}, func(w string) string { return clauseDoc("", w) })
	}
}

func (o *offers) test() {
	c := o.c
	switch {
	case c.block:
		o.testItem()
		return
	case c.stage == "given" && c.clause == "of" && c.wanting():
		for _, t := range o.testSchemas() {
			o.add(0, completionItem{Label: t.Name, Kind: itemStruct})
		}
		return
	case c.stage == "expect" && c.prev.Kind == lang.TokenStage:
		o.words(0, itemKeyword, []string{"alert", "none", "nothing"}, nil)
		return
	case c.stage == "expect" && c.clause == "because" && c.wanting():
		o.words(0, itemValue, check.Reasons(), nil)
		return
	}
	for _, l := range check.TestLines() {
		if c.fresh || c.stage == "" {
			o.words(1, itemKeyword, []string{l.Name}, func(w string) string { return testDocs[w] })
		}
		if l.Name == c.stage {
			o.words(0, itemKeyword, l.Clauses, func(w string) string { return clauseDoc("", w) })
		}
	}
}

// testItem offers the fields of given events, and the values of expected alerts.
func (o *offers) testItem() {
	a := o.d.near(o.off)
	if o.c.wanting() && !isPunct(o.c.prev, ",") {
		return
	}
	if o.c.stage == "given" {
		for _, s := range o.testSchemas() {
			for _, f := range s.Fields {
				o.add(0, completionItem{Label: f.Name, Kind: itemField, Detail: f.Type.String(), Documentation: doc(f.Doc)})
			}
		}
		return
	}
	for _, r := range a.Set.Rules {
		if slices.Contains(o.d.rulesNamed(o.d.classified().Declarations[o.c.decl]), r.Name) {
			for name, t := range r.Alert.Names() {
				o.add(0, completionItem{Label: name, Kind: itemField, Detail: t.String()})
			}
		}
	}
	sort.Slice(o.items, func(i, j int) bool { return o.items[i].Label < o.items[j].Label })
}

func (o *offers) testSchemas() []*types.Schema {
	return o.d.near(o.off).Set.Schemas
}

func isPunct(t *lang.Token, text string) bool {
	return t != nil && t.Kind == lang.TokenPunct && t.At.Text() == text
}

func doc(text string) *markup {
	if text == "" {
		return nil
	}
	return markdown(text)
}

// rule offers what may stand in a rule.
func (o *offers) rule() {
	c := o.c
	if c.stage == "attack" && (c.wanting() || c.quoted) {
		o.techniques()
		return
	}
	for _, m := range check.MetaLines() {
		if m.Name == c.stage && c.prev.Kind == lang.TokenStage {
			o.words(0, itemValue, m.Choices, nil)
			return
		}
	}
	if c.quoted {
		o.values()
		return
	}
	if c.stage == "from" && (c.wanting() || c.prev.At.Text() == "rule") {
		o.from()
		return
	}
	if c.stage != "" && (c.wanting() || c.block) {
		o.operand()
		return
	}
	if c.fresh || c.stage == "" {
		o.stageNames()
	}
	if c.stage != "" {
		o.clauses()
		o.words(3, itemOperator, []string{"and", "or", "in", "not in", "contains", "startswith", "endswith", "like", "matches", "is null", "is not null"}, nil)
	}
}

func (o *offers) stageNames() {
	for name, spec := range stages() {
		o.add(1, completionItem{Label: name, Kind: itemKeyword, Detail: check.Usage(spec), Documentation: doc(spec.Doc)})
	}
	for _, m := range check.MetaLines() {
		o.add(2, completionItem{Label: m.Name, Kind: itemProperty, Documentation: doc(metaDocs[m.Name])})
	}
	o.add(2, completionItem{Label: "param", Kind: itemProperty, Documentation: doc(metaDocs["param"])})
	sort.Slice(o.items, func(i, j int) bool { return o.items[i].SortText < o.items[j].SortText })
}

// clauses offers the clauses of the stage at hand that are not there yet.
func (o *offers) clauses() {
	spec := stages()[o.c.stage]
	if spec == nil {
		return
	}
	have := map[string]bool{}
	for i := len(o.c.before) - 1; i >= 0 && o.c.before[i].Kind != lang.TokenStage; i-- {
		have[o.c.before[i].At.Text()] = true
	}
	for _, cl := range spec.Clauses {
		if !have[cl.Word] {
			o.add(0, completionItem{Label: cl.Word, Kind: itemKeyword, Documentation: doc(cl.Doc)})
		}
	}
}

// techniques offers those of ATT&CK.
func (o *offers) techniques() {
	for id, t := range stdlib.Techniques() {
		o.add(0, completionItem{
			Label: id, Kind: itemReference, Detail: t.Name, FilterText: id + " " + t.Name,
			Documentation: markdown(t.Name + ": " + strings.Join(t.Tactics, ", ")),
		})
	}
	sort.Slice(o.items, func(i, j int) bool { return o.items[i].Label < o.items[j].Label })
}

// from offers schemas, rules and risk. A schema of a library that is not imported
// brings its import along.
func (o *offers) from() {
	if o.c.clause == "rule" || o.c.prev.At.Text() == "rule" {
		o.rules()
		return
	}
	a := o.d.near(o.off)
	imported := map[string]bool{}
	if tree := a.tree(); tree != nil {
		for _, decl := range tree.Decls {
			if n := decl.DeclName(); n != nil && o.d.declaredAs(n.Name) == "schema" {
				o.add(0, completionItem{Label: n.Name, Kind: itemStruct})
			}
		}
	}
	for i := range a.uses.All {
		if u := &a.uses.All[i]; u.Kind == check.UseImport {
			imported[u.Name] = true
			if u.Def.File != nil && !library(u.Def.File) {
				if x := o.d.world.document(u.Def.File.Name); x != nil {
					names, _ := o.d.world.names(x)
					for name, word := range names {
						if word == "schema" {
							o.add(0, completionItem{Label: name, Kind: itemStruct})
						}
					}
				}
			}
		}
	}
	for name, libs := range provided() {
		for _, lib := range libs {
			it := completionItem{Label: name, Kind: itemStruct, Detail: lib}
			rank := 0
			if !imported[lib] {
				rank = 1
				it.AdditionalTextEdits = []textEdit{o.d.importing(lib)}
			}
			o.add(rank, it)
		}
	}
	o.add(2, completionItem{Label: "rule", Kind: itemKeyword, Documentation: doc("The alerts of other rules: `from rule a, b`.")})
	o.add(2, completionItem{Label: "risk", Kind: itemKeyword, Documentation: doc("The stream of risk that alerts add.")})
	sort.Slice(o.items, func(i, j int) bool { return o.items[i].SortText < o.items[j].SortText })
}

func (d *document) declaredAs(name string) string {
	names, _ := declaredNames(d)
	return names[name]
}

// importing is the edit that imports a library: behind the last import, or at the
// start of the file.
func (d *document) importing(lib string) textEdit {
	c := d.classified()
	for i := len(c.Declarations) - 1; i >= 0; i-- {
		r := c.Declarations[i]
		if word, _ := d.heading(r); word == "import" {
			at := d.position(c.Tokens[r[1]-1].At.End)
			return textEdit{span{at, at}, "\nimport " + lib}
		}
	}
	first := position{}
	return textEdit{span{first, first}, "import " + lib + "\n\n"}
}
