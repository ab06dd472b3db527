package op

import (
	"github.com/detlang/det/runtime"
	"github.com/detlang/det/runtime/state"
)

// calendar is the book of tumbling and hopping windows.
type calendar struct {
	seats
	grid        grid
	panes, step int64
	pane        int64    // that of the last event
	limit       int64    // its end; before the first event, the begin of time
	open        []*sheet // by end, one a step
	spare       []*sheet
}

// sheet is the keys of one open window.
type sheet struct {
	end        int64 // as the number of a pane
	from, till int64
	seat       slots   // by entity: seat + 1, or 0
	list       []int32 // seats
}

func (c *calendar) note(*runtime.Batch, []int32, []int32) {}

func (c *calendar) pass(t int64) {
	for len(c.open) > 0 && c.open[0].till <= t {
		s := c.open[0]
		c.open[0] = nil
		c.open = c.open[1:]
		for _, at := range s.list {
			s.seat[c.list[at].entity] = 0
		}
		c.shut = append(c.shut, s.list...)
		s.list = s.list[:0]
		c.spare = append(c.spare, s)
	}
}

func (c *calendar) join(e int32, t int64, to []int32) []int32 {
	if t >= c.limit {
		c.pane = c.grid.index(t)
		c.limit = c.grid.start(c.pane + 1)
		c.extend()
	}
	for _, s := range c.open {
		s.seat = extend(s.seat, int(e)+1)
		if s.seat[e] == 0 {
			at := c.take(e, s.from, s.till)
			s.list = append(s.list, at)
			s.seat[e] = at + 1
		}
		to = append(to, s.seat[e]-1)
	}
	return to
}

// extend opens the windows that the pane is in; those that it is not in have been
// passed.
func (c *calendar) extend() {
	end := firstEnd(c.pane, c.panes, c.step)
	if n := len(c.open); n > 0 {
		end = c.open[n-1].end + c.step
	}
	for ; end-c.panes <= c.pane; end += c.step {
		s := &sheet{}
		if n := len(c.spare); n > 0 {
			s, c.spare = c.spare[n-1], c.spare[:n-1]
		}
		s.end, s.from, s.till = end, c.grid.start(end-c.panes), c.grid.start(end)
		c.open = append(c.open, s)
	}
}

func (c *calendar) since(int32) int64 {
	if len(c.open) == 0 {
		return runtime.MaxTime
	}
	return c.open[0].from
}

func (c *calendar) seat(at int32) seat { return c.list[at] }

func (c *calendar) drop() {}

func (c *calendar) size() int {
	n := c.seats.bytes()
	for _, s := range append(append([]*sheet(nil), c.open...), c.spare...) {
		n += 4 * (cap(s.seat) + cap(s.list))
	}
	return n
}

func (c *calendar) save(w *state.Writer) {
	c.seats.save(w)
	w.Int(c.pane)
	w.Int(int64(b2i(c.limit != runtime.MinTime)))
	w.Int(int64(len(c.open)))
	for _, s := range c.open {
		w.Int(s.end)
		state.Slice(w, s.list)
	}
}

func (c *calendar) load(r *state.Reader, n int) error {
	if err := c.seats.load(r, n); err != nil {
		return err
	}
	c.pane = r.Int()
	if r.Int() != 0 {
		c.limit = c.grid.start(c.pane + 1)
	}
	for range r.Len(16) {
		s := &sheet{end: r.Int(), list: state.ReadSlice[int32](r), seat: make(slots, n)}
		s.from, s.till = c.grid.start(s.end-c.panes), c.grid.start(s.end)
		for _, at := range s.list {
			if at < 0 || int(at) >= len(c.list) || c.list[at].entity < 0 {
				return errWindow
			}
			s.seat[c.list[at].entity] = at + 1
		}
		c.open = append(c.open, s)
	}
	return r.Err()
}
