package agg

// exact keeps all values of each group, in chains of small blocks that groups
// share and give back: 5 bytes of overhead a value at worst, no Go pointer.
type exact struct {
	of     []valueChain
	blocks []valueBlock // blocks[0] is never used
	free   int32        // chain of blocks that are not in use; 0 ends
}

const perBlock = 15

type valueBlock struct {
	vals [perBlock]float64
	next int64
}

// valueChain is the values of a group; all blocks but the first are full.
type valueChain struct {
	first int32
	n     int32
}

// Grow makes groups 0..n-1 exist.
func (e *exact) Grow(n int) { e.of = grow(e.of, n) }

// Bytes is the memory held.
func (e *exact) Bytes() int { return 8*cap(e.of) + 128*cap(e.blocks) }

// push adds a value to a group.
func (e *exact) push(g int32, x float64) {
	c := &e.of[g]
	at := c.n % perBlock
	if at == 0 {
		b := e.free
		if b != 0 {
			e.free = int32(e.blocks[b].next)
		} else {
			b = int32(len(e.blocks))
			e.blocks = append(e.blocks, valueBlock{})
		}
		e.blocks[b].next = int64(c.first)
		c.first = b
	}
	e.blocks[c.first].vals[at] = x
	c.n++
}

// values appends the values of a group to dst, in no order.
func (e *exact) values(g int32, dst []float64) []float64 {
	c := e.of[g]
	n := (c.n + perBlock - 1) % perBlock // of the last one in the first block
	for b := c.first; b != 0; b = int32(e.blocks[b].next) {
		dst = append(dst, e.blocks[b].vals[:n+1]...)
		n = perBlock - 1
	}
	return dst
}

// clear gives the blocks of a group back.
func (e *exact) clear(g int32) {
	for b := e.of[g].first; b != 0; {
		next := int32(e.blocks[b].next)
		e.blocks[b].next = int64(e.free)
		e.free = b
		b = next
	}
	e.of[g] = valueChain{}
}
