package eval

import (
	"cmp"
	"math/bits"
	"slices"

	"github.com/detlang/det/runtime/vec"
)

// The arguments of a connective may be asked in any order: the answer is the same,
// the work is not. The best order for arguments that are independent is by cost for
// each row decided (Hellerstein and Stonebraker, "Predicate migration", 1993). It
// begins with the cost alone, as if each decided all rows, and is corrected by what
// batches show: an eighth of them are counted, and old counts fade.
const (
	counted = 8  // one batch in so many is counted
	sorted  = 32 // and after so many the arguments are sorted
)

// order is the arguments of a connective in the order in which they are asked.
type order struct {
	args []ranked
	last uint64 // the batch that they were sorted before
}

// ranked is an argument, and how many rows it was asked about and decided: those that
// it made false in And, true in Or.
type ranked struct {
	id             ID
	cost           int
	asked, decided int
}

// of is the order of a node's arguments for this batch.
func (o *order) of(nd *node, f *Frame) []ranked {
	if o.args == nil {
		for _, id := range nd.args {
			o.args = append(o.args, ranked{id: id, cost: f.nodes[id].cost})
		}
		o.last = f.epoch
	}
	if f.epoch-o.last >= sorted {
		o.last = f.epoch
		slices.SortStableFunc(o.args, func(a, b ranked) int { return cmp.Compare(a.rank(), b.rank()) })
		for i := range o.args {
			o.args[i].asked /= 2
			o.args[i].decided /= 2
		}
	}
	return o.args
}

// rank is the cost for each row decided.
func (r *ranked) rank() float64 {
	return float64(r.cost+1) * float64(r.asked+1) / float64(r.decided+1)
}

// note counts what an argument said of the rows that it was asked about; deciding is
// what it says to decide one.
func (r *ranked) note(f *Frame, asked, hits vec.Bitmap, deciding bool) {
	if f.epoch%counted != 0 {
		return
	}
	said, held := 0, 0
	for w, rows := range asked {
		said += bits.OnesCount64(rows)
		held += bits.OnesCount64(rows & hits[w])
	}
	r.asked += said
	if deciding {
		r.decided += held
	} else {
		r.decided += said - held
	}
}
