package input

import (
	"context"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/detlang/det/lang/types"
)

func TestParquetConformance(t *testing.T) {
	dir := shared(t, "parquet-testing/data")
	for name, leaves := range expectations(t, "parquet_expect.txt") {
		t.Run(name, func(t *testing.T) {
			for _, batch := range []int{0, 7} {
				checkFile(t, filepath.Join(dir, name), leaves, batch, OpenParquet)
			}
		})
	}
}

// The values are those that the file's documentation gives.
func TestParquetInt96(t *testing.T) {
	path := shared(t, "parquet-testing/data/int96_from_spark.parquet")
	got, err := drain(t, request("a timestamp"), func(req Request) (Stream, error) {
		return OpenParquet(context.Background(), diskFile(t, path), req)
	})
	want := [][]any{
		{int64(1704141296123456)}, {int64(1704070800000000)}, {int64(253402225200000000)},
		{int64(1735599600000000)}, {nil}, {int64(9089380393200000000)},
	}
	if err != nil || !reflect.DeepEqual(got.rows, want) {
		t.Errorf("got %v, %v", got.rows, err)
	}
}

// A dictionary of one value needs no bits for its indices. The file stands among
// the broken ones for what it did to a reader; it says 21,186 zeros.
func TestParquetZeroBits(t *testing.T) {
	path := shared(t, "parquet-testing/bad_data/ARROW-GH-43605.parquet")
	got, err := drain(t, request("min_fl int"), func(req Request) (Stream, error) {
		return OpenParquet(context.Background(), diskFile(t, path), req)
	})
	if err != nil || len(got.rows) != 21_186 {
		t.Fatalf("%d rows, %v", len(got.rows), err)
	}
	for i, row := range got.rows {
		if row[0] != int64(0) {
			t.Fatalf("row %d is %v", i, row[0])
		}
	}
}

// A map whose keys may be missing, which the specification forbids, is read as
// DuckDB reads it.
func TestParquetMap(t *testing.T) {
	path := shared(t, "parquet-testing/data/incorrect_map_schema.parquet")
	got, err := drain(t, request("a string my_map.parent", "b string my_map.name", "c string my_map.other"), func(req Request) (Stream, error) {
		return OpenParquet(context.Background(), diskFile(t, path), req)
	})
	if want := [][]any{{"another", "report", nil}}; err != nil || !reflect.DeepEqual(got.rows, want) {
		t.Errorf("got %v, %v", got.rows, err)
	}
}

// Files that are broken are refused, whatever is asked of them.
func TestParquetRefused(t *testing.T) {
	for _, c := range []struct{ path, word string }{
		{"bad_data/ARROW-GH-41317.parquet", "header"},
		{"bad_data/ARROW-GH-41321.parquet", ""},
		{"bad_data/ARROW-GH-45185.parquet", "middle of a row"},
		{"bad_data/ARROW-GH-47662.parquet", ""},
		{"bad_data/ARROW-RS-GH-6229-DICTHEADER.parquet", "missing required field"},
		{"bad_data/ARROW-RS-GH-6229-LEVELS.parquet", "more values"},
		{"bad_data/PARQUET-1481.parquet", "type"},
		{"data/datapage_v1-corrupt-checksum.parquet", "checksum"},
		{"data/rle-dict-uncompressed-corrupt-checksum.parquet", "checksum"},
		{"data/encrypt_columns_and_footer.parquet.encrypted", "encrypted"},
		{"data/encrypt_columns_plaintext_footer.parquet.encrypted", "encrypted"},
		{"data/uniform_encryption.parquet.encrypted", "encrypted"},
	} {
		t.Run(filepath.Base(c.path), func(t *testing.T) {
			err := readLeaves(t, diskFile(t, shared(t, "parquet-testing/"+c.path)))
			if err == nil || !strings.Contains(err.Error(), c.word) {
				t.Errorf("got %v, want an error about %q", err, c.word)
			}
			if err != nil && !strings.Contains(err.Error(), filepath.Base(c.path)) {
				t.Errorf("%v does not name the file", err)
			}
		})
	}
}

// readLeaves reads all leaves of a file as text, each as a column and all
// together.
func readLeaves(t testing.TB, f *File) error {
	footer, err := readParquetFooter(f.Seek, f.Size)
	var req Request
	if err == nil {
		if root, err := parquetSchema(footer.Schema); err == nil {
			for _, path := range leafPaths(root) {
				req.Columns = append(req.Columns, Column{Name: strings.Join(path, "/"), Type: types.ListOf(types.String), Paths: [][]string{path}})
			}
		}
	}
	req.Time = -1
	_, err = drain(t, req, func(req Request) (Stream, error) { return OpenParquet(context.Background(), f, req) })
	return err
}

func leafPaths(n *parquetNode) [][]string {
	if n.Type.Valid {
		return [][]string{nil}
	}
	var out [][]string
	for _, child := range n.children {
		for _, path := range leafPaths(child) {
			out = append(out, append([]string{child.Name}, path...))
		}
	}
	return out
}
