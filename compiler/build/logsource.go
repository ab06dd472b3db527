package build

import (
	"slices"

	"github.com/detlang/det/compiler/plan"
	"github.com/detlang/det/runtime/engine"
)

// logSource notes for the stream that a rule waits for events of a log source. It
// shares the nodes that the rule's own conditions have.
func (b *builder) logSource(r *plan.Rule, rb *ruleBuilder) error {
	if r.Logs == nil || r.From.Schema == nil {
		return nil
	}
	s := b.streams[r.From.Schema].def
	i := slices.IndexFunc(s.Logs, func(l engine.LogSource) bool { return l.Name == r.Logs.Name })
	if i < 0 {
		cond, err := rb.graph.node(r.Logs.Cond)
		if err != nil {
			return err
		}
		i = len(s.Logs)
		s.Logs = append(s.Logs, engine.LogSource{Name: r.Logs.Name, Cond: cond})
	}
	s.Logs[i].Rules = append(s.Logs[i].Rules, len(b.prog.Rules))
	return nil
}
