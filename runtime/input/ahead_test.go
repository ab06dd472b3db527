package input

import (
	"bytes"
	"errors"
	"io"
	"math/rand/v2"
	"testing"
	"testing/iotest"
)

func TestReadAhead(t *testing.T) {
	data := make([]byte, 5*aheadSize/2)
	_, _ = rand.NewChaCha8([32]byte{}).Read(data)
	for _, r := range []io.Reader{
		bytes.NewReader(data),
		iotest.DataErrReader(bytes.NewReader(data)),
		iotest.HalfReader(bytes.NewReader(data)),
	} {
		a, stop := readAhead(r)
		if got, err := io.ReadAll(a); err != nil || !bytes.Equal(got, data) {
			t.Errorf("%T: %d of %d bytes, %v", r, len(got), len(data), err)
		}
		stop()
	}
}

func TestReadAheadFails(t *testing.T) {
	a, stop := readAhead(iotest.TimeoutReader(bytes.NewReader(make([]byte, 2*aheadSize))))
	defer stop()
	got, err := io.ReadAll(a)
	if len(got) != aheadSize || !errors.Is(err, iotest.ErrTimeout) {
		t.Errorf("%d bytes, %v", len(got), err)
	}
	if _, err := a.Read(make([]byte, 1)); !errors.Is(err, iotest.ErrTimeout) {
		t.Errorf("once more: %v", err)
	}
}

// A reader that is stopped half-way lets its goroutine go.
func TestReadAheadStops(t *testing.T) {
	a, stop := readAhead(iotest.OneByteReader(bytes.NewReader(make([]byte, 4*aheadSize))))
	if _, err := a.Read(make([]byte, 1)); err != nil {
		t.Fatal(err)
	}
	stop()
	for {
		if _, ok := <-a.full; !ok {
			return
		}
	}
}
