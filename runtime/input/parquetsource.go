package input

import (
	"errors"

	"github.com/detlang/det/lang/types"
)

// sources are where a column's values stand in the file: either scalar or, when
// rows are lists and should be, list. Both are nil when the file has no such
// column. If there is only one place, text may be given as codes.
func (f *parquetFile) sources(c Column, text *growing) (scalar scalarSource, list listSource) {
	fields, kind := f.root.fields(c), elemKind(c.Type)
	switch {
	case len(fields) == 0:
		return nil, nil
	case c.Type.Kind == types.List && fields[0].keys == nil && fields[0].leaf.rep > 0:
		return nil, newParquetList(f, fields[0].leaf, kind)
	case len(fields) == 1:
		return f.scalar(fields[0], kind, text), nil
	}
	e := &eitherSource{}
	for _, field := range fields {
		e.all = append(e.all, f.scalar(field, kind, nil))
	}
	return e, nil
}

func (f *parquetFile) scalar(field parquetField, kind types.Kind, text *growing) scalarSource {
	switch {
	case field.keys != nil:
		return &parquetPair{
			key: field.key, keys: newParquetList(f, field.keys, types.String), values: newParquetList(f, field.leaf, kind),
		}
	case field.leaf.rep > 0:
		return &firstSource{list: newParquetList(f, field.leaf, kind)}
	}
	return newParquetColumn(f, field.leaf, kind, text)
}

// parquetPair is the value of one key in each row's map. Where a map has the key
// twice the last counts.
type parquetPair struct {
	key          string
	keys, values *parquetList
	odd          []oddity
}

func (p *parquetPair) open(group int) error {
	if err := p.keys.open(group); err != nil {
		return err
	}
	return p.values.open(group)
}

func (p *parquetPair) distinct() (int, error) { return -1, nil }

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

var errPairs = errors.New("a map has more keys than values, or fewer")
