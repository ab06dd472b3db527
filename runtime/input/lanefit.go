package input

import "github.com/detlang/det/lang/types"

// fitting turns stored values into wanted ones and remembers which did not become
// what they should.
type fitting struct {
	want   types.Kind
	cast   cast     // nil when what is stored is wanted
	text   *growing // for values that are given as codes
	fitted *lane    // scratch
	odd    []oddity
}

func newFitting(m meaning, want types.Kind, text *growing) fitting {
	return fitting{want: want, cast: m.cast(want), text: text, fitted: &lane{kind: want}}
}

// put writes the n values of stored, none of which is missing, to l from row at on.
func (f *fitting) put(l *lane, at int, stored *lane, n int) error {
	if !l.coded {
		return f.fit(l, at, stored, n, f.note(at))
	}
	f.fitted.reset(n)
	if err := f.fit(f.fitted, 0, stored, n, f.note(at)); err != nil {
		return err
	}
	for i := range n {
		l.codes[at+i] = f.text.dict.Code(view(f.fitted.textAt(i)))
	}
	return nil
}

func (f *fitting) fit(l *lane, at int, stored *lane, n int, odd func(int, outcome, value)) error {
	if f.cast == nil {
		return l.copyFrom(at, stored, 0, n)
	}
	return f.cast(l, at, stored, n, odd)
}

// note remembers oddities of values, of which the first is for row at.
func (f *fitting) note(at int) func(int, outcome, value) {
	return func(i int, o outcome, v value) {
		f.odd = append(f.odd, oddity{row: at + i, outcome: o, value: v.copied()})
	}
}

// settle gives the count values that were put at row at the rows of [at, at+n)
// that are valid, and makes those missing that were odd, from the told-th on.
func (f *fitting) settle(l *lane, at, count, n, told int) {
	if count < n {
		l.spread(at, count, n)
		f.spreadOdd(told, l, at, n)
	}
	for _, o := range f.odd[told:] {
		if o.outcome != mended {
			startBits(&l.valid, at+n, l.n)
			l.valid.Clear(o.row)
		}
	}
}

// spreadOdd gives the oddities from told on, whose rows are numbered as if none
// of the n at row at were missing, their rows.
func (f *fitting) spreadOdd(told int, l *lane, at, n int) {
	j, next := at, told
	for row := at; row < at+n && next < len(f.odd); row++ {
		if !l.valid.Get(row) {
			continue
		}
		for next < len(f.odd) && f.odd[next].row == j {
			f.odd[next].row = row
			next++
		}
		j++
	}
}

// takeOdd gives the oddities since it was last asked.
func (f *fitting) takeOdd() []oddity {
	odd := f.odd
	f.odd = nil
	return odd
}
