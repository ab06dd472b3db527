package input

import (
	"errors"

	"github.com/detlang/det/lang/types"
)

// parquetList reads a leaf that is inside of a list, or of lists in a list, which
// become one. Levels tell where rows and elements begin
// (https://research.google/pubs/dremel-interactive-analysis-of-web-scale-datasets-2/):
// an entry with repetition level 0 begins a row, and its definition level tells
// whether it is an element at all, and whether that has a value.
type parquetList struct {
	parquetColumn
	reps, defs []uint32
	entry      int   // the next in the page
	value      int   // the next in held
	held       *lane // the page's values
	told       int   // how many of odd belong to values before the next
}

func newParquetList(f *parquetFile, leaf *parquetNode, want types.Kind) *parquetList {
	return &parquetList{parquetColumn: *newParquetColumn(f, leaf, want, nil), held: &lane{kind: want}}
}

// more makes sure that there is an entry; false means that the chunk has no more.
func (p *parquetList) more() (bool, error) {
	if p.left > 0 {
		return true, nil
	}
	if p.rest == 0 {
		return false, nil
	}
	if err := p.page(); err != nil {
		return false, err
	}
	if err := p.load(); err != nil {
		return false, err
	}
	p.reps, p.defs = sized(p.reps, p.left), sized(p.defs, p.left)
	if err := p.rep.fill(p.reps); err != nil {
		return false, err
	}
	if err := p.def.fill(p.defs); err != nil {
		return false, err
	}
	count := 0
	for _, d := range p.defs {
		if d == p.def.max {
			count++
		}
	}
	p.entry, p.value, p.told, p.odd = 0, 0, 0, p.odd[:0]
	p.held.reset(count)
	return true, p.readValues(p.held, 0, count)
}

// read implements listSource.
func (p *parquetList) read(out *lists, at, n int, odd func(oddity)) error {
	for open := false; ; open = true {
		more, err := p.more()
		if err != nil {
			return err
		}
		if !more {
			if n > 0 {
				return errors.New("it has fewer rows than it should")
			}
			return nil
		}
		begins := p.reps[p.entry] == 0
		switch {
		case begins && n == 0:
			return nil
		case begins:
			n--
			at++ // rows are counted from 1 while open
		case !open:
			return errors.New("it begins in the middle of a row")
		}
		if out != nil && begins && p.defs[p.entry]+1 < uint32(p.leaf.outer) {
			out.drop(at - 1)
		}
		if err := p.element(out, at-1, odd); err != nil {
			return err
		}
		if out != nil {
			out.offs[at] = int32(out.items.n)
		}
	}
}

// element takes one entry, an element of the given row if it is one at all.
func (p *parquetList) element(out *lists, row int, odd func(oddity)) error {
	def := p.defs[p.entry]
	p.entry++
	p.left--
	if def < p.def.max {
		if out != nil && def >= uint32(p.leaf.inner) {
			return out.items.push(nil, 0)
		}
		return nil
	}
	i, from := p.value, p.held
	p.value++
	for ; p.told < len(p.odd) && p.odd[p.told].row == i; p.told++ {
		o := p.odd[p.told]
		if o.row = row; out != nil {
			o.item = out.items.n
			odd(o)
		}
		if o.outcome != mended {
			from = nil
		}
	}
	if out == nil {
		return nil
	}
	return out.items.push(from, i)
}
