package agg

import (
	"math/bits"

	"github.com/detlang/det/lang/types"
	"github.com/detlang/det/runtime/state"
	"github.com/detlang/det/runtime/vec"
)

// members is the distinct values of each group, with how often each is there: what
// count_distinct, values, mode and capped_sum keep.
//
// A value has one code for all groups (state.Keys). A member is a pair of group
// and code, found by open addressing over both; the members of a group are chained
// in the order of first appearance. What leaves is used again: a member that is no
// longer there, and a code that no member has. A member takes 24 bytes and 6 to 11
// in the index, a value its place in state.Keys, without a Go pointer.
type members struct {
	keys  *state.Keys
	refs  []int32 // by code: members that have it
	list  []member
	free  int32   // a member that is not in use, chained by next; 0 ends
	slots []int32 // members by hash; 0 is empty. list[0] is never used
	used  int
	of    []chain

	codes []int32 // of the batch
	found []int32 // of the batch: what lies in the first slot of its search
	drop  []int32
	read  int32 // keeps what only reads ahead from being optimised away
}

type member struct {
	group, code int32
	next, prev  int32 // in the group's chain; 0 ends
	count       int64
}

// unused is the code and the count of a member that is not in use.
const unused = -1

type chain struct{ first, last, size, _ int32 }

func newMembers(k types.Kind) *members {
	return &members{
		keys:  state.NewKeys([]types.Kind{wholeKind(k)}, 0),
		list:  make([]member, 1),
		slots: make([]int32, 16),
	}
}

// Grow makes groups 0..n-1 exist.
func (m *members) Grow(n int) { m.of = grow(m.of, n) }

// Bytes is the memory held.
func (m *members) Bytes() int {
	return m.keys.Bytes() + 4*cap(m.refs) + 24*cap(m.list) + 4*cap(m.slots) + 16*cap(m.of) + 4*cap(m.codes) + 4*cap(m.found)
}

// add takes in the values of a column and tells, through member, which member
// each present row belongs to. A group that has limit members takes no others;
// limit 0 is none.
func (m *members) add(groups, rows []int32, v *vec.Vec, limit int32, member func(e, row int32)) {
	m.encode(groups, rows, v)
	m.drop = m.drop[:0]
	for i, g := range groups {
		code := m.codes[i]
		if code < 0 {
			continue
		}
		e := m.lookup(i, g, code)
		if e == 0 {
			if limit > 0 && m.of[g].size >= limit {
				if m.refs[code] == 0 {
					m.drop = append(m.drop, code)
				}
				continue
			}
			e = m.insert(g, code)
		}
		m.list[e].count++
		if member != nil {
			r := int32(i)
			if rows != nil {
				r = rows[i]
			}
			member(e, r)
		}
	}
	m.forget()
}

// remove takes values away again.
func (m *members) remove(groups, rows []int32, v *vec.Vec) {
	m.encode(groups, rows, v)
	m.drop = m.drop[:0]
	for i, g := range groups {
		code := m.codes[i]
		if code < 0 {
			continue
		}
		e := m.lookup(i, g, code)
		if e == 0 {
			if m.refs[code] == 0 {
				m.drop = append(m.drop, code)
			}
			continue
		}
		if m.list[e].count--; m.list[e].count == 0 {
			m.delete(e)
		}
	}
	m.forget()
}

// encode gives the rows of a batch the codes of their values.
func (m *members) encode(groups, rows []int32, v *vec.Vec) {
	m.codes = grow(m.codes[:0], len(groups))
	m.keys.IDs([]*vec.Vec{v}, rows, len(groups), m.codes)
	m.refs = grow(m.refs, m.keys.Len())
	m.readAhead(groups)
}

// forget frees the codes that no member has.
func (m *members) forget() {
	n := 0
	for _, c := range m.drop {
		if m.refs[c] == 0 {
			m.drop[n] = c
			n++
		}
	}
	m.keys.Free(m.drop[:n])
}

// Reset empties a group.
func (m *members) Reset(g int32) {
	m.drop = m.drop[:0]
	for e := m.of[g].first; e != 0; {
		next := m.list[e].next
		m.delete(e)
		e = next
	}
	m.forget()
}

// merge adds the members of a group of src to a group; each tells of pairs of
// members, here and there.
func (m *members) merge(to int32, src *members, from int32, limit int32, pair func(e, of int32)) {
	there := src.chain(from, nil)
	codes := make([]int32, len(there))
	for i, e := range there {
		codes[i] = src.list[e].code
	}
	if src != m {
		v := src.keys.Column(0, codes)
		m.keys.IDs([]*vec.Vec{v}, nil, len(codes), codes)
		m.refs = grow(m.refs, m.keys.Len())
	}
	m.drop = m.drop[:0]
	for i, code := range codes {
		e := m.find(to, code)
		if e == 0 {
			if limit > 0 && m.of[to].size >= limit {
				m.drop = append(m.drop, code)
				continue
			}
			e = m.insert(to, code)
		}
		m.list[e].count += src.list[there[i]].count
		if pair != nil {
			pair(e, there[i])
		}
	}
	m.forget()
}

// chain appends the members of a group, in order, to dst.
func (m *members) chain(g int32, dst []int32) []int32 {
	for e := m.of[g].first; e != 0; e = m.list[e].next {
		dst = append(dst, e)
	}
	return dst
}

// insert makes a member, at the end of the group's chain.
func (m *members) insert(group, code int32) int32 {
	if (m.used+1)*4 > len(m.slots)*3 {
		m.slots = make([]int32, 2*len(m.slots))
		m.reindex()
	}
	e := m.free
	if e != 0 {
		m.free = m.list[e].next
	} else {
		e = int32(len(m.list))
		m.list = append(m.list, member{})
	}
	c := &m.of[group]
	m.list[e] = member{group: group, code: code, prev: c.last}
	if c.last != 0 {
		m.list[c.last].next = e
	} else {
		c.first = e
	}
	c.last = e
	c.size++
	m.refs[code]++
	m.place(e)
	return e
}

// delete takes a member out of its group; its code goes to m.drop when no other
// has it.
func (m *members) delete(e int32) {
	x := m.list[e]
	m.vacate(e)
	c := &m.of[x.group]
	if x.prev != 0 {
		m.list[x.prev].next = x.next
	} else {
		c.first = x.next
	}
	if x.next != 0 {
		m.list[x.next].prev = x.prev
	} else {
		c.last = x.prev
	}
	c.size--
	if m.refs[x.code]--; m.refs[x.code] == 0 {
		m.drop = append(m.drop, x.code)
	}
	m.list[e] = member{code: unused, next: m.free, count: unused}
	m.free = e
}

// Save writes the members group by group.
func (m *members) Save(w *state.Writer) {
	m.keys.Save(w)
	var sizes, codes []int32
	var counts []int64
	for g := range m.of {
		sizes = append(sizes, m.of[g].size)
		for e := m.of[g].first; e != 0; e = m.list[e].next {
			codes = append(codes, m.list[e].code)
			counts = append(counts, m.list[e].count)
		}
	}
	state.Slice(w, sizes)
	state.Slice(w, codes)
	state.Slice(w, counts)
}

// Load reads what Save wrote; the members get numbers from 1 in that order.
func (m *members) Load(r *state.Reader) error {
	keys := m.keys
	if err := keys.Load(r); err != nil {
		return err
	}
	sizes, codes, counts := state.ReadSlice[int32](r), state.ReadSlice[int32](r), state.ReadSlice[int64](r)
	*m = members{keys: keys, list: make([]member, 1, len(codes)+1), slots: make([]int32, 16<<bits.Len(uint(len(codes)/8)))}
	m.Grow(len(sizes))
	m.refs = grow(m.refs, keys.Len())
	if len(codes) != len(counts) {
		r.Fail("the members of groups and their counts differ in number")
	}
	at := 0
	for g, n := range sizes {
		for ; n > 0 && r.Err() == nil; n, at = n-1, at+1 {
			switch {
			case at >= len(codes), !keys.Alive(codes[at]), counts[at] < 1:
				r.Fail("a member of a group is damaged")
			case m.find(int32(g), codes[at]) != 0:
				r.Fail("a member of a group comes twice")
			default:
				m.list[m.insert(int32(g), codes[at])].count = counts[at]
			}
		}
	}
	if r.Err() == nil && at != len(codes) {
		r.Fail("there are members of no group")
	}
	return r.Err()
}
