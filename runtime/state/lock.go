package state

import (
	"errors"
	"fmt"
	"os"
)

// ErrInUse means that another process, or another engine of this one, has the file.
var ErrInUse = errors.New("it is in use by another run: wait until that has ended, or give each run a state of its own")

// Lock keeps others from a state file until unlock is called, from loading it to
// saving it again: two runs that go on from the same state would each lose what the
// other counted. The lock is a file beside it, path.lock, which a process that is
// killed leaves behind without locking anybody out.
func Lock(path string) (unlock func() error, err error) {
	name := path + ".lock"
	f, err := openLocked(name)
	if err != nil {
		return nil, fmt.Errorf("lock the state %s: %w", path, err)
	}
	return func() error { return errors.Join(os.Remove(name), f.Close()) }, nil
}

// openLocked opens a file to write, makes it if need be, and locks it. A file that
// was removed or renamed before the lock was there is not the one that others find
// under the name: then it tries again.
func openLocked(name string) (*os.File, error) {
	for {
		f, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE, 0o600)
		if err != nil {
			return nil, err
		}
		if err := lockFile(f); err != nil {
			f.Close()
			return nil, err
		}
		mine, err := f.Stat()
		if err == nil {
			found, e := os.Stat(name)
			if e == nil && os.SameFile(mine, found) {
				return f, nil
			}
			if e != nil && !errors.Is(e, os.ErrNotExist) {
				err = e
			}
		}
		f.Close()
		if err != nil {
			return nil, err
		}
	}
}
