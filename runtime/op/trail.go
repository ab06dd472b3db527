package op

import (
	"unsafe"

	"github.com/detlang/det/runtime/state"
)

// trail is the events of all keys that may be part of a match, in order of time: a
// queue that events leave when they are too old, whoever they belong to. Each knows
// the one before it of its key.
type trail struct {
	pages [][]mention
	first int64 // place of the first event of pages[0]
	head  int64 // place of the oldest event
	tail  int64 // place behind the newest
}

// mention is one event.
type mention struct {
	time   int64
	before int64  // place of the event of the same key before it, or a place before head
	key    int32  // dense code
	fits   uint32 // the steps that it fits
}

const (
	trailBits = 12
	trailPage = 1 << trailBits
)

// nowhere is a place before every other.
const nowhere = -1

// at is the event at a place from head on.
func (l *trail) at(place int64) *mention {
	i := place - l.first
	return &l.pages[i>>trailBits][i&(trailPage-1)]
}

// add puts an event at the end and gives its place.
func (l *trail) add(m mention) int64 {
	n := len(l.pages)
	if n == 0 || len(l.pages[n-1]) == trailPage {
		l.pages = append(l.pages, make([]mention, 0, trailPage))
		n++
	}
	l.pages[n-1] = append(l.pages[n-1], m)
	l.tail++
	return l.tail - 1
}

// pop lets the oldest event go.
func (l *trail) pop() {
	l.head++
	if l.head-l.first == trailPage {
		l.first = l.head
		l.pages[0] = nil
		l.pages = l.pages[1:]
	}
}

func (l *trail) bytes() int {
	return len(l.pages) * trailPage * int(unsafe.Sizeof(mention{}))
}

func (l *trail) save(w *state.Writer) {
	w.Int(l.head)
	w.Int(l.tail - l.head)
	for p := l.head; p < l.tail; {
		i := p - l.first
		part := l.pages[i>>trailBits][i&(trailPage-1):]
		state.Structs(w, part)
		p += int64(len(part))
	}
}

// load reads what save wrote, of keys below n.
func (l *trail) load(r *state.Reader, n int) error {
	l.head = r.Int()
	left := r.Len(int(unsafe.Sizeof(mention{})))
	l.first, l.tail = l.head, l.head
	for left > 0 && r.Err() == nil {
		part := state.ReadStructs[mention](r)
		if len(part) == 0 || len(part) > left {
			r.Fail("sequence: the saved events do not fit together")
		}
		for _, m := range part {
			if m.key < 0 || int(m.key) >= n || m.before >= l.tail || m.before < nowhere {
				r.Fail("sequence: the saved events do not fit together")
			}
			l.add(m)
		}
		left -= len(part)
	}
	if l.head < 0 {
		r.Fail("sequence: the saved events do not fit together")
	}
	return r.Err()
}
