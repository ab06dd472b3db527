package order

import (
	"fmt"
	"io"
	"os"
	"sort"

	"github.com/detlang/det/lang/types"
	"github.com/detlang/det/runtime"
	"github.com/detlang/det/runtime/state"
	"github.com/detlang/det/runtime/vec"
)

// DefaultLimit is how many bytes of rows wait in memory before they are sorted and
// written to a temporary file, as runs that are merged when the rows are due
// (external merge sort; Knuth, The Art of Computer Programming, volume 3, 5.4).
const DefaultLimit = 2 << 30

// run is a sorted run of rows: in a file, or what waits in memory.
type run struct {
	file   *os.File
	r      *state.Reader
	kinds  []types.Kind
	names  func(int32) string
	memory []held

	cur  *runtime.Batch // its rows from at on are still to come; nil at the end
	at   int
	gone int // rows before cur
}

// Size is about how much memory a batch holds, dictionaries left out.
func Size(b *runtime.Batch) int64 {
	n := int64(8 * b.N)
	var of func(v *vec.Vec) int64
	of = func(v *vec.Vec) int64 {
		n := int64(8*(len(v.I64)+len(v.F64)+len(v.Bits)+len(v.Valid)) + 4*(len(v.Codes)+len(v.Offs)) + 16*len(v.IPs))
		if len(v.Offs) > 0 && v.Kind == types.String {
			n += int64(v.Offs[len(v.Offs)-1] - v.Offs[0])
		}
		if v.Child != nil {
			n += of(v.Child)
		}
		return n
	}
	for _, v := range b.Cols {
		n += of(v)
	}
	return n
}

// spill sorts what waits and writes it to a file of its own.
func (q *Buffer) spill() error {
	if !q.sorted {
		q.sort()
	}
	f, err := os.CreateTemp("", "det-run-*")
	if err != nil {
		return fmt.Errorf("make room for rows that wait: %w", err)
	}
	r := &run{file: f, names: q.pending[0].b.Names}
	for _, v := range q.pending[0].b.Cols {
		r.kinds = append(r.kinds, v.Kind)
	}
	w := state.NewWriter(f)
	for _, h := range q.pending {
		saveRows(w, h.b)
		h.release()
	}
	w.Int(0)
	q.pending, q.size = nil, 0
	q.runs = append(q.runs, r)
	err = w.Flush()
	if err == nil {
		var size int64
		if size, err = f.Seek(0, io.SeekEnd); err == nil {
			if _, err = f.Seek(0, io.SeekStart); err == nil {
				r.r = state.NewReader(f, size)
				err = r.next()
			}
		}
	}
	if err != nil {
		return fmt.Errorf("make room for rows that wait: %w", err)
	}
	return nil
}

// next moves to the next batch of the run.
func (r *run) next() error {
	if r.cur != nil {
		r.gone += r.cur.N
	}
	r.cur, r.at = nil, 0
	if r.file == nil {
		if len(r.memory) > 0 {
			r.cur, r.memory = r.memory[0].b, r.memory[1:]
		}
		return nil
	}
	b, err := loadRows(r.r, r.kinds, r.names)
	r.cur = b
	return err
}

func (r *run) head() mark {
	s, row := r.cur.Pos.At(int32(r.at))
	return mark{r.cur.Time[r.at], s, row}
}

// merge gives the rows before the watermark, from the runs and from memory.
func (q *Buffer) merge(watermark int64, push func(*runtime.Batch) error) error {
	if !q.sorted {
		q.sort()
	}
	memory := &run{memory: q.pending}
	if err := memory.next(); err != nil {
		return err
	}
	runs := append(append([]*run(nil), q.runs...), memory)
	var parts []*runtime.Batch
	rows, last := 0, runtime.MinTime
	for {
		var first, second *run
		for _, r := range runs {
			switch {
			case r.cur == nil:
			case first == nil || q.compare(r.head(), first.head()) < 0:
				first, second = r, first
			case second == nil || q.compare(r.head(), second.head()) < 0:
				second = r
			}
		}
		if first == nil || first.head().time >= watermark {
			break
		}
		if rows >= q.BatchRows && first.head().time > last {
			if err := push(q.join(parts)); err != nil {
				return err
			}
			parts, rows = nil, 0
		}
		// All rows of the first run up to the head of the second, in one slice.
		b, to := first.cur, first.cur.N
		to = first.at + sort.Search(to-first.at, func(i int) bool {
			s, row := b.Pos.At(int32(first.at + i))
			m := mark{b.Time[first.at+i], s, row}
			return m.time >= watermark || second != nil && q.compare(second.head(), m) < 0
		})
		parts = append(parts, b.Slice(first.at, to))
		rows, last = rows+to-first.at, b.Time[to-1]
		q.rows -= to - first.at
		if first.at = to; to == b.N {
			if err := first.next(); err != nil {
				return err
			}
		}
	}
	if rows > 0 {
		if err := push(q.join(parts)); err != nil {
			return err
		}
	}
	q.keep(memory)
	return q.drop()
}

// join makes one batch of slices that follow each other.
func (q *Buffer) join(parts []*runtime.Batch) *runtime.Batch {
	if len(parts) == 1 {
		return parts[0]
	}
	return q.concat(parts)
}

// keep puts what is left of the rows in memory back.
func (q *Buffer) keep(memory *run) {
	left := len(memory.memory)
	if memory.cur != nil {
		left++
	}
	gone := len(q.pending) - left
	for _, h := range q.pending[:gone] {
		h.release()
	}
	q.pending = q.pending[gone:]
	if memory.cur != nil && memory.at > 0 {
		q.pending[0].b = memory.cur.Slice(memory.at, memory.cur.N)
	}
	q.size = 0
	for _, h := range q.pending {
		q.size += Size(h.b)
	}
}

// drop removes runs that are at their end.
func (q *Buffer) drop() error {
	var left []*run
	for _, r := range q.runs {
		if r.cur != nil {
			left = append(left, r)
		} else if err := r.close(); err != nil {
			return err
		}
	}
	q.runs = left
	return nil
}

func (r *run) close() error {
	err := r.file.Close()
	if e := os.Remove(r.file.Name()); err == nil {
		err = e
	}
	return err
}
