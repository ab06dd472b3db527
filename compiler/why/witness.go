package why

import (
	"cmp"
	"fmt"
	"maps"
	"net/netip"
	"slices"
	"strings"

	"github.com/detlang/det/compiler/fold"
	"github.com/detlang/det/compiler/plan"
	"github.com/detlang/det/lang/diag"
	"github.com/detlang/det/lang/types"
	"github.com/detlang/det/runtime"
)

// Question asks about an entity of a rule at a time.
type Question struct {
	Entity map[string]string // values by the names of keys or fields, as text
	At     int64             // microseconds; MaxTime asks for the last judgement
	Alert  string            // id of the alert that is asked about; "" for none
}

// Witness remembers the judgements of a rule that a question is about.
type Witness struct {
	rule  *plan.Rule
	asked Question
	group int      // index of the stage that groups rows, or -1
	names []string // of the entity, sorted

	windows []*seen // of the entity
	peers   []*seen // windows of others that hold the time, or lie beside the last one
	beside  []*seen // windows of others that are of the last time seen
	event   *seen   // of the entity and no window, the nearest
	trail   []*seen // events of the entity that came to a sequence, the last ones
	stopped int64   // first time behind the one asked for at which a match of the entity was ended; 0 for none
	keyed   int     // events without a key around the time
	others  map[string]map[string]bool

	compares bool // the rule has a peer group
}

// seen is a judgement that is kept.
type seen struct {
	runtime.Judgement
	evidence []runtime.Event
}

// NameError is a name of an entity that a rule does not know, or the want of one.
type NameError struct {
	Rule, Name string
	Keys       []string // what the rule groups by; nil if it looks at single events
	Known      []string
}

func (e *NameError) Error() string {
	hint := ""
	if near, ok := diag.Nearest(e.Name, e.Known); ok {
		hint = ": did you mean " + near + "?"
	}
	keys := strings.Join(e.Keys, ", ")
	switch {
	case e.Name == "":
		return fmt.Sprintf("rule %s groups by %s: name the entity", e.Rule, keys)
	case e.Keys == nil:
		return fmt.Sprintf("rule %s reads no field %s%s", e.Rule, e.Name, hint)
	case len(e.Keys) == 0:
		return fmt.Sprintf("rule %s has no key %s: it does not group by any", e.Rule, e.Name)
	}
	return fmt.Sprintf("rule %s has no key %s%s\nit groups by %s", e.Rule, e.Name, hint, keys)
}

// Grouping is the index of the stage of a rule that groups rows, -1 where it looks
// at single events.
func Grouping(r *plan.Rule) int {
	group := -1
	for i, st := range r.Stages {
		if st.Fresh {
			group = i
		}
	}
	return group
}

// NewWitness makes a witness for a question. The error is a *NameError.
func NewWitness(r *plan.Rule, q Question) (*Witness, error) {
	w := &Witness{rule: r, asked: q, group: Grouping(r), names: slices.Sorted(maps.Keys(q.Entity)), others: map[string]map[string]bool{}}
	for _, st := range r.Stages {
		w.compares = w.compares || st.Spec.Name == "peers"
	}
	var known, keys []string
	if w.group >= 0 {
		keys = []string{}
		for _, k := range r.Alert.Keys {
			keys = append(keys, k.Name)
		}
		known = keys
	} else {
		for _, col := range r.From.Columns {
			known = append(known, col.Name)
		}
	}
	if len(w.names) == 0 && len(keys) > 0 {
		return nil, &NameError{Rule: r.Name, Keys: keys}
	}
	for _, name := range w.names {
		if !slices.Contains(known, name) {
			return nil, &NameError{Rule: r.Name, Name: name, Keys: keys, Known: known}
		}
		w.others[name] = map[string]bool{}
	}
	return w, nil
}

// See takes a judgement of the rule in, while it is valid. Windows of the entity are
// all remembered, since they are the history of the later ones; of events that
// never came to a window, the nearest.
func (w *Witness) See(j *runtime.Judgement) {
	if j.Outcome == runtime.KeyMissing && w.near(j.Time) {
		w.keyed++
	}
	switch mine := w.mine(j); {
	case mine && j.HasWindow:
		w.windows = append(w.windows, w.keep(j))
	case mine:
		s := w.keep(j)
		w.follow(s)
		if s.Outcome == runtime.Interrupted && s.Time > w.asked.At && (w.stopped == 0 || s.Time < w.stopped) {
			w.stopped = s.Time
		}
		if w.event == nil || w.distance(s) <= w.distance(w.event) {
			w.event = s
		}
	case j.HasWindow && w.compares:
		w.other(j)
	}
}

// other remembers a window of another entity, if it may be a peer in the answer: at
// the time asked for, or else beside the last window of the entity.
func (w *Witness) other(j *runtime.Judgement) {
	if w.asked.At != runtime.MaxTime {
		if w.asked.At >= j.WindowStart && w.asked.At <= j.WindowEnd {
			w.peers = append(w.peers, &seen{Judgement: *j})
		}
		return
	}
	if len(w.beside) > 0 && w.beside[0].WindowStart != j.WindowStart {
		w.settle()
	}
	w.beside = append(w.beside, &seen{Judgement: *j})
}

// settle takes the windows of the last time for peers if the entity has one of that
// time.
func (w *Witness) settle() {
	if n := len(w.windows); n > 0 && len(w.beside) > 0 && slices.ContainsFunc(w.windows[max(0, n-2):], func(s *seen) bool {
		return s.WindowStart == w.beside[0].WindowStart
	}) {
		w.peers = w.beside
	}
	w.beside = nil
}

// keep copies a judgement.
func (w *Witness) keep(j *runtime.Judgement) *seen {
	s := &seen{Judgement: *j}
	if j.Evidence != nil {
		s.evidence = j.Evidence()
	} else {
		ev := runtime.Event{Source: j.Source, Row: j.Number, Time: j.Time}
		for _, col := range w.rule.From.Columns {
			if n, ok := j.Value(col.Name); ok && n.Value != nil {
				ev.Fields = append(ev.Fields, n)
			}
		}
		s.evidence = []runtime.Event{ev}
	}
	Refine(w.rule, &s.Judgement)
	return s
}

// mine reports whether a judgement is of the entity.
func (w *Witness) mine(j *runtime.Judgement) bool {
	mine := true
	for _, name := range w.names {
		mine = w.matches(name, w.entity(j, name)) && mine
	}
	return mine
}

// entity is the value of a key in a row: its column behind the stage that groups,
// and before that what the key is made of.
func (w *Witness) entity(j *runtime.Judgement, name string) runtime.Named {
	if w.group >= 0 && !j.HasWindow {
		st := w.rule.Stages[w.group]
		for _, a := range st.Args.Clauses["by"] {
			if a.Name != name || a.Col < 0 {
				continue
			}
			if col, ok := st.Inputs[a.Col].(*plan.Col); ok {
				name = col.Column.Name
				break
			}
			return runtime.Named{Name: name, Kind: a.Type.Kind, Value: fold.Stored(newRow(j).input(st.Inputs[a.Col]), a.Type.Kind)}
		}
	}
	n, _ := j.Value(name)
	return n
}

// manyValues is how many values of an entity are remembered for a proposal.
const manyValues = 10_000

// matches reports whether a value is the one that is asked for, and remembers it
// for a proposal if not.
func (w *Witness) matches(name string, n runtime.Named) bool {
	want := w.asked.Entity[name]
	if n.Value == nil {
		return false
	}
	if a, ok := n.Value.(netip.Addr); ok {
		if asked, err := netip.ParseAddr(want); err == nil {
			return asked.Unmap() == a
		}
	}
	have := plainText(n)
	if have != want && len(w.others[name]) < manyValues {
		w.others[name][have] = true
	}
	return have == want
}

// plainText is a value as people read it; empty where it is missing.
func plainText(n runtime.Named) string {
	if n.Kind == types.String && n.Value != nil {
		return fmt.Sprint(n.Value)
	}
	return runtime.FormatValue(n.Value, n.Kind)
}

// near reports whether a time is less than a window away from the one asked for.
func (w *Witness) near(t int64) bool {
	return w.asked.At != runtime.MaxTime && max(w.asked.At-t, t-w.asked.At) < max(w.per(), 1)
}

// per is the length of the rule's windows in microseconds.
func (w *Witness) per() int64 {
	if w.group < 0 {
		return 0
	}
	st := w.rule.Stages[w.group]
	return max(st.Row.Per, st.Args.Duration("within", 0)).Microseconds()
}

func (w *Witness) values() []Value {
	var out []Value
	for _, name := range w.names {
		out = append(out, Value{name, w.asked.Entity[name]})
	}
	return out
}

// Explain answers the question from what was seen.
func (w *Witness) Explain() *Explanation {
	w.settle()
	x := &Explanation{Rule: w.rule.Name, Title: w.rule.Meta.Title, Entity: w.values(), Outcome: runtime.NotSeen}
	switch s := w.answer(); {
	case s != nil:
		x = w.explain(s)
		w.neighbours(x, s)
	case w.event == nil && len(w.windows) == 0:
		w.propose(x)
	default:
		near := w.event
		if len(w.windows) > 0 {
			near = slices.MinFunc(w.windows, w.nearer)
		}
		x.note("the nearest of it is of %s", near.span())
	}
	if w.keyed > 0 {
		x.note("around that time %d events had no key and joined no group (%s)", w.keyed, runtime.KeyMissing)
	}
	return x
}

// note adds a sentence to an explanation.
func (x *Explanation) note(format string, args ...any) {
	x.Notes = append(x.Notes, fmt.Sprintf(format, args...))
}

// propose names values that were seen and resemble those asked for.
func (w *Witness) propose(x *Explanation) {
	for _, name := range w.names {
		all, want := slices.Sorted(maps.Keys(w.others[name])), w.asked.Entity[name]
		if i := slices.IndexFunc(all, func(s string) bool { return strings.EqualFold(s, want) }); i >= 0 {
			x.note("there is %s %s: keys are exact", name, all[i])
		} else if near, ok := diag.Nearest(want, all); ok {
			x.note("did you mean %s %s?", name, near)
		}
	}
}

// answer picks the judgement that the question means: the alert, or an alert of that
// very time; else the window that holds the time, or the nearest, where windows do
// not lie fixed in time; else an event that came to no window. nil if there was
// nothing around that time.
func (w *Witness) answer() *seen {
	if len(w.windows) == 0 {
		if w.fixed() && w.event != nil && w.asked.At != runtime.MaxTime && !w.near(w.event.Time) {
			return nil
		}
		return w.event
	}
	best := slices.MinFunc(w.windows, w.nearer)
	if w.fixed() && w.asked.At != runtime.MaxTime && w.distance(best) > 0 && !w.meant(best) {
		if w.event != nil && w.near(w.event.Time) {
			return w.event
		}
		return nil
	}
	if !w.fixed() && w.event != nil && !w.meant(best) && w.distance(w.event) < w.distance(best) {
		return w.event
	}
	return best
}

// nearer orders windows by how well they answer the question.
func (w *Witness) nearer(a, b *seen) int {
	first := func(x, y bool) int { return b2i(y) - b2i(x) }
	return cmp.Or(
		first(w.meant(a), w.meant(b)),
		cmp.Compare(w.distance(a), w.distance(b)),
		first(a.Outcome == runtime.Fired, b.Outcome == runtime.Fired),
		-cmp.Compare(a.Time, b.Time))
}

func b2i(b bool) int {
	if b {
		return 1
	}
	return 0
}

// meant reports whether a judgement is the alert that is asked about, or one of the
// very time.
func (w *Witness) meant(s *seen) bool {
	if w.asked.Alert != "" {
		return s.Alert == w.asked.Alert
	}
	return s.Outcome == runtime.Fired && s.Time == w.asked.At
}

// fixed reports whether the rule has windows that lie fixed in time.
func (w *Witness) fixed() bool { return w.group >= 0 && w.rule.Stages[w.group].Row.Every > 0 }

// distance is how far a judgement is from the time asked for; 0 for a fixed window
// or a match that holds it, and for the alert that is asked about. A sliding window speaks for
// its key until it has emptied, so it comes before all later ones.
func (w *Witness) distance(s *seen) int64 {
	at := w.asked.At
	if s.HasWindow && w.fixed() && at >= s.WindowStart && at < s.WindowEnd || w.asked.Alert != "" && w.meant(s) {
		return 0
	}
	if s.HasWindow && !w.fixed() && len(w.rule.Stages[w.group].Args.Steps) == 0 && (s.Time > at || at-s.Time >= w.per()) {
		return max(at-s.Time, s.Time-at) + w.per()
	}
	if s.HasWindow && len(w.rule.Stages[w.group].Args.Steps) > 0 && s.WindowStart <= at && at <= s.Time {
		return 0
	}
	return max(at-s.Time, s.Time-at)
}

// neighbours notes when else around that time the rule fired for the entity.
func (w *Witness) neighbours(x *Explanation, s *seen) {
	for _, o := range w.windows {
		if o != s && s.HasWindow && o.Outcome == runtime.Fired && max(o.Time-s.Time, s.Time-o.Time) <= w.per() {
			x.note("it fired for %s", o.span())
		}
	}
}

// span is when a judgement was, for notes.
func (s *seen) span() string {
	if s.HasWindow {
		return runtime.FormatTime(s.WindowStart) + " to " + runtime.FormatTime(s.WindowEnd)
	}
	return runtime.FormatTime(s.Time)
}
