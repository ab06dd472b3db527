package input

import "io"

// aheadReader reads from another reader in a goroutine, so that decompressing
// and parsing run at the same time. Two buffers go round between the two.
type aheadReader struct {
	full  chan aheadBuffer // to Read; closed after the one with an error
	empty chan []byte      // to the goroutine
	done  chan struct{}
	now   aheadBuffer // what Read is giving out
}

type aheadBuffer struct {
	buf, unread []byte
	err         error // after unread
}

const aheadSize = 512 << 10

// readAhead starts to read from r. stop makes it end; a Read of r that is under
// way is not waited for.
func readAhead(r io.Reader) (a *aheadReader, stop func()) {
	a = &aheadReader{full: make(chan aheadBuffer), empty: make(chan []byte, 2), done: make(chan struct{})}
	for range 2 {
		a.empty <- make([]byte, aheadSize)
	}
	go a.run(r)
	return a, func() { close(a.done) }
}

func (a *aheadReader) run(r io.Reader) {
	defer close(a.full)
	for {
		var b aheadBuffer
		select {
		case b.buf = <-a.empty:
		case <-a.done:
			return
		}
		n := 0
		for n < len(b.buf) && b.err == nil {
			var k int
			k, b.err = r.Read(b.buf[n:])
			n += k
		}
		b.unread = b.buf[:n]
		select {
		case a.full <- b:
		case <-a.done:
			return
		}
		if b.err != nil {
			return
		}
	}
}

func (a *aheadReader) Read(p []byte) (int, error) {
	for len(a.now.unread) == 0 {
		if a.now.err != nil {
			return 0, a.now.err
		}
		if a.now.buf != nil {
			a.empty <- a.now.buf
		}
		next, ok := <-a.full
		if !ok {
			return 0, io.ErrClosedPipe // stopped
		}
		a.now = next
	}
	n := copy(p, a.now.unread)
	a.now.unread = a.now.unread[n:]
	return n, nil
}
