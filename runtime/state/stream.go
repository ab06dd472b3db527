package state

import "io"

// Write writes sections as WriteFile does, to anything.
func Write(w io.Writer, sections []Section) error { return write(w, sections) }

// Open checks state of size bytes, as OpenFile does. What it gives need not be
// closed.
func Open(r io.ReaderAt, size int64) (*File, error) { return open(r, size) }
