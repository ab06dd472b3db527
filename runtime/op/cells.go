package op

import (
	"unsafe"

	"github.com/detlang/det/runtime/state"
)

// cells is a slice that grows page by page, so that nothing is copied and little
// is idle however large it gets. T is made of 8-byte numbers.
type cells[T any] struct {
	pages [][]T
	n     int
}

const (
	cellBits = 12
	cellPage = 1 << cellBits // cells in a page
)

// at is cell i.
func (c *cells[T]) at(i int32) *T { return &c.pages[i>>cellBits][i&(cellPage-1)] }

// grow makes cells 0..n-1 exist.
func (c *cells[T]) grow(n int) {
	for len(c.pages)*cellPage < n {
		c.pages = append(c.pages, make([]T, cellPage))
	}
	c.n = max(c.n, n)
}

// each calls f with the cells in order.
func (c *cells[T]) each(f func(x *T)) {
	for i := range int32(c.n) {
		f(c.at(i))
	}
}

func (c *cells[T]) bytes() int {
	var x T
	return len(c.pages) * cellPage * int(unsafe.Sizeof(x))
}

func (c *cells[T]) save(w *state.Writer) {
	w.Int(int64(c.n))
	for left, i := c.n, 0; left > 0; left, i = left-cellPage, i+1 {
		state.Structs(w, c.pages[i][:min(left, cellPage)])
	}
}

func (c *cells[T]) load(r *state.Reader) {
	var x T
	n := r.Len(int(unsafe.Sizeof(x)))
	for c.n < n {
		page := state.ReadStructs[T](r)
		if len(page) != min(n-c.n, cellPage) {
			r.Fail("baseline: the saved state is damaged")
		}
		if r.Err() != nil {
			return
		}
		c.pages = append(c.pages, append(make([]T, 0, cellPage), page...)[:cellPage])
		c.n += len(page)
	}
}
