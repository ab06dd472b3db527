package input

import (
	"fmt"

	"github.com/apache/arrow/go/v17/arrow"

	"github.com/detlang/det/lang/types"
	"github.com/detlang/det/runtime/vec"
)

// columnarOutput is one column of the batches of a columnar file.
type columnarOutput struct {
	Column
	kind   types.Kind // of values, or of the elements of lists
	scalar scalarSource
	list   listSource // in place of scalar when rows are lists in the file, too
	text   *growing   // of a column of text

	group   int
	rows    int64 // of the group
	opened  bool  // the group has been begun
	skipped int   // rows to be skipped before the next is read

	guess  int // about how many bytes of text a batch has
	repeat repetition

	// What was read last: lists if the column's type is one, else a lane.
	lane  *lane
	lists *lists
	odd   []oddity
}

// Text that has a dictionary in the file is written plainly where that has over
// smallDict entries and more than half as many as there are rows.
const smallDict = 1024

// newColumnarOutput makes the output of a column from where its values stand, if
// they do at all: scalar or list.
func newColumnarOutput(c Column, sources func(c Column, text *growing) (scalarSource, listSource)) (*columnarOutput, error) {
	o := &columnarOutput{Column: c, kind: elemKind(c.Type)}
	if arrowTypes[o.kind] == nil {
		return nil, fmt.Errorf("column %s: a value in a file cannot be a %s", c.Name, c.Type)
	}
	if c.Type.Kind == types.String {
		o.text = newGrowing()
	}
	o.scalar, o.list = sources(c, o.text)
	return o, nil
}

// elemKind is the kind of a type's values, which for a list are its elements.
func elemKind(t types.Type) types.Kind {
	if t.Kind == types.List {
		return t.Elem
	}
	return t.Kind
}

// begin starts a group. Nothing of it is read before rows are asked for.
func (o *columnarOutput) begin(group int, rows int64) {
	o.group, o.rows, o.opened, o.skipped = group, rows, false, 0
}

func (o *columnarOutput) skip(n int) { o.skipped += n }

// fill reads the next n rows, or if rows is not nil, those of them.
func (o *columnarOutput) fill(n int, rows []int32) (err error) {
	switch {
	case o.list != nil:
		err = o.fillLists(n, rows)
	case o.scalar != nil:
		err = o.fillLane(n, rows)
	default:
		o.fillNothing(n, rows)
	}
	if err != nil {
		return fmt.Errorf("column %s: %w", o.Name, err)
	}
	if o.lane != nil && o.Type.Kind == types.List {
		o.lists, o.lane = singles(o.lane), nil
	}
	return nil
}

func (o *columnarOutput) fillLists(n int, rows []int32) error {
	o.lists, o.odd = newLists(o.kind, wanted(n, rows)), nil
	if err := o.open(o.list.open); err != nil {
		return err
	}
	odd := func(x oddity) { o.odd = append(o.odd, x) }
	read := func(at, n int) error { return o.list.read(o.lists, at, n, odd) }
	skip := func(n int) error { return o.list.read(nil, 0, n, nil) }
	return o.pieces(n, rows, read, skip)
}

func (o *columnarOutput) fillLane(n int, rows []int32) error {
	if err := o.open(o.scalar.open); err != nil {
		return err
	}
	coded, judged, err := o.coded()
	if err != nil {
		return err
	}
	o.lane = newLane(o.kind, wanted(n, rows), coded)
	known := 0
	switch {
	case coded:
		known = o.text.dict.Len()
	case o.kind == types.String:
		o.lane.text = make([]byte, 0, o.guess)
	}
	read := func(at, n int) error { return o.scalar.read(o.lane, at, n) }
	if err := o.pieces(n, rows, read, o.scalar.skip); err != nil {
		return err
	}
	o.odd = o.scalar.takeOdd()
	o.guess = len(o.lane.text) + len(o.lane.text)/8
	if coded && !judged {
		o.repeat.saw(o.lane.n, o.text.dict.Len()-known)
	}
	return nil
}

// coded decides how text is written in the next batch; judged tells that the
// file's dictionary decided it.
func (o *columnarOutput) coded() (coded, judged bool, err error) {
	if o.text == nil || o.text.dict.Size() > maxDict {
		return false, true, nil
	}
	n, err := o.scalar.distinct()
	if n < 0 {
		return false, true, nil
	}
	if n > 0 || err != nil {
		return n <= smallDict || int64(n) <= o.rows/2, true, err
	}
	return !o.repeat.rare, false, nil
}

func (o *columnarOutput) fillNothing(n int, rows []int32) {
	n = wanted(n, rows)
	o.lane, o.odd = newLane(o.kind, n, false), nil
	o.lane.valid = vec.NewBitmap(n)
}

// open begins the group if that has not been done.
func (o *columnarOutput) open(begin func(group int) error) error {
	if o.opened {
		return nil
	}
	o.opened = true
	return begin(o.group)
}

func wanted(n int, rows []int32) int {
	if rows == nil {
		return n
	}
	return len(rows)
}

// pieces reads the next n rows, or those of them that are wanted, run by run, and
// skips the others. Rows at the end are skipped when the next are read.
func (o *columnarOutput) pieces(n int, rows []int32, read func(at, n int) error, skip func(int) error) error {
	piece := func(at, from, n int) error {
		if from > 0 {
			if err := skip(from); err != nil {
				return err
			}
		}
		return read(at, n)
	}
	if rows == nil {
		gap := o.skipped
		o.skipped = 0
		return piece(0, gap, n)
	}
	next := -o.skipped
	for i := 0; i < len(rows); {
		k := 1
		for i+k < len(rows) && rows[i+k] == rows[i]+int32(k) {
			k++
		}
		if err := piece(i, int(rows[i])-next, k); err != nil {
			return err
		}
		next = int(rows[i]) + k
		i += k
	}
	o.skipped = n - next
	return nil
}

// keep leaves only the given rows of what was read.
func (o *columnarOutput) keep(rows []int32) {
	if o.lists != nil {
		o.lists.keep(rows)
	} else {
		o.lane.keep(rows)
	}
	o.odd = keepOdd(o.odd, rows)
}

// take makes an Arrow array of what was read.
func (o *columnarOutput) take(a arrays) (f arrow.Field, x arrow.Array) {
	if o.lists != nil {
		f, x = a.lists(o.Name, o.lists)
	} else {
		f, x = a.column(o.Name, o.lane, o.text)
	}
	o.lane, o.lists = nil, nil
	return f, x
}
