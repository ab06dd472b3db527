package op

import (
	"unsafe"

	"github.com/detlang/det/runtime/state"
)

// rings holds a queue of small values for each of many cells: values join at the
// end and leave at the front. A queue is a block of an arena, with room in front
// and behind; blocks come in a few sizes, and one that is given up serves again.
// There is no Go pointer a cell. E is made of 8-byte numbers.
type rings[E any] struct {
	head  []ring
	pages [][]E
	free  [][]uint32 // by size, the blocks given up
}

// ring is one queue: n values from at+skip on, the last new of which its user has
// not yet taken into account.
type ring struct {
	at           uint32
	skip, n, new uint32
	size         uint32 // 0 for no block, otherwise 1 + its index in blockSizes
}

// pageLen is how many values a page has; a longer block has a page of its own.
const (
	pageBits = 16
	pageLen  = 1 << pageBits
)

// blockSize is how many values a block of a size has: 2, 3, 4, 6, 8, 12 … so that
// no more than a third of a block is idle for growth.
func blockSize(size uint32) uint32 {
	if size%2 == 1 {
		return 2 << (size / 2)
	}
	return 3 << (size/2 - 1)
}

// grow makes cells 0..n-1 exist.
func (r *rings[E]) grow(n int) {
	if n > len(r.head) {
		r.head = append(r.head, make([]ring, max(n, len(r.head)*5/4)-len(r.head))...)
	}
}

// view is the values of a cell, oldest first.
func (r *rings[E]) view(cell int32) []E {
	h := &r.head[cell]
	if h.n == 0 {
		return nil
	}
	from := h.at&(pageLen-1) + h.skip
	return r.pages[h.at>>pageBits][from : from+h.n]
}

// drop takes the oldest k values of a cell away.
func (r *rings[E]) drop(cell int32, k int) {
	h := &r.head[cell]
	h.skip += uint32(k)
	h.n -= uint32(k)
	if h.n == 0 {
		h.skip = 0
	}
}

// push adds a value to a cell.
func (r *rings[E]) push(cell int32, x E) {
	h := &r.head[cell]
	if h.size == 0 || h.skip+h.n == blockSize(h.size) {
		r.makeRoom(h)
	}
	r.pages[h.at>>pageBits][h.at&(pageLen-1)+h.skip+h.n] = x
	h.n++
}

// makeRoom moves a queue to the front of its block if that frees a quarter, and
// otherwise to a larger block.
func (r *rings[E]) makeRoom(h *ring) {
	if h.size > 0 && h.skip*4 >= blockSize(h.size) {
		page, at := r.pages[h.at>>pageBits], h.at&(pageLen-1)
		copy(page[at:], page[at+h.skip:at+h.skip+h.n])
		h.skip = 0
		return
	}
	at := r.block(h.size + 1)
	if h.size > 0 {
		page, from := r.pages[h.at>>pageBits], h.at&(pageLen-1)+h.skip
		copy(r.pages[at>>pageBits][at&(pageLen-1):], page[from:from+h.n])
		r.free[h.size] = append(r.free[h.size], h.at)
	}
	h.at, h.skip = at, 0
	h.size++
}

// block finds a block of a size, given up or new.
func (r *rings[E]) block(size uint32) uint32 {
	for int(size) >= len(r.free) {
		r.free = append(r.free, nil)
	}
	if list := r.free[size]; len(list) > 0 {
		r.free[size] = list[:len(list)-1]
		return list[len(list)-1]
	}
	n := int(blockSize(size))
	last := len(r.pages) - 1
	if last < 0 || cap(r.pages[last])-len(r.pages[last]) < n {
		r.pages = append(r.pages, make([]E, 0, max(pageLen, n)))
		last++
	}
	page := r.pages[last]
	r.pages[last] = page[:len(page)+n]
	return uint32(last)<<pageBits | uint32(len(page))
}

func (r *rings[E]) bytes() int {
	var e E
	n := cap(r.head) * int(unsafe.Sizeof(ring{}))
	for _, p := range r.pages {
		n += cap(p) * int(unsafe.Sizeof(e))
	}
	for _, f := range r.free {
		n += 4 * cap(f)
	}
	return n
}

// save writes the values of cells 0..n-1, closely packed.
func (r *rings[E]) save(w *state.Writer, n int) {
	lens, news := make([]uint32, n), make([]uint32, n)
	for i := range lens {
		lens[i], news[i] = r.head[i].n, r.head[i].new
	}
	state.Slice(w, lens)
	state.Slice(w, news)
	for i := range n {
		if lens[i] > 0 {
			state.Structs(w, r.view(int32(i)))
		}
	}
}

// load reads what save wrote, into empty rings.
func (r *rings[E]) load(in *state.Reader) {
	lens, news := state.ReadSlice[uint32](in), state.ReadSlice[uint32](in)
	if len(lens) != len(news) {
		in.Fail("the saved values do not fit together")
		return
	}
	r.grow(len(lens))
	for i, n := range lens {
		if n == 0 {
			continue
		}
		vals := state.ReadStructs[E](in)
		if len(vals) != int(n) || news[i] > n {
			in.Fail("the saved values do not fit together")
		}
		if in.Err() != nil {
			return
		}
		h := &r.head[i]
		for h.size == 0 || blockSize(h.size) < n {
			h.size++
		}
		h.at, h.n, h.new = r.block(h.size), n, news[i]
		copy(r.view(int32(i)), vals)
	}
}
