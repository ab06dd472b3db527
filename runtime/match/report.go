package match

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// Report says how an index finds its rules, before any event is seen.
type Report struct {
	Rules      int
	Predicates int
	Asked      int           // predicates, each counted once for every rule that asks it
	Columns    int           // that predicates read
	Routes     []int         // the columns that tell logs apart, as conditions count them
	Shared     []Shared      // the predicates of most rules, more than one each, descending
	Always     []Unwitnessed // rules that are looked at for every event
	OfLog      []Unwitnessed // rules that are looked at for every event of their log
}

// Shared is a predicate and how many rules ask it.
type Shared struct {
	Cond  Cond
	Rules int
}

// Unwitnessed is a rule without a witness, and why it has none.
type Unwitnessed struct {
	Rule    int
	Reasons []Reason
}

// Reason is a term by which a rule cannot be found.
type Reason struct {
	Cond Cond
	Why  string
}

// Report describes the index.
func (ix *Index) Report() Report {
	out := Report{Rules: len(ix.rules), Predicates: len(ix.preds), Columns: len(ix.columns)}
	counts := make([]int, len(ix.preds))
	for r := range ix.rules {
		asked := map[int32]bool{}
		ix.rules[r].tests(func(p int32, _ bool) { asked[p] = true })
		out.Asked += len(asked)
		for p := range asked {
			counts[p]++
		}
	}
	for p, n := range counts {
		if n > 1 {
			out.Shared = append(out.Shared, Shared{ix.preds[p].cond, n})
		}
	}
	slices.SortStableFunc(out.Shared, func(a, b Shared) int { return cmp.Compare(b.Rules, a.Rules) })
	c := ix.choose(make([]sample, len(ix.columns)), 1)
	for _, col := range c.routes {
		out.Routes = append(out.Routes, ix.columns[col].at)
	}
	for r := range ix.rules {
		f := &ix.rules[r]
		beyond := func(p int32) float64 { // what tells more than the log
			if ix.preds[p].kind == present || slices.Contains(c.routes, ix.preds[p].column) {
				return none
			}
			return 0
		}
		if ix.cover(f, beyond).cost < none {
			continue
		}
		u := Unwitnessed{r, ix.reasons(f, beyond)}
		if slices.Contains(c.free, int32(r)) {
			out.Always = append(out.Always, u)
		} else {
			out.OfLog = append(out.OfLog, u)
		}
	}
	return out
}

// reasons tells why a formula has no cover: of an and all terms, of an or the first
// that has none. What tells only the log is left out.
func (ix *Index) reasons(f *formula, cost func(pred int32) float64) []Reason {
	switch f.op {
	case fixed:
		return []Reason{{Const(true), "holds for every event"}}
	case outside:
		return []Reason{{ix.outside[f.pred], "is nothing that the index can look for"}}
	case test:
		p := &ix.preds[f.pred]
		if f.neg {
			return []Reason{{p.cond, "is asked not to hold"}}
		}
		if p.kind == pattern {
			return []Reason{{p.cond, "has no text in it that must be there"}}
		}
		return nil
	case or:
		for i := range f.kids {
			if ix.cover(&f.kids[i], cost).cost < none {
				continue
			}
			if all := ix.reasons(&f.kids[i], cost); len(all) > 0 {
				return all
			}
		}
		return nil
	}
	var all []Reason
	for i := range f.kids {
		all = append(all, ix.reasons(&f.kids[i], cost)...)
	}
	return all
}

// maxShown is how many patterns of a condition are written.
const maxShown = 4

// Format writes a predicate as the language does, long lists cut; name gives the
// names of columns.
func Format(c Cond, name func(column int) string) string {
	switch c := c.(type) {
	case Present:
		return name(c.Column) + " is not null"
	case Number:
		return name(c.Column) + " in " + list(len(c.Values), func(i int) string { return strconv.FormatInt(c.Values[i], 10) })
	case Text:
		op := c.Op.String()
		if len(c.Patterns) > 1 {
			op += " any"
			if c.Op == Equal {
				op = "in"
			}
		}
		if c.Cased {
			op += " cased"
		}
		text := func(i int) string { return strconv.Quote(c.Patterns[i]) }
		if len(c.Patterns) == 1 {
			return name(c.Column) + " " + op + " " + text(0)
		}
		return name(c.Column) + " " + op + " " + list(len(c.Patterns), text)
	case Outside:
		return c.Name
	}
	return fmt.Sprint(c)
}

func list(n int, item func(i int) string) string {
	var parts []string
	for i := range min(n, maxShown) {
		parts = append(parts, item(i))
	}
	if n > maxShown {
		parts = append(parts, fmt.Sprintf("… %d more", n-maxShown))
	}
	return "[" + strings.Join(parts, ", ") + "]"
}
