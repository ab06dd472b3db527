package input

import (
	"math"

	"github.com/detlang/det/lang/types"
)

// arrowLeaf reads the values of one field, as values of the kind that is wanted.
type arrowLeaf struct {
	fitting
	stream  *arrowStream
	field   *arrowField
	words   arrowWords // of a field that is indices
	stored  *lane
	indices []uint32
}

func newArrowLeaf(s *arrowStream, f *arrowField, want types.Kind, text *growing) arrowLeaf {
	m := f.meaning
	if f.dict != nil {
		m = f.dict.values.children[0].meaning
	}
	return arrowLeaf{fitting: newFitting(m, want, text), stream: s, field: f, stored: &lane{kind: f.stored()}}
}

// load reads n values from row from on, whatever lies in missing rows.
func (c *arrowLeaf) load(from, n int) error {
	if c.field.dict != nil {
		if err := c.words.update(c.field.dict, &c.fitting); err != nil {
			return err
		}
	}
	return c.stream.batch.values(c.field, c.stored, from, n)
}

// nothing tells of a field, or a dictionary, of a type without values.
func (c *arrowLeaf) nothing() bool {
	return c.field.layout == layoutNothing || c.field.dict != nil && c.field.dict.values.children[0].layout == layoutNothing
}

// has reports whether value i of what was loaded is there: for an index, in the
// dictionary.
func (c *arrowLeaf) has(i int) (bool, error) {
	switch {
	case c.nothing():
		return false, nil
	case c.field.dict != nil:
		return c.words.has(c.stored.i64[i])
	}
	return true, nil
}

// put writes those of the values that were loaded whose numbers rows are to l
// from row at on; rows nil means all.
func (c *arrowLeaf) put(l *lane, at int, rows []int32) error {
	if rows != nil {
		c.stored.keep(rows)
	}
	n := c.stored.n
	if n == 0 {
		return nil
	}
	if c.field.dict == nil {
		return c.fitting.put(l, at, c.stored, n)
	}
	c.indices = sized(c.indices, n)
	for i, x := range c.stored.i64[:n] {
		if uint64(x) > math.MaxInt32 {
			return errIndex
		}
		c.indices[i] = uint32(x)
	}
	return c.words.gather(l, at, c.indices, c.text, &c.odd)
}

// arrowColumn is a field that is in no list. It implements scalarSource.
type arrowColumn struct {
	arrowLeaf
	steps []arrowStep // down to the field
	at    int         // next row of the batch
	rows  []int32
}

func (c *arrowColumn) open(int) error {
	c.at = 0
	return nil
}

// distinct takes a dictionary for one that is worth having: it serves the whole
// file, whatever the size of a batch.
func (c *arrowColumn) distinct() (int, error) {
	if c.field.dict == nil {
		return 0, nil
	}
	return smallDict, nil
}

func (c *arrowColumn) skip(n int) error {
	c.at += n
	return nil
}

func (c *arrowColumn) read(l *lane, at, n int) error {
	from, told := c.at, len(c.odd)
	c.at += n
	if err := c.load(from, n); err != nil {
		return err
	}
	rows, err := c.present(from, n)
	if err != nil {
		return err
	}
	if rows != nil || l.valid != nil {
		startBits(&l.valid, at, l.n)
	}
	switch {
	case rows != nil:
		for _, r := range rows {
			l.valid.Set(at + int(r))
		}
	case l.valid != nil:
		setRange(l.valid, at, n)
	}
	if err := c.put(l, at, rows); err != nil {
		return err
	}
	c.settle(l, at, c.stored.n, n, told)
	return nil
}

// present are those of the n rows from row from on that have a value; nil means
// that all have.
func (c *arrowColumn) present(from, n int) ([]int32, error) {
	var bits [][]byte
	for _, s := range c.steps {
		b, err := c.stream.batch.validity(s.field, from+n)
		if err != nil {
			return nil, err
		}
		if b != nil {
			bits = append(bits, b)
		}
	}
	if len(bits) == 0 && !c.nothing() && c.words.valid == nil {
		return nil, nil
	}
	if c.rows == nil {
		c.rows = []int32{}
	}
	c.rows = c.rows[:0]
next:
	for i := range n {
		for _, b := range bits {
			if !bit(b, from+i) {
				continue next
			}
		}
		ok, err := c.has(i)
		if err != nil {
			return nil, err
		}
		if ok {
			c.rows = append(c.rows, int32(i))
		}
	}
	if len(c.rows) == n {
		return nil, nil
	}
	return c.rows, nil
}
