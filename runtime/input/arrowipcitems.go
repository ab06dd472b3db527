package input

import (
	"errors"

	"github.com/detlang/det/lang/types"
)

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
