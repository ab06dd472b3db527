package input

import (
	"bytes"
	"io"
	"os"
)

// maxSpool is how much of an input is held in memory when it must be read at
// random and cannot be; more goes to a temporary file.
const maxSpool = 64 << 20

// spool makes an input readable at random. drop lets go of what that took.
func spool(f *File) (at io.ReaderAt, size int64, drop func() error, err error) {
	nothing := func() error { return nil }
	if f.Seek != nil {
		return f.Seek, f.Size, nothing, nil
	}
	var head bytes.Buffer
	n, err := io.Copy(&head, io.LimitReader(f.Reader, maxSpool))
	if err != nil || n < maxSpool {
		return bytes.NewReader(head.Bytes()), n, nothing, err
	}
	file, err := os.CreateTemp("", "det-*")
	if err != nil {
		return nil, 0, nil, err
	}
	drop = func() error {
		err := file.Close()
		if gone := os.Remove(file.Name()); err == nil {
			err = gone
		}
		return err
	}
	size, err = io.Copy(file, io.MultiReader(&head, f.Reader))
	if err != nil {
		drop()
		return nil, 0, nil, err
	}
	return file, size, drop, nil
}
