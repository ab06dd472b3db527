package op

// place is a row and its cell.
type place uint64

func placeOf(cell, row int32) place { return place(cell)<<32 | place(uint32(row)) }

func (p place) cell() int32 { return int32(p >> 32) }
func (p place) row() int32  { return int32(uint32(p)) }

// nearby puts up to nearbyMost rows at a time in the order of their cells, so that a
// pass over a table that is larger than the caches meets its pages in order: radix
// sort, least significant digit first (Knuth, The Art of Computer Programming,
// volume 3, 5.2.5).
type nearby struct{ from, to []place }

// Fewer rows than nearbyRows, or cells below nearbyCells, are left in their order.
const (
	nearbyMost  = 1 << 17
	nearbyRows  = 1 << 10
	nearbyCells = 1 << 14
	nearbyDigit = 11 // bits
)

// each calls f with the places of some rows after others, each time in the order of
// their cells. The slice is valid during the call.
func (x *nearby) each(rows, cells []int32, f func([]place)) {
	for len(rows) > 0 {
		n := min(len(rows), nearbyMost)
		f(x.order(rows[:n], cells))
		rows = rows[n:]
	}
}

// order is the places of rows, in the order of their cells.
func (x *nearby) order(rows, cells []int32) []place {
	x.from = extend(x.from, len(rows))
	most := int32(0)
	for i, r := range rows {
		x.from[i] = placeOf(cells[r], r)
		most = max(most, cells[r])
	}
	if len(rows) < nearbyRows || most < nearbyCells {
		return x.from[:len(rows)]
	}
	x.to = extend(x.to, len(rows))
	for shift := 0; most>>shift > 0; shift += nearbyDigit {
		x.pass(len(rows), 32+shift)
	}
	return x.from[:len(rows)]
}

// pass sorts n places by one digit.
func (x *nearby) pass(n, shift int) {
	const mask = 1<<nearbyDigit - 1
	var at [mask + 1]int32
	for _, p := range x.from[:n] {
		at[p>>shift&mask]++
	}
	sum := int32(0)
	for d, k := range at {
		at[d], sum = sum, sum+k
	}
	for _, p := range x.from[:n] {
		d := p >> shift & mask
		x.to[at[d]] = p
		at[d]++
	}
	x.from, x.to = x.to, x.from
}

func (x *nearby) bytes() int { return 8 * (cap(x.from) + cap(x.to)) }
