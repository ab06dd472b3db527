package state

import (
	"errors"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
)

// Of those who want one state file one has it; what a killed process leaves behind
// keeps nobody out, and an unlocked file is gone.
func TestLock(t *testing.T) {
	path := filepath.Join(t.TempDir(), "x.state")
	if err := os.WriteFile(path+".lock", nil, 0o600); err != nil {
		t.Fatal(err)
	}
	unlock, err := Lock(path)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Lock(path); !errors.Is(err, ErrInUse) {
		t.Errorf("a second lock: %v", err)
	}
	if err := unlock(); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(path + ".lock"); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the lock is still there: %v", err)
	}
	var wait sync.WaitGroup
	var held, got atomic.Int64
	for range 8 {
		wait.Go(func() {
			for range 200 {
				unlock, err := Lock(path)
				if errors.Is(err, ErrInUse) {
					continue
				}
				if err != nil {
					t.Error(err)
					return
				}
				if got.Add(1); held.Add(1) != 1 {
					t.Error("two have the lock")
				}
				held.Add(-1)
				if err := unlock(); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wait.Wait()
	if got.Load() == 0 {
		t.Error("nobody had the lock")
	}
}

// Many who write one file at once are refused or write all of it.
func TestWriteFileAtOnce(t *testing.T) {
	path := filepath.Join(t.TempDir(), "x.state")
	if err := os.WriteFile(path+".new", make([]byte, 1<<20), 0o600); err != nil { // of a killed process
		t.Fatal(err)
	}
	var wait sync.WaitGroup
	for n := range 8 {
		wait.Go(func() {
			for range 20 {
				err := WriteFile(path, []Section{{Name: "numbers", Save: func(w *Writer) error {
					for range 1000 * (n + 1) {
						w.Int(int64(n))
					}
					return nil
				}}})
				if err != nil && !errors.Is(err, ErrInUse) {
					t.Error(err)
				}
			}
		})
	}
	wait.Wait()
	f, err := OpenFile(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if _, err := os.Stat(path + ".new"); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("path.new is left: %v", err)
	}
}
