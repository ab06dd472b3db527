package det

import (
	"fmt"

	"github.com/detlang/det/compiler/opt"
	"github.com/detlang/det/compiler/plan"
)

// Read is what is read of a schema's events for all rules: the fields that any of
// them wants, and the conditions, as text, that hold for every event that matters
// to any, by which readers skip blocks whose statistics rule them out.
type Read struct {
	Schema string
	Fields []string
	Only   []string
}

// Reads tells what is read of each schema, in the order of Schemas; nil if the rules
// make no program.
func (r *Ruleset) Reads() []Read {
	prog, err := r.program(nil, nil)
	if err != nil {
		return nil
	}
	var out []Read
	for i, s := range prog.Streams {
		read := Read{Schema: s.Name}
		for _, col := range s.Columns {
			read.Fields = append(read.Fields, col.Name)
		}
		for _, rg := range r.ranges(prog, i) {
			read.Only = append(read.Only, fmt.Sprintf("%s %s %s", rg.Column, rg.Op, plan.FormatValue(rg.Value)))
		}
		out = append(out, read)
	}
	return out
}

// ranges lets readers skip blocks that matter to no rule. Not where a rule keeps
// state: there the clock must see every event.
func (r *Ruleset) ranges(prog *program, stream int) []opt.Range {
	if prog.Streams[stream].Stateful || r.plain {
		return nil
	}
	var readers []*plan.Rule
	for _, rule := range r.set.Rules {
		if rule.From.Schema == r.set.Schemas[stream] {
			readers = append(readers, rule)
		}
	}
	return opt.Ranges(readers)
}
