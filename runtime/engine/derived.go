package engine

import (
	"slices"

	"github.com/detlang/det/runtime"
	"github.com/detlang/det/runtime/vec"
)

// Rules that do not read the events of one schema have a stream of their own, made
// of several streams, of other rules' alerts, or of risk. Its rows wait in the
// rule's buffer until the clock has passed them, and so come in order of time.

// noSource is the source of an alert that stands for more than one event.
const noSource = -1

// place is what rules that read an alert see beside the alert itself: the one event
// behind it, where it is one, and fields of that.
type place struct {
	source  int32
	row     int64
	carried []runtime.Named
}

// nameRules numbers the sources that alerts and risk are.
func (e *Engine) nameRules() {
	e.made = map[int32]bool{}
	for _, r := range e.rules {
		if len(r.readers) > 0 {
			r.source = e.Source("rule " + r.def.Name)
			e.made[r.source] = true
		}
		if r.def.Risk {
			e.risk = e.Source("risk")
			e.made[e.risk] = true
		}
	}
}

// sourceOrder is what sources are ordered by: their names, those that rules make
// behind those that were read. So a contribution of risk that a ledger has comes
// before the same one made again.
func (e *Engine) sourceOrder(i int32) string {
	if e.made[i] {
		return "\xff" + e.sourceName(i)
	}
	return e.sourceName(i)
}

// join is a union that a stream is part of.
type join struct {
	rule    *rule
	columns []int     // see Member
	names   *vec.Dict // of the streams of the union
	code    int32     // this one's
}

// union joins the streams that a rule reads as one.
func (e *Engine) union(r *rule) {
	var names []string
	for _, m := range r.def.Union {
		names = append(names, e.streams[m.Stream].def.Name)
	}
	dict := vec.NewDict(names...)
	for i, m := range r.def.Union {
		s := e.streams[m.Stream]
		s.joins = append(s.joins, join{r, m.Columns, dict, int32(i)})
	}
}

// add takes a batch of a stream into the union, as it stands.
func (j *join) add(b *runtime.Batch) error {
	out := *b
	out.Cols = make([]*vec.Vec, len(j.columns))
	for i, c := range j.columns {
		switch c {
		case Absent:
			out.Cols[i] = vec.Nulls(b.N)
		case StreamName:
			out.Cols[i] = vec.Coded(slices.Repeat([]int32{j.code}, b.N), j.names, nil)
		default:
			out.Cols[i] = b.Cols[c]
		}
	}
	return j.rule.buf.Add(&out)
}

// takeAlert adds an alert of a rule that this one reads to its stream. An alert for
// one event stands at the place of the event, so that evidence leads there.
func (r *rule) takeAlert(from *rule, a *runtime.Alert, at place) error {
	find := func(name string) any {
		for _, list := range [][]runtime.Named{a.Keys, a.Values, at.carried} {
			for _, n := range list {
				if n.Name == name && n.Value != nil {
					return n.Value
				}
			}
		}
		return nil
	}
	vals := make([]any, len(r.def.Columns))
	for c, col := range r.def.Columns {
		switch col.Name {
		case "time":
			vals[c] = a.Time
		case "rule":
			vals[c] = a.Rule
		case "rule_id":
			vals[c] = text(a.RuleID)
		case "level":
			vals[c] = a.Level
		default:
			vals[c] = find(col.Name)
		}
	}
	pos := runtime.Positions{One: at.source, First: at.row}
	if at.source == noSource {
		pos = runtime.Positions{One: from.source, First: rank(a.ID)}
	}
	return r.take(a.Time, pos, vals)
}

func text(s string) any {
	if s == "" {
		return nil
	}
	return s
}
