package output

import (
	"errors"
	"slices"
	"testing"

	"github.com/detlang/det/runtime"
)

var errFull = errors.New("the disk is full")

// full takes so many bytes and no more.
type full struct{ left int }

func (w *full) Write(b []byte) (int, error) {
	if len(b) > w.left {
		n := w.left
		w.left = 0
		return n, errFull
	}
	w.left -= len(b)
	return len(b), nil
}

// TestWriteErrors writes to a disk that is full from the start, or after some
// bytes: every writer must tell, at the latest when it is closed.
func TestWriteErrors(t *testing.T) {
	list := slices.Repeat(alerts(), 200)
	for _, w := range Writers() {
		for _, room := range []int{0, 1, 100, 3000} {
			sink, err := w.Open(&full{room}, Options{Width: 80})
			if err == nil {
				err = sink.Write(list)
				err = errors.Join(err, sink.Write([]runtime.Alert{list[0]}), sink.Close())
			}
			if !errors.Is(err, errFull) {
				t.Errorf("%s, with room for %d bytes: %v", w.Name, room, err)
			}
		}
	}
}
