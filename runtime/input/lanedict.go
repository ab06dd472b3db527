package input

import (
	"errors"

	"github.com/detlang/det/lang/types"
)

// laneDict is a dictionary of a file, as values of the wanted kind: each is cast
// once, and what rows say are indices into it.
type laneDict struct {
	lane  *lane
	odd   map[uint32]oddity
	codes []int32 // of text: the code of each value in the column's dictionary, -1 while it has none
}

// add appends stored values; c may be nil. What is missing among them is cast, too.
func (d *laneDict) add(stored *lane, c cast, want types.Kind) error {
	known := 0
	if d.lane != nil {
		known = d.lane.n
	}
	fitted := stored
	if c != nil {
		fitted = newLane(want, stored.n, false)
		note := func(i int, o outcome, v value) {
			if d.odd == nil {
				d.odd = map[uint32]oddity{}
			}
			d.odd[uint32(known+i)] = oddity{outcome: o, value: v.copied()}
		}
		if err := c(fitted, 0, stored, stored.n, note); err != nil {
			return err
		}
	}
	if d.lane == nil {
		d.lane = fitted
	} else {
		for i := range fitted.n {
			if err := d.lane.push(fitted, i); err != nil {
				return err
			}
		}
	}
	for want == types.String && len(d.codes) < d.lane.n {
		d.codes = append(d.codes, -1)
	}
	return nil
}

var errIndex = errors.New("an index is outside of its dictionary")

// gather writes the values of the given indices to l from row at on, as codes
// into text if l is coded, and appends to odd what is not as wanted.
func (d *laneDict) gather(l *lane, at int, indices []uint32, text *growing, odd *[]oddity) error {
	ok := true
	switch {
	case l.kind == types.Bool:
		ok = gather(l.bools[at:], d.lane.bools, indices)
	case l.kind == types.Float:
		ok = gather(l.f64[at:], d.lane.f64, indices)
	case l.kind == types.IP:
		ok = gather(l.ips[at:], d.lane.ips, indices)
	case l.kind == types.String && l.coded:
		ok = d.gatherCodes(l.codes[at:], indices, text)
	case l.kind == types.String:
		for i, x := range indices {
			if int(x) >= len(d.codes) {
				return errIndex
			}
			if err := l.addText(at+i, d.lane.textAt(int(x))); err != nil {
				return err
			}
		}
	default:
		ok = gather(l.i64[at:], d.lane.i64, indices)
	}
	if !ok {
		return errIndex
	}
	if d.odd == nil {
		return nil
	}
	for i, x := range indices {
		if o, is := d.odd[x]; is {
			o.row = at + i
			*odd = append(*odd, o)
		}
	}
	return nil
}

func gather[T any](dst, values []T, indices []uint32) bool {
	dst = dst[:len(indices)]
	for i, x := range indices {
		if int(x) >= len(values) {
			return false
		}
		dst[i] = values[x]
	}
	return true
}

func (d *laneDict) gatherCodes(dst []int32, indices []uint32, text *growing) bool {
	dst = dst[:len(indices)]
	for i, x := range indices {
		if int(x) >= len(d.codes) {
			return false
		}
		code := d.codes[x]
		if code < 0 {
			code = text.dict.Code(view(d.lane.textAt(int(x))))
			d.codes[x] = code
		}
		dst[i] = code
	}
	return true
}
