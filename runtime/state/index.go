package state

import "math/bits"

// index finds ids by the hash of their key: open addressing in groups of six
// slots, as in Abseil's Swiss tables, with the six tags and the six ids of a
// group in half a cache line, so that a search mostly reads one line and takes no
// branch on where in the group the id lies.
//
// The upper 8 bits of a hash choose a segment, the next 32, scaled to the
// segment's length, the group where the search begins, the lowest 7 the tag.
// Each segment grows by itself, by a quarter: growing never holds more than one
// segment twice, and a slot in three is idle. A small index is one segment.
type index struct {
	segs []segment
	mask uint64 // of the hash's upper byte, to the segment's number
}

type segment struct {
	groups []group
	used   int // slots that are not empty
	live   int // slots that hold an id
}

// group is six slots, 32 bytes. A tag is empty, gone, or 0x80 with 7 bits of the hash.
type group struct {
	tags uint64
	ids  [slots]int32
}

const (
	slots = 6
	empty = 0 // a search that meets it ends
	gone  = 1 // a search goes on

	low  = 0x010101010101 // the lowest bit of each tag
	high = 0x808080808080 // the highest

	segments    = 256
	oneLimit    = 24 << 10 // keys that one segment holds before it is split
	firstGroups = 2
	doubleUpTo  = 128 // groups up to which a segment doubles
)

// newIndex makes an empty index with room for n keys.
func newIndex(n int) index {
	k := 1
	if n >= oneLimit {
		k = segments
	}
	x := index{segs: make([]segment, k), mask: uint64(k - 1)}
	for i := range x.segs {
		x.segs[i].groups = make([]group, max(firstGroups, n/k*3/2/slots))
	}
	return x
}

// tagOf is the tag of a hash.
func tagOf(h uint64) uint64 { return h&0x7F | 0x80 }

// match has the upper bit of the lowest byte of tags that equals tag, perhaps of
// some bytes above it that do not, and none if no byte is equal.
func match(tags, tag uint64) uint64 {
	x := tags ^ tag*low
	return (x - low) &^ x & high
}

// first is the number of the slot that the lowest bit of a match stands for.
func first(m uint64) int { return bits.TrailingZeros64(m) >> 3 & 7 }

// home is the number of the group where the search for a hash begins.
func (s *segment) home(h uint64) int {
	return int(uint64(uint32(h>>24)) * uint64(len(s.groups)) >> 32)
}

// segment is the segment of a hash.
func (x *index) segment(h uint64) *segment { return &x.segs[h>>56&x.mask] }

// hasher gives the hashes of the keys of up to blockLen ids, for when they must
// move. It takes many at a time, since each lies in a cache line of its own: read
// one after the other, they made up two thirds of the time that new keys took.
type hasher func(ids []int32, hash *[blockLen]uint64)

// insert adds an id that is not there yet.
func (x *index) insert(h uint64, id int32, hash hasher) {
	s := x.segment(h)
	if n := len(s.groups) * slots; (s.used+1)*4 > n*3 {
		if len(x.segs) == 1 && s.live >= oneLimit {
			x.split(hash)
			s = x.segment(h)
		} else {
			s.grow(hash)
		}
	}
	s.place(h, id)
}

// place puts an id into the first slot of the search that has none.
func (s *segment) place(h uint64, id int32) {
	for i := s.home(h); ; {
		g := &s.groups[i]
		if m := ^g.tags & high; m != 0 {
			j := first(m)
			if g.tags>>(8*j)&0xFF == empty {
				s.used++
			}
			g.tags = g.tags&^(0xFF<<(8*j)) | tagOf(h)<<(8*j)
			g.ids[j] = id
			s.live++
			return
		}
		if i++; i == len(s.groups) {
			i = 0
		}
	}
}

// grow makes a segment longer by a quarter, or rids one of equal length of slots that
// are gone, if those are what fills it.
func (s *segment) grow(hash hasher) {
	old, n := s.groups, len(s.groups)
	switch {
	case s.live*2 < s.used:
	case n < doubleUpTo:
		n *= 2
	default:
		n += n / 4
	}
	*s = segment{groups: make([]group, n)}
	inBlocks(old, hash, s.place)
}

// inBlocks calls place with the hash of every id in some groups, and the id.
func inBlocks(groups []group, hash hasher, place func(h uint64, id int32)) {
	var ids [blockLen]int32
	var hashes [blockLen]uint64
	n := 0
	move := func() {
		hash(ids[:n], &hashes)
		for j, id := range ids[:n] {
			place(hashes[j], id)
		}
		n = 0
	}
	for i := range groups {
		for m := groups[i].tags & high; m != 0; m &= m - 1 {
			ids[n] = groups[i].ids[first(m)]
			n++
		}
		if n > blockLen-slots {
			move()
		}
	}
	move()
}

// split divides an index of one segment.
func (x *index) split(hash hasher) {
	old := *x
	*x = newIndex(old.segs[0].live)
	inBlocks(old.segs[0].groups, hash, func(h uint64, id int32) { x.insert(h, id, hash) })
}

// remove takes an id out. Its slot stays in the way of searches only where they
// may have gone past it.
func (x *index) remove(h uint64, id int32) {
	s := x.segment(h)
	for i, n := s.home(h), 0; n < len(s.groups); n++ {
		g := &s.groups[i]
		for m := match(g.tags, tagOf(h)); m != 0; m &= m - 1 {
			j := first(m)
			if g.ids[j] != id || g.tags>>(8*j)&0xFF != tagOf(h) {
				continue
			}
			s.live--
			g.tags &^= 0xFF << (8 * j)
			if match(g.tags&^(0xFF<<(8*j))|gone<<(8*j), empty) == 0 {
				g.tags |= gone << (8 * j)
			} else {
				s.used--
			}
			return
		}
		if i++; i == len(s.groups) {
			i = 0
		}
	}
}

// ids calls yield for every id, in no order.
func (x *index) ids(yield func(id int32) bool) {
	for _, s := range x.segs {
		for i := range s.groups {
			for m := s.groups[i].tags & high; m != 0; m &= m - 1 {
				if !yield(s.groups[i].ids[first(m)]) {
					return
				}
			}
		}
	}
}

func (x *index) reset() {
	for i := range x.segs {
		clear(x.segs[i].groups)
		x.segs[i].used, x.segs[i].live = 0, 0
	}
}

func (x *index) bytes() int {
	n := 40 * len(x.segs)
	for i := range x.segs {
		n += 32 * cap(x.segs[i].groups)
	}
	return n
}
