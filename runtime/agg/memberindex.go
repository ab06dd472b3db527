package agg

import "math/bits"

// The index of members: open addressing with linear probing over the pair of
// group and code, at most three quarters full.

// home is the slot where the search for a member begins. Groups and codes are dense
// numbers of our own, so the hash needs no secret.
func (m *members) home(group, code int32) int {
	h := (uint64(uint32(group))<<32 | uint64(uint32(code))) * 0x9E3779B97F4A7C15
	return int((h ^ h>>29) * 0xBF58476D1CE4E5B9 >> (64 - bits.Len(uint(len(m.slots)-1))))
}

// find is the member of a group with a code, 0 if there is none.
func (m *members) find(group, code int32) int32 {
	for i := m.home(group, code); ; i = (i + 1) & (len(m.slots) - 1) {
		e := m.slots[i]
		if e == 0 || m.list[e].group == group && m.list[e].code == code {
			return e
		}
	}
}

// reindex fills empty slots.
func (m *members) reindex() {
	m.used = 0
	for e := range m.list {
		if m.list[e].count >= 0 && e > 0 {
			m.place(int32(e))
		}
	}
}

func (m *members) place(e int32) {
	i := m.home(m.list[e].group, m.list[e].code)
	for m.slots[i] != 0 {
		i = (i + 1) & (len(m.slots) - 1)
	}
	m.slots[i] = e
	m.used++
}

// vacate empties the slot of a member and moves later ones of the same run back
// (Knuth, The Art of Computer Programming 3, 6.4, algorithm R).
func (m *members) vacate(e int32) {
	mask := len(m.slots) - 1
	i := m.home(m.list[e].group, m.list[e].code)
	for m.slots[i] != e {
		i = (i + 1) & mask
	}
	m.slots[i] = 0
	for j := (i + 1) & mask; m.slots[j] != 0; j = (j + 1) & mask {
		want := m.home(m.list[m.slots[j]].group, m.list[m.slots[j]].code)
		if (j-want)&mask >= (j-i)&mask {
			m.slots[i], m.slots[j] = m.slots[j], 0
			i = j
		}
	}
	m.used--
}

// readAhead looks where the search for each row of the batch begins. Its loops do
// little but read, so that many cache misses are under way at once.
func (m *members) readAhead(groups []int32) {
	const block = 64
	m.found = grow(m.found[:0], len(groups))
	for from := 0; from < len(groups); from += block {
		to := min(from+block, len(groups))
		var home [block]int
		found := m.found[from:to]
		for j, g := range groups[from:to] {
			home[j&(block-1)] = m.home(g, m.codes[from+j])
		}
		for j := range found {
			found[j] = m.slots[home[j&(block-1)]]
		}
		for _, e := range found {
			m.read += m.list[e].group
		}
	}
}

// lookup is the member of row i of the batch, 0 if there is none.
func (m *members) lookup(i int, group, code int32) int32 {
	e := m.found[i]
	if x := &m.list[e]; x.group == group && x.code == code && e != 0 {
		return e
	}
	return m.find(group, code)
}
