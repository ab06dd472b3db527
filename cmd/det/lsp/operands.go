package lsp

import (
	"sort"
	"strings"

	"github.com/detlang/det/compiler/check"
	"github.com/detlang/det/lang"
	"github.com/detlang/det/lang/types"
)

// scene is what may be named at the cursor: what the stage before it left.
func (o *offers) scene() *check.Scene {
	a := o.d.near(o.off)
	var best *check.Scene
	for i := range a.uses.Scenes {
		s := &a.uses.Scenes[i]
		if s.Stage.At.File != a.file || s.Rule.At.Start > o.off || s.Rule.At.End < o.off {
			continue
		}
		if s.Stage.At.Start < o.stageStart() {
			best = s
		}
	}
	return best
}

// stageStart is where the stage at hand starts.
func (o *offers) stageStart() int {
	for i := len(o.c.before) - 1; i >= 0; i-- {
		if t := o.c.before[i]; t.Kind == lang.TokenStage {
			return t.At.Start
		}
	}
	return o.off
}

// operand offers what an expression may start with, or, behind a dot, members.
func (o *offers) operand() {
	c := o.c
	if isPunct(c.prev, ".") && len(c.before) > 1 {
		o.members(c.before[len(c.before)-2].At.Text())
		return
	}
	if c.block && !c.wanting() && !isPunct(c.prev, "{") {
		o.words(3, itemOperator, []string{"and", "or"}, nil)
	}
	if spec := stages()[c.stage]; spec != nil {
		for _, cl := range spec.Clauses {
			if cl.Word == c.clause {
				for _, p := range cl.Params {
					o.words(0, itemValue, p.Choices, nil)
				}
			}
		}
		if c.clause == "" && c.prev.Kind == lang.TokenStage {
			for _, p := range spec.Head {
				o.words(0, itemValue, p.Choices, nil)
			}
		}
	}
	o.values()
	o.expression(o.scene())
}

// members offers what may follow a name and a dot.
func (o *offers) members(base string) {
	s := o.scene()
	if s == nil {
		return
	}
	for _, n := range s.Names() {
		if n.Name == base && n.Kind == check.UseStats {
			for _, m := range check.Members {
				o.add(0, completionItem{Label: m.Name, Kind: itemProperty, Documentation: doc(m.Doc)})
			}
			return
		}
		if rest, ok := strings.CutPrefix(n.Name, base+"."); ok {
			o.add(0, completionItem{Label: rest, Kind: itemField, Detail: n.Type.String(), Documentation: doc(n.Doc)})
		}
	}
}

// values offers the values that the field before a comparison may have.
func (o *offers) values() {
	before := o.c.before
	i := len(before) - 1
	for i >= 0 && (before[i].Kind == lang.TokenString || isPunct(&before[i], "[") || isPunct(&before[i], ",")) {
		i--
	}
	if i < 1 || before[i].Kind != lang.TokenOperator {
		return
	}
	s := o.scene()
	if s == nil {
		return
	}
	for _, n := range s.Names() {
		if n.Name == before[i-1].At.Text() {
			for _, v := range n.Enum {
				o.add(0, completionItem{Label: `"` + v + `"`, Kind: itemValue})
			}
		}
	}
}

// kinds of the items that names are.
var nameItems = map[check.UseKind]int{check.UseField: itemField, check.UseColumn: itemProperty, check.UseLocal: itemVariable, check.UseStats: itemClass}

// expression offers names, declarations of the file, and functions.
func (o *offers) expression(s *check.Scene) {
	if s != nil {
		for _, n := range s.Names() {
			it := completionItem{Label: n.Name, Kind: nameItems[n.Kind], Documentation: doc(n.Doc)}
			if n.Type != (types.Type{}) {
				it.Detail = n.Type.String()
			}
			if !lang.PlainName(strings.ReplaceAll(n.Name, ".", "_")) {
				it.TextEdit = &textEdit{o.d.span(o.c.start, o.c.end), "`" + n.Name + "`"}
			}
			o.add(1, it)
		}
	}
	a := o.d.near(o.off)
	if tree := a.tree(); tree != nil {
		for _, decl := range tree.Decls {
			n := decl.DeclName()
			if n == nil {
				continue
			}
			switch o.d.declaredAs(n.Name) {
			case "const", "list":
				o.add(2, completionItem{Label: n.Name, Kind: itemConstant})
			case "fn":
				o.add(2, completionItem{Label: n.Name, Kind: itemFunction})
			}
		}
	}
	inBlock := o.c.block && stages()[o.c.stage] != nil
	for name, f := range callables() {
		rank := 4
		if f.aggregate && inBlock {
			rank = 1
		} else if f.aggregate && !f.plain {
			continue
		}
		o.add(rank, completionItem{Label: name, Kind: itemFunction, Detail: name + f.signature})
	}
	o.words(5, itemKeyword, []string{"not", "true", "false", "null"}, nil)
	sort.Slice(o.items, func(i, j int) bool { return o.items[i].SortText < o.items[j].SortText })
}
