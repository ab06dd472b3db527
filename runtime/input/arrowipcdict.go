package input

import (
	"errors"

	"github.com/detlang/det/runtime/vec"
)

// change takes in a batch of the dictionary: more values, or other ones.
func (d *arrowDict) change(b *arrowBatch, delta bool) {
	if !delta {
		d.version++
		d.batches = nil
	}
	d.batches = append(d.batches, b)
}

// arrowWords are the values of a dictionary as one column wants them. Those that
// deltas bring are added; when a dictionary is replaced, all are read anew.
type arrowWords struct {
	laneDict
	version int // of the dictionary
	batches int // that have been taken in
	valid   vec.Bitmap
}

// update makes w what d is now.
func (w *arrowWords) update(d *arrowDict, f *fitting) error {
	steps, ok := d.values.find([]string{d.values.children[0].name})
	if !ok || len(steps) != 2 {
		return errors.New("a dictionary of values that are not single")
	}
	if w.version != d.version {
		*w = arrowWords{version: d.version}
	}
	leaf := steps[1].field
	if leaf.layout == layoutNothing {
		return nil
	}
	for ; w.batches < len(d.batches); w.batches++ {
		b := d.batches[w.batches]
		stored := newLane(leaf.stored(), 0, false)
		if err := b.values(leaf, stored, 0, int(b.rows)); err != nil {
			return err
		}
		bits, err := b.validity(leaf, stored.n)
		if err != nil {
			return err
		}
		if err := w.add(stored, f.cast, f.want); err != nil {
			return err
		}
		w.see(bits, w.lane.n-stored.n)
	}
	return nil
}

// see takes in which of the values from the known-th on are missing.
func (w *arrowWords) see(bits []byte, known int) {
	if bits == nil && w.valid == nil {
		return
	}
	valid := vec.Ones(w.lane.n)
	for i := range w.lane.n {
		if i < known && w.valid != nil && !w.valid.Get(i) || i >= known && !bit(bits, i-known) {
			valid.Clear(i)
		}
	}
	w.valid = valid
}

// has reports whether an index stands for a value that is not missing.
func (w *arrowWords) has(i int64) (bool, error) {
	if w.lane == nil || i < 0 || i >= int64(w.lane.n) {
		return false, errIndex
	}
	return w.valid == nil || w.valid.Get(int(i)), nil
}
