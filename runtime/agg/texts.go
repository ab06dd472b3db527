package agg

import (
	"strings"
	"unsafe"

	"github.com/detlang/det/lang/types"
	"github.com/detlang/det/runtime/state"
	"github.com/detlang/det/runtime/vec"
)

// texts holds one text a group, back to back in one buffer. A text that fits the
// place of its forerunner takes it; others go to the end, and when half of the
// buffer is left behind, the rest is moved together.
type texts struct {
	at   []int64 // offset into buf
	size []int32 // length, -1 for none
	room []int32 // bytes at at
	buf  []byte
	live int // bytes in use
}

func (t *texts) Grow(n int) {
	from := len(t.at)
	t.at, t.size, t.room = grow(t.at, n), grow(t.size, n), grow(t.room, n)
	for i := from; i < n; i++ {
		t.size[i] = -1
	}
}

func (t *texts) Reset(g int32) {
	t.live -= int(t.room[g])
	t.at[g], t.size[g], t.room[g] = 0, -1, 0
}

func (t *texts) Bytes() int { return 8*cap(t.at) + 4*cap(t.size) + 4*cap(t.room) + cap(t.buf) }

func (t *texts) has(g int32) bool { return t.size[g] >= 0 }

// text is the text of a group; it lives until the next put.
func (t *texts) text(g int32) string {
	b := t.buf[t.at[g] : t.at[g]+int64(t.size[g])]
	return unsafe.String(unsafe.SliceData(b), len(b))
}

func (t *texts) set(g int32, s string) {
	n := int32(len(s))
	if n > t.room[g] {
		t.live += int(n - t.room[g])
		t.at[g], t.room[g] = int64(len(t.buf)), n
		t.buf = append(t.buf, s...)
	} else {
		copy(t.buf[t.at[g]:], s)
	}
	t.size[g] = n
	if len(t.buf) > 2*t.live+4096 {
		t.compact()
	}
}

func (t *texts) compact() {
	buf := make([]byte, 0, t.live+t.live/4)
	for g := range t.at {
		if t.size[g] >= 0 {
			s := t.text(int32(g))
			t.at[g], t.room[g] = int64(len(buf)), t.size[g]
			buf = append(buf, s...)
		}
	}
	t.buf, t.live = buf, len(buf)
}

func (t *texts) put(g int32, v *vec.Vec, r int32) { t.set(g, v.Text(int(r))) }

func (t *texts) compare(g int32, v *vec.Vec, r int32) int {
	return strings.Compare(t.text(g), v.Text(int(r)))
}

func (t *texts) copy(g int32, src held, from int32) { t.set(g, src.(*texts).text(from)) }

func (t *texts) order(g int32, src held, from int32) int {
	return strings.Compare(t.text(g), src.(*texts).text(from))
}

func (t *texts) result(groups []int32) *vec.Vec {
	n := len(groups)
	v := &vec.Vec{Kind: types.String, N: n, Valid: vec.NewBitmap(n), Offs: make([]int32, n+1)}
	for i, g := range groups {
		if t.has(g) {
			v.Valid.Set(i)
			v.Bytes = append(v.Bytes, t.text(g)...)
		}
		v.Offs[i+1] = int32(len(v.Bytes))
	}
	return v
}

func (t *texts) Save(w *state.Writer) {
	t.compact()
	state.Slice(w, t.size)
	w.Bytes(t.buf)
}

func (t *texts) Load(r *state.Reader) error {
	size, buf := state.ReadSlice[int32](r), r.Bytes()
	*t = texts{size: size, room: make([]int32, len(size)), at: make([]int64, len(size)), buf: buf, live: len(buf)}
	end := int64(0)
	for g, n := range size {
		if n < -1 {
			r.Fail("a text has an impossible length")
			break
		}
		t.at[g], t.room[g] = end, max(n, 0)
		end += int64(t.room[g])
	}
	if end != int64(len(buf)) {
		r.Fail("the texts of an aggregate have the wrong length")
	}
	return r.Err()
}
