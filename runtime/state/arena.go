package state

// chunkLen is the size of the arena's chunks in bytes; a text that is longer has
// a chunk to itself.
const chunkLen = 1 << 16

// arena holds texts that do not change, back to back in chunks that never move.
type arena struct {
	chunks [][]byte
	size   int // bytes of texts
}

// add copies a text and gives its place: the chunk above 32 bits, the offset
// below.
func (a *arena) add(s string) uint64 {
	a.size += len(s)
	last := len(a.chunks) - 1
	if last < 0 || len(a.chunks[last])+len(s) > chunkLen {
		room := max(chunkLen, len(s))
		if last < 0 {
			room = len(s)
		}
		a.chunks = append(a.chunks, make([]byte, 0, room))
		last++
	}
	at := len(a.chunks[last])
	a.chunks[last] = append(a.chunks[last], s...)
	return uint64(last)<<32 | uint64(at)
}

// get is n bytes at a place.
func (a *arena) get(at uint64, n int) []byte {
	off := int(uint32(at))
	return a.chunks[at>>32][off : off+n : off+n]
}

func (a *arena) reset() { *a = arena{} }

func (a *arena) bytes() int {
	n := 24 * cap(a.chunks)
	for _, c := range a.chunks {
		n += cap(c)
	}
	return n
}
