package sigma

import (
	"slices"
	"strings"

	"github.com/detlang/det/lang/ast"
	"github.com/detlang/det/lang/diag"
	"github.com/detlang/det/lang/source"
)

// selection is the expression of one entry of a detection: a map is "and", a list
// of maps "or", a list of texts a search in all values of the event. It is nil
// where something is wrong, which was told.
func (r *rule) selection(n *node) ast.Expr {
	switch n.form {
	case mapping:
		if len(n.fields) == 0 {
			r.diags.Errorf("D0902", n.at, "a selection is empty")
			return nil
		}
		var all []ast.Expr
		ok := true
		for _, f := range n.fields {
			x := r.item(f)
			ok = ok && x != nil
			all = append(all, x)
		}
		if !ok {
			return nil
		}
		return chain("and", all)
	case sequence:
		return r.anyOf(n)
	case scalar:
		return r.keywords("", []*node{n}, n.at)
	}
	r.diags.Errorf("D0902", n.at, "a selection is empty")
	return nil
}

// anyOf is a list of maps and of keywords; what stands side by side are the
// alternatives.
func (r *rule) anyOf(n *node) ast.Expr {
	if len(n.items) == 0 {
		r.diags.Errorf("D0902", n.at, "a selection is empty")
		return nil
	}
	var words []*node
	var any []ast.Expr
	ok := true
	for _, x := range n.items {
		if x.form == scalar {
			words = append(words, x)
			continue
		}
		y := r.selection(x)
		ok = ok && y != nil
		any = append(any, y)
	}
	if len(words) > 0 {
		x := r.keywords("", words, words[0].at)
		ok = ok && x != nil
		any = append(any, x)
	}
	if !ok {
		return nil
	}
	return chain("or", any)
}

// anyValue is the field of the schema that holds all values of an event.
const anyValue = "any_value"

func (r *rule) keywords(modifiers string, values []*node, at source.Span) ast.Expr {
	return r.values(&item{at: at}, modifiers, values)
}

// item is the expression of one entry of a map: a field with its modifiers, and a
// value or a list of them.
func (r *rule) item(f field) ast.Expr {
	name, mods, _ := strings.Cut(f.key.text, "|")
	it := &item{field: name, at: f.key.at}
	it.at.End = min(it.at.End, it.at.Start+len(f.key.text))
	switch f.value.form {
	case mapping:
		r.diags.Errorf("D0902", f.value.at, "%s has a map for its value; a field has a value or a list of values", f.key.text).Hint = "a field inside another is written with a dot: outer.inner"
		return nil
	case sequence:
		if len(f.value.items) == 0 {
			r.diags.Errorf("D0902", f.key.at, "%s has an empty list", f.key.text).Hint = "a field that is missing is written null"
			return nil
		}
		return r.values(it, mods, f.value.items)
	}
	return r.values(it, mods, []*node{f.value})
}

// values applies the modifiers to the values and says the result as an expression.
func (r *rule) values(it *item, mods string, values []*node) ast.Expr {
	if it.field != "" && !slices.Contains(r.fields, it.field) {
		r.fields = append(r.fields, it.field)
	}
	it.did, it.room = map[string]bool{}, maxTexts-r.texts
	for _, v := range values {
		switch v.form {
		case scalar:
			it.texts = append(it.texts, alternatives{v, []pattern{parsePattern(v.value(r.diags))}})
		case null:
			it.texts = append(it.texts, alternatives{node: v})
		default:
			r.diags.Errorf("D0902", v.at, "the values of %s hold %s", it.name(), v.form).Hint = "a field has a value or a list of values"
			return nil
		}
	}
	if mods != "" {
		for _, m := range strings.Split(mods, "|") {
			if !r.modify(it, m) {
				return nil
			}
		}
	}
	for _, a := range it.texts {
		r.texts += len(a.patterns)
	}
	if !r.fits(it.at) || it.bytes && !r.readable(it) {
		return nil
	}
	x := r.express(it)
	if x != nil && it.negated {
		return not(x, it.at)
	}
	return x
}

// fits tells of more texts than a rule may have.
func (r *rule) fits(at source.Span) bool {
	if r.texts > maxTexts {
		r.diags.Errorf("D0901", at, "%s", crowded)
		return false
	}
	return true
}

func (it *item) name() string {
	if it.field == "" {
		return "the keywords"
	}
	return it.field
}

func (r *rule) modify(it *item, name string) bool {
	for _, m := range modifiers {
		if m.name != name {
			continue
		}
		if problem := m.apply(it); problem != "" {
			r.diags.Errorf("D0904", it.at, "the modifier %s cannot be applied to %s: %s", name, it.name(), problem)
			return false
		}
		it.did[name] = true
		return true
	}
	d := r.diags.Errorf("D0904", it.at, "there is no modifier %s", name)
	var names []string
	for _, m := range modifiers {
		names = append(names, m.name)
	}
	if near, ok := diag.Nearest(name, names); ok {
		d.Hint = "did you mean " + near + "?"
	}
	return false
}

// readable tells of texts that were made bytes and never encoded.
func (r *rule) readable(it *item) bool {
	for _, a := range it.texts {
		for _, p := range a.patterns {
			if s, _ := p.literal(); !validText(s) {
				r.diags.Errorf("D0905", a.node.at, "in UTF-16 this is no text that a field could hold").Hint = "encode it: wide|base64offset|contains"
				return false
			}
		}
	}
	return true
}

// express says an item as an expression.
func (r *rule) express(it *item) ast.Expr {
	target := name(it.field, it.at)
	if it.field == "" {
		target = name(anyValue, it.at)
	}
	one := func(f func(a alternatives) ast.Expr) ast.Expr {
		var xs []ast.Expr
		for _, a := range it.texts {
			x := f(a)
			if x == nil {
				return nil
			}
			xs = append(xs, x)
		}
		return chain(it.link(), xs)
	}
	switch {
	case it.exists:
		return one(func(a alternatives) ast.Expr { return r.existence(it, target, a.node) })
	case it.fieldref:
		return one(func(a alternatives) ast.Expr { return r.reference(it, target, a.node) })
	case it.compare != "" || it.part != "":
		return one(func(a alternatives) ast.Expr { return r.comparison(it, target, a.node) })
	case it.cidr:
		return r.networks(it, target)
	case it.regex:
		return r.regexes(it, target)
	}
	return r.patterns(it, target)
}

func (it *item) link() string {
	if it.all {
		return "and"
	}
	return "or"
}

func (r *rule) existence(it *item, target ast.Expr, v *node) ast.Expr {
	b, ok := v.boolean()
	if !ok || it.field == "" {
		r.diags.Errorf("D0905", v.at, "exists takes true or false, behind the name of a field")
		return nil
	}
	x := operator(target, "is", literal(nil, v.at), v.at)
	x.Not = b
	return x
}

func (r *rule) reference(it *item, target ast.Expr, v *node) ast.Expr {
	p := parsePattern(v.text)
	field, ok := p.literal()
	if !ok || field == "" || v.form != scalar || it.field == "" {
		r.diags.Errorf("D0905", v.at, "fieldref takes the name of a field")
		return nil
	}
	if !slices.Contains(r.fields, field) {
		r.fields = append(r.fields, field)
	}
	op := "=="
	switch {
	case it.before && it.behind:
		op = "contains"
	case it.behind:
		op = "startswith"
	case it.before:
		op = "endswith"
	}
	x := operator(target, op, name(field, v.at), v.at)
	if it.cased && op == "==" {
		// Two texts are equal with regard to case if each starts with the other.
		x.Op, x.Cased = "startswith", true
		y := operator(name(field, v.at), "startswith", target, v.at)
		y.Cased = true
		return operator(x, "and", y, v.at)
	}
	x.Cased = it.cased
	return x
}

// comparison compares a field, or a part of a time in it, with a number.
func (r *rule) comparison(it *item, target ast.Expr, v *node) ast.Expr {
	n, ok := v.number()
	if !ok || it.field == "" {
		r.diags.Errorf("D0905", v.at, "%s takes a number", it.kind())
		return nil
	}
	if it.part != "" {
		op := it.compare
		if op == "" {
			op = "=="
		}
		return operator(call(it.part, it.at, call("timestamp", it.at, target)), op, literal(n, v.at), v.at)
	}
	x := operator(call("float", it.at, target), it.compare, literal(n, v.at), v.at)
	if i, ok := n.(int64); !ok || i > -maxExact && i < maxExact {
		return x
	}
	// Beyond 2^53 a float is not exact: whole numbers are compared as such.
	whole := operator(call("int", it.at, target), "is", literal(nil, v.at), v.at)
	exact := operator(call("int", it.at, target), it.compare, literal(n, v.at), v.at)
	return operator(exact, "or", operator(whole, "and", x, v.at), v.at)
}

// maxExact is 2^53: up to it floats hold every whole number.
const maxExact = 1 << 53

// regexes are searched anywhere in the value, with regard to case.
func (r *rule) regexes(it *item, target ast.Expr) ast.Expr {
	var list []written
	for _, a := range it.texts {
		if a.node.form != scalar {
			r.diags.Errorf("D0905", a.node.at, "re takes a regular expression")
			return nil
		}
		if it.expand {
			if a.patterns[0].hasPlaceholder() {
				r.diags.Errorf("D0913", a.node.at, "a placeholder inside of a regular expression cannot be put in")
				return nil
			}
		}
		s := a.node.text
		switch {
		case it.before && it.behind:
		case it.behind:
			s = "^(?:" + s + ")"
		case it.before:
			s = "(?:" + s + ")$"
		}
		if it.flags != "" {
			s = "(?" + it.flags + ")" + s
		}
		list = append(list, written{s, a.node.at})
	}
	return r.quantified(it, target, "matches", list)
}

// quantified is one operator with one text or with several.
func (r *rule) quantified(it *item, target ast.Expr, op string, list []written) ast.Expr {
	at := list[0].at
	if len(list) == 1 {
		x := operator(target, op, text(list[0].text, at), at)
		x.Cased = it.cased && op != "matches"
		return x
	}
	if op == "==" && !it.cased && !it.all {
		return operator(target, "in", texts(list), at)
	}
	x := operator(target, op, texts(list), at)
	x.Cased = it.cased && op != "matches"
	if x.Quant = "any"; it.all {
		x.Quant = "all"
	}
	return x
}

// maxExpanded bounds the texts that placeholders make of one.
const maxExpanded = 10_000
