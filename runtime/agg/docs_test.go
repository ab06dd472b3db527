package agg

import (
	"bytes"
	"flag"
	"fmt"
	"net/netip"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/detlang/det/lang/types"
)

var update = flag.Bool("update", false, "write docs/aggregates.md anew")

// TestPage keeps docs/aggregates.md what the rows say.
func TestPage(t *testing.T) {
	const name = "../../docs/aggregates.md"
	want := page(t)
	if *update {
		if err := os.WriteFile(name, want, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	have, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(have, want) {
		t.Errorf("%s is not what the rows say; go test ./runtime/agg -update writes it anew", name)
	}
}

const preface = `# Aggregates

What a window's block can compute over the events of a group. Printed from the rows of ` + "`runtime/agg`" + `;
` + "`go test ./runtime/agg -update`" + ` writes it anew.

An aggregate skips events in which its argument is missing; ` + "`count()`" + ` counts them all. It adds events in the
order of their time, and of source and row where times are equal. A result *per window* has the unit of its
window: the checker refuses to compare it with one of another length.

*Removable* aggregates slide exactly: when an event leaves a window it is taken away again, without a trace. The
others are put together from parts. *Bytes* is what an empty group takes; where it says *and more*, a group
grows with what it holds.

`

func page(t *testing.T) []byte {
	var b bytes.Buffer
	b.WriteString(preface)
	b.WriteString("| aggregate | of | gives | per window | removable | bytes |\n|---|---|---|---|---|---|\n")
	for _, spec := range All() {
		of, gives := kinds(spec)
		u := use{spec: spec}
		for _, v := range uses() {
			if v.spec.Name == spec.Name && len(v.args) > 0 && v.args[0].Kind != types.Null {
				u = v
				break
			}
		}
		_, removable := u.state(t, 0).(Remover)
		fmt.Fprintf(&b, "| [%s](#%s) | %s | %s | %s | %s | %s |\n", usage(spec), spec.Name, of, gives,
			mark(spec.PerWindow, "yes"), mark(removable, removableFor(spec)), size(t, u))
	}
	for _, spec := range All() {
		fmt.Fprintf(&b, "\n## %s\n\n`%s`\n\n%s\n\n", spec.Name, usage(spec), spec.Doc)
		for _, ex := range spec.Examples {
			fmt.Fprintf(&b, "- `%s` of %s is `%s`\n", ex.Call, rowsShown(spec, ex), show(ex.Want))
		}
	}
	return b.Bytes()
}

// usage is how an aggregate is called.
func usage(spec Spec) string {
	var names []string
	for _, p := range spec.Sig.Params {
		if p.Optional {
			return spec.Name + "([" + p.Name + "])"
		}
		names = append(names, p.Name)
	}
	return spec.Name + "(" + strings.Join(names, ", ") + ")"
}

// kinds is what the first argument may be, and what comes of it.
func kinds(spec Spec) (of, gives string) {
	if spec.Sig.Result == nil {
		of := "events"
		if len(spec.Sig.Params) > 0 {
			of = "bool"
		}
		return of, spec.Sig.Fixed.String()
	}
	var from, to []string
	for _, u := range uses() {
		if u.spec.Name == spec.Name && u.args[0].Kind != types.Null {
			from = append(from, u.args[0].Kind.String())
			to = append(to, spec.Sig.Result(u.args).String())
		}
	}
	switch distinct := slices.Compact(slices.Clone(to)); {
	case len(distinct) == 1:
		gives = distinct[0]
	case slices.Equal(from, to):
		gives = "the same"
	case spec.Name == "values":
		gives = "list of the same"
	default:
		gives = strings.Join(to, ", ")
	}
	if len(from) == len(scalars) {
		return "any but lists", gives
	}
	return strings.Join(from, ", "), gives
}

func mark(is bool, text string) string {
	if is {
		return text
	}
	return ""
}

// removableFor is for which arguments an aggregate is a Remover.
func removableFor(spec Spec) string {
	var yes []string
	all := true
	for _, u := range uses() {
		if u.spec.Name != spec.Name || len(u.args) == 0 || u.args[0].Kind == types.Null {
			continue
		}
		s, _ := u.spec.New(u.args, u.consts)
		if _, ok := s.(Remover); ok {
			yes = append(yes, u.args[0].Kind.String())
		} else {
			all = false
		}
	}
	if all {
		return "yes"
	}
	return strings.Join(yes, ", ")
}

// size is the bytes of an empty group, and whether groups grow.
func size(t *testing.T, u use) string {
	const n = 10_000
	per := strconv.Itoa((u.state(t, n).Bytes() - u.state(t, 0).Bytes() + n/2) / n)
	switch u.state(t, 0).(type) {
	case *countDistinct, *distinctValues, *mode, *cappedSum[int128], *quantile, *approxCountDistinct:
		return per + " and more"
	}
	return per
}

// rowsShown is the rows of an example, without the constants, which its call says.
func rowsShown(spec Spec, ex Example) string {
	var cols []string
	for i, values := range ex.Args {
		if len(values) == 0 {
			return "nothing"
		}
		if spec.Sig.Params[i].Const {
			continue
		}
		var texts []string
		for _, v := range values {
			texts = append(texts, "`"+show(v)+"`")
		}
		cols = append(cols, strings.Join(texts, ", "))
	}
	return strings.Join(cols, " and ")
}

// show is a value as the language writes it.
func show(v any) string {
	switch v := v.(type) {
	case nil:
		return "missing"
	case string:
		return strconv.Quote(v)
	case float64:
		s := strconv.FormatFloat(v, 'g', -1, 64)
		if !strings.ContainsAny(s, ".e") {
			s += ".0"
		}
		return s
	case netip.Addr:
		return v.String()
	case []any:
		var list []string
		for _, x := range v {
			list = append(list, show(x))
		}
		return "[" + strings.Join(list, ", ") + "]"
	}
	return fmt.Sprint(v)
}
