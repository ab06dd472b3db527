package det

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/detlang/det/compiler/build"
	"github.com/detlang/det/compiler/plan"
	"github.com/detlang/det/compiler/why"
	"github.com/detlang/det/lang/source"
	"github.com/detlang/det/runtime"
	"github.com/detlang/det/runtime/engine"
	"github.com/detlang/det/runtime/input"
)

// Test is a test of a rule set, as its files declare it.
type Test struct {
	Title string
	Rule  string
	At    source.Span
	set   *plan.Set
	test  *plan.Test
}

// TestResult is the outcome of a test. It passed if it has no failures.
type TestResult struct {
	Test     Test
	Failures []TestFailure
	Events   int             // delivered
	Alerts   []runtime.Alert // of the test's rule, in order of time
	Elapsed  time.Duration
}

// TestFailure is an expectation that was not met, or events that could not be
// given: where it stands, what is wrong, and what there was instead.
type TestFailure struct {
	At      source.Span
	Message string
	Notes   []string
}

// Passed reports whether all expectations were met.
func (r *TestResult) Passed() bool { return len(r.Failures) == 0 }

// Tests lists the tests of the rule files, in order. Tests of rules with errors are
// left out.
func (r *Ruleset) Tests() []Test {
	var out []Test
	for _, t := range r.set.Tests {
		out = append(out, Test{Title: t.Title, Rule: t.Rule.Name, At: t.At, set: r.set, test: t})
	}
	return out
}

// Run runs the test in an engine of its own, in which only the rule and those that
// it depends on take part. The clock is that of the test's events.
func (t Test) Run(ctx context.Context) TestResult { return t.run(ctx, nil) }

func (t Test) run(ctx context.Context, cover *Coverage) TestResult {
	began := time.Now()
	run := &testRun{test: t.test, cover: cover, result: TestResult{Test: t}}
	if err := run.all(ctx, t.set); err != nil {
		run.fail(t.At, err.Error())
	}
	run.result.Elapsed = time.Since(began)
	return run.result
}

// testRun is one run of a test.
type testRun struct {
	test   *plan.Test
	set    *plan.Set // the rules that take part
	engine *engine.Engine
	result TestResult
	judged []judged  // of the test's rule
	cover  *Coverage // nil unless it is wanted
}

// judged is what became of one row: why the rule did not fire, or that it did.
type judged struct {
	outcome runtime.Outcome
	time    int64
	row     []runtime.Named
}

func (n *testRun) fail(at source.Span, message string, notes ...string) {
	n.result.Failures = append(n.result.Failures, TestFailure{at, message, notes})
}

func (n *testRun) all(ctx context.Context, set *plan.Set) error {
	n.set = &plan.Set{Rules: plan.Closure(n.test.Rule, set.Rules)}
	for _, s := range set.Schemas {
		if slices.ContainsFunc(n.set.Rules, func(r *plan.Rule) bool { return slices.Contains(r.From.Schemas(), s) }) {
			n.set.Schemas = append(n.set.Schemas, s)
		}
	}
	if err := n.fresh(); err != nil {
		return err
	}
	defer func() { n.engine.Close() }()
	events, err := n.deliveries()
	if err != nil {
		return err
	}
	if err := n.deliver(ctx, events); err != nil {
		return err
	}
	if n.test.End > 0 {
		if err := n.engine.Advance(ctx, n.test.Start.Add(n.test.End).UnixMicro()); err != nil {
			return err
		}
	}
	if err := n.engine.Finish(ctx); err != nil {
		return err
	}
	n.cover.count(n.engine)
	slices.SortStableFunc(n.result.Alerts, func(a, b runtime.Alert) int {
		if a.Time != b.Time {
			return int(min(max(a.Time-b.Time, -1), 1))
		}
		return bytes.Compare([]byte(a.ID), []byte(b.ID))
	})
	n.judge()
	return nil
}

// fresh makes an engine without state.
func (n *testRun) fresh() error {
	traced := func(rule string) bool { return rule == n.test.Rule.Name }
	prog, err := build.Program(n.set, build.Options{
		IndexFrom: -1, Watched: n.cover != nil,
		Traced: func(rule string) bool { return n.cover != nil || traced(rule) },
	})
	if err != nil {
		return err
	}
	opts := engine.Options{
		Manual: n.test.Lateness == nil,
		Alerts: func(list []runtime.Alert) error {
			for _, a := range list {
				if a.Rule == n.test.Rule.Name {
					n.result.Alerts = append(n.result.Alerts, a)
				}
			}
			return nil
		},
		Traced: traced,
		Trace: func(j *runtime.Judgement) {
			why.Refine(n.test.Rule, j)
			n.judged = append(n.judged, judged{j.Outcome, j.Time, slices.Clone(j.Row)})
		},
	}
	if n.cover != nil {
		opts.Watch = n.cover.watch
	}
	if n.test.Lateness != nil {
		opts.Lateness = *n.test.Lateness
	}
	n.engine = engine.New(prog, opts)
	return nil
}

// restart saves the state, and goes on with it in a new engine.
func (n *testRun) restart() error {
	var saved bytes.Buffer
	if err := n.engine.Save(&saved); err != nil {
		return err
	}
	n.cover.count(n.engine)
	n.engine.Close()
	if err := n.fresh(); err != nil {
		return err
	}
	notes, err := n.engine.Load(bytes.NewReader(saved.Bytes()), int64(saved.Len()))
	if err == nil && len(notes) > 0 {
		err = fmt.Errorf("after a restart: %s", notes[0])
	}
	return err
}

// maxDelivery is how many events are pushed at once.
const maxDelivery = 4096

// deliver pushes events in the order of their delivery, and restarts where the
// test says so.
func (n *testRun) deliver(ctx context.Context, events []delivery) error {
	restarts := n.test.Restarts
	for i := 0; i < len(events); {
		for len(restarts) > 0 && events[i].at >= restarts[0] {
			if err := n.restart(); err != nil {
				return err
			}
			restarts = restarts[1:]
		}
		to := i + 1
		for to < len(events) && to-i < maxDelivery && events[to].given.Schema == events[i].given.Schema && events[i].given.File == "" &&
			events[to].given.File == "" && (len(restarts) == 0 || events[to].at < restarts[0]) {
			to++
		}
		if err := n.push(ctx, events[i:to]); err != nil {
			return err
		}
		i = to
	}
	for range restarts {
		if err := n.restart(); err != nil {
			return err
		}
	}
	return nil
}

// push reads events as an input would be read, and pushes them.
func (n *testRun) push(ctx context.Context, events []delivery) error {
	g := events[0].given
	stream := n.engine.Stream(g.Schema.Name)
	if stream < 0 {
		return fmt.Errorf("no rule reads schema %s", g.Schema.Name)
	}
	req := request(n.engine.Program().Streams[stream], g.Schema)
	if g.File == "" { // given events have each field under its own name
		for i := range req.Columns {
			name := req.Columns[i].Name
			if f := g.Schema.Column(name); f != nil {
				name = f.Name
			}
			req.Columns[i].Paths = [][]string{{name}}
		}
	}
	var rejects []input.Reject
	req.Reject = func(r input.Reject) { rejects = append(rejects, r) }
	s, err := n.open(ctx, g, events, req)
	if err != nil {
		n.fail(g.At, err.Error())
		return nil
	}
	defer s.Close()
	row := 0
	for {
		b, err := s.Next(ctx)
		if err != nil {
			break
		}
		rows := int(b.Record.NumRows())
		pos := runtime.Positions{One: n.engine.Source(n.source(g)), First: b.First, Row: b.Rows}
		if g.File == "" {
			pos.Row = make([]int64, rows)
			for i := range rows {
				pos.Row[i] = events[row+i].number
			}
		}
		row += rows
		n.result.Events += rows
		err = n.engine.Push(ctx, stream, b.Record, pos)
		b.Record.Release()
		if err != nil {
			return err
		}
	}
	if len(rejects) > 0 { // the first tells enough
		r, at := rejects[0], g.At
		if g.File == "" && int(r.Row) < len(events) {
			at = events[r.Row].given.At
		}
		what := fmt.Sprintf("field %s does not fit", r.Field)
		if r.Field == "" {
			what = "an event cannot be read"
		}
		if r.Detail != "" {
			what += ": " + r.Detail
		}
		n.fail(at, what)
	}
	return nil
}

// source is what alerts call the place of given events.
func (n *testRun) source(g *plan.Given) string {
	if g.File != "" {
		return g.File
	}
	return "given"
}
