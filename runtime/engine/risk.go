package engine

import (
	"slices"

	"github.com/detlang/det/lang/types"
	"github.com/detlang/det/runtime"
)

// takeRisk adds a contribution of risk to the stream of risk.
func (r *rule) takeRisk(k *runtime.RiskEvent) error {
	vals := make([]any, len(r.def.Columns))
	for c, col := range r.def.Columns {
		vals[c] = k.Value(col.Name)
	}
	return r.take(k.Time, runtime.Positions{One: r.e.risk, First: rank(k.ID)}, vals)
}

// counted is a batch of the stream of risk without the contributions that came
// before, such as one that a ledger has and that is made again. Equal ones have the
// same time, and rows of one time come in one batch: so nothing need be remembered.
func (r *rule) counted(b *runtime.Batch) *runtime.Batch {
	if !r.def.Risk {
		return b
	}
	at := slices.IndexFunc(r.def.Columns, func(c runtime.Column) bool { return c.Name == runtime.RiskID })
	if at < 0 || b.Cols[at].Kind != types.String {
		return b
	}
	var kept []int32
	seen := map[string]int{} // where in kept
	ids, now := b.Cols[at].Loaded(nil), runtime.MinTime
	b.Each(func(row int32) {
		if t := b.Time[row]; t != now {
			clear(seen)
			now = t
		}
		if !ids.Missing(int(row)) {
			id := string(ids.Text(int(row)))
			if i, twice := seen[id]; twice {
				if source, _ := b.Pos.At(row); source == r.e.risk {
					kept[i] = row // made just now: whatever ledgers are called, it is the one
				}
				return
			}
			seen[id] = len(kept)
		}
		kept = append(kept, row)
	})
	if len(kept) == b.Rows() {
		return b
	}
	slices.Sort(kept)
	out := *b
	out.Sel = kept
	return &out
}
