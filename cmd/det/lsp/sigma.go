package lsp

import (
	"fmt"
	"maps"
	"slices"
	"sort"
	"strings"

	"github.com/detlang/det/lang/sigma"
	"github.com/detlang/det/stdlib"
)

// sigmaKeysAt are the keys that may stand where the cursor is, but for names of
// selections and fields.
func (p *yamlPlace) sigmaKeysAt() []sigmaKey {
	switch {
	case len(p.path) == 0:
		return sigmaKeys[""]
	case len(p.path) == 1:
		return sigmaKeys[p.path[0]]
	case p.within("correlation", "condition"):
		return sigmaKeys["correlation condition"]
	}
	return nil
}

// inSelection reports whether the names of fields stand here.
func (p *yamlPlace) inSelection() bool {
	return len(p.path) == 2 && (p.path[0] == "detection" || p.path[0] == "filter") && p.path[1] != "rules"
}

// ofTags reports whether tags stand here.
func (p *yamlPlace) ofTags() bool { return p.within("tags") || p.within() && p.key == "tags" }

// sigmaOffers gathers completions in YAML.
type sigmaOffers struct {
	d     *document
	at    yamlPlace
	items []completionItem
}

func (o *sigmaOffers) add(rank int, it completionItem) {
	it.SortText = fmt.Sprintf("%d%s", rank, it.Label)
	if it.TextEdit == nil {
		it.TextEdit = &textEdit{o.d.span(o.at.start, o.at.end), it.Label}
	}
	o.items = append(o.items, it)
}

// sigmaCompletion is what may stand at an offset of a Sigma rule.
func (d *document) sigmaCompletion(off int) []completionItem {
	o := &sigmaOffers{d: d, at: d.yaml(off), items: []completionItem{}}
	p := &o.at
	switch {
	case p.ofTags():
		o.tags()
	case p.inSelection() && p.key == "":
		if bar := strings.LastIndexByte(d.file.Text[p.start:off], '|'); bar >= 0 {
			o.modifiers(p.start + bar + 1)
		} else {
			o.fields()
		}
	case p.within("correlation", "group-by"), p.within("correlation") && p.key == "group-by", p.within("fields"):
		o.fields()
	case p.within("correlation", "rules"), p.within("correlation") && p.key == "rules", p.within("filter", "rules"):
		o.rules()
	case (p.within("detection") || p.within("filter")) && p.key == "condition", p.within("detection", "condition"):
		o.condition(p.path[0])
	case p.within("logsource") && slices.Contains(logSourceParts, p.key):
		o.logSources(p.key)
	case p.key != "":
		o.choices()
	default:
		o.keys()
	}
	sort.Slice(o.items, func(i, j int) bool { return o.items[i].SortText < o.items[j].SortText })
	return o.items
}

// keys offers those that are not there yet.
func (o *sigmaOffers) keys() {
	have := o.at.keys(o.at.path...)
	for i, k := range o.at.sigmaKeysAt() {
		if k.name == o.at.word || !slices.Contains(have, k.name) {
			o.add(i/10, completionItem{Label: k.name, Kind: itemProperty, Documentation: doc(k.doc),
				TextEdit: &textEdit{o.d.span(o.at.start, o.at.end), k.name + ":"}})
		}
	}
}

// choices offers the values of a key that has few.
func (o *sigmaOffers) choices() {
	for _, k := range o.at.sigmaKeysAt() {
		if k.name == o.at.key {
			for i, v := range k.choices {
				o.add(i, completionItem{Label: v, Kind: itemValue})
			}
		}
	}
}

func (o *sigmaOffers) tags() {
	for _, n := range tagNamespaces {
		o.add(2, completionItem{Label: n.Name, Kind: itemValue, Detail: n.Doc})
	}
	for name := range stdlib.Tactics() {
		o.add(0, completionItem{Label: "attack." + name, Kind: itemReference, Detail: "tactic"})
	}
	for id, t := range stdlib.Techniques() {
		tag := "attack." + strings.ToLower(id)
		o.add(1, completionItem{Label: tag, Kind: itemReference, Detail: t.Name, FilterText: tag + " " + t.Name,
			Documentation: markdown(t.Name + ": " + strings.Join(t.Tactics, ", "))})
	}
}

func (o *sigmaOffers) modifiers(start int) {
	for _, m := range sigma.Modifiers() {
		o.add(0, completionItem{Label: m.Name, Kind: itemFunction, Detail: m.Doc, TextEdit: &textEdit{o.d.span(start, o.at.end), m.Name}})
	}
}

// fields offers those of the log source; where the mappings do not tell which it
// has, all that any mapping names.
func (o *sigmaOffers) fields() {
	m := o.d.world.mapped()
	have := m.named(o.at.logSource())
	if len(have) == 0 {
		for f := range m.fields {
			have[f] = true
		}
	}
	end := o.at.end
	if bar := strings.IndexByte(o.at.word, '|'); bar >= 0 {
		end = o.at.start + bar
	}
	for f := range have {
		it := completionItem{Label: f, Kind: itemField, TextEdit: &textEdit{o.d.span(o.at.start, end), f}}
		if from := m.fields[f]; from != "" {
			it.Documentation = doc("Also read from " + from + ".")
		}
		o.add(0, it)
	}
}

// rules offers those of the file, by their names or ids.
func (o *sigmaOffers) rules() {
	for _, r := range sigmaRules(o.d.file.Text) {
		o.add(0, completionItem{Label: r.name, Kind: itemEvent, Detail: r.title})
	}
}

func (o *sigmaOffers) condition(in string) {
	for _, name := range o.at.keys(in) {
		if name != "condition" && name != "timeframe" && name != "rules" {
			o.add(0, completionItem{Label: name, Kind: itemVariable})
		}
	}
	for _, w := range conditionWords {
		o.add(1, completionItem{Label: w.Name, Kind: itemOperator, Documentation: doc(w.Doc)})
	}
}

// logSources offers the values of a part of those sources that have the parts that
// are there; where there are none, of all.
func (o *sigmaOffers) logSources(part string) {
	m := o.d.world.mapped()
	others := o.at.logSource()
	delete(others, part)
	for _, parts := range []map[string]string{others, {}} {
		seen := map[string]bool{}
		for _, s := range m.sources {
			if v := s.parts[part]; v != "" && !seen[v] && s.has(parts) {
				seen[v] = true
				o.add(0, completionItem{Label: v, Kind: itemValue, Detail: "mapping " + s.mapping, Documentation: doc("`" + s.where + "`")})
			}
		}
		if len(seen) > 0 {
			return
		}
	}
}

// sigmaRule is a rule as correlations may call it.
type sigmaRule struct{ name, title string }

// sigmaRules are the rules of a file.
func sigmaRules(text string) []sigmaRule {
	var out []sigmaRule
	for _, part := range strings.Split("\n"+text, "\n---") {
		d := newDocument(nil, "", "x.yml", 0, strings.TrimPrefix(part, "\n"))
		p := d.yaml(0)
		name := p.scalar("name")
		if name == "" {
			name = p.scalar("id")
		}
		if name != "" {
			out = append(out, sigmaRule{name, p.scalar("title")})
		}
	}
	return out
}

// sigmaHover describes the word at an offset of a Sigma rule, or is "".
func (d *document) sigmaHover(off int) (text string, start, end int) {
	p := d.yaml(off)
	start, end = p.start, p.end
	switch {
	case p.ofTags():
		return tagText(p.word), start, end
	case p.inSelection() && p.key == "":
		start, end = part(d.file.Text, p.start, p.end, off, '|')
		word := d.file.Text[start:end]
		if start == p.start {
			return d.world.fieldText(word, p.logSource()), start, end
		}
		for _, m := range sigma.Modifiers() {
			if m.Name == word {
				return "```yaml\n|" + m.Name + "\n```\n\n" + m.Doc + ".", start, end
			}
		}
	case p.within("logsource") && p.key != "":
		return d.world.logSourceText(p.logSource()), start, end
	case p.within("detection") && p.key == "condition":
		for _, w := range conditionWords {
			if w.Name == p.word || strings.HasPrefix(w.Name, p.word+" ") {
				return w.Doc, start, end
			}
		}
	case p.key == "":
		for _, k := range p.sigmaKeysAt() {
			if k.name == p.word {
				text := k.doc
				if len(k.choices) > 0 {
					text += "\n\nOne of " + strings.Join(k.choices, ", ") + "."
				}
				return text, start, end
			}
		}
	}
	return "", start, end
}

// part is the piece of a word, cut at a byte, that an offset lies in.
func part(text string, start, end, off int, cut byte) (int, int) {
	if i := strings.LastIndexByte(text[start:off], cut); i >= 0 {
		start += i + 1
	}
	if i := strings.IndexByte(text[off:end], cut); i >= 0 {
		end = off + i
	}
	return start, end
}

// tagText describes a tag, or is "".
func tagText(tag string) string {
	name, ok := strings.CutPrefix(strings.ToLower(tag), "attack.")
	if !ok {
		for _, n := range tagNamespaces {
			if strings.HasPrefix(tag, n.Name) {
				return n.Doc + "."
			}
		}
		return ""
	}
	if id, ok := stdlib.Tactics()[name]; ok {
		return fmt.Sprintf("**%s %s**\n\nA tactic of ATT&CK for Enterprise %s.\n\n<https://attack.mitre.org/tactics/%s/>", id, name, stdlib.AttackVersion, id)
	}
	return technique(strings.ToUpper(name))
}

// fieldText describes a field of a log source.
func (w *world) fieldText(name string, parts map[string]string) string {
	m := w.mapped()
	fit := m.fit(parts)
	text := "```yaml\n" + name + "\n```\n\n"
	open := len(fit) == 0 || slices.ContainsFunc(fit, func(s logSource) bool { return s.open })
	switch {
	case m.named(parts)[name]:
		text += "A field of " + partsText(parts) + "."
	case !open:
		text += "The events of " + partsText(parts) + " have no such field, as far as the mappings know."
	default:
		text += "A field of the event."
	}
	if from := m.fields[name]; from != "" {
		text += "\n\nAlso read from " + from + "."
	}
	return text
}

// logSourceText tells which events a log source has.
func (w *world) logSourceText(parts map[string]string) string {
	m := w.mapped()
	fit := m.fit(parts)
	if len(fit) == 0 {
		return "No mapping knows " + partsText(parts) + ": a rule sees only events that name it themselves."
	}
	var b strings.Builder
	fmt.Fprintf(&b, "Events of %s:\n", partsText(parts))
	for _, s := range fit {
		fmt.Fprintf(&b, "\n- `%s` (mapping %s", s.where, s.mapping)
		if len(s.fields) > 0 {
			fmt.Fprintf(&b, ", %d fields", len(s.fields))
			if s.open {
				b.WriteString(" and others")
			}
		}
		b.WriteString(")")
	}
	return b.String()
}

// partsText is what a log source is called.
func partsText(parts map[string]string) string {
	var words []string
	for _, k := range slices.Sorted(maps.Keys(parts)) {
		words = append(words, k+" "+parts[k])
	}
	if len(words) == 0 {
		return "any log source"
	}
	return strings.Join(words, ", ")
}
