package op

import (
	"math"

	"github.com/detlang/det/runtime/state"
)

// intQueue is a cell with the values of its windows, oldest first: those that are
// counted in its sums (n and holes of them), then new ones whose windows have not
// closed. It fills a cache line.
//
// Up to inCell small values lie in the cell itself, and the others in a block of
// intHistory.values. In the cell a value has the lower 16 bits of its ordinal in the
// upper half, from which the whole follows, since none is 2^16 or more after the
// oldest.
type intQueue struct {
	intCell
	new  uint16
	size uint8          // of the block, 0 for none: see ring
	in   [inCell]uint32 // the values; or the block's place, and how many at its front are idle
}

const (
	inCell = 7
	// In the lower half of a value in a block: it is aside, or there is none.
	lies = math.MinInt32
	hole = math.MinInt32 + 1
	// In the lower half of a value in a cell: there is none.
	narrowHole = math.MinInt16
)

// len is how many values there are.
func (q *intQueue) len() uint32 { return q.n + q.holes + uint32(q.new) }

// block is the queue of a cell that has a block.
func (q *intQueue) block() ring {
	return ring{at: q.in[0], skip: q.in[1], n: q.len(), size: uint32(q.size), oldest: q.oldest}
}

// setBlock makes a block the queue of a cell.
func (q *intQueue) setBlock(r ring) {
	q.in[0], q.in[1], q.size = r.at, r.skip, uint8(r.size)
}

// end is the newest value of a queue that has a block, of another one some value,
// without a branch: it is there to be read ahead.
func (r *rings[E]) end(q *intQueue) E {
	has := uint32(-int32(q.size) >> 31) // all ones with a block
	return r.pages[q.in[0]&has>>pageBits][(q.in[0]&(pageLen-1)+q.in[1]+max(q.len(), 1)-1)&has]
}

// view is the values of a queue as they are in a block. Those that lie in the cell
// are put into buf.
func (h *intHistory) view(q *intQueue, buf *[inCell]uint64) []uint64 {
	if q.size > 0 {
		r := q.block()
		return h.values.view(&r)
	}
	n := q.len()
	for i, e := range q.in[:n] {
		low := int32(int16(e))
		if low == narrowHole {
			low = hole
		}
		buf[i] = uint64(q.oldest+uint32(uint16(e>>16)-uint16(q.oldest)))<<32 | uint64(uint32(low))
	}
	return buf[:n]
}

// push queues a value of the newest window. The caller counts it.
func (h *intHistory) push(id int32, now uint32, x int64, ok bool) {
	low := int32(x)
	switch {
	case !ok:
		low = hole
	case int64(low) != x || low <= hole:
		low = lies
		h.aside[uint64(id)<<32|uint64(now)] = x
	}
	h.put(h.queued.at(id), uint64(now)<<32|uint64(uint32(low)))
}

// put adds a value, in the form of a block, to a queue.
func (h *intHistory) put(q *intQueue, e uint64) {
	ordinal, low, n := uint32(e>>32), int32(uint32(e)), q.len()
	if n == 0 {
		q.oldest = ordinal
	}
	if q.size == 0 {
		if low == hole {
			low = narrowHole
		} else if low == narrowHole {
			low = lies // it has no room
		}
		if n < inCell && ordinal-q.oldest < 1<<16 && int32(int16(low)) == low {
			q.in[n] = ordinal<<16 | uint32(uint16(low))
			return
		}
		h.spill(q)
	}
	r := q.block()
	h.values.push(&r, ordinal, e)
	q.setBlock(r)
}

// spill moves the values of a cell to a block.
func (h *intHistory) spill(q *intQueue) {
	var buf [inCell]uint64
	var r ring
	for _, e := range h.view(q, &buf) {
		h.values.push(&r, uint32(e>>32), e)
	}
	q.setBlock(r)
}

// drop takes the oldest values away; those that are counted, the caller has.
func (h *intHistory) drop(q *intQueue, gone int, rest []uint64) {
	if len(rest) > 0 {
		q.oldest = uint32(rest[0] >> 32)
	}
	switch {
	case q.size == 0:
		copy(q.in[:], q.in[gone:])
	case len(rest) > 0:
		q.in[1] += uint32(gone)
	default:
		r := q.block()
		h.values.release(&r)
		q.setBlock(r)
	}
}

// saveQueues writes the queues. Their sums follow from the values.
func (h *intHistory) saveQueues(w *state.Writer) {
	heads := make([]queueHead, h.queued.n)
	for i := range heads {
		q := h.queued.at(int32(i))
		heads[i] = queueHead{since: q.since, values: q.len(), new: uint32(q.new), wide: uint32(b2i(q.sq == isWide))}
	}
	state.Structs(w, heads)
	var buf [inCell]uint64
	for i := range int32(h.queued.n) {
		for _, e := range h.view(h.queued.at(i), &buf) {
			w.Int(int64(e))
			if int32(uint32(e)) == lies {
				w.Int(h.aside[uint64(i)<<32|e>>32])
			}
		}
	}
}

// queueHead is what is saved of a queue before its values.
type queueHead struct {
	since, values, new uint32
	wide               uint32 // 1 if the sums are
}

// loadQueues reads what saveQueues wrote.
func (h *intHistory) loadQueues(r *state.Reader) {
	for i, head := range state.ReadStructs[queueHead](r) {
		h.queued.grow(i + 1)
		if head.new > head.values || head.new > math.MaxUint16 || !h.loadQueue(r, int32(i), head) {
			r.Fail("baseline: the saved state is damaged")
		}
		if r.Err() != nil {
			return
		}
	}
}

// loadQueue reads the values of a queue, false if they are no such.
func (h *intHistory) loadQueue(r *state.Reader, id int32, head queueHead) bool {
	q := h.queued.at(id)
	q.since = head.since
	if head.wide > 0 {
		h.widen(&q.intCell)
	}
	last := int64(-1)
	for k := range head.values {
		e := uint64(r.Int())
		if int64(e>>32) <= last || r.Err() != nil {
			return false
		}
		last = int64(e >> 32)
		if int32(uint32(e)) == lies {
			h.aside[uint64(id)<<32|e>>32] = r.Int()
		}
		h.put(q, e)
		if k >= head.values-head.new {
			q.new++
			continue
		}
		x, ok := h.value(id, e)
		h.count(&q.intCell, x, ok)
	}
	return true
}
