package op

import "github.com/detlang/det/runtime/state"

// counts remembers every row, and counts those of each pair and key.
type counts struct {
	log  fifo[sighting]
	pair []int64
	key  []int64
}

// sighting is one row.
type sighting struct {
	time      int64
	key, pair int32
}

func (m *counts) grow(keys, pairs int) {
	for len(m.key) < keys {
		m.key = append(m.key, 0)
	}
	for len(m.pair) < pairs {
		m.pair = append(m.pair, 0)
	}
}

func (m *counts) forget(t, over int64) {
	for m.log.head < m.log.tail {
		s := m.log.at(m.log.head)
		if t-s.time < over {
			return
		}
		m.key[s.key]--
		m.pair[s.pair]--
		m.log.pop()
	}
}

func (m *counts) before(key, pair int32, _, _ int64) (seen, rows int64) {
	return m.pair[pair], m.key[key]
}

func (m *counts) add(key, pair int32, t int64) {
	m.log.push(sighting{t, key, pair})
	m.key[key]++
	m.pair[pair]++
}

func (m *counts) alive(pair int32, _, _ int64) bool {
	return int(pair) < len(m.pair) && m.pair[pair] > 0
}

func (m *counts) bytes() int { return m.log.bytes() + 8*(cap(m.pair)+cap(m.key)) }

func (m *counts) save(w *state.Writer) { m.log.save(w) }

// load reads the rows and counts them again.
func (m *counts) load(r *state.Reader, keys, pairs int) error {
	if err := m.log.load(r); err != nil {
		return err
	}
	m.grow(keys, pairs)
	for p := m.log.head; p < m.log.tail; p++ {
		s := m.log.at(p)
		if s.key < 0 || int(s.key) >= keys || s.pair < 0 || int(s.pair) >= pairs {
			r.Fail("a saved row has no key")
			return r.Err()
		}
		m.key[s.key]++
		m.pair[s.pair]++
	}
	return nil
}
