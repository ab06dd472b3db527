package op

import (
	"encoding/binary"
	"math"

	"github.com/detlang/det/runtime/state"
)

// intQueue is a cell with the values of its windows, oldest first: those that are
// counted in its sums (n and holes of them), then new ones whose windows have not
// closed. It fills a cache line.
//
// The values are packed: of each, how many ordinals it lies after the one before, with
// a bit for a window without a value, and the value, as integers of variable length
// (those of Protocol Buffers). A count of a day takes two bytes. They lie in the cell
// itself while there is room, and then in a block of intHistory.values.
type intQueue struct {
	intCell
	oldest uint32       // of a queue that is not empty, the ordinal of its first value,
	newest uint32       // and of its last
	holes  uint32       // counted windows whose row had no value
	new    uint16       // values that are not counted
	used   uint8        // bytes of in, where there is no block
	size   uint8        // of the block, 0 for none
	in     [inCell]byte // the values; or where the block is
}

// inCell is how many bytes of values lie in a cell.
const inCell = 24

// What stands in a cell that has a block.
const (
	placeOfBlock = 4 * iota
	placeOfSkip
	placeOfLen
	placeOfNew  // how many bytes are counted values,
	placeBefore // and the ordinal of the last of them
)

// longest is how many bytes a value can take.
const longest = 2 * binary.MaxVarintLen64

// len is how many values there are.
func (q *intQueue) len() uint32 { return q.n + q.holes + uint32(q.new) }

func (q *intQueue) word(at int) uint32       { return binary.LittleEndian.Uint32(q.in[at:]) }
func (q *intQueue) setWord(at int, x uint32) { binary.LittleEndian.PutUint32(q.in[at:], x) }

// block is the queue of a cell that has a block.
func (q *intQueue) block() pack {
	return pack{at: q.word(placeOfBlock), skip: q.word(placeOfSkip), len: q.word(placeOfLen), size: uint32(q.size)}
}

// setBlock makes a block the queue of a cell.
func (q *intQueue) setBlock(p pack) {
	q.setWord(placeOfBlock, p.at)
	q.setWord(placeOfSkip, p.skip)
	q.setWord(placeOfLen, p.len)
	q.size = uint8(p.size)
}

func (q *intQueue) setCounted(bytes, last uint32) {
	q.setWord(placeOfNew, bytes)
	q.setWord(placeBefore, last)
}

// walker goes through packed values.
type walker struct {
	b       []byte
	ordinal uint32 // of the last value
	begin   bool   // the next value is the first of the queue: ordinal is its own
}

// walk begins at the oldest value.
func (h *intHistory) walk(q *intQueue) walker { return walker{h.bytesOf(q), q.oldest, true} }

// bytesOf is the packed values of a queue.
func (h *intHistory) bytesOf(q *intQueue) []byte {
	if q.size == 0 {
		return q.in[:q.used]
	}
	p := q.block()
	return h.values.view(&p)
}

// next is the next value, false for a window without one.
func (w *walker) next() (x int64, ok bool) {
	head := w.number()
	if !w.begin {
		w.ordinal += uint32(head >> 1)
	}
	w.begin = false
	if head&1 != 0 {
		return 0, false
	}
	u := w.number()
	return int64(u>>1) ^ -int64(u&1), true
}

// number is the next number, in one byte mostly.
func (w *walker) number() uint64 {
	if c := w.b[0]; c < 0x80 {
		w.b = w.b[1:]
		return uint64(c)
	}
	u, n := binary.Uvarint(w.b)
	w.b = w.b[n:]
	return u
}

// push queues a value of the newest window. The caller counts it.
func (h *intHistory) push(q *intQueue, now uint32, x int64, ok bool) {
	after := uint64(now - q.newest)
	if q.len() == 0 {
		q.oldest, after = now, 0
	}
	q.newest = now
	u := uint64(x)<<1 ^ uint64(x>>63)
	if ok && after < 64 && u < 128 && q.size == 0 && q.used <= inCell-2 {
		q.in[q.used], q.in[q.used+1] = byte(after<<1), byte(u)
		q.used += 2
		return
	}
	var buf [longest]byte
	b := binary.AppendUvarint(buf[:0], after<<1|uint64(b2i(!ok)))
	if ok {
		b = binary.AppendUvarint(b, u)
	}
	h.put(q, b)
}

// put appends a packed value.
func (h *intHistory) put(q *intQueue, b []byte) {
	var p pack
	switch {
	case q.size > 0:
		p = q.block()
	case int(q.used)+len(b) <= inCell:
		q.used += uint8(copy(q.in[q.used:], b))
		return
	default: // the cell is full
		counted, before := h.countedOf(q)
		h.values.add(&p, q.in[:q.used])
		q.used = 0
		q.setCounted(counted, before)
	}
	h.values.add(&p, b)
	q.setBlock(p)
}

// counted is how many bytes the counted values take, and the ordinal of the last.
func (h *intHistory) counted(q *intQueue) (bytes, last uint32) {
	if q.size > 0 {
		return q.word(placeOfNew), q.word(placeBefore)
	}
	return h.countedOf(q)
}

// countedOf finds that out value by value.
func (h *intHistory) countedOf(q *intQueue) (bytes, last uint32) {
	w := h.walk(q)
	all := len(w.b)
	for range q.n + q.holes {
		w.next()
	}
	return uint32(all - len(w.b)), w.ordinal
}

// join counts the new values before an ordinal.
func (h *intHistory) join(q *intQueue, hi uint32) {
	bytes, last := h.counted(q)
	all := h.bytesOf(q)
	w := walker{all[bytes:], last, q.n+q.holes == 0}
	if w.begin {
		w.ordinal = q.oldest
	}
	for ; q.new > 0; q.new-- {
		x, ok := w.next()
		if w.ordinal >= hi {
			break
		}
		bytes, last = uint32(len(all)-len(w.b)), w.ordinal
		h.count(q, x, ok)
	}
	if q.size > 0 {
		q.setCounted(bytes, last)
	}
}

// pop takes the oldest value out of a queue that has one. The caller takes it out of
// the sums.
func (h *intHistory) pop(q *intQueue) (x int64, ok bool) {
	w := h.walk(q)
	all := len(w.b)
	x, ok = w.next()
	gone := all - len(w.b)
	if len(w.b) > 0 {
		w.next()
		q.oldest = w.ordinal
	}
	switch {
	case q.size == 0:
		copy(q.in[:], q.in[gone:q.used])
		q.used -= uint8(gone)
	case gone < all:
		q.setWord(placeOfSkip, q.word(placeOfSkip)+uint32(gone))
		q.setWord(placeOfLen, q.word(placeOfLen)-uint32(gone))
		q.setWord(placeOfNew, q.word(placeOfNew)-uint32(gone))
	default:
		p := q.block()
		h.values.release(&p)
		q.size, q.used = 0, 0
	}
	return x, ok
}

// In the lower half of a value that is saved: it follows, or there is none.
const (
	lies = math.MinInt32
	hole = math.MinInt32 + 1
)

// saveQueues writes the queues: a value as its ordinal in the upper half of a number
// and, if it fits, the value in the lower. The sums follow from the values.
func (h *intHistory) saveQueues(w *state.Writer) {
	heads := make([]queueHead, h.queued.n)
	for i := range heads {
		q := h.queued.at(int32(i))
		heads[i] = queueHead{since: q.since, values: q.len(), new: uint32(q.new), wide: uint32(b2i(q.sq == isWide))}
	}
	state.Structs(w, heads)
	for i := range int32(h.queued.n) {
		q := h.queued.at(i)
		v := h.walk(q)
		for range q.len() {
			x, ok := v.next()
			low := int32(x)
			switch {
			case !ok:
				low = hole
			case int64(low) != x || low <= hole:
				low = lies
			}
			w.Int(int64(uint64(v.ordinal)<<32 | uint64(uint32(low))))
			if low == lies {
				w.Int(x)
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
		x, ok := int64(int32(uint32(e))), int32(uint32(e)) != hole
		if int32(x) == lies {
			x = r.Int()
		}
		h.push(q, uint32(last), x, ok)
		if k >= head.values-head.new {
			q.new++
			continue
		}
		h.count(q, x, ok)
	}
	if q.size > 0 {
		counted, before := h.countedOf(q)
		q.setCounted(counted, before)
	}
	return true
}
