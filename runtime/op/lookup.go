package op

import (
	"context"
	"fmt"
	"slices"

	"github.com/detlang/det/lang/types"
	"github.com/detlang/det/runtime"
	"github.com/detlang/det/runtime/vec"
)

var lookup = Spec{
	Name: "lookup",
	Doc: `Adds columns of a table to each row: those of the table's row whose key equals the expression, or missing where there is none. The braces name the columns; without them all columns but the key are added.

Keys are compared exactly; "by lower(user)" finds keys in lower case. Of rows with one key the first counts.`,
	Parts: true,
	Adds:  true,
	Head:  []Param{{Name: "table", Kind: TableName, Doc: "the table"}},
	Clauses: []Clause{
		{Word: "by", Required: true, Params: []Param{{Name: "value", Kind: Expr, Type: types.TAny, Doc: "what is looked up"}}, Doc: "what is looked up"},
		{Word: "key", Params: []Param{{Name: "column", Kind: Word, Doc: "a column of the table"}}, Doc: "the column of the table that is searched, unless it is the table's key"},
	},
	Block: Fields,
	Output: func(in Row, a *Args) (Row, *Error) {
		t, e := newTerms(a)
		if e != nil {
			return Row{}, e
		}
		out := in
		out.Cols = slices.Clone(in.Cols)
		for _, c := range t.add {
			col := t.table.Cols[c]
			if out.Find(col.Name) >= 0 {
				return Row{}, &Error{Code: BadClause, Head: 0, Message: fmt.Sprintf("the row has a column %s already", col.Name), Hint: "name the columns to add in braces: { owner, criticality }"}
			}
			out.Cols = append(out.Cols, col)
		}
		return out, nil
	},
	New: func(in Row, a *Args) (runtime.Operator, error) {
		t, e := newTerms(a)
		if e != nil {
			return nil, e
		}
		return newJoin(t, a.Clauses["by"][0]), nil
	},
}

// terms are what the arguments of a lookup say: the table, its key, and the
// columns to add.
type terms struct {
	table *Table
	key   int
	add   []int
}

func newTerms(a *Args) (*terms, *Error) {
	table, ok := a.Head[0].Const.(*Table)
	if !ok {
		return nil, &Error{Code: BadClause, Head: 0, Message: "lookup takes a table"}
	}
	t := &terms{table: table, key: table.Key}
	row := Row{Cols: table.Cols}
	if k := a.Clauses["key"]; len(k) > 0 {
		if t.key = row.Find(k[0].Name); t.key < 0 {
			return nil, &Error{Code: BadClause, Clause: "key", Head: 0, Message: fmt.Sprintf("table %s has no column %s", table.Name, k[0].Name)}
		}
	}
	by := a.Clauses["by"][0].Type
	if key := table.Cols[t.key].Type; by.Kind != key.Kind && by.Kind != types.Null || key.Kind == types.List {
		return nil, &Error{Code: BadClause, Clause: "by", Head: 0, Message: fmt.Sprintf("the key %s of table %s is %s, but this is %s", table.Cols[t.key].Name, table.Name, key.Plain(), by.Plain())}
	}
	for _, f := range a.Fields {
		c := row.Find(f)
		if c < 0 {
			return nil, &Error{Code: BadClause, Head: -1, Message: fmt.Sprintf("table %s has no column %s", table.Name, f)}
		}
		t.add = append(t.add, c)
	}
	if len(a.Fields) == 0 {
		for c := range table.Cols {
			if c != t.key {
				t.add = append(t.add, c)
			}
		}
	}
	return t, nil
}

// join finds the row of the table for each row of a batch. A text in dictionary
// form is looked up once a distinct value.
type join struct {
	terms
	by    Arg
	texts map[string]int32
	ints  map[int64]int32
	words map[float64]int32
	ips   map[[16]byte]int32
	bools [2]int32

	dict  uint64
	codes []int32 // by code of dict: row + 1, 0 for none, -1 for not looked up yet
}

// absent is the row of a value that is not in the table.
const absent = -1

func newJoin(t *terms, by Arg) *join {
	j := &join{
		terms: *t, by: by, bools: [2]int32{absent, absent},
		texts: map[string]int32{}, ints: map[int64]int32{}, words: map[float64]int32{}, ips: map[[16]byte]int32{},
	}
	keys := t.table.Data[t.key]
	for i := keys.N - 1; i >= 0; i-- { // so that the first of equal keys stays
		if keys.Missing(i) {
			continue
		}
		row := int32(i)
		switch keys.Kind {
		case types.String:
			j.texts[keys.Text(i)] = row
		case types.Int, types.Timestamp, types.Duration:
			j.ints[keys.I64[i]] = row
		case types.Float:
			j.words[keys.F64[i]] = row
		case types.IP:
			j.ips[keys.IPs[i]] = row
		case types.Bool:
			j.bools[b2i(keys.Bits.Get(i))] = row
		}
	}
	return j
}

func (j *join) Push(_ context.Context, b *runtime.Batch, emit runtime.Emit) error {
	at := repeated(int32(absent), b.N)
	v := j.by.vec(b)
	if v.Kind == types.String && v.Dict != nil {
		j.learn(v.Dict)
	}
	b.Each(func(r int32) {
		if !v.Missing(int(r)) {
			at[r] = j.find(v, int(r))
		}
	})
	out := *b
	out.Cols = slices.Clip(b.Cols)
	for _, c := range j.add {
		out.Cols = append(out.Cols, take(j.table.Data[c], at))
	}
	return emit(&out)
}

// vec is an argument as a column of a batch.
func (a *Arg) vec(b *runtime.Batch) *vec.Vec {
	if a.Col >= 0 {
		return b.Cols[a.Col]
	}
	return repeat(a.Type.Kind, stored(a.Const), b.N)
}

// learn makes codes stand for a dictionary.
func (j *join) learn(d *vec.Dict) {
	if j.dict != d.ID {
		j.dict, j.codes = d.ID, nil
	}
	for len(j.codes) < d.Len() {
		j.codes = append(j.codes, -1)
	}
}

// find is the row of the table for a value.
func (j *join) find(v *vec.Vec, i int) int32 {
	var row int32
	ok := false
	switch v.Kind {
	case types.String:
		if v.Dict != nil {
			return j.code(v, i)
		}
		row, ok = j.texts[v.Text(i)]
	case types.Int, types.Timestamp, types.Duration:
		row, ok = j.ints[v.I64[i]]
	case types.Float:
		row, ok = j.words[v.F64[i]]
	case types.IP:
		row, ok = j.ips[v.IPs[i]]
	case types.Bool:
		return j.bools[b2i(v.Bits.Get(i))]
	}
	if !ok {
		return absent
	}
	return row
}

func (j *join) code(v *vec.Vec, i int) int32 {
	c := &j.codes[v.Codes[i]]
	if *c < 0 {
		*c = 0
		if row, ok := j.texts[v.Text(i)]; ok {
			*c = row + 1
		}
	}
	return *c - 1
}

func (j *join) Advance(context.Context, int64, runtime.Emit) error { return nil }
