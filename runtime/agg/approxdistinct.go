package agg

import (
	"encoding/binary"
	"math"
	"math/bits"

	"github.com/axiomhq/hyperloglog"
	"github.com/zeebo/xxh3"

	"github.com/detlang/det/lang/types"
	"github.com/detlang/det/runtime/state"
	"github.com/detlang/det/runtime/vec"
)

// Up to hashesMost distinct values a group keeps the hash of each; a sketch takes
// as much memory as that, and there is none before. Whether a group is a sketch
// depends only on how many distinct values it saw, not on their order.
const (
	hashesMost   = 1024
	hashesFirst  = 8
	hllPrecision = 14
)

func approxCountDistinctSpec() Spec {
	return Spec{
		Name: "approx_count_distinct",
		Doc: "The number of distinct values: exactly up to 1,024, then by HyperLogLog with 16,384 registers, whose standard error is 0.8 %. Of nothing it is 0.\n\n" +
			"A group takes at most 16 KiB, however many values it sees.",
		Sig:       types.Signature{Params: value(types.TAny, "any but a list"), Result: always(types.TInt, scalars)},
		PerWindow: true,
		New: func(args []types.Type, _ []any) (State, error) {
			if err := check(args, scalars); err != nil {
				return nil, err
			}
			return &approxCountDistinct{}, nil
		},
		Examples: []Example{
			{Call: "approx_count_distinct(user)", Args: [][]any{{"ann", "bob", nil, "ann", ""}}, Want: int64(3)},
			{Call: "approx_count_distinct(score)", Args: [][]any{{0.0, math.Copysign(0, -1)}}, Want: int64(1)},
			{Call: "approx_count_distinct(user)", Args: [][]any{{nil}}, Want: int64(0)},
		},
	}
}

// approxCountDistinct keeps sets of hashes (xxh3, so that they are the same in
// every process).
type approxCountDistinct struct{ of []hashSet }

// hashSet is a set of hashes: open addressing, at most half full; or a sketch.
// The hash 0 is kept as 1.
type hashSet struct {
	slots  []uint64
	n      int
	sketch *hyperloglog.Sketch
}

func (s *approxCountDistinct) Grow(n int) { s.of = grow(s.of, n) }

func (s *approxCountDistinct) Reset(g int32) { s.of[g] = hashSet{} }

func (s *approxCountDistinct) Add(groups, rows []int32, args []*vec.Vec) {
	v := args[0]
	eachPresent(groups, rows, v, func(g, r int32) { s.of[g].add(hashOf(v, r)) })
}

// hashOf is the hash of a present value.
func hashOf(v *vec.Vec, r int32) uint64 {
	var b [8]byte
	switch v.Kind {
	case types.String:
		return xxh3.HashString(v.Text(int(r)))
	case types.IP:
		return xxh3.Hash(v.IPs[r][:])
	case types.Float:
		binary.LittleEndian.PutUint64(b[:], math.Float64bits(v.F64[r]+0))
	case types.Bool:
		b[0] = byte(boolAt(v, r))
	default:
		binary.LittleEndian.PutUint64(b[:], uint64(v.I64[r]))
	}
	return xxh3.Hash(b[:])
}

func (h *hashSet) add(x uint64) {
	if h.sketch != nil {
		h.sketch.InsertHash(x)
		return
	}
	if len(h.slots) == 0 {
		h.slots = make([]uint64, 2*hashesFirst)
	}
	x = max(x, 1)
	i := int(x & uint64(len(h.slots)-1))
	for h.slots[i] != 0 {
		if h.slots[i] == x {
			return
		}
		i = (i + 1) & (len(h.slots) - 1)
	}
	h.slots[i] = x
	h.n++
	switch {
	case h.n > hashesMost:
		h.toSketch()
	case 2*h.n > len(h.slots):
		old := *h
		*h = hashSet{slots: make([]uint64, 2*len(old.slots))}
		h.addAll(&old)
	}
}

// addAll adds the hashes of a set that is no sketch.
func (h *hashSet) addAll(o *hashSet) {
	for _, x := range o.slots {
		if x != 0 {
			h.add(x)
		}
	}
}

// toSketch replaces the hashes by a sketch of them.
func (h *hashSet) toSketch() {
	old := *h
	*h = hashSet{sketch: newSketch()}
	h.addAll(&old)
}

// newSketch is a sketch without the library's own sparse form, whose estimate
// would depend on when it was asked.
func newSketch() *hyperloglog.Sketch { return hyperloglog.NewNoSparse() }

func (s *approxCountDistinct) Merge(to int32, src State, from int32) {
	h, o := &s.of[to], &src.(*approxCountDistinct).of[from]
	if o.sketch == nil {
		h.addAll(o)
		return
	}
	if h.sketch == nil {
		h.toSketch()
	}
	// Both have the same precision, which is all that can fail.
	_ = h.sketch.Merge(o.sketch)
}

func (s *approxCountDistinct) Result(groups []int32) *vec.Vec {
	out := make([]int64, len(groups))
	for i, g := range groups {
		h := &s.of[g]
		out[i] = int64(h.n)
		if h.sketch != nil {
			out[i] = int64(h.sketch.Estimate())
		}
	}
	return vec.Ints(out, nil)
}

func (s *approxCountDistinct) Bytes() int {
	n := 40 * cap(s.of)
	for i := range s.of {
		n += 8 * cap(s.of[i].slots)
		if s.of[i].sketch != nil {
			n += 1 << hllPrecision
		}
	}
	return n
}

func (s *approxCountDistinct) Save(w *state.Writer) {
	w.Int(int64(len(s.of)))
	for i := range s.of {
		h := &s.of[i]
		state.Slice(w, h.slots)
		if h.slots == nil {
			w.Bytes(h.registers())
		}
	}
}

// registers is the sketch as the library writes it, empty if there is none.
func (h *hashSet) registers() []byte {
	if h.sketch == nil {
		return nil
	}
	// A sketch that newSketch made can always be written.
	b, _ := h.sketch.MarshalBinary()
	return b
}

// Load reads what Save wrote.
func (s *approxCountDistinct) Load(r *state.Reader) error {
	s.of = make([]hashSet, r.Len(8))
	for i := range s.of {
		h := &s.of[i]
		slots := state.ReadSlice[uint64](r)
		if len(slots) > 0 {
			if len(slots) > 2*hashesMost || bits.OnesCount(uint(len(slots))) != 1 || len(slots) < 2*hashesFirst {
				r.Fail("a set of hashes has an impossible length")
				break
			}
			*h = hashSet{slots: make([]uint64, 2*hashesFirst)}
			h.addAll(&hashSet{slots: slots})
			continue
		}
		if b := r.Bytes(); len(b) > 0 {
			h.sketch = newSketch()
			if err := h.sketch.UnmarshalBinary(b); err != nil {
				r.Fail("a sketch of distinct values: %w", err)
			}
		}
		if r.Err() != nil {
			break
		}
	}
	return r.Err()
}
