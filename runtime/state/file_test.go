package state

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/detlang/det/lang/types"
	"github.com/detlang/det/runtime/vec"
)

func text(s string) func(*Writer) error {
	return func(w *Writer) error { w.String(s); return nil }
}

func small() []Section {
	return []Section{{"rule a", text("what a knows")}, {"", text("")}, {"rule b", func(*Writer) error { return nil }}}
}

// image is a state file in memory.
func image(t testing.TB, sections []Section) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := Write(&b, sections); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func openBytes(b []byte) (*File, error) { return Open(bytes.NewReader(b), int64(len(b))) }

func TestFileRoundTrip(t *testing.T) {
	path := filepath.Join(t.TempDir(), "state")
	if err := os.WriteFile(path+".new", []byte("left by a process that was killed"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"first", "second"} {
		if err := WriteFile(path, append(small(), Section{"said", text(want)})); err != nil {
			t.Fatal(err)
		}
		f, err := OpenFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if want := []string{"rule a", "", "rule b", "said"}; !slices.Equal(f.Names(), want) {
			t.Errorf("names %q, want %q", f.Names(), want)
		}
		got := ""
		found, err := f.Load("said", func(r *Reader) error { got = r.String(); return nil })
		if !found || err != nil || got != want {
			t.Errorf("found %v, %q, %v; want %q", found, got, err, want)
		}
		if found, err := f.Load("rule c", nil); found || err != nil {
			t.Errorf("a section that is not there: %v, %v", found, err)
		}
		if err := f.Close(); err != nil {
			t.Fatal(err)
		}
	}
	left, err := os.ReadDir(filepath.Dir(path))
	if err != nil || len(left) != 1 {
		t.Errorf("the folder holds %v (%v), want the file alone", left, err)
	}
}

// TestFileFails leaves the old file as it was when the new one cannot be written.
func TestFileFails(t *testing.T) {
	path := filepath.Join(t.TempDir(), "state")
	if err := WriteFile(path, small()); err != nil {
		t.Fatal(err)
	}
	before, _ := os.ReadFile(path)
	sick := errors.New("out of paper")
	err := WriteFile(path, append(small(), Section{"sick", func(*Writer) error { return sick }}))
	if !errors.Is(err, sick) || !strings.Contains(err.Error(), "section sick") {
		t.Errorf("got %v", err)
	}
	after, _ := os.ReadFile(path)
	if left, _ := os.ReadDir(filepath.Dir(path)); !bytes.Equal(before, after) || len(left) != 1 {
		t.Errorf("the old file changed, or %v is left", left)
	}
	if err := WriteFile(filepath.Join(path, "below a file"), small()); err == nil {
		t.Error("a path below a file was written")
	}
	if _, err := OpenFile(filepath.Join(t.TempDir(), "none")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("a file that is not there: %v", err)
	}
}

// TestFileDamage refuses a file that was cut at any byte, one with any byte
// changed, and one that goes on after its end.
func TestFileDamage(t *testing.T) {
	good := image(t, small())
	if _, err := openBytes(good); err != nil {
		t.Fatal(err)
	}
	refused := func(what string, b []byte) {
		t.Helper()
		if _, err := openBytes(b); !errors.Is(err, ErrNotState) {
			t.Errorf("%s: %v", what, err)
		}
	}
	for i := range good {
		refused(fmt.Sprint("cut at ", i), good[:i])
		bad := bytes.Clone(good)
		bad[i] ^= 0x10
		refused(fmt.Sprint("changed at ", i), bad)
	}
	refused("longer", append(bytes.Clone(good), 0))
	refused("twice", append(bytes.Clone(good), good...))
}

// TestFileMessages names what is wrong.
func TestFileMessages(t *testing.T) {
	good := image(t, small())
	change := func(at int) []byte {
		b := bytes.Clone(good)
		b[at]++
		return b
	}
	for _, tt := range []struct {
		what string
		file []byte
		want string
	}{
		{"empty", nil, "0 bytes"},
		{"another format", []byte("PK\x03\x04" + strings.Repeat("x", 100)), `does not begin with "det state"`},
		{"another version", change(len(fileMagic)), "version 6, this program reads version 5"},
		{"a section", change(headLen + 9), `section "rule a" is damaged`},
		{"the index", change(len(good) - tailLen - 1), "index is damaged"},
		{"cut", good[:len(good)-1], "cut short"},
		{"one name twice", image(t, []Section{{"a", text("")}, {"a", text("")}}), `damaged at section "a"`},
	} {
		if _, err := openBytes(tt.file); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: %v, want %q", tt.what, err, tt.want)
		}
	}
}

// TestFileLoad wants a section read whole, and no further.
func TestFileLoad(t *testing.T) {
	f, err := openBytes(image(t, small()))
	if err != nil {
		t.Fatal(err)
	}
	sick := errors.New("no")
	for want, load := range map[string]func(r *Reader) error{
		"bytes are left over": func(r *Reader) error { r.Int(); return nil },
		"ends early":          func(r *Reader) error { _ = r.String(); r.Int(); return nil },
		"section rule a: no":  func(*Reader) error { return sick },
	} {
		if _, err := f.Load("rule a", load); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %q", err, want)
		}
	}
}

// BenchmarkFile saves and loads the keys of a million groups and 64 bytes of state
// for each, 90 MB. On two quiet cores: 0.25 s to save, 0.22 s to load.
//
//	go test -run xxx -bench File ./runtime/state
func BenchmarkFile(b *testing.B) {
	const n = 1_000_000
	k := NewKeys([]types.Kind{types.Int}, 0)
	x := make([]int64, n)
	for i := range x {
		x[i] = int64(i) * 977
	}
	k.IDs([]*vec.Vec{vec.Ints(x, nil)}, nil, n, make([]int32, n))
	type group [8]uint64
	groups := make([]group, n)
	path := filepath.Join(b.TempDir(), "state")
	b.Run("save", func(b *testing.B) {
		for b.Loop() {
			if err := WriteFile(path, []Section{{"rule", func(w *Writer) error {
				k.Save(w)
				Structs(w, groups)
				return nil
			}}}); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("load", func(b *testing.B) {
		for b.Loop() {
			f, err := OpenFile(path)
			if err != nil {
				b.Fatal(err)
			}
			back := NewKeys([]types.Kind{types.Int}, 0)
			if _, err := f.Load("rule", func(r *Reader) error {
				if err := back.Load(r); err != nil {
					return err
				}
				if len(ReadStructs[group](r)) != n {
					b.Error("groups are missing")
				}
				return nil
			}); err != nil {
				b.Fatal(err)
			}
			f.Close()
		}
	})
}

func FuzzOpen(f *testing.F) {
	f.Add(image(f, small()))
	f.Add(image(f, nil))
	f.Fuzz(func(t *testing.T, data []byte) {
		file, err := openBytes(data)
		if err != nil {
			return
		}
		for _, name := range file.Names() {
			if _, err := file.Load(name, func(r *Reader) error { r.get(make([]byte, r.left)); return nil }); err != nil {
				t.Errorf("section %q cannot be read: %v", name, err)
			}
		}
	})
}

func TestCodec(t *testing.T) {
	var b bytes.Buffer
	w := NewWriter(&b)
	w.Int(-5)
	w.Float(0.1)
	w.String("text")
	Slice(w, []int32{1, -2, 3})
	Structs(w, []struct{ a, b int64 }{{1, 2}, {3, 4}})
	if err := w.Flush(); err != nil {
		t.Fatal(err)
	}
	data := b.Bytes()
	r := NewReader(&b, int64(len(data)))
	if r.Int() != -5 || r.Float() != 0.1 || r.String() != "text" || !slices.Equal(ReadSlice[int32](r), []int32{1, -2, 3}) ||
		!slices.Equal(ReadStructs[struct{ a, b int64 }](r), []struct{ a, b int64 }{{1, 2}, {3, 4}}) || r.Err() != nil {
		t.Errorf("read back something else: %v", r.Err())
	}
	// A length that the data cannot hold is refused before memory is asked for.
	huge := NewReader(bytes.NewReader([]byte{0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x7F}), 8)
	if x := ReadSlice[int64](huge); len(x) != 0 || huge.Err() == nil {
		t.Errorf("an impossible length gives %d elements and %v", len(x), huge.Err())
	}
	odd := NewReader(bytes.NewReader(append([]byte{3}, make([]byte, 40)...)), 41)
	if x := ReadStructs[struct{ a, b int64 }](odd); len(x) != 0 || odd.Err() == nil {
		t.Errorf("half a struct gives %d elements and %v", len(x), odd.Err())
	}
	if fail := NewWriter(failing{}); func() bool { fail.Int(1); return fail.Flush() == nil }() {
		t.Error("an error of the file below is swallowed")
	}
}

type failing struct{}

func (failing) Write([]byte) (int, error) { return 0, io.ErrClosedPipe }
