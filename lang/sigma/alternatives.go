package sigma

import (
	"fmt"
	"slices"

	"github.com/detlang/det/lang/ast"
	"github.com/detlang/det/lang/source"
)

// patterns says texts with wildcards. Those of one operator stand in one list; the
// lists stand in the order of the rule.
func (r *rule) patterns(it *item, target ast.Expr) ast.Expr {
	if it.all {
		return r.allPatterns(it, target)
	}
	g := groups{it: it}
	for _, a := range it.texts {
		if !r.gather(&g, a) {
			return nil
		}
	}
	return r.grouped(&g, target)
}

// allPatterns says that all of the values hold; what modifiers made of each are
// still alternatives.
func (r *rule) allPatterns(it *item, target ast.Expr) ast.Expr {
	together := groups{it: it}
	var xs []ast.Expr
	for _, a := range it.texts {
		if len(a.patterns) == 1 && !a.patterns[0].hasPlaceholder() {
			if !r.gather(&together, a) {
				return nil
			}
			continue
		}
		single := *it
		single.all, single.texts = false, []alternatives{a}
		x := r.patterns(&single, target)
		if x == nil {
			return nil
		}
		xs = append(xs, x)
	}
	if len(together.list)+len(together.numbers) > 0 {
		x := r.grouped(&together, target)
		if x == nil {
			return nil
		}
		xs = append([]ast.Expr{x}, xs...)
	}
	return chain("and", xs)
}

// groups are texts by their operator.
type groups struct {
	it      *item
	list    []group
	numbers []*node // with fractions, which are compared as numbers
}

type group struct {
	op    string // an operator, or null, exists, or list (for the name of one)
	texts []written
	have  map[string]bool // the texts, where they are many
	list  string          // the operator of a list
	at    source.Span
}

func (g *groups) add(op, list, text string, at source.Span) {
	for i := range g.list {
		if g.list[i].op == op && g.list[i].list == list && op != "list" {
			g.list[i].add(text, at)
			return
		}
	}
	g.list = append(g.list, group{op: op, texts: []written{{text, at}}, list: list, at: at})
}

// add adds a text that is not there yet.
func (g *group) add(text string, at source.Span) {
	if g.have == nil {
		if slices.ContainsFunc(g.texts, func(w written) bool { return w.text == text }) {
			return
		}
		if g.texts = append(g.texts, written{text, at}); len(g.texts) < 16 {
			return
		}
		g.have = map[string]bool{}
		for _, w := range g.texts {
			g.have[w.text] = true
		}
		return
	}
	if !g.have[text] {
		g.have[text] = true
		g.texts = append(g.texts, written{text, at})
	}
}

// gather sorts the patterns of one value into groups.
func (r *rule) gather(g *groups, a alternatives) bool {
	it := g.it
	if a.node.form == null {
		if it.before || it.behind || it.field == "" {
			r.diags.Errorf("D0905", a.node.at, "null cannot be searched for in a text").Hint = "a field that is missing is written without a modifier: field: null"
			return false
		}
		g.add("null", "", "", a.node.at)
		return true
	}
	if _, ok := a.node.fraction(); ok && !it.before && !it.behind && it.field != "" && it.kind() == "" {
		g.numbers = append(g.numbers, a.node)
		return true
	}
	for _, p := range a.patterns {
		anywhere := it.field == "" && !it.before && !it.behind // a keyword without a modifier
		p = p.open(it.before || anywhere, it.behind || anywhere)
		if p.hasPlaceholder() {
			if !r.placeholder(g, p, a.node) {
				return false
			}
			continue
		}
		op, s := p.operation()
		if (it.before || it.behind) && op == "exists" && it.field == "" {
			op, s = "contains", ""
		}
		if it.cased && op == "==" {
			op, s = "like", p.like()
		}
		g.add(op, "", s, a.node.at)
	}
	return true
}

// placeholder is a text in which the texts of a list are to be put. A placeholder
// alone is the list by its name; in a longer text each element is put in, for which
// the list must be written in place.
func (r *rule) placeholder(g *groups, p pattern, v *node) bool {
	op, name := "", ""
	inside := slices.DeleteFunc(slices.Clone(p), func(x piece) bool { return x.wild == '*' })
	if len(inside) == 1 && inside[0].placeholder != "" {
		name = inside[0].placeholder
		switch before, behind := p.startsWild(), p.endsWild(); {
		case before && behind:
			op = "contains"
		case before:
			op = "endswith"
		case behind:
			op = "startswith"
		default:
			op = "in"
		}
	}
	for _, x := range p {
		if x.placeholder == "" {
			continue
		}
		if !r.set.lists[x.placeholder].known() {
			d := r.diags.Errorf("D0906", v.at, "there is no list %s for the placeholder %%%s%%", x.placeholder, x.placeholder)
			d.Hint = fmt.Sprintf("declare it in a .det file beside the rule: list %s = [\"…\"]", x.placeholder)
			return false
		}
	}
	if name != "" && !(op == "in" && g.it.cased) { // no operator holds a list by its case
		r.uses(name)
		g.add("list", op, name, v.at)
		return true
	}
	list := r.filled(p, v)
	if r.texts += len(list); !r.fits(v.at) {
		return false
	}
	for _, full := range list {
		op, s := full.operation()
		if g.it.cased && op == "==" {
			op, s = "like", full.like()
		}
		g.add(op, "", s, v.at)
	}
	return !r.bad
}

// filled are a pattern's placeholders replaced by every element of their lists.
func (r *rule) filled(p pattern, v *node) []pattern {
	out := []pattern{nil}
	for _, x := range p {
		if x.placeholder == "" {
			for i := range out {
				out[i] = append(out[i], x)
			}
			continue
		}
		l := r.set.lists[x.placeholder]
		if len(l.texts) == 0 || len(out)*len(l.texts) > maxExpanded {
			r.diags.Errorf("D0906", v.at, "the list %s cannot be put into a longer text, nor be held by its case", x.placeholder).Hint =
				fmt.Sprintf("its texts must be written in place, and stand for at most %d texts", maxExpanded)
			r.bad = true
			return nil
		}
		var next []pattern
		for _, o := range out {
			for _, s := range l.texts {
				next = append(next, joinText(slices.Clone(o), s))
			}
		}
		out = next
	}
	return out
}

// grouped says groups as an expression.
func (r *rule) grouped(g *groups, target ast.Expr) ast.Expr {
	it := g.it
	var xs []ast.Expr
	for _, x := range g.list {
		at := x.at
		switch x.op {
		case "null":
			xs = append(xs, operator(target, "is", literal(nil, at), at))
		case "exists":
			is := operator(target, "is", literal(nil, at), at)
			is.Not = true
			xs = append(xs, is)
		case "list":
			y := operator(target, x.list, name(x.texts[0].text, at), at)
			if x.list != "in" {
				y.Quant, y.Cased = "any", it.cased
				if it.all {
					y.Quant = "all"
				}
			}
			xs = append(xs, y)
		case "==":
			if it.all {
				for _, s := range x.texts {
					xs = append(xs, operator(target, "==", text(s.text, s.at), s.at))
				}
				continue
			}
			xs = append(xs, r.quantified(it, target, x.op, x.texts))
		case "contains", "like":
			if it.all && it.field == "" { // each in some value, not all in one
				for _, s := range x.texts {
					xs = append(xs, r.quantified(it, target, x.op, []written{s}))
				}
				continue
			}
			xs = append(xs, r.quantified(it, target, x.op, x.texts))
		default:
			xs = append(xs, r.quantified(it, target, x.op, x.texts))
		}
	}
	for _, n := range g.numbers {
		v, _ := n.fraction()
		xs = append(xs, operator(call("float", it.at, target), "==", literal(v, n.at), n.at))
	}
	return chain(it.link(), xs)
}
