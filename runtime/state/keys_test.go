package state

import (
	"bytes"
	"fmt"
	"math"
	"net/netip"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/detlang/det/lang/types"
	"github.com/detlang/det/runtime/vec"
)

// ids is IDs over all rows of the columns.
func ids(k *Keys, cols ...*vec.Vec) (out []int32, missing, overflow int) {
	n := 1
	if len(cols) > 0 {
		n = cols[0].N
	}
	out = make([]int32, n)
	missing, overflow = k.IDs(cols, nil, n, out)
	return out, missing, overflow
}

// plain is a text column with offsets, as Of makes one with codes.
func plain(values ...any) *vec.Vec {
	v := &vec.Vec{Kind: types.String, N: len(values), Valid: vec.NewBitmap(len(values)), Offs: []int32{0}}
	for i, x := range values {
		if s, ok := x.(string); ok {
			v.Bytes = append(v.Bytes, s...)
			v.Valid.Set(i)
		}
		v.Offs = append(v.Offs, int32(len(v.Bytes)))
	}
	return v
}

// hosts is n distinct texts, a prefix and seven digits, in plain form.
func hosts(n int, prefix string) *vec.Vec {
	v := &vec.Vec{Kind: types.String, N: n, Offs: []int32{0}}
	for i := range n {
		v.Bytes = fmt.Appendf(v.Bytes, "%s%07d", prefix, i)
		v.Offs = append(v.Offs, int32(len(v.Bytes)))
	}
	return v
}

func TestKeysIDs(t *testing.T) {
	ip := netip.MustParseAddr
	long := strings.Repeat("x", 16)
	tests := []struct {
		name string
		cols []*vec.Vec
		want []int32
	}{
		{"a missing key is no text", []*vec.Vec{plain("", nil, "", "a", nil)}, []int32{0, NoKey, 0, 1, NoKey}},
		{"so it is in codes", []*vec.Vec{vec.Of(types.String, "", nil, "", "a", nil)}, []int32{0, NoKey, 0, 1, NoKey}},
		{"keys are exact", []*vec.Vec{plain("a", "A", "a\x00", "a", "a\x00\x00")}, []int32{0, 1, 2, 0, 3}},
		{"around the size of a cell", []*vec.Vec{plain(long[:14], long[:15], long, long+"x", long, long[:15])}, []int32{0, 1, 2, 3, 2, 1}},
		{"-0 is 0", []*vec.Vec{vec.Of(types.Float, 0.0, math.Copysign(0, -1), 1.5, nil)}, []int32{0, 0, 1, NoKey}},
		{"bools", []*vec.Vec{vec.Of(types.Bool, true, false, nil, true)}, []int32{0, 1, NoKey, 0}},
		{"ints", []*vec.Vec{vec.Of(types.Int, int64(-1), int64(1), int64(math.MinInt64), int64(-1))}, []int32{0, 1, 2, 0}},
		{"addresses", []*vec.Vec{vec.Of(types.IP, ip("10.0.0.1"), ip("::ffff:10.0.0.1"), ip("::10.0.0.1"))}, []int32{0, 0, 1}},
		{"columns do not run together",
			[]*vec.Vec{plain("ab", "a", "", "abc", "ab"), plain("c", "bc", "abc", "", "c")}, []int32{0, 1, 2, 3, 0}},
		{"one missing column is enough",
			[]*vec.Vec{plain("a", nil, "a"), vec.Of(types.Int, int64(1), int64(1), nil)}, []int32{0, NoKey, NoKey}},
		{"three columns, one over two cells",
			[]*vec.Vec{vec.Of(types.IP, ip("::1"), ip("::1"), ip("::2")), vec.Of(types.Int, int64(7), int64(7), int64(7)), vec.Of(types.Bool, true, false, true)}, []int32{0, 1, 2}},
		{"pairs of codes",
			[]*vec.Vec{vec.Of(types.String, "a", "b", "a", nil, "b"), vec.Of(types.String, "x", "x", "y", "x", "x")}, []int32{0, 1, 2, NoKey, 1}},
		{"an empty dictionary", []*vec.Vec{{Kind: types.String, N: 2, Valid: vec.NewBitmap(2), Codes: []int32{0, 0}, Dict: vec.NewDict()}}, []int32{NoKey, NoKey}},
		{"no column", nil, []int32{0}},
		{"a column of nothing", []*vec.Vec{vec.Nulls(2)}, []int32{NoKey, NoKey}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			kinds := make([]types.Kind, len(tt.cols))
			for i, c := range tt.cols {
				kinds[i] = c.Kind
			}
			k := NewKeys(kinds, 0)
			for range 2 {
				if got, _, _ := ids(k, tt.cols...); !slices.Equal(got, tt.want) {
					t.Errorf("got %v, want %v", got, tt.want)
				}
			}
			back := make([]int32, len(tt.want))
			for i := range back {
				back[i] = NoKey
			}
			for i, id := range tt.want {
				for c, col := range tt.cols {
					got, want := k.Column(c, []int32{id}).Value(0), col.Value(i)
					if id == NoKey {
						want = nil
					}
					if got != want && want != 0.0 {
						t.Errorf("row %d column %d comes back as %v, want %v", i, c, got, want)
					}
				}
			}
		})
	}
}

func TestKeysSelectedRows(t *testing.T) {
	for _, col := range []*vec.Vec{plain("a", "b", "c", nil), vec.Of(types.String, "a", "b", "c", nil)} {
		k := NewKeys([]types.Kind{types.String}, 0)
		out := make([]int32, 4)
		missing, _ := k.IDs([]*vec.Vec{col}, []int32{2, 3, 0, 2}, 4, out)
		if want := []int32{0, NoKey, 1, 0}; !slices.Equal(out, want) || missing != 1 {
			t.Errorf("got %v with %d missing, want %v with 1", out, missing, want)
		}
	}
}

func TestKeysOverflow(t *testing.T) {
	for _, col := range []*vec.Vec{plain("a", "b", "c", "a", nil), vec.Of(types.String, "a", "b", "c", "a", nil)} {
		k := NewKeys([]types.Kind{types.String}, 2)
		got, missing, overflow := ids(k, col)
		if want := []int32{0, 1, NoRoom, 0, NoKey}; !slices.Equal(got, want) || missing != 1 || overflow != 1 {
			t.Errorf("got %v, %d missing, %d overflow; want %v, 1, 1", got, missing, overflow, want)
		}
		k.Free([]int32{0, 0, -1, 9})
		if k.Live() != 1 || k.Alive(0) || !k.Alive(1) {
			t.Errorf("after Free: %d live", k.Live())
		}
		got, _, overflow = ids(k, plain("c", "a", "b"))
		if want := []int32{0, NoRoom, 1}; !slices.Equal(got, want) || overflow != 1 {
			t.Errorf("after Free: got %v, want %v", got, want)
		}
	}
}

// TestKeysRevive frees ids and sees the keys again before and after a sweep.
func TestKeysRevive(t *testing.T) {
	k := NewKeys([]types.Kind{types.String}, 0)
	col := vec.Of(types.String, "a", "b", "c")
	ids(k, col)
	k.Free([]int32{1})
	if got, _, _ := ids(k, col); !slices.Equal(got, []int32{0, 1, 2}) || k.Live() != 3 {
		t.Errorf("a key that comes again gets %v and leaves %d live", got, k.Live())
	}
	k.Free([]int32{1, 2})
	k.sweep()
	if got, _, _ := ids(k, vec.Of(types.String, "x", "a")); !slices.Equal(got, []int32{2, 0}) {
		t.Errorf("a new key does not take over a free id: %v", got)
	}
	if got, _, _ := ids(k, col); !slices.Equal(got, []int32{0, 1, 3}) {
		t.Errorf("after a sweep got %v", got)
	}
}

// TestKeysReturnMemory frees long keys, whose texts must not pile up, in a table
// that is large enough to read ahead.
func TestKeysReturnMemory(t *testing.T) {
	const n = 30_000
	k := NewKeys([]types.Kind{types.String}, 0)
	most := 0
	for round := range 12 {
		col := hosts(n, fmt.Sprintf("a key that is longer than a cell, in round %d: ", round))
		got, _, _ := ids(k, col)
		for _, i := range []int{0, n / 2, n - 1} {
			if back := k.Column(0, got[i:i+1]).Value(0); back != col.Value(i) {
				t.Fatalf("key %q comes back as %q", col.Value(i), back)
			}
		}
		k.Free(got)
		if round == 2 {
			most = k.Bytes() * 5 / 4
		}
		if round > 2 && k.Bytes() > most {
			t.Fatalf("round %d holds %d bytes, want at most %d", round, k.Bytes(), most)
		}
	}
}

// TestKeysHash holds Hash against published values of XXH3_64bits.
func TestKeysHash(t *testing.T) {
	k := NewKeys([]types.Kind{types.String}, 0)
	ids(k, plain("", "a", "abc"))
	for id, want := range []uint64{0x2d06800538d394c2, 0xe6c632b61e964e1f, 0x78af5f94892f3950} {
		if got := k.Hash(int32(id)); got != want {
			t.Errorf("Hash(%d) = %#x, want %#x", id, got, want)
		}
	}
}

// TestKeysBytes states what a key costs.
func TestKeysBytes(t *testing.T) {
	for _, n := range []int{1_000, 30_000, 250_000, 1_000_000} {
		k := NewKeys([]types.Kind{types.String}, 0)
		ids(k, hosts(n, "host-"))
		got := float64(k.Bytes()) / float64(n)
		t.Logf("%d keys of 12 bytes: %.1f bytes a key", n, got)
		if k.Len() != n || got < 22 || got > 31 {
			t.Errorf("%d keys of 12 bytes take %.1f bytes each, want 22 to 31", k.Len(), got)
		}
	}
}

// TestKeysModel plays random batches, in every layout of the columns, against a
// map, with keys freed, the table reset, and saved and loaded in between.
func TestKeysModel(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		width := rapid.IntRange(1, 3).Draw(t, "columns")
		kinds := make([]types.Kind, width)
		for c := range kinds {
			kinds[c] = rapid.SampledFrom([]types.Kind{types.String, types.String, types.Int, types.IP, types.Bool}).Draw(t, "kind")
		}
		k := NewKeys(kinds, 0)
		model := map[string]int32{}
		in := vec.NewInterner()
		for range rapid.IntRange(1, 6).Draw(t, "steps") {
			switch rapid.IntRange(0, 8).Draw(t, "step") {
			case 0:
				k.Reset()
				clear(model)
			case 1:
				var b bytes.Buffer
				w := NewWriter(&b)
				k.Save(w)
				if err := w.Flush(); err != nil {
					t.Fatal(err)
				}
				k = NewKeys(kinds, 0)
				if err := k.Load(NewReader(&b, int64(b.Len()))); err != nil {
					t.Fatal(err)
				}
			case 2, 3:
				for key, id := range model {
					if rapid.Bool().Draw(t, "free") {
						k.Free([]int32{id})
						delete(model, key)
					}
				}
				if rapid.Bool().Draw(t, "sweep") {
					k.sweep()
				}
			default:
				n := rapid.IntRange(0, 300).Draw(t, "rows")
				cols := make([]*vec.Vec, width)
				seed := rapid.IntRange(1, 1<<20).Draw(t, "seed")
				for c := range cols {
					cols[c] = randomColumn(kinds[c], n, seed+c, in)
				}
				out := make([]int32, n)
				k.IDs(cols, nil, n, out)
				for i := range n {
					key, ok := "", true
					for _, col := range cols {
						ok = ok && !col.Missing(i)
						key += fmt.Sprintf("%q", fmt.Sprint(col.Value(i)))
					}
					want, known := model[key]
					switch {
					case !ok && out[i] != NoKey:
						t.Fatalf("row %d without a key has id %d", i, out[i])
					case !ok:
					case known && out[i] != want:
						t.Fatalf("key %s has id %d, had %d", key, out[i], want)
					case !known:
						model[key] = out[i]
					}
				}
			}
			taken := map[int32]bool{}
			for key, id := range model {
				if taken[id] || !k.Alive(id) {
					t.Fatalf("id %d of %s is shared or dead", id, key)
				}
				taken[id] = true
			}
			if k.Live() != len(model) {
				t.Fatalf("%d live, want %d", k.Live(), len(model))
			}
		}
	})
}

// randomColumn is n values of a kind, some missing, some of them long; texts come
// in one of three layouts.
func randomColumn(kind types.Kind, n, seed int, in *vec.Interner) *vec.Vec {
	values := make([]any, n)
	x := uint64(seed)
	for i := range values {
		x = x*6364136223846793005 + 1442695040888963407
		r := x >> 33
		if r%11 == 0 {
			continue
		}
		switch kind {
		case types.String:
			values[i] = strings.Repeat("k", int(r/64%3)*9) + fmt.Sprint(r%64)
		case types.Int:
			values[i] = int64(r % 64)
		case types.Bool:
			values[i] = r%2 == 0
		case types.IP:
			values[i] = netip.AddrFrom4([4]byte{10, 0, 0, byte(r % 64)})
		}
	}
	if kind != types.String || seed%3 == 0 {
		return vec.Of(kind, values...)
	}
	if seed%3 == 1 {
		return plain(values...)
	}
	codes, valid := make([]int32, n), vec.NewBitmap(n)
	for i, v := range values {
		if s, ok := v.(string); ok {
			codes[i] = in.Code(s)
			valid.Set(i)
		}
	}
	if in.Len() == 0 {
		in.Code("")
	}
	return vec.Coded(codes, in.Dict(), valid)
}

// TestKeysMany crosses the split into segments and reuses ids on the way.
func TestKeysMany(t *testing.T) {
	k := NewKeys([]types.Kind{types.Int}, 0)
	const n, batch = 120_000, 10_000
	x := make([]int64, batch)
	out := make([]int32, batch)
	owner := map[int32]int64{}
	for from := int64(0); from < n; from += batch {
		for i := range x {
			x[i] = (from + int64(i)) * 1_000_003
		}
		k.IDs([]*vec.Vec{vec.Ints(x, nil)}, nil, batch, out)
		for i, id := range out {
			if _, taken := owner[id]; taken {
				t.Fatalf("id %d given out twice", id)
			}
			owner[id] = x[i]
		}
		k.Free(out[:batch/4])
		for _, id := range out[:batch/4] {
			delete(owner, id)
		}
	}
	for id, want := range owner {
		if got := k.Column(0, []int32{id}).I64[0]; got != want {
			t.Fatalf("id %d stands for %d, want %d", id, got, want)
		}
	}
	if k.Live() != n*3/4 || k.Len() >= n {
		t.Errorf("%d live of %d ids, want %d of fewer than %d", k.Live(), k.Len(), n*3/4, n)
	}
}

func FuzzKeysLoad(f *testing.F) {
	for _, cols := range [][]*vec.Vec{
		{plain("a", "", strings.Repeat("long", 9))},
		{plain("a", "b", "a"), vec.Of(types.Int, int64(1), int64(2), int64(3))},
	} {
		kinds := []types.Kind{types.String, types.Int}[:len(cols)]
		k := NewKeys(kinds, 0)
		ids(k, cols...)
		k.Free([]int32{1})
		var b bytes.Buffer
		w := NewWriter(&b)
		k.Save(w)
		if err := w.Flush(); err != nil {
			f.Fatal(err)
		}
		f.Add(b.Bytes(), len(cols))
	}
	f.Fuzz(func(t *testing.T, data []byte, width int) {
		kinds := []types.Kind{types.String, types.Int}[:1+width&1]
		k := NewKeys(kinds, 1000)
		if k.Load(NewReader(bytes.NewReader(data), int64(len(data)))) != nil {
			if k.Len() != 0 {
				t.Error("keys are left after an error")
			}
			return
		}
		for id := range int32(k.Len()) {
			if k.Alive(id) {
				for c := range kinds {
					k.Column(c, []int32{id})
				}
			}
		}
		cols := []*vec.Vec{plain("a", "x", "y"), vec.Of(types.Int, int64(1), int64(2), int64(3))}
		ids(k, cols[:len(kinds)]...)
	})
}
