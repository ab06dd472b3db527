package op

import (
	"slices"

	"github.com/detlang/det/runtime"
	"github.com/detlang/det/runtime/state"
	"github.com/detlang/det/runtime/vec"
)

// eventLog holds the events of a sliding window or of open sessions: time, entity
// and the columns that aggregates will want again. All windows are equally long, so
// events leave in the order in which they came, whoever they belong to: one queue
// serves all keys, is read and written in order, and holds no pointer an event.
type eventLog struct {
	input  []runtime.Column // of the columns kept
	from   []int            // their places in the input
	width  int              // columns of the input
	blocks []*logBlock
	first  int64 // position of the first event of blocks[0]
	head   int64 // position of the oldest event
	tail   int64 // position after the newest
	spare  *logBlock
}

// logBlock is blockRows events.
type logBlock struct {
	time []int64
	id   []int32
	cols []*column
	view *runtime.Batch
}

const (
	blockBits = 12
	blockRows = 1 << blockBits
)

// keep sets which columns are kept: those that the aggregates read.
func (l *eventLog) keep(in Row, aggs []Agg) {
	l.width = len(in.Cols)
	for _, g := range aggs {
		for _, arg := range g.Args {
			if arg.Col >= 0 && !slices.Contains(l.from, arg.Col) {
				l.from = append(l.from, arg.Col)
				l.input = append(l.input, in.Cols[arg.Col])
			}
		}
	}
}

// at is the block of a position, and the row there.
func (l *eventLog) at(pos int64) (*logBlock, int32) {
	i := pos - l.first
	return l.blocks[i>>blockBits], int32(i & (blockRows - 1))
}

// add appends rows of a batch with their entities.
func (l *eventLog) add(b *runtime.Batch, rows, ids []int32) {
	for done := 0; done < len(ids); {
		if n := len(l.blocks); n == 0 || len(l.blocks[n-1].id) == blockRows {
			l.blocks = append(l.blocks, l.block())
		}
		last := l.blocks[len(l.blocks)-1]
		n := min(blockRows-len(last.id), len(ids)-done)
		last.id = append(last.id, ids[done:done+n]...)
		part := rows[done : done+n]
		for _, r := range part {
			last.time = append(last.time, b.Time[r])
		}
		for i, c := range l.from {
			last.cols[i].append(b.Cols[c], part)
		}
		done += n
	}
	l.tail += int64(len(ids))
}

// block is an empty block.
func (l *eventLog) block() *logBlock {
	if b := l.spare; b != nil {
		l.spare = nil
		return b
	}
	return l.fill(&logBlock{time: make([]int64, 0, blockRows), id: make([]int32, 0, blockRows)})
}

// fill gives a block empty columns.
func (l *eventLog) fill(b *logBlock) *logBlock {
	b.cols, b.view = make([]*column, len(l.input)), nil
	for i, c := range l.input {
		b.cols[i] = newColumn(c.Type.Kind)
	}
	return b
}

// drop lets go of blocks that are wholly before the oldest event.
func (l *eventLog) drop() {
	for len(l.blocks) > 0 && l.head-l.first >= int64(len(l.blocks[0].id)) && (l.head < l.tail || len(l.blocks) > 1) {
		b := l.blocks[0]
		l.first += int64(len(b.id))
		b.time, b.id = b.time[:0], b.id[:0]
		l.spare = l.fill(b)
		l.blocks[0] = nil
		l.blocks = l.blocks[1:]
	}
}

// len is how many events there are.
func (l *eventLog) len() int { return int(l.tail - l.head) }

// each calls f for the runs of consecutive events from..to, as block, rows and
// the position of the first.
func (l *eventLog) each(from, to int64, f func(b *logBlock, row, n int, pos int64)) {
	for from < to {
		b, row := l.at(from)
		n := min(int64(len(b.id))-int64(row), to-from)
		f(b, int(row), int(n), from)
		from += n
	}
}

func (l *eventLog) bytes() int {
	n := 0
	for _, b := range l.blocks {
		n += 8*cap(b.time) + 4*cap(b.id)
		for _, c := range b.cols {
			n += bytesOf(&c.Vec)
		}
	}
	return n
}

func (l *eventLog) save(w *state.Writer) {
	w.Int(int64(len(l.blocks)))
	w.Int(l.head - l.first)
	for _, b := range l.blocks {
		state.Slice(w, b.time)
		state.Slice(w, b.id)
		for _, c := range b.cols {
			state.SaveVec(w, &c.Vec)
		}
	}
}

// load reads what save wrote, of entities below n.
func (l *eventLog) load(r *state.Reader, n int) error {
	blocks := r.Len(16)
	l.head = r.Int()
	for i := range blocks {
		b := l.fill(&logBlock{time: state.ReadSlice[int64](r), id: state.ReadSlice[int32](r)})
		rows := len(b.id)
		if rows == 0 || rows > blockRows || len(b.time) != rows || i+1 < blocks && rows != blockRows {
			r.Fail("the saved events do not fit together")
			return r.Err()
		}
		for _, id := range b.id {
			if id < 0 || int(id) >= n {
				r.Fail("a saved event has no key")
				return r.Err()
			}
		}
		for k, c := range l.input {
			v := state.LoadVec(r, c.Type.Kind)
			if r.Err() == nil && v.N != rows {
				r.Fail("the saved events do not fit together")
			}
			if r.Err() != nil {
				return r.Err()
			}
			b.cols[k].append(v, upTo(rows))
		}
		l.blocks = append(l.blocks, b)
		l.tail += int64(rows)
	}
	if l.head < 0 || l.head > l.tail {
		r.Fail("the saved events do not fit together")
	}
	return r.Err()
}

// kept is the columns of a block, at the places that they have in the input, for
// tally.columns.
func (l *eventLog) kept(b *logBlock) *runtime.Batch {
	if b.view == nil {
		b.view = &runtime.Batch{Cols: make([]*vec.Vec, l.width)}
		for i, c := range l.from {
			b.view.Cols[c] = &b.cols[i].Vec
		}
	}
	b.view.N = len(b.id)
	return b.view
}
