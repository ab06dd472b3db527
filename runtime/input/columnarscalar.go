package input

import "slices"

// scalarSource gives the values of a column that holds no lists from one place in
// a columnar file, one group of rows after the other.
type scalarSource interface {
	// open begins a group.
	open(group int) error
	// distinct is how many values a dictionary says that the group may have, 0 when
	// there is no dictionary, negative when text cannot be given as codes.
	distinct() (int, error)
	// read writes the next n rows to l from row at on.
	read(l *lane, at, n int) error
	skip(n int) error
	// takeOdd gives what did not become as wanted since it was last asked.
	takeOdd() []oddity
}

// listSource is a scalarSource for rows that are lists.
type listSource interface {
	open(group int) error
	// read writes the next n rows to out from row at on, or nowhere if out is nil.
	// odd is told of elements that did not become what they should; those are
	// missing elements unless mended.
	read(out *lists, at, n int, odd func(oddity)) error
}

// eitherSource takes each row from the first of several places that has a value
// for it.
type eitherSource struct {
	all []scalarSource
	odd []oddity
}

func (p *eitherSource) open(group int) error {
	for _, x := range p.all {
		if err := x.open(group); err != nil {
			return err
		}
	}
	return nil
}

func (p *eitherSource) distinct() (int, error) { return -1, nil }

func (p *eitherSource) skip(n int) error {
	for _, x := range p.all {
		if err := x.skip(n); err != nil {
			return err
		}
	}
	return nil
}

func (p *eitherSource) read(l *lane, at, n int) error {
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

func (p *eitherSource) takeOdd() []oddity {
	slices.SortStableFunc(p.odd, func(a, b oddity) int { return a.row - b.row })
	odd := p.odd
	p.odd = nil
	return odd
}

// firstSource is the first element that is not missing of each row's list.
type firstSource struct {
	list listSource
	odd  []oddity
}

func (p *firstSource) open(group int) error { return p.list.open(group) }

func (p *firstSource) distinct() (int, error) { return -1, nil }

func (p *firstSource) skip(n int) error { return p.list.read(nil, 0, n, nil) }

func (p *firstSource) read(l *lane, at, n int) error {
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

func (p *firstSource) takeOdd() []oddity {
	odd := p.odd
	p.odd = nil
	return odd
}
