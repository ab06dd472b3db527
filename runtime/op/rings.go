package op

import (
	"unsafe"

	"github.com/detlang/det/runtime/state"
)

// rings is the memory of many small queues of values, which join at the end and
// leave at the front. A queue is a block of an arena, with room in front and
// behind; blocks come in a few sizes, and one that is given up serves again. There
// is no Go pointer a queue. E is made of 8-byte numbers.
type rings[E any] struct {
	pages [][]E
	free  [][]uint32 // by size, the blocks given up
}

// ring is one queue: n values, from skip on in the block at. The zero ring is
// empty.
type ring struct {
	at, skip, n uint32
	size        uint32 // 0 for no block, otherwise see blockSize
	new         uint32 // how many of the last ones its user has yet to count
	oldest      uint32 // ordinal of the first value, so that it need not be looked at
}

// pageLen is how many values a page has; a longer block has a page of its own.
const (
	pageBits = 16
	pageLen  = 1 << pageBits
)

// blockSize is how many values a block of a size has: 4, 8, 12, 16, 24, 32, 48 ….
// Growing costs two cache misses, idle room costs memory: steps of a third to a half
// are between.
func blockSize(size uint32) uint32 {
	switch {
	case size == 1:
		return 4
	case size%2 == 0:
		return 8 << (size/2 - 1)
	}
	return 12 << (size/2 - 1)
}

// view is the values of a queue, oldest first.
func (r *rings[E]) view(q *ring) []E {
	if q.n == 0 {
		return nil
	}
	from := q.at&(pageLen-1) + q.skip
	return r.pages[q.at>>pageBits][from : from+q.n]
}

// drop takes the oldest k values away.
func (q *ring) drop(k int) {
	q.skip += uint32(k)
	q.n -= uint32(k)
	if q.n == 0 {
		q.skip = 0
	}
}

// push adds a value of an ordinal.
func (r *rings[E]) push(q *ring, ordinal uint32, x E) {
	if q.size == 0 || q.skip+q.n == blockSize(q.size) {
		r.makeRoom(q)
	}
	if q.n == 0 {
		q.oldest = ordinal
	}
	r.pages[q.at>>pageBits][q.at&(pageLen-1)+q.skip+q.n] = x
	q.n++
}

// makeRoom moves a queue to the front of its block if that frees a quarter, and
// otherwise to a larger block.
func (r *rings[E]) makeRoom(q *ring) {
	if q.size > 0 && q.skip*4 >= blockSize(q.size) {
		page, at := r.pages[q.at>>pageBits], q.at&(pageLen-1)
		copy(page[at:], page[at+q.skip:at+q.skip+q.n])
		q.skip = 0
		return
	}
	at := r.block(q.size + 1)
	if q.size > 0 {
		page, from := r.pages[q.at>>pageBits], q.at&(pageLen-1)+q.skip
		copy(r.pages[at>>pageBits][at&(pageLen-1):], page[from:from+q.n])
		r.free[q.size] = append(r.free[q.size], q.at)
	}
	q.at, q.skip = at, 0
	q.size++
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
	n := 0
	for _, p := range r.pages {
		n += cap(p) * int(unsafe.Sizeof(e))
	}
	for _, f := range r.free {
		n += 4 * cap(f)
	}
	return n
}

// save writes n queues, closely packed.
func (r *rings[E]) save(w *state.Writer, n int, queue func(i int32) *ring) {
	for i := range int32(n) {
		q := queue(i)
		w.Int(int64(q.n))
		if q.n > 0 {
			w.Int(int64(q.new)<<32 | int64(q.oldest))
			state.Structs(w, r.view(q))
		}
	}
}

// load reads what save wrote.
func (r *rings[E]) load(in *state.Reader, n int, queue func(i int32) *ring) {
	for i := range int32(n) {
		q := queue(i)
		*q = ring{n: uint32(in.Int())}
		if q.n == 0 {
			continue
		}
		head := in.Int()
		q.new, q.oldest = uint32(head>>32), uint32(head)
		vals := state.ReadStructs[E](in)
		if len(vals) != int(q.n) || q.new > q.n {
			in.Fail("baseline: the saved state is damaged")
		}
		if in.Err() != nil {
			*q = ring{}
			return
		}
		for q.size == 0 || blockSize(q.size) < q.n {
			q.size++
		}
		q.at = r.block(q.size)
		copy(r.view(q), vals)
	}
}
