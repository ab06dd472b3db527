package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
)

// outFile is a file that a run writes. Nothing of what is there is lost before the run
// begins; then it is cut off where an earlier run was, or emptied.
type outFile struct {
	*os.File
	path    string // absolute
	regular bool   // not a pipe or a device, which has no end to go on from
}

// openOut opens an output file.
func openOut(name string) (*outFile, error) {
	path, err := filepath.Abs(name)
	if err != nil {
		return nil, err
	}
	f, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE, 0o666)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("cannot write %s: there is no folder %s", name, filepath.Dir(name))
	}
	if err != nil {
		return nil, err
	}
	info, err := f.Stat()
	if err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return &outFile{f, path, info.Mode().IsRegular()}, nil
}

// begin cuts the file off at its mark, and empties it if there is none. It reports
// whether there was one.
func (f *outFile) begin(marks map[string]int64) (resumed bool, err error) {
	if !f.regular {
		return false, nil
	}
	mark, resumed := marks[f.path]
	info, err := f.Stat()
	if err != nil {
		return false, err
	}
	if info.Size() < mark {
		return false, &exit{exitInput, fmt.Errorf("%s has %d bytes, and had %d when the state was saved: alerts would be missing in it", f.path, info.Size(), mark)}
	}
	if err := f.Truncate(mark); err != nil {
		return false, err
	}
	_, err = f.Seek(mark, io.SeekStart)
	return resumed, err
}

// mark makes what was written last, and notes how much that is.
func (f *outFile) mark(marks map[string]int64) error {
	if !f.regular {
		return nil
	}
	if err := f.Sync(); err != nil {
		return err
	}
	at, err := f.Seek(0, io.SeekCurrent)
	marks[f.path] = at
	return err
}
