// Package build turns plans into programs: expressions into graphs of kernels, and
// stages into operators.
package build

import (
	"fmt"
	"sync"

	"github.com/detlang/det/compiler/plan"
	"github.com/detlang/det/lang/types"
	"github.com/detlang/det/runtime"
	"github.com/detlang/det/runtime/engine"
	"github.com/detlang/det/runtime/eval"
	"github.com/detlang/det/runtime/match"
	"github.com/detlang/det/runtime/op"
)

// Options say how programs are made.
type Options struct {
	// IndexFrom is from how many rules with conditions on a stream on these are
	// judged by one index instead of one by one; 0 is DefaultIndexFrom, less than 0
	// never.
	IndexFrom int
	// Traced says which rules can be traced; nil is none. They are judged one by
	// one, each condition by itself.
	Traced func(rule string) bool
	// Watched makes segments know the single conditions that theirs consist of, so
	// that the engine can tell which of them held (engine.Options.Watch); of traced
	// rules only.
	Watched bool
	// Sharded is for programs of an engine with workers (engine.NewSharded): the
	// index takes only rules that look at single events, whose rows it shares out.
	Sharded bool
}

// DefaultIndexFrom is about where an index begins to pay.
const DefaultIndexFrom = 16

// Program makes a program of a rule set. Each call makes one of its own, with
// fresh state.
func Program(set *plan.Set, opts Options) (*engine.Program, error) {
	b := &builder{set: set, watch: opts.Watched, sharded: opts.Sharded, prog: &engine.Program{}, streams: map[*types.Schema]*streamBuilder{}, rules: map[*plan.Rule]int{}, prints: &fingerprints{rules: map[*plan.Rule]*meaning{}}, keys: keyTables{}}
	for _, s := range set.Schemas {
		b.stream(s)
	}
	b.index(opts)
	for _, r := range set.Rules {
		if err := b.rule(r, opts.Traced != nil && opts.Traced(r.Name)); err != nil {
			return nil, fmt.Errorf("rule %s: %w", r.Name, err)
		}
	}
	b.settle()
	b.unindex()
	return b.prog, nil
}

type builder struct {
	set     *plan.Set
	prog    *engine.Program
	streams map[*types.Schema]*streamBuilder
	rules   map[*plan.Rule]int
	prints  *fingerprints
	keys    keyTables
	derived bool // a rule reads alerts or risk
	watch   bool
	sharded bool
}

// streamBuilder gathers what the rules over one schema read.
type streamBuilder struct {
	index int
	def   *engine.Stream
	at    map[string]int // columns by name
}

func (b *builder) stream(s *types.Schema) {
	sb := &streamBuilder{index: len(b.prog.Streams), def: &engine.Stream{Name: s.Name, Graph: eval.NewGraph()}, at: map[string]int{}}
	sb.def.Fingerprints = func() (source engine.Fingerprint, columns []engine.Fingerprint) { return stream(s, sb.def.Columns) }
	b.streams[s] = sb
	b.prog.Streams = append(b.prog.Streams, sb.def)
	if i := s.Find(s.Time); i >= 0 {
		sb.def.Time = sb.column(s.Time, s.Fields[i].Type)
		sb.def.Timeless = s.Fields[i].Optional
	}
}

func (s *streamBuilder) column(name string, t types.Type) int {
	i, ok := s.at[name]
	if !ok {
		i = len(s.def.Columns)
		s.at[name] = i
		s.def.Columns = append(s.def.Columns, runtime.Column{Name: name, Type: t})
	}
	return i
}

// plain notes under which name hosts have a column that is a variant of a field.
func (s *streamBuilder) plain(col *plan.Column) {
	if s.def.Plain == nil {
		s.def.Plain = map[string]string{}
	}
	s.def.Plain[col.Variant] = col.Name
}

// member says where the columns of a union are found in the events of one schema.
func (b *builder) member(s *types.Schema, cols []*plan.Column) engine.Member {
	sb := b.streams[s]
	m := engine.Member{Stream: sb.index}
	for _, col := range cols {
		at := engine.Absent
		switch {
		case col.Name == "schema":
			at = engine.StreamName
		case col.Name == "time":
			at = sb.def.Time
		case s.Find(col.Name) >= 0 || s.Open:
			at = sb.column(col.Name, col.Type)
		}
		m.Columns = append(m.Columns, at)
	}
	return m
}

// settle marks the streams whose rows must come in order: where a rule keeps
// state, and everywhere if rules read alerts.
func (b *builder) settle() {
	for _, r := range b.prog.Rules {
		if r.Stream >= 0 && (b.derived || len(r.Segments) > 1) {
			b.prog.Streams[r.Stream].Stateful = true
		}
	}
}

// ruleBuilder builds one rule, segment by segment.
type ruleBuilder struct {
	rule  *plan.Rule
	watch bool
	out   *engine.Rule
	graph *graph
	index *match.Index  // of the stream, for the first segment
	where []plan.Expr   // conditions of the segment that is open
	tests []engine.Test // the same, of a rule that is traced
	trace bool
	keys  keyTables
}

func (b *builder) rule(r *plan.Rule, traced bool) error {
	rb := &ruleBuilder{rule: r, trace: traced, watch: b.watch, keys: b.keys, out: &engine.Rule{
		Name: r.Name, ID: r.Meta.ID, Level: r.Meta.Level, Attack: r.Meta.Attack, Stream: -1, Muted: r.Meta.Muted, Indexed: -1,
		Source: r.From.Name(),
	}}
	stages := r.Stages
	switch {
	case r.Fork != nil:
		var err error
		if stages, err = b.fork(rb); err != nil {
			return err
		}
	case r.From.Schema != nil:
		sb := b.streams[r.From.Schema]
		rb.out.Stream = sb.index
		rb.graph = newGraph(sb.def.Graph)
		for _, col := range r.From.Columns {
			rb.graph.columns[col] = sb.column(col.Read(), col.Type)
			if col.Variant != "" {
				sb.plain(col)
			}
		}
		how := partition(r)
		if b.sharded {
			var err error
			if rb.out.Split, err = rb.split(how); err != nil {
				return err
			}
		}
		if !rb.trace && (!b.sharded || how.kind == engine.ByRow) {
			rb.index = sb.def.Index
		}
	default:
		b.derived = true
		rb.graph = newGraph(eval.NewGraph())
		for i, col := range r.From.Columns {
			rb.graph.columns[col] = i
			rb.out.Columns = append(rb.out.Columns, runtime.Column{Name: col.Name, Type: col.Type})
		}
		rb.graph.order = r.From.Columns
		rb.out.Risk = r.From.Risk
		for _, of := range r.From.Rules {
			up, ok := b.rules[of]
			if !ok {
				return fmt.Errorf("it reads rule %s, which is not built", of.Name)
			}
			rb.out.Upstream = append(rb.out.Upstream, up)
		}
		for _, s := range r.From.Union {
			rb.out.Union = append(rb.out.Union, b.member(s, r.From.Columns))
		}
	}
	if err := b.logSource(r, rb); err != nil {
		return err
	}
	for i, st := range stages {
		if err := rb.stage(st, i+len(r.Stages)-len(stages)); err != nil {
			return err
		}
	}
	if err := rb.alert(); err != nil {
		return err
	}
	rb.out.Fingerprints = sync.OnceValue(func() engine.RuleFingerprints { return b.prints.of(r, rb.out) })
	b.rules[r] = len(b.prog.Rules)
	b.prog.Rules = append(b.prog.Rules, rb.out)
	return nil
}

// stage adds a stage: conditions wait until the segment ends, others end it.
func (rb *ruleBuilder) stage(st *plan.Stage, at int) error {
	grouped := len(rb.out.Segments) > 0 || rb.rule.Fork != nil
	if st.Cond != nil && (st.Spec.Name == "where" || !grouped) {
		rb.where = append(rb.where, st.Cond)
		if rb.trace {
			rb.tests = append(rb.tests, engine.Test{At: at, When: st.Spec.Name == "when"})
		}
		return nil
	}
	inputs := st.Inputs
	args, in := st.Placed(), op.Row{}
	if !grouped {
		args.Keys = rb.keys.of(rb.out.Stream, rb.where, st)
	}
	seg, err := rb.segment(st.Spec.Name, at)
	if err != nil {
		return err
	}
	if st.Cond != nil { // when: its condition is its input
		inputs = []plan.Expr{st.Cond}
		args = &op.Args{Head: []op.Arg{{Name: "condition", Col: st.Before, Type: types.TBool}}}
		seg.Drop = 1
	}
	if st.Cond != nil {
		if err := rb.watched(seg, st.Cond, at); err != nil {
			return err
		}
	}
	seg.Fresh = st.Fresh
	if !st.Fresh {
		in = st.Row
		in.Cols = nil
		if rb.rule.From.Schema != nil && rb.graph.order == nil {
			// The stream has the columns of all its rules: take those of this one.
			seg.Fresh = true
			inputs = append(columns(rb.rule.From.Columns), inputs...)
		}
		for _, col := range rb.graph.order {
			in.Cols = append(in.Cols, runtime.Column{Name: col.Name, Type: col.Type})
		}
	}
	for _, x := range inputs {
		id, err := rb.graph.node(x)
		if err != nil {
			return err
		}
		seg.Inputs = append(seg.Inputs, id)
		name := "$" + plan.String(x)
		if col, ok := x.(*plan.Col); ok {
			name = col.Column.Name
		}
		in.Cols = append(in.Cols, runtime.Column{Name: name, Type: x.Type()})
	}
	seg.Given = in.Cols
	if seg.Op, err = st.Spec.New(in, args); err != nil {
		return err
	}
	rb.graph = newGraph(eval.NewGraph())
	rb.graph.row(st.Out)
	return nil
}

// filter gives a segment its conditions: to the index, as far as that understands
// them, and to the graph.
func (rb *ruleBuilder) filter(seg *engine.Segment) error {
	cond := &plan.And{Xs: rb.where}
	if rb.index != nil {
		c, whole := rb.graph.cond(cond)
		var err error
		if rb.out.Indexed, err = rb.index.Add(c); err != nil {
			return err
		}
		if whole {
			return nil
		}
	}
	id, err := rb.graph.node(cond)
	seg.Filter = id
	return err
}

// columns are columns as expressions.
func columns(cols []*plan.Column) []plan.Expr {
	out := make([]plan.Expr, len(cols))
	for i, c := range cols {
		out[i] = &plan.Col{Column: c}
	}
	return out
}

// segment closes the open stretch of conditions.
func (rb *ruleBuilder) segment(stage string, at int) (*engine.Segment, error) {
	seg := &engine.Segment{Stage: stage, At: at, Graph: rb.graph.g, Filter: engine.None}
	for _, col := range rb.graph.order {
		seg.Row = append(seg.Row, runtime.Column{Name: col.Name, Type: col.Type})
	}
	for i := range rb.tests {
		var err error
		if rb.tests[i].ID, err = rb.graph.node(rb.where[i]); err != nil {
			return nil, err
		}
		if err := rb.watched(seg, rb.where[i], rb.tests[i].At); err != nil {
			return nil, err
		}
	}
	seg.Tests = rb.tests
	if len(rb.where) > 0 {
		if err := rb.filter(seg); err != nil {
			return nil, err
		}
	}
	rb.where, rb.tests, rb.index = nil, nil, nil
	rb.out.Segments = append(rb.out.Segments, seg)
	return seg, nil
}

// watched lists the single conditions of a stage, if they are to be watched.
func (rb *ruleBuilder) watched(seg *engine.Segment, cond plan.Expr, at int) error {
	if !rb.watch {
		return nil
	}
	for i, leaf := range plan.Conditions(cond) {
		id, err := rb.graph.node(leaf)
		if err != nil {
			return err
		}
		seg.Watched = append(seg.Watched, engine.Watched{ID: id, Stage: at, Condition: i})
	}
	return nil
}

// alert builds what alerts show, over the last row.
func (rb *ruleBuilder) alert() error {
	if _, err := rb.segment("alert", len(rb.rule.Stages)); err != nil {
		return err
	}
	a, spec := &rb.out.Alert, &rb.rule.Alert
	a.Suppressed = engine.None
	outputs := func(list []plan.Output) ([]engine.Output, error) {
		var out []engine.Output
		for _, o := range list {
			id, err := rb.graph.node(o.X)
			if err != nil {
				return nil, err
			}
			out = append(out, engine.Output{Name: o.Name, Kind: o.X.Type().Kind, ID: id})
		}
		return out, nil
	}
	var err error
	if a.Keys, err = outputs(spec.Keys); err != nil {
		return err
	}
	if a.Values, err = outputs(spec.Values); err != nil {
		return err
	}
	if a.Evidence, err = outputs(spec.Evidence); err != nil {
		return err
	}
	if a.Carried, err = outputs(spec.Carried); err != nil {
		return err
	}
	for _, k := range spec.Risk {
		r := engine.Risk{EntityType: k.EntityType, Category: k.Category, Stage: k.Stage, Cap: k.Cap}
		if r.Entity, err = rb.graph.node(k.Entity); err != nil {
			return err
		}
		if r.Score, err = rb.graph.node(k.Score); err != nil {
			return err
		}
		a.Risk = append(a.Risk, r)
	}
	if spec.Suppressed != nil {
		if a.Suppressed, err = rb.graph.node(&plan.Col{Column: spec.Suppressed}); err != nil {
			return err
		}
	}
	rb.out.Title, err = eval.CompileTitle(rb.rule.Meta.Title, spec.Names())
	return err
}
