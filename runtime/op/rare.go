package op

import (
	"fmt"
	"math"
	"slices"

	"github.com/detlang/det/lang/types"
	"github.com/detlang/det/runtime"
)

var rare = Spec{
	Name: "rare",
	Doc: `Keeps the rows whose value is rare for its key: "below 3" those that were seen less than three times in the time of "over" before the row, (t-over, t); "below 0.01" those that were less than a hundredth of the key's earlier rows. The row itself is not counted. It adds seen_before, how often the value was seen, and for a share also share. Its rows fire without a "when".

It learns as first_seen does. A share is judged from "min" earlier rows of the key on.

Rows of one time do not count for one another; of those with the same key and value the first is judged. A row whose key or value is missing is left out and counted. For "below 3" three times are remembered of a value, 8 bytes each; a share remembers each row for the time of "over", 16 bytes each.`,
	Fires: true,
	Clauses: append(append([]Clause{
		{Word: "of", Required: true, Params: []Param{{Name: "value", Kind: Expr, Type: types.TAny, Many: true, Doc: "what may be rare"}}, Doc: "what may be rare"},
	}, noveltyClauses...),
		Clause{Word: "below", Required: true, Params: []Param{{Name: "limit", Kind: Const, Type: types.TFloat, Doc: "how rare"}}, Doc: "a number of rows, or a share between 0 and 1"},
		Clause{Word: "min", Affects: RowsAlone, Params: []Param{{Name: "rows", Kind: Const, Type: types.TInt, Doc: "how many rows"}}, Doc: "with fewer earlier rows of the key a share is not judged; 1 / limit unless given"},
	),
	Output: func(in Row, a *Args) (Row, *Error) {
		t, e := newRarity(a)
		if e != nil {
			return Row{}, e
		}
		out := in
		out.Cols = slices.Clone(in.Cols)
		for _, col := range t.columns() {
			if out.Find(col.Name) >= 0 {
				return Row{}, &Error{Code: BadClause, Head: -1, Message: fmt.Sprintf("the row has a column %s already", col.Name)}
			}
			out.Cols = append(out.Cols, col)
		}
		return out, nil
	},
	New: func(in Row, a *Args) (runtime.Operator, error) {
		t, e := newRarity(a)
		if e != nil {
			return nil, e
		}
		if t.share > 0 {
			return newNovelty(t, a, &counts{}, true), nil
		}
		return newNovelty(t, a, &latest{n: t.below}, true), nil
	},
}

// Names of the columns that rare adds.
const (
	seenColumn  = "seen_before"
	shareColumn = "share"
)

// columns are what rare adds to a row.
func (t *term) columns() []runtime.Column {
	cols := []runtime.Column{{Name: seenColumn, Type: types.TInt}}
	if t.share > 0 {
		cols = append(cols, runtime.Column{Name: shareColumn, Type: types.TFloat})
	}
	return cols
}

// maxBelow is how many times are remembered of a value.
const maxBelow = 1000

func newRarity(a *Args) (term, *Error) {
	t, e := newTerm(a)
	if e != nil {
		return t, e
	}
	refuse := func(clause, message string) (term, *Error) {
		return t, &Error{Code: BadClause, Clause: clause, Head: 0, Message: message}
	}
	limit := a.Float("below", 0)
	switch {
	case !(limit > 0) || limit > maxBelow:
		return refuse("below", fmt.Sprintf("rare is below a share between 0 and 1, or below a number from 1 to %d", maxBelow))
	case limit < 1:
		t.share = limit
		t.min = int64(a.Float("min", math.Ceil(1/limit)))
		if t.min < 1 {
			return refuse("min", "a share is one of at least 1 row")
		}
	case limit != math.Trunc(limit):
		return refuse("below", "a number of rows is a whole number")
	default:
		t.below = int(limit)
		if a.Has("min") {
			return t, &Error{Code: Conflict, Clause: "min", Head: -1, Message: "min is about a share, such as below 0.01"}
		}
	}
	return t, nil
}
