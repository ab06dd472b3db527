package engine

import (
	"slices"

	"github.com/detlang/det/runtime"
	"github.com/detlang/det/runtime/eval"
	"github.com/detlang/det/runtime/vec"
)

// partition says to which worker each row of a batch of a stream falls: by the hash of
// the key, whatever form its columns have. The workers find that out together, each for
// a stretch of the rows, and then each takes its own; keys of several rules that are the
// same expressions are looked at once.
//
// Rows whose key is missing join no group. They fall to somebody, who counts them.
type partition struct {
	keys  [][]eval.ID
	owner [][]uint8 // by keys and row
}

// divideFrom is from how many rows on a batch is divided by all workers at once.
const divideFrom = 1 << 10

// know notes the keys of a rule.
func (p *partition) know(keys []eval.ID) {
	if p.number(keys) < 0 {
		p.keys = append(p.keys, slices.Clone(keys))
		p.owner = append(p.owner, nil)
	}
}

// number is the place of keys, -1 if they are not known.
func (p *partition) number(keys []eval.ID) int {
	return slices.IndexFunc(p.keys, func(k []eval.ID) bool { return slices.Equal(k, keys) })
}

// divide finds the owners of all rows of a batch.
func (e *Engine) divide(stream int, b *runtime.Batch) {
	p := &e.partitions[stream]
	if len(p.keys) == 0 {
		return
	}
	for k := range p.owner {
		p.owner[k] = slices.Grow(p.owner[k][:0], b.N)[:b.N]
	}
	if b.N < divideFrom {
		e.workers[0].owners(stream, b, 0, b.N)
		return
	}
	e.together(func(w *worker) { w.owners(stream, b, b.N*w.number/w.of, b.N*(w.number+1)/w.of) })
}

// owners finds the owners of rows from..to-1 of a batch.
func (w *worker) owners(stream int, b *runtime.Batch, from, to int) {
	p, frame, h := &w.front.partitions[stream], w.Engine.streams[stream].frame, &w.streams[stream].hashes
	part := b.Slice(from, to)
	frame.Begin(part.Cols, part.N)
	for k, keys := range p.keys {
		owner := p.owner[k][from:to]
		if v := frame.Get(keys[0], nil).Loaded(nil); len(keys) == 1 && v.Dict != nil && v.Dict.Len() > 0 && v.Valid == nil {
			known := h.ownersOf(v.Dict, w.of)
			for i, c := range v.Codes[:len(owner)] {
				owner[i] = known[c]
			}
			continue
		}
		hash := h.zero(part.N)
		for _, id := range keys {
			h.add(hash, frame.Get(id, nil).Loaded(nil))
		}
		for i, x := range hash {
			owner[i] = ownerOf(x, w.of)
		}
	}
}

// ownerOf is the worker for a hash.
func ownerOf(hash uint64, workers int) uint8 { return uint8(uint32(hash>>33) % uint32(workers)) }

// rows are the rows of the batch that a worker has, by keys.
func (p *partition) rows(worker int) [][]int32 {
	out := make([][]int32, len(p.keys))
	for k, owner := range p.owner {
		n := 0
		for _, o := range owner {
			if o == uint8(worker) {
				n++
			}
		}
		rows, at := make([]int32, n+1), 0 // the last is written and not meant: it spares a branch
		for i, o := range owner {
			rows[at] = int32(i)
			if o == uint8(worker) {
				at++
			}
		}
		out[k] = rows[:n]
	}
	return out
}

// hashes hashes the keys of rows.
type hashes struct {
	hash   []uint64
	codes  map[uint64][]uint64 // by dictionary: the hash of each of its values,
	owners map[uint64][]uint8  // or the worker that it falls to where it is the key: an eighth as large
}

// zero is room for n hashes.
func (h *hashes) zero(n int) []uint64 {
	h.hash = slices.Grow(h.hash[:0], n)[:n]
	clear(h.hash)
	return h.hash
}

// maxDicts is how many dictionaries are remembered.
const maxDicts = 64

// add mixes a column into the hashes of its rows.
func (h *hashes) add(hash []uint64, v *vec.Vec) {
	if v.Dict == nil {
		for i := range hash {
			hash[i] = mix(hash[i], vec.Hash(v, i))
		}
		return
	}
	values := byCode(&h.codes, v.Dict, vec.HashText)
	for i, c := range v.Codes {
		x := uint64(0)
		if v.Valid == nil || v.Valid.Get(i) {
			x = values[c]
		}
		hash[i] = mix(hash[i], x)
	}
}

// ownersOf are the workers that a dictionary's values fall to as keys.
func (h *hashes) ownersOf(d *vec.Dict, workers int) []uint8 {
	return byCode(&h.owners, d, func(s string) uint8 { return ownerOf(mix(0, vec.HashText(s)), workers) })
}

// byCode is what f says of each value of a dictionary.
func byCode[T any](known *map[uint64][]T, d *vec.Dict, f func(s string) T) []T {
	values := (*known)[d.ID]
	if len(values) >= d.Len() {
		return values
	}
	if *known == nil || len(*known) >= maxDicts {
		*known = map[uint64][]T{}
	}
	for c := len(values); c < d.Len(); c++ {
		values = append(values, f(d.Value(int32(c))))
	}
	(*known)[d.ID] = values
	return values
}

// mix joins two hashes (the finaliser of MurmurHash3, after a rotation).
func mix(a, b uint64) uint64 {
	h := a<<5 | a>>59
	h ^= b
	h ^= h >> 33
	h *= 0xff51afd7ed558ccd
	h ^= h >> 33
	return h
}
