package det

import (
	"fmt"
	"math"
	"net/netip"
	"slices"
	"strings"
	"time"

	"github.com/detlang/det/compiler/fold"
	"github.com/detlang/det/compiler/plan"
	"github.com/detlang/det/lang/types"
	"github.com/detlang/det/runtime"
	"github.com/detlang/det/runtime/eval"
)

// judge holds the expectations against the alerts. Those that expect an alert claim
// it, the first ones first, so that two of them want two alerts.
func (n *testRun) judge() {
	claimed := make([]bool, len(n.result.Alerts))
	for _, e := range n.test.Expects {
		var found []int
		for i := range n.result.Alerts {
			if n.matches(e, &n.result.Alerts[i]) {
				found = append(found, i)
			}
		}
		switch e.Kind {
		case "alert":
			i := slices.IndexFunc(found, func(i int) bool { return !claimed[i] })
			switch {
			case i >= 0:
				claimed[found[i]] = true
			case len(found) > 0:
				n.fail(e.Span, "no further alert like this", n.others(e)...)
			default:
				n.fail(e.Span, "no such alert", n.others(e)...)
			}
		case "alerts":
			for _, i := range found {
				claimed[i] = true
			}
			if int64(len(found)) != e.Count {
				n.fail(e.Span, fmt.Sprintf("%s, not %d", plural(len(found), "alert"), e.Count), n.others(e)...)
			}
		case "none":
			if len(found) > 0 {
				n.fail(e.Span, "there is an alert", n.show(&n.result.Alerts[found[0]]))
			} else if e.Reason != "" {
				n.silent(e)
			}
		case "else":
			for i := range claimed {
				if !claimed[i] {
					n.fail(e.Span, "there is another alert", n.show(&n.result.Alerts[i]))
				}
			}
		case "that":
			n.assert(e)
		}
	}
}

// matches reports whether an alert is one that is expected.
func (n *testRun) matches(e *plan.Expect, a *runtime.Alert) bool {
	if e.At != nil && !n.near(e, a.Time) {
		return false
	}
	env := alertEnv(a)
	for i := range e.Conds {
		if !holds(&e.Conds[i], env, n.test.Rule.Alert.Names()) {
			return false
		}
	}
	return true
}

// near reports whether a time is the expected one.
func (n *testRun) near(e *plan.Expect, at int64) bool {
	want := n.test.Start.Add(*e.At)
	off := time.UnixMicro(at).Sub(want)
	return off <= e.Within && -off <= e.Within
}

func holds(c *plan.ExpectCond, env map[string]any, names map[string]types.Type) bool {
	if c.Name == "" {
		cond, err := eval.CompileCondition(c.Text, names)
		if err != nil {
			return false
		}
		ok, err := cond.Holds(env)
		return ok && err == nil
	}
	return same(env[c.Name], c.Value)
}

// same compares a value of an alert with a constant of the language: numbers as
// numbers, floats to nine digits.
func same(have, want any) bool {
	if a, ok := number(have); ok {
		b, ok := number(want)
		return ok && math.Abs(a-b) <= 1e-9*max(1, math.Abs(a), math.Abs(b))
	}
	switch w := want.(type) {
	case netip.Addr:
		return have == w.String()
	case time.Time:
		t, ok := have.(time.Time)
		return ok && t.Equal(w)
	case []any:
		list, ok := have.([]any)
		return ok && slices.EqualFunc(list, w, same)
	}
	return have == want
}

func number(v any) (float64, bool) {
	switch v := v.(type) {
	case int64:
		return float64(v), true
	case int:
		return float64(v), true
	case float64:
		return v, true
	}
	return 0, false
}

// alertEnv are the names of an alert with their values.
func alertEnv(a *runtime.Alert) map[string]any {
	env := map[string]any{}
	lists := [][]runtime.Named{a.Values, a.Keys}
	if !a.HasWindow && len(a.Evidence) == 1 {
		lists = [][]runtime.Named{a.Evidence[0].Fields, a.Values, a.Keys}
	}
	for _, list := range lists {
		for _, v := range list {
			env[v.Name] = v.Host()
		}
	}
	return env
}

// assert holds an assertion over all alerts.
func (n *testRun) assert(e *plan.Expect) {
	var list []map[string]any
	for i := range n.result.Alerts {
		a := &n.result.Alerts[i]
		env := eval.Nest(alertEnv(a))
		env["id"], env["rule"], env["level"], env["title"] = a.ID, a.Rule, a.Level, a.Title
		env["time"], env["suppressed"], env["partial"] = time.UnixMicro(a.Time).UTC(), a.Suppressed, a.Partial
		if a.HasWindow {
			env["window_start"], env["window_end"] = time.UnixMicro(a.WindowStart).UTC(), time.UnixMicro(a.WindowEnd).UTC()
		}
		list = append(list, env)
	}
	cond, err := eval.CompileAssertion(e.That)
	if err != nil {
		n.fail(e.Span, err.Error())
		return
	}
	switch ok, err := cond.Holds(map[string]any{"alerts": list}); {
	case err != nil:
		n.fail(e.Span, err.Error())
	case !ok:
		n.fail(e.Span, "this does not hold", n.others(e)...)
	}
}

// silent looks for the reason of silence that is expected.
func (n *testRun) silent(e *plan.Expect) {
	counts := map[runtime.Outcome]int{}
	for _, j := range n.judged {
		if e.At != nil && !n.near(e, j.time) || !n.about(e, j.row) {
			continue
		}
		counts[j.outcome]++
	}
	if counts[runtime.Outcome(e.Reason)] > 0 {
		return
	}
	var notes []string
	for _, o := range runtime.Outcomes {
		if c := counts[o.Outcome]; c > 0 {
			notes = append(notes, fmt.Sprintf("%s: %s (%s)", o.Outcome, o.Doc, plural(c, "time")))
		}
	}
	if len(notes) == 0 {
		notes = []string{"nothing was judged at all: no event came so far"}
	}
	n.fail(e.Span, "silent, but not because of "+e.Reason, notes...)
}

// about reports whether a row is one that an expectation speaks of. Conditions on
// names that the row does not have yet do not count.
func (n *testRun) about(e *plan.Expect, row []runtime.Named) bool {
	env, names := map[string]any{}, map[string]types.Type{}
	for _, v := range row {
		env[v.Name] = v.Host()
		names[v.Name] = types.Type{Kind: v.Kind}
	}
	for i := range e.Conds {
		c := &e.Conds[i]
		if c.Name == "" {
			if _, err := eval.CompileCondition(c.Text, names); err != nil {
				continue
			}
		} else if _, ok := env[c.Name]; !ok {
			continue
		}
		if !holds(c, env, names) {
			return false
		}
	}
	return true
}

// others tells what there was instead of what was expected: the nearest alerts, or
// why there were none.
func (n *testRun) others(e *plan.Expect) []string {
	const most = 3
	var notes []string
	for i := range n.result.Alerts {
		if len(notes) == most {
			notes = append(notes, fmt.Sprintf("and %d more", len(n.result.Alerts)-most))
			break
		}
		notes = append(notes, "there is: "+n.show(&n.result.Alerts[i]))
	}
	if len(notes) > 0 {
		return notes
	}
	return n.why(e)
}

// why tells why nothing fired: of the last row that the expectation may mean, and
// how many rows there were for each reason.
func (n *testRun) why(e *plan.Expect) []string {
	counts := map[runtime.Outcome]int{}
	var last *judged
	for i := range n.judged {
		j := &n.judged[i]
		if !n.about(e, j.row) || e.At != nil && !n.near(e, j.time) {
			continue
		}
		counts[j.outcome]++
		last = j
	}
	if last == nil {
		if len(n.judged) == 0 {
			return []string{"no event came so far that a condition was asked"}
		}
		last = &n.judged[len(n.judged)-1]
		counts[last.outcome]++
	}
	var notes []string
	for _, o := range runtime.Outcomes {
		if c := counts[o.Outcome]; c > 0 {
			notes = append(notes, fmt.Sprintf("%s: %s (%s)", o.Outcome, o.Doc, plural(c, "time")))
		}
	}
	return append(notes, "the last: "+n.moment(last.time)+" "+showRow(last.row))
}

// Describe is an alert in a line: its time from the start of the test on, its keys
// and its values.
func (r *TestResult) Describe(i int) string {
	n := testRun{test: r.Test.test}
	return n.show(&r.Alerts[i])
}

// show is an alert in a line.
func (n *testRun) show(a *runtime.Alert) string {
	row := append(slices.Clone(a.Keys), a.Values...)
	if !a.HasWindow && len(a.Evidence) == 1 {
		row = append(slices.Clone(a.Evidence[0].Fields), row...)
	}
	return n.moment(a.Time) + " " + showRow(row)
}

// moment is a time from the start of the test on.
func (n *testRun) moment(at int64) string {
	d := time.UnixMicro(at).Sub(n.test.Start)
	if d < 0 {
		return "-" + types.FormatDuration(-d)
	}
	return "+" + types.FormatDuration(d)
}

// showRow is a row in a line. What the engine computes for itself begins with $.
func showRow(row []runtime.Named) string {
	var b strings.Builder
	b.WriteByte('{')
	for _, v := range row {
		if strings.HasPrefix(v.Name, "$") {
			continue
		}
		if b.Len() > 1 {
			b.WriteString(", ")
		}
		text := "null"
		switch x := v.Value.(type) {
		case nil:
		case string:
			text = fmt.Sprintf("%q", x)
		case float64:
			text = fmt.Sprintf("%.4g", x)
		case []any:
			text = plan.FormatValue(fold.Value(x, types.Type{Kind: v.Kind}))
		default:
			text = runtime.FormatValue(x, v.Kind)
		}
		fmt.Fprintf(&b, "%s: %s", v.Name, text)
	}
	b.WriteByte('}')
	return b.String()
}

func plural(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}
