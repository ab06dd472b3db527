package op

import (
	"encoding/binary"
	"unsafe"
)

// packs is the memory of queues of numbers that are packed to bytes: blocks of an arena
// of 8-byte words, as of rings, so that 32 bits name a place in 32 GiB.
type packs struct{ rings[uint64] }

// pack is one queue: len bytes, from skip on in the block at. The zero pack is empty.
type pack struct {
	at, skip, len uint32
	size          uint32 // 0 for no block, otherwise see blockSize: in words
}

func (p *packs) some() bool { return len(p.pages) > 0 }

// block is the bytes of a block.
func (p *packs) block(at, size uint32) []byte {
	words := p.pages[at>>pageBits][at&(pageLen-1):][:blockSize(size)]
	return unsafe.Slice((*byte)(unsafe.Pointer(unsafe.SliceData(words))), 8*len(words))
}

// view is the bytes of a queue.
func (p *packs) view(q *pack) []byte {
	if q.size == 0 {
		return nil
	}
	return p.block(q.at, q.size)[q.skip : q.skip+q.len]
}

// add appends bytes to a queue.
func (p *packs) add(q *pack, b []byte) {
	for q.size == 0 || q.skip+q.len+uint32(len(b)) > 8*blockSize(q.size) {
		p.makeRoom(q)
	}
	q.len += uint32(copy(p.block(q.at, q.size)[q.skip+q.len:], b))
}

// makeRoom moves a queue to the front of its block if that frees a quarter, and
// otherwise to a larger block.
func (p *packs) makeRoom(q *pack) {
	if q.size > 0 && q.skip*4 >= 8*blockSize(q.size) {
		b := p.block(q.at, q.size)
		copy(b, b[q.skip:q.skip+q.len])
		q.skip = 0
		return
	}
	at := p.rings.block(q.size + 1)
	if q.size > 0 {
		copy(p.block(at, q.size+1), p.view(q))
		p.free[q.size] = append(p.free[q.size], q.at)
	}
	q.at, q.skip = at, 0
	q.size++
}

// release gives a queue's block up. The queue is empty then.
func (p *packs) release(q *pack) {
	p.free[q.size] = append(p.free[q.size], q.at)
	*q = pack{}
}

// touch is a byte of a cell's block, of a cell without one some byte, without a branch:
// it is there to be read ahead. There is a block.
func (p *packs) touch(q *intQueue) uint64 {
	has := uint32(-int32(q.size) >> 31) // all ones with a block
	at := binary.LittleEndian.Uint32(q.in[placeOfBlock:]) & has
	end := (binary.LittleEndian.Uint32(q.in[placeOfSkip:]) + binary.LittleEndian.Uint32(q.in[placeOfLen:])) & has
	page := p.pages[at>>pageBits]
	return page[min(int(at&(pageLen-1)+end/8), len(page)-1)]
}
