package det

import (
	"fmt"
	"io"
	"strings"

	"github.com/detlang/det/compiler/build"
	"github.com/detlang/det/runtime/engine"
	"github.com/detlang/det/runtime/match"
)

// maxShared is how many shared predicates PlanIndex writes of a schema.
const maxShared = 10

// PlanIndex writes, for people, how the conditions of rules over one schema are
// judged together: what they share, and which rules are looked at for every event,
// and why.
func (r *Ruleset) PlanIndex(w io.Writer) error {
	prog, err := r.program(nil, nil)
	if err != nil {
		return err
	}
	var b strings.Builder
	for i := range prog.Streams {
		if i > 0 {
			b.WriteByte('\n')
		}
		r.writeIndex(&b, prog, i)
	}
	_, err = io.WriteString(w, b.String())
	return err
}

func (r *Ruleset) writeIndex(b *strings.Builder, prog *engine.Program, stream int) {
	s := prog.Streams[stream]
	if s.Index == nil {
		fmt.Fprintf(b, "%s: no index: it begins to pay at %d rules with conditions\n", s.Name, build.DefaultIndexFrom)
		return
	}
	var names []string // by number in the index
	for i, x := range prog.Rules {
		if x.Stream == stream && build.Conditional(r.set.Rules[i]) {
			names = append(names, x.Name)
		}
	}
	rep := s.Index.Report()
	column := func(c int) string { return s.Columns[c].Name }
	fmt.Fprintf(b, "%s: %d rules ask %d predicates of %d fields, %d different ones\n", s.Name, rep.Rules, rep.Asked, rep.Columns, rep.Predicates)
	if len(rep.Routes) > 0 {
		var routes []string
		for _, c := range rep.Routes {
			routes = append(routes, column(c))
		}
		fmt.Fprintf(b, "logs are told apart by %s\n", strings.Join(routes, ", "))
	}
	if len(rep.Shared) > 0 {
		b.WriteString("shared by most rules\n")
		for _, x := range rep.Shared[:min(len(rep.Shared), maxShared)] {
			fmt.Fprintf(b, "  %6d  %s\n", x.Rules, match.Format(x.Cond, column))
		}
	}
	for _, x := range []struct {
		what  string
		rules []match.Unwitnessed
	}{{"every event", rep.Always}, {"every event of their log", rep.OfLog}} {
		fmt.Fprintf(b, "looked at for %s: %d\n", x.what, len(x.rules))
		for _, u := range x.rules {
			fmt.Fprintf(b, "  %s\n", names[u.Rule])
			if len(u.Reasons) == 0 {
				b.WriteString("    it asks only which log it is\n")
			}
			for _, why := range u.Reasons {
				fmt.Fprintf(b, "    %s %s\n", match.Format(why.Cond, column), why.Why)
			}
		}
	}
}
