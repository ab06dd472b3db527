package det

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/detlang/det/compiler/plan"
	"github.com/detlang/det/compiler/why"
	"github.com/detlang/det/lang/diag"
	"github.com/detlang/det/runtime"
)

// Question asks why a rule fired, or did not, for an entity at a time.
type Question struct {
	// Rule is the name of a rule. Where it is empty, Alert is the id of an alert, or
	// its beginning, and the rest follows from it.
	Rule  string
	Alert string
	// Entity is the values of the rule's keys, or of fields where it looks at single
	// events, as text.
	Entity map[string]string
	// At is a time within the window that is meant, or the time of the alert or
	// event; zero asks for the last one.
	At time.Time
}

// QuestionError is a question that makes no sense for the rules or the input.
type QuestionError struct{ Message string }

func (e *QuestionError) Error() string { return e.Message }

// Why runs the rules over the inputs of opts and explains what became of an entity.
// The error is a *QuestionError where the question is wrong; inputs that cannot be
// read are told as by Run, with the explanation from what could be.
func (r *Ruleset) Why(ctx context.Context, q Question, opts RunOptions) (*why.Explanation, error) {
	asked := why.Question{Entity: q.Entity, At: runtime.MaxTime}
	if !q.At.IsZero() {
		asked.At = q.At.UnixMicro()
	}
	if q.Rule == "" {
		if slices.Contains(opts.Inputs, "-") {
			return nil, &QuestionError{"to explain an alert by its id the input is read twice, which standard input cannot be: name the rule"}
		}
		alert, err := r.alert(ctx, q.Alert, opts)
		if err != nil {
			return nil, err
		}
		q.Rule, asked = alert.Rule, why.Question{Entity: map[string]string{}, At: alert.Time, Alert: alert.ID}
		for _, k := range alert.Keys {
			if k.Value != nil {
				asked.Entity[k.Name] = runtime.FormatValue(k.Value, k.Kind)
			}
		}
	}
	rule := r.find(q.Rule)
	if rule == nil {
		return nil, &QuestionError{"there is no rule " + q.Rule + r.proposal(q.Rule)}
	}
	if rule.From.Schema != nil && why.Grouping(rule) < 0 {
		rule = rule.Reading(rule.From.Schema, slices.Sorted(maps.Keys(q.Entity))...)
	}
	witness, err := why.NewWitness(rule, asked)
	if err != nil {
		return nil, &QuestionError{err.Error()}
	}
	opts.Alerts, opts.State = nil, ""
	opts.Trace, opts.Traced = witness.See, func(name string) bool { return name == rule.Name }
	_, err = (&Ruleset{set: upTo(r.set, rule), files: r.files, plain: r.plain, build: r.build}).Run(ctx, opts)
	if ctx.Err() != nil {
		return nil, err
	}
	return witness.Explain(), err
}

// find is a rule by its name, or by its id.
func (r *Ruleset) find(name string) *plan.Rule {
	for _, x := range r.set.Rules {
		if x.Name == name || x.Meta.ID != "" && x.Meta.ID == name {
			return x
		}
	}
	return nil
}

// proposal names the rule whose name is nearest.
func (r *Ruleset) proposal(name string) string {
	var names []string
	for _, x := range r.set.Rules {
		names = append(names, x.Name)
	}
	if near, ok := diag.Nearest(name, names); ok {
		return ": did you mean " + near + "?"
	}
	return "\nthe rules are " + strings.Join(names, ", ")
}

// alert runs all rules to find an alert by its id or the beginning of it.
func (r *Ruleset) alert(ctx context.Context, id string, opts RunOptions) (*runtime.Alert, error) {
	var found []runtime.Alert
	opts.State = ""
	opts.Alerts = func(list []runtime.Alert) error {
		for _, a := range list {
			if strings.HasPrefix(a.ID, id) {
				found = append(found, a)
			}
		}
		return nil
	}
	_, err := r.Run(ctx, opts)
	if ctx.Err() != nil {
		return nil, err
	}
	if len(found) > 0 && !slices.ContainsFunc(found, func(a runtime.Alert) bool { return a.ID != found[0].ID }) {
		return &found[0], nil
	}
	if len(found) > 1 {
		return nil, &QuestionError{fmt.Sprintf("%d alerts have an id that begins with %s", len(found), id)}
	}
	return nil, errors.Join(&QuestionError{"there is no alert " + id + " over this input, and no rule of that name" + r.proposal(id)}, err)
}

// upTo is a set with a rule in place of the one of its name, and those that stand
// before it, among which are all that it reads.
func upTo(set *plan.Set, rule *plan.Rule) *plan.Set {
	out := &plan.Set{Schemas: set.Schemas}
	for _, x := range set.Rules {
		if x.Name == rule.Name {
			out.Rules = append(out.Rules, rule)
			break
		}
		out.Rules = append(out.Rules, x)
	}
	return out
}

// refined tells a tracer the reasons for a false condition that only the plan shows.
func (r *Ruleset) refined(trace func(*runtime.Judgement)) func(*runtime.Judgement) {
	if trace == nil {
		return nil
	}
	rules := map[string]*plan.Rule{}
	for _, x := range r.set.Rules {
		rules[x.Name] = x
	}
	return func(j *runtime.Judgement) {
		why.Refine(rules[j.Rule], j)
		trace(j)
	}
}
