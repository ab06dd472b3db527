package op

import (
	"github.com/detlang/det/lang/types"
	"github.com/detlang/det/runtime"
)

var firstSeen = Spec{
	Name: "first_seen",
	Doc: `Keeps the rows whose value was not seen before: not with the same key in the time of "over" before the row, (t-over, t). Its rows fire without a "when". Several values count together: "of process, parent" looks for new pairs.

It learns before it speaks: a key is judged when it has been known for the time of "after". A key that shows nothing for the time of "over" is forgotten and learned anew. With "global" the learning is that of the whole stream, so that a key which appears later is judged from its first row on.

Rows of one time do not count for one another; of those with the same key and value the first is kept. A row whose key or value is missing is left out and counted. What is remembered of a value is 8 bytes beside its key.`,
	Fires: true,
	Clauses: append([]Clause{
		{Word: "of", Required: true, Params: []Param{{Name: "value", Kind: Expr, Type: types.TAny, Many: true, Doc: "what may be new"}}, Doc: "what may be new"},
	}, noveltyClauses...),
	Output: func(in Row, a *Args) (Row, *Error) {
		if _, e := newTerm(a); e != nil {
			return Row{}, e
		}
		return in, nil
	},
	New: func(in Row, a *Args) (runtime.Operator, error) {
		t, e := newTerm(a)
		if e != nil {
			return nil, e
		}
		t.below = 1
		return newNovelty(t, a, &latest{n: 1}, false), nil
	},
}

// noveltyClauses are those that first_seen and rare share.
var noveltyClauses = []Clause{
	{Word: "by", Params: []Param{{Name: "key", Kind: Expr, Type: types.TAny, Many: true, Doc: "whose values are compared"}}, Doc: "whose values are compared; without it those of all rows"},
	{Word: "over", Required: true, Params: []Param{{Name: "length", Kind: Const, Type: types.TDuration, Doc: "how far back"}}, Doc: "how far back"},
	{Word: "after", Affects: RowsAlone, Params: []Param{{Name: "time", Kind: Const, Type: types.TDuration, Doc: "how long a key is learned"}}, Doc: "how long a key has been known before it is judged; the shorter of `over` and 7 days unless given"},
	{Word: "global", Doc: "learns the whole stream instead of each key"},
	{Word: "max", Affects: Display, Params: []Param{{Name: "number", Kind: Const, Type: types.TInt, Doc: "how many keys"}}, Doc: "how many values of keys are remembered, 10_000_000 unless given"},
	{Word: "keys", Affects: Display, Doc: "may follow the number of max"},
}
