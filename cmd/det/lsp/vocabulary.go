package lsp

import (
	"fmt"
	"strings"
	"sync"

	"github.com/detlang/det/compiler/check"
	"github.com/detlang/det/lang"
	"github.com/detlang/det/lang/source"
	"github.com/detlang/det/lang/types"
	"github.com/detlang/det/runtime/agg"
	"github.com/detlang/det/runtime/op"
	"github.com/detlang/det/stdlib"
)

// callable is a function, an aggregate or what the checker itself knows.
type callable struct {
	name, signature, doc string
	params               []types.Param
	aggregate            bool // may stand in the block of a window
	plain                bool // may stand anywhere
	examples             []stdlib.Example
}

// callables are all that the language can call, by name.
var callables = sync.OnceValue(func() map[string]callable {
	all := map[string]callable{}
	for _, b := range check.Builtins() {
		all[b.Name] = callable{name: b.Name, signature: b.Signature, doc: b.Doc, plain: true}
	}
	for _, f := range stdlib.Functions() {
		all[f.Name] = callable{f.Name, f.Sig.String(), f.Doc, f.Sig.Params, false, true, f.Examples}
	}
	for _, a := range agg.All() {
		if have, ok := all[a.Name]; ok {
			have.doc += "\n\nIn the block of a window: " + a.Doc
			have.aggregate = true
			all[a.Name] = have
			continue
		}
		all[a.Name] = callable{name: a.Name, signature: a.Sig.String(), doc: a.Doc, params: a.Sig.Params, aggregate: true}
	}
	return all
})

// stages are the stages of the language, by name.
var stages = sync.OnceValue(func() map[string]*op.Spec {
	all := map[string]*op.Spec{}
	list := op.All()
	for i := range list {
		all[list[i].Name] = &list[i]
	}
	return all
})

// metaDocs tell what the lines of metadata are about.
var metaDocs = map[string]string{
	"title":          "What an alert says. Names in braces are filled in: `{user} failed {failed} times`.",
	"id":             "What tells the rule from all others, for good: a UUID.",
	"level":          "How bad it is: informational, low, medium, high or critical.",
	"status":         "How ripe the rule is: stable, test, experimental, deprecated or unsupported.",
	"description":    "What the rule finds, and why that matters.",
	"author":         "Who wrote the rule.",
	"license":        "Under which license the rule may be used.",
	"date":           "When the rule was written.",
	"modified":       "When the rule was last changed.",
	"attack":         "Techniques and tactics of MITRE ATT&CK: `attack [T1110]`.",
	"tags":           "Other tags.",
	"references":     "Where to read more.",
	"generate":       "`generate false` sends no alerts: the rule is there for others.",
	"falsepositives": "What else looks like this.",
	"param":          "A constant that can be set from outside: `param k = 3.0`.",
}

// testDocs tell what the lines of a test are about.
var testDocs = map[string]string{
	"start":    "When the clock of the test starts.",
	"end":      "Where the clock is moved to at the end: `end +36d`.",
	"lateness": "Delivers the events as a stream, in which later ones are set aside.",
	"seed":     "The seed of what is drawn by chance.",
	"restart":  "Saves the state, and goes on from it: `restart at +10d`.",
	"given":    "Events: `given 40 over 10m from +35d { user: \"ann\" }`.",
	"expect":   "What must, or must not, be told: `expect alert at +35d { user: \"ann\" }`.",
}

// clauseDoc tells what a clause word means: to a stage, where it is one of its
// clauses, else in general.
func clauseDoc(stage, word string) string {
	if spec := stages()[stage]; spec != nil {
		for _, c := range spec.Clauses {
			if c.Word == word {
				return c.Doc
			}
		}
	}
	for _, w := range lang.ClauseWords() {
		if w.Text == word {
			return w.Doc
		}
	}
	return ""
}

// technique describes an ATT&CK id, or is "".
func technique(id string) string {
	if t, ok := stdlib.Techniques()[id]; ok {
		return fmt.Sprintf("**%s %s**\n\nTactics: %s. ATT&CK for Enterprise %s.\n\n<https://attack.mitre.org/techniques/%s/>",
			t.ID, t.Name, strings.Join(t.Tactics, ", "), stdlib.AttackVersion, strings.ReplaceAll(t.ID, ".", "/"))
	}
	if by, ok := stdlib.Revoked()[id]; ok {
		if by == "" {
			return "**" + id + "** is no longer a technique of ATT&CK."
		}
		return "**" + id + "** is no longer a technique of ATT&CK: " + by + " took its place."
	}
	return ""
}

// provided are the names that libraries declare: schema → libraries.
var provided = sync.OnceValue(func() map[string][]string {
	out := map[string][]string{}
	for _, lib := range stdlib.Names() {
		text, _ := stdlib.File(lib)
		d := &document{file: source.New(lib, text)}
		d.classified = sync.OnceValue(func() *lang.Classified { return lang.Classify(d.file) })
		for _, r := range d.classified().Declarations {
			if word, name := d.heading(r); word == "schema" {
				out[name] = append(out[name], lib)
			}
		}
	}
	return out
})
