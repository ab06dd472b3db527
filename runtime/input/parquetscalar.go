package input

import (
	"slices"

	"github.com/detlang/det/lang/types"
)

// parquetScalar gives the values of a column that holds no lists from one place in
// a file, one row group after the other.
type parquetScalar interface {
	open(f *parquetFile, group int) error
	// distinct is how many values a dictionary says that the row group has, 0 when
	// there is no dictionary.
	distinct() (int, error)
	// read writes the next n rows to l from row at on.
	read(l *lane, at, n int) error
	skip(n int) error
	// takeOdd gives what did not become as wanted since it was last asked.
	takeOdd() []oddity
}

// newParquetScalar reads the fields in which a column's values may stand as values
// of a kind other than list. If there is only one, text may be given as codes.
func newParquetScalar(fields []parquetField, want types.Kind, text *growing) parquetScalar {
	if len(fields) > 1 {
		e := &parquetEither{}
		for _, f := range fields {
			e.all = append(e.all, newParquetScalar([]parquetField{f}, want, nil))
		}
		return e
	}
	switch f := fields[0]; {
	case f.keys != nil:
		return &parquetPair{
			key: f.key, keys: newParquetList(f.keys, types.String), values: newParquetList(f.leaf, want),
		}
	case f.leaf.rep > 0:
		return &parquetFirst{list: newParquetList(f.leaf, want)}
	default:
		return newParquetColumn(f.leaf, want, text)
	}
}

// parquetEither takes each row from the first of several places that has a value
// for it.
type parquetEither struct {
	all []parquetScalar
	odd []oddity
}

func (p *parquetEither) open(f *parquetFile, group int) error {
	for _, x := range p.all {
		if err := x.open(f, group); err != nil {
			return err
		}
	}
	return nil
}

func (p *parquetEither) distinct() (int, error) { return 0, nil }

func (p *parquetEither) skip(n int) error {
	for _, x := range p.all {
		if err := x.skip(n); err != nil {
			return err
		}
	}
	return nil
}

func (p *parquetEither) read(l *lane, at, n int) error {
	lanes := make([]*lane, len(p.all))
	for i, x := range p.all {
		lanes[i] = newLane(l.kind, n, false)
		if err := x.read(lanes[i], 0, n); err != nil {
			return err
		}
		for _, o := range x.takeOdd() {
			o.row += at
			p.odd = append(p.odd, o)
		}
	}
	for row := range n {
		var from *lane
		for _, x := range lanes {
			if !x.missing(row) {
				from = x
				break
			}
		}
		if err := l.put(at+row, from, row); err != nil {
			return err
		}
	}
	return nil
}

func (p *parquetEither) takeOdd() []oddity {
	slices.SortStableFunc(p.odd, func(a, b oddity) int { return a.row - b.row })
	odd := p.odd
	p.odd = nil
	return odd
}

// parquetFirst is the first element that is not missing of each row's list.
type parquetFirst struct {
	list *parquetList
	odd  []oddity
}

func (p *parquetFirst) open(f *parquetFile, group int) error { return p.list.open(f, group) }

func (p *parquetFirst) distinct() (int, error) { return 0, nil }

func (p *parquetFirst) skip(n int) error { return p.list.read(nil, 0, n, nil) }

func (p *parquetFirst) read(l *lane, at, n int) error {
	rows := newLists(l.kind, n)
	err := p.list.read(rows, 0, n, func(o oddity) {
		o.row += at
		p.odd = append(p.odd, o)
	})
	if err != nil {
		return err
	}
	for i := range n {
		from, j, end := rows.items, int(rows.offs[i]), int(rows.offs[i+1])
		for j < end && from.missing(j) {
			j++
		}
		if j == end {
			from = nil
		}
		if err := l.put(at+i, from, j); err != nil {
			return err
		}
	}
	return nil
}

func (p *parquetFirst) takeOdd() []oddity {
	odd := p.odd
	p.odd = nil
	return odd
}

// parquetPair is the value of one key in each row's map. Where a map has the key
// twice the last counts.
type parquetPair struct {
	key          string
	keys, values *parquetList
	odd          []oddity
}

func (p *parquetPair) open(f *parquetFile, group int) error {
	if err := p.keys.open(f, group); err != nil {
		return err
	}
	return p.values.open(f, group)
}

func (p *parquetPair) distinct() (int, error) { return 0, nil }

func (p *parquetPair) skip(n int) error {
	if err := p.keys.read(nil, 0, n, nil); err != nil {
		return err
	}
	return p.values.read(nil, 0, n, nil)
}

func (p *parquetPair) read(l *lane, at, n int) error {
	keys, values := newLists(types.String, n), newLists(l.kind, n)
	if err := p.keys.read(keys, 0, n, func(oddity) {}); err != nil {
		return err
	}
	odd := map[int]oddity{} // by item; most are values of other keys
	if err := p.values.read(values, 0, n, func(o oddity) { odd[o.item] = o }); err != nil {
		return err
	}
	for i := range n {
		var from *lane
		begin, end, other := int(keys.offs[i]), int(keys.offs[i+1]), int(values.offs[i])
		if int(values.offs[i+1])-other != end-begin {
			return errPairs
		}
		for j := end - 1; j >= begin; j-- {
			if !keys.items.missing(j) && string(keys.items.textAt(j)) == p.key {
				if other += j - begin; !values.items.missing(other) {
					from = values.items
				}
				if o, is := odd[other]; is {
					o.row = at + i
					p.odd = append(p.odd, o)
				}
				break
			}
		}
		if err := l.put(at+i, from, other); err != nil {
			return err
		}
	}
	return nil
}

func (p *parquetPair) takeOdd() []oddity {
	odd := p.odd
	p.odd = nil
	return odd
}
