package input

import (
	"errors"

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
	if len(bits) == 0 && !c.nothing() && c.field.dict == nil {
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

// arrowItems is a field that is in a list, or found by a key in a map. It
// implements listSource: lists in lists become one, and of a map there is one
// element, missing if it has no such key.
type arrowItems struct {
	arrowLeaf
	steps []arrowStep
	keys  map[*arrowField]*arrowLeaf
	at    int
	held  *lane
}

func newArrowItems(s *arrowStream, steps []arrowStep, want types.Kind) *arrowItems {
	c := &arrowItems{
		arrowLeaf: newArrowLeaf(s, steps[len(steps)-1].field, want, nil),
		steps:     steps, keys: map[*arrowField]*arrowLeaf{}, held: &lane{kind: want},
	}
	for _, step := range steps {
		if step.keys != nil {
			leaf := newArrowLeaf(s, step.keys, types.String, nil)
			c.keys[step.field] = &leaf
		}
	}
	return c
}

func (c *arrowItems) open(int) error {
	c.at = 0
	return nil
}

// spots are places in a field: row i of n has those in index[ends[i-1]:ends[i]],
// where -1 is a place with nothing.
type spots struct {
	index []int
	ends  []int
}

// maxSpots bounds the elements of the lists of one batch.
const maxSpots = 1 << 26

func (c *arrowItems) read(out *lists, at, n int, odd func(oddity)) error {
	from := c.at
	c.at += n
	if out == nil {
		return nil
	}
	var here spots
	for i := range n {
		here.index = append(here.index, from+i)
		here.ends = append(here.ends, i+1)
	}
	listed := false
	for _, step := range c.steps {
		if err := c.stream.batch.checkSpots(step.field, here.index); err != nil {
			return err
		}
		var err error
		switch isList := step.field.layout == layoutList || step.field.layout == layoutSlots; {
		case step.keys != nil:
			err = c.pick(&here, step)
		case isList:
			if !listed {
				for i := range n {
					if here.index[i] < 0 {
						out.drop(at + i)
					}
				}
			}
			listed = true
			here, err = c.stream.batch.expand(step.field, here)
		}
		if err != nil {
			return err
		}
	}
	return c.collect(out, at, here, odd)
}

// collect reads the values at the spots.
func (c *arrowItems) collect(out *lists, at int, here spots, odd func(oddity)) error {
	lo, hi := spotRange(here.index)
	if err := c.load(lo, hi-lo); err != nil {
		return err
	}
	rows := []int32{}
	for k, i := range here.index {
		if i < 0 {
			continue
		}
		ok, err := c.has(i - lo)
		if err != nil {
			return err
		}
		if !ok {
			here.index[k] = -1
			continue
		}
		rows = append(rows, int32(i-lo))
	}
	c.held.reset(len(rows))
	if err := c.put(c.held, 0, rows); err != nil {
		return err
	}
	found := c.takeOdd()
	value, k := 0, 0
	for i, end := range here.ends {
		for ; k < end; k++ {
			from := c.held
			if here.index[k] < 0 {
				from = nil
			} else {
				for len(found) > 0 && found[0].row == value {
					o := found[0]
					o.row, o.item = at+i, out.items.n
					if found = found[1:]; o.outcome != mended {
						from = nil
					}
					odd(o)
				}
				value++
			}
			if err := out.items.push(from, max(value-1, 0)); err != nil {
				return err
			}
		}
		out.offs[at+i+1] = int32(out.items.n)
	}
	return nil
}

// spotRange is from the first to behind the last of the places with something;
// places ascend.
func spotRange(index []int) (lo, hi int) {
	for _, i := range index {
		if i >= 0 {
			if hi == 0 {
				lo = i
			}
			hi = i + 1
		}
	}
	return lo, hi
}

// checkSpots makes the places of missing values places with nothing.
func (b *arrowBatch) checkSpots(f *arrowField, index []int) error {
	_, hi := spotRange(index)
	bits, err := b.validity(f, hi)
	if err != nil || bits == nil {
		return err
	}
	for k, i := range index {
		if i >= 0 && !bit(bits, i) {
			index[k] = -1
		}
	}
	return nil
}

// children are where the elements of the lists in rows [from, from+n) begin, and
// where the last ends.
func (b *arrowBatch) children(f *arrowField, from, n int) ([]int, error) {
	child, err := b.node(f.children[0])
	if err != nil {
		return nil, err
	}
	if f.layout == layoutList {
		return b.offsets(f, from, n, int(child.rows))
	}
	if n > maxSpots || int64((from+n)*f.width) > child.rows {
		return nil, errors.New("a list has fewer elements than it should")
	}
	offs := make([]int, n+1)
	for i := range offs {
		offs[i] = (from + i) * f.width
	}
	return offs, nil
}

// expand goes from lists to their elements. A list that is missing has none.
func (b *arrowBatch) expand(f *arrowField, here spots) (spots, error) {
	lo, hi := spotRange(here.index)
	offs, err := b.children(f, lo, hi-lo)
	if err != nil {
		return spots{}, err
	}
	var out spots
	k := 0
	for _, end := range here.ends {
		for ; k < end; k++ {
			i := here.index[k]
			if i < 0 {
				continue
			}
			if len(out.index)+offs[i-lo+1]-offs[i-lo] > maxSpots {
				return out, errors.New("the lists of a batch are too long")
			}
			for j := offs[i-lo]; j < offs[i-lo+1]; j++ {
				out.index = append(out.index, j)
			}
		}
		out.ends = append(out.ends, len(out.index))
	}
	return out, nil
}

// pick goes from maps to the value of a key; of several, the last.
func (c *arrowItems) pick(here *spots, step arrowStep) error {
	lo, hi := spotRange(here.index)
	b := c.stream.batch
	offs, err := b.children(step.field, lo, hi-lo)
	if err != nil {
		return err
	}
	first, last := offs[0], offs[len(offs)-1]
	keys := c.keys[step.field]
	if err := keys.load(first, last-first); err != nil {
		return err
	}
	bits, err := b.validity(step.keys, last)
	if err != nil {
		return err
	}
	want := make([]bool, last-first)
	var rows []int32
	for i := range want {
		ok, err := keys.has(i)
		if err != nil {
			return err
		}
		if ok && bit(bits, first+i) {
			rows = append(rows, int32(i))
		}
	}
	if rows != nil {
		c.held.reset(0)
		texts := newLane(types.String, len(rows), false)
		if err := keys.put(texts, 0, rows); err != nil {
			return err
		}
		keys.takeOdd()
		for k, r := range rows {
			want[r] = string(texts.textAt(k)) == step.key
		}
	}
	for k, i := range here.index {
		if i < 0 {
			continue
		}
		here.index[k] = -1
		for j := offs[i-lo+1] - 1; j >= offs[i-lo]; j-- {
			if want[j-first] {
				here.index[k] = j
				break
			}
		}
	}
	return nil
}
