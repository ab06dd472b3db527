package input

import (
	"bufio"
	"context"
	"encoding/binary"
	"fmt"
	"hash/fnv"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/detlang/det/lang/types"
)

// expectation is what an independent reader found in one leaf of a file; see
// testdata/expect.py.
type expectation struct {
	path    []string
	typ     types.Type
	rows    int
	missing int
	sum     string
}

func expectations(t *testing.T, name string) map[string][]expectation {
	t.Helper()
	f, err := os.Open(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	out := map[string][]expectation{}
	for s := bufio.NewScanner(f); s.Scan(); {
		cell := strings.Split(s.Text(), "\t")
		if len(cell) != 6 {
			t.Fatalf("%s: %q", name, s.Text())
		}
		e := expectation{path: strings.Split(cell[1], "/"), sum: cell[5]}
		e.typ, _ = types.Named(cell[2])
		e.rows, _ = strconv.Atoi(cell[3])
		e.missing, _ = strconv.Atoi(cell[4])
		out[cell[0]] = append(out[cell[0]], e)
	}
	return out
}

// appendValue is the form in which values are summed.
func appendValue(b []byte, v any) []byte {
	number := func(x uint64) []byte { return binary.BigEndian.AppendUint64(append(b, 2), x) }
	switch v := v.(type) {
	case nil:
		return append(b, 0)
	case bool:
		if v {
			return number(1)
		}
		return number(0)
	case int64:
		return number(uint64(v))
	case float64:
		return number(math.Float64bits(v))
	case string:
		b = binary.BigEndian.AppendUint64(append(b, 1), uint64(len(v)))
		return append(b, v...)
	case []any:
		b = binary.BigEndian.AppendUint64(append(b, 4), uint64(len(v)))
		for _, x := range v {
			b = appendValue(b, x)
		}
		return b
	}
	return append(b, 0xff)
}

// checkFile reads the leaves of a file at a batch size and compares them with
// what is expected.
func checkFile(t *testing.T, path string, leaves []expectation, batch int, open func(context.Context, *File, Request) (Stream, error)) {
	t.Helper()
	req := Request{Time: -1, BatchRows: batch}
	for i, e := range leaves {
		req.Columns = append(req.Columns, Column{Name: fmt.Sprint("c", i), Type: e.typ, Paths: [][]string{e.path}})
	}
	got, err := drain(t, req, func(req Request) (Stream, error) {
		return open(context.Background(), diskFile(t, path), req)
	})
	if err != nil {
		t.Fatal(err)
	}
	for i, e := range leaves {
		h, missing := fnv.New64a(), 0
		for _, row := range got.rows {
			if row[i] == nil {
				missing++
			}
			h.Write(appendValue(nil, row[i]))
		}
		if sum := fmt.Sprintf("%016x", h.Sum64()); len(got.rows) != e.rows || missing != e.missing || sum != e.sum {
			t.Errorf("batches of %d: %s: %d rows, %d missing, sum %s; want %d, %d, %s",
				batch, strings.Join(e.path, "/"), len(got.rows), missing, sum, e.rows, e.missing, e.sum)
		}
	}
}

// diskFile opens a file for a reader.
func diskFile(t testing.TB, path string) *File {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	info, err := f.Stat()
	if err != nil {
		t.Fatal(err)
	}
	return &File{Name: filepath.Base(path), Reader: f, Seek: f, Size: info.Size(), Close: f.Close}
}
