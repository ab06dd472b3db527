package op

import "github.com/detlang/det/runtime/state"

// latest remembers the last n times of each pair: enough to tell whether there were n.
type latest struct {
	n    int
	last []int64 // n by pair, oldest first; none where there was no such time
}

func (m *latest) of(pair int32) []int64 { return m.last[int(pair)*m.n:][:m.n] }

func (m *latest) grow(_, pairs int) {
	for old := len(m.last); old < pairs*m.n; old++ {
		m.last = append(m.last, none)
	}
}

// forget has nothing to do: old times are told by themselves.
func (m *latest) forget(int64, int64) {}

func (m *latest) before(_, pair int32, t, over int64) (seen, rows int64) {
	for _, x := range m.of(pair) {
		if x != none && t-x < over {
			seen++
		}
	}
	return seen, 0
}

func (m *latest) add(_, pair int32, t int64) {
	list := m.of(pair)
	copy(list, list[1:])
	list[m.n-1] = t
}

func (m *latest) alive(pair int32, t, over int64) bool {
	if int(pair) >= len(m.last)/m.n {
		return false
	}
	x := m.of(pair)[m.n-1]
	return x != none && t-x < over
}

func (m *latest) bytes() int { return 8 * cap(m.last) }

func (m *latest) save(w *state.Writer) { state.Slice(w, m.last) }

func (m *latest) load(r *state.Reader, _, pairs int) error {
	m.last = state.ReadSlice[int64](r)
	if len(m.last)%m.n != 0 || len(m.last)/m.n > pairs {
		r.Fail("the saved times do not fit together")
	}
	return r.Err()
}
