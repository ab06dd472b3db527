package op

import (
	"unsafe"

	"github.com/detlang/det/runtime/state"
)

// fifo is a queue of small structs, in pages, so that it grows without copies and
// gives memory back as it is read. An element keeps its place, which counts from the
// first that ever was. E is made of 8-byte numbers, or pairs of 4-byte ones.
type fifo[E any] struct {
	pages [][]E
	first int64 // place of the first element of pages[0]
	head  int64 // place of the oldest element
	tail  int64 // place behind the newest
}

const (
	fifoBits = 10
	fifoPage = 1 << fifoBits
)

// nowhere is a place before every other.
const nowhere = -1

// at is the element at a place from head on.
func (q *fifo[E]) at(place int64) *E {
	i := place - q.first
	return &q.pages[i>>fifoBits][i&(fifoPage-1)]
}

// push puts an element at the end and gives its place.
func (q *fifo[E]) push(e E) int64 {
	n := len(q.pages)
	if n == 0 || len(q.pages[n-1]) == fifoPage {
		q.pages = append(q.pages, make([]E, 0, fifoPage))
		n++
	}
	q.pages[n-1] = append(q.pages[n-1], e)
	q.tail++
	return q.tail - 1
}

// pop lets the oldest element go.
func (q *fifo[E]) pop() {
	q.head++
	if q.head-q.first == fifoPage {
		q.first = q.head
		q.pages[0] = nil
		q.pages = q.pages[1:]
	}
}

func (q *fifo[E]) bytes() int {
	var e E
	return len(q.pages) * fifoPage * int(unsafe.Sizeof(e))
}

func (q *fifo[E]) save(w *state.Writer) {
	w.Int(q.head)
	w.Int(q.tail - q.head)
	for p := q.head; p < q.tail; {
		i := p - q.first
		part := q.pages[i>>fifoBits][i&(fifoPage-1):]
		state.Structs(w, part)
		p += int64(len(part))
	}
}

// load reads what save wrote. What the elements say is for the caller to check.
func (q *fifo[E]) load(r *state.Reader) error {
	var e E
	q.head = r.Int()
	left := r.Len(int(unsafe.Sizeof(e)))
	q.first, q.tail = q.head, q.head
	if q.head < 0 {
		r.Fail("the saved queue is damaged")
	}
	for left > 0 && r.Err() == nil {
		part := state.ReadStructs[E](r)
		if len(part) == 0 || len(part) > left {
			r.Fail("the saved queue is damaged")
		}
		for _, e := range part {
			q.push(e)
		}
		left -= len(part)
	}
	return r.Err()
}
