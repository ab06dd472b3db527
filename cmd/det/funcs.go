package main

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/detlang/det/compiler/check"
	"github.com/detlang/det/lang/types"
	"github.com/detlang/det/runtime/agg"
	"github.com/detlang/det/stdlib"
)

// function is what is shown of anything that can be called: a function, an
// aggregate of a window's block, or a function that the checker gives a meaning.
type function struct {
	name, topic, signature, doc string
	examples                    []string
}

const (
	topicAggregates = "aggregates"
	topicBaselines  = "baselines and units"
)

// functions are all of them: topics in order, names within a topic in order.
func functions() []function {
	var all []function
	for _, f := range stdlib.Functions() {
		row := function{f.Name, f.Topic, f.Sig.String(), f.Doc, nil}
		for _, e := range f.Examples {
			row.examples = append(row.examples, e.Expr+" = "+e.Want)
		}
		all = append(all, row)
	}
	for _, a := range agg.All() {
		row := function{a.Name, topicAggregates, a.Sig.String(), a.Doc, nil}
		for _, e := range a.Examples {
			row.examples = append(row.examples, e.Call+" over "+rowsOf(a.Sig.Params, e.Args)+" = "+valueText(e.Want))
		}
		all = append(all, row)
	}
	for _, b := range check.Builtins() {
		all = append(all, function{b.Name, topicBaselines, b.Signature, b.Doc, nil})
	}
	slices.SortStableFunc(all, func(a, b function) int {
		if c := strings.Compare(a.topic, b.topic); c != 0 {
			return c
		}
		return strings.Compare(a.name, b.name)
	})
	return all
}

func functionNames() []string {
	var names []string
	for _, f := range functions() {
		names = append(names, f.name)
	}
	return names
}

func funcsCommand() *command {
	return &command{
		name:     "funcs",
		operands: "[NAME…]",
		summary:  "List the functions, or show one with examples",
		about: `Lists the functions and aggregates that a rule can call, by topic. With a name it
shows the signature, what it does, and examples with their results.`,
		examples: []example{
			{"det funcs", "all names by topic"},
			{"det funcs registered_domain", "one in detail"},
		},
		complete: completes{words: functionNames},
		run: func(_ context.Context, s *streams, args []string) error {
			if len(args) == 0 {
				return listFunctions(s.out, functions())
			}
			for i, name := range args {
				if i > 0 {
					fmt.Fprintln(s.out)
				}
				if err := showFunction(s.out, name); err != nil {
					return err
				}
			}
			return nil
		},
	}
}

func listFunctions(o *console, all []function) error {
	var b strings.Builder
	for len(all) > 0 {
		topic, n := all[0].topic, 0
		var names []string
		for n < len(all) && all[n].topic == topic {
			names = append(names, all[n].name)
			n++
		}
		all = all[n:]
		fmt.Fprintf(&b, "%s\n%s\n", o.paint(bold, capital(topic)), columns(names, o.width))
	}
	b.WriteString("'det funcs NAME' shows one with examples.\n")
	_, err := io.WriteString(o, b.String())
	return err
}

// showFunction prints everything of a name; a function and an aggregate may share
// it.
func showFunction(o *console, name string) error {
	var b strings.Builder
	for _, f := range functions() {
		if f.name != name {
			continue
		}
		if b.Len() > 0 {
			b.WriteByte('\n')
		}
		fmt.Fprintf(&b, "%s%s  %s\n\n%s\n", o.paint(cyan, f.name), f.signature, o.paint(dim, f.topic), wrapAll(f.doc, min(o.width, 100)))
		if len(f.examples) > 0 {
			fmt.Fprintf(&b, "\n%s\n%s\n", o.paint(bold, "Examples"), indented(strings.Join(f.examples, "\n")))
		}
	}
	if b.Len() == 0 {
		return usagef("there is no function %q%s\nrun 'det funcs' for all names", name, didYouMean(name, functionNames()))
	}
	_, err := io.WriteString(o, b.String())
	return err
}

// capital makes the first letter a capital.
func capital(s string) string {
	r, n := utf8.DecodeRuneInString(s)
	return string(unicode.ToUpper(r)) + s[n:]
}

// rowsOf writes the rows of an aggregate's example: values, or with several
// varying arguments one value of each a row.
func rowsOf(params []types.Param, columns [][]any) string {
	var rows []string
	for c, column := range columns {
		if params[c].Const {
			continue
		}
		for i, v := range column {
			if i == len(rows) {
				rows = append(rows, valueText(v))
			} else {
				rows[i] += " " + valueText(v)
			}
		}
	}
	if len(rows) == 0 {
		return "no rows"
	}
	return strings.Join(rows, ", ")
}

// valueText writes a value of an example as the language does; a missing one is null.
func valueText(v any) string {
	switch v := v.(type) {
	case nil:
		return "null"
	case string:
		return strconv.Quote(v)
	case []any:
		var all []string
		for _, x := range v {
			all = append(all, valueText(x))
		}
		return "[" + strings.Join(all, ", ") + "]"
	}
	return fmt.Sprint(v)
}
