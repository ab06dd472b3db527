package engine

import (
	"slices"
	"time"

	"github.com/detlang/det/runtime"
	"github.com/detlang/det/runtime/match"
)

// Stats are the counts of a run.
type Stats struct {
	Rows  int64    // rows pushed
	Aside [5]int64 // by Cause
	// First and Last are the times of the earliest and the latest row that rules saw,
	// in microseconds; both 0 without rows.
	First, Last int64
	Alerts      int64
	Streams     []StreamStats
	Rules       []RuleStats
}

// span widens First and Last to the rows of a batch, which may be known to be in the
// order of time.
func (s *Stats) span(b *runtime.Batch, ordered bool) {
	if b.N == 0 {
		return
	}
	first, last := b.Time[0], b.Time[b.N-1]
	if !ordered {
		first, last = slices.Min(b.Time), slices.Max(b.Time)
	}
	if s.First == 0 && s.Last == 0 {
		s.First, s.Last = first, last
	}
	s.First, s.Last = min(s.First, first), max(s.Last, last)
}

// StreamStats are the counts of one event stream.
type StreamStats struct {
	Name string
	Rows int64
	// Bad are the fields of pushed records that had values which their types cannot
	// hold, NaN and infinities among them: those are missing.
	Bad []BadValues
	// Index is the counts of the index of the stream's rules; nil if it has none.
	Index *match.Stats
	// Absent are the log sources of which no event came.
	Absent []AbsentSource
}

// BadValues are how many values of a field its type could not hold.
type BadValues struct {
	Field  string
	Values int64
}

// AbsentSource is a log source of which no event came, and the rules that waited for
// one.
type AbsentSource struct {
	Name  string
	Rules []string
}

// RuleStats are the counts of one rule and of its stages.
type RuleStats struct {
	Name   string
	Alerts int64
	Stages []StageStats
}

// StageStats are the counts of one stage: the rows that came, and those of them that
// the conditions before it let through. Spent is the wall time in the stage, not
// in those after it.
type StageStats struct {
	Stage string
	Rows  int64
	Given int64
	Spent time.Duration
	runtime.Meters
}

// Stats gives the counts so far.
func (e *Engine) Stats() Stats {
	s := e.stats
	s.Alerts += int64(len(e.out))
	for _, st := range e.streams {
		counts := StreamStats{Name: st.def.Name, Rows: st.rows}
		for c, n := range st.bad {
			if n > 0 {
				counts.Bad = append(counts.Bad, BadValues{st.def.Columns[c].Name, n})
			}
		}
		if st.index != nil && e.workers == nil {
			index := st.index.m.Stats()
			counts.Index = &index
		}
		counts.Absent = e.absent(st)
		s.Streams = append(s.Streams, counts)
	}
	for i, r := range e.rules {
		rs := RuleStats{Name: r.def.Name, Alerts: r.alerts, Stages: r.stats()}
		if e.workers != nil && r.def.Stream >= 0 {
			rs.Stages = e.workers[0].rules[i].stats()
			for _, w := range e.workers[1:] {
				for j, st := range w.rules[i].stats() {
					rs.Stages[j].add(st)
				}
			}
		}
		s.Rules = append(s.Rules, rs)
	}
	return s
}

// stats are the counts of the rule's stages.
func (r *rule) stats() []StageStats {
	var out []StageStats
	for i := range r.segs {
		seg := &r.segs[i]
		st := StageStats{Stage: seg.def.Stage, Rows: seg.in, Given: seg.given, Spent: seg.spent}
		if i == 0 && r.def.Indexed >= 0 {
			st.Rows = r.e.streams[r.def.Stream].index.rows
		}
		if i+1 < len(r.segs) {
			st.Spent -= min(st.Spent, r.segs[i+1].spent)
		}
		if m, ok := seg.def.Op.(runtime.Meter); ok {
			st.Meters = m.Meter()
		}
		out = append(out, st)
	}
	return out
}

// add adds the counts of the same stage of another worker.
func (s *StageStats) add(o StageStats) {
	s.Rows += o.Rows
	s.Given += o.Given
	s.Spent += o.Spent
	s.Groups += o.Groups
	s.Bytes += o.Bytes
	s.MissingKey += o.MissingKey
	s.Overflow += o.Overflow
	s.HeldBack += o.HeldBack
}
