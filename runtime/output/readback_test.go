package output

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/apache/arrow/go/v17/arrow/memory"

	"github.com/detlang/det/lang/types"
	"github.com/detlang/det/runtime/input"
)

// columnar writes the alerts in each columnar format.
func columnar(t *testing.T) []string {
	t.Helper()
	var paths []string
	for _, format := range []string{"parquet", "arrow", "feather"} {
		path := filepath.Join(t.TempDir(), "alerts."+format)
		if err := os.WriteFile(path, written(t, format, Options{}), 0o644); err != nil {
			t.Fatal(err)
		}
		paths = append(paths, path)
	}
	return paths
}

// TestReadBack reads the columnar formats with our own readers.
func TestReadBack(t *testing.T) {
	for _, path := range columnar(t) {
		mem := memory.NewCheckedAllocator(memory.DefaultAllocator)
		defer mem.AssertSize(t, 0)
		s, err := input.OpenPath(context.Background(), path, "", input.Request{
			Columns: []input.Column{{Name: "time", Type: types.TTimestamp}, {Name: "id", Type: types.TString}, {Name: "suppressed", Type: types.TInt}},
			Alloc:   mem,
		})
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for {
			b, err := s.Next(context.Background())
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil {
				t.Fatal(err)
			}
			for i := range int(b.Record.NumRows()) {
				got = append(got, b.Record.Column(1).ValueStr(i)+" "+b.Record.Column(2).ValueStr(i))
			}
			b.Record.Release()
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
		for i, a := range alerts() {
			if want := fmt.Sprint(a.ID, " ", a.Suppressed); i >= len(got) || got[i] != want {
				t.Errorf("%s: row %d is not %s in %v", filepath.Base(path), i, want, got)
			}
		}
	}
}

// readScript prints what pyarrow finds in a file.
const readScript = `import sys, pyarrow.parquet as pq, pyarrow.ipc as ipc
path = sys.argv[1]
if path.endswith("parquet"):
    t = pq.read_table(path)
elif path.endswith("feather"):
    t = ipc.open_file(path).read_all()
else:
    t = ipc.open_stream(path).read_all()
for r in t.to_pylist():
    print(r["id"], len(r["keys"]), len(r["values"]), len(r["evidence"]), len(r["attack"]), r["suppressed"], r["partial"])
`

// TestReadBackPyarrow reads the columnar formats with another implementation.
func TestReadBackPyarrow(t *testing.T) {
	if err := exec.Command("python3", "-c", "import pyarrow").Run(); err != nil {
		if os.Getenv("DET_DEMAND_DATA") != "" {
			t.Fatal("python3 has no pyarrow")
		}
		t.Skip("python3 has no pyarrow")
	}
	var want strings.Builder
	for _, a := range alerts() {
		partial := "False"
		if a.Partial {
			partial = "True"
		}
		fmt.Fprintln(&want, a.ID, len(a.Keys), len(a.Values), len(a.Evidence), len(a.Attack), a.Suppressed, partial)
	}
	for _, path := range columnar(t) {
		got, err := exec.Command("python3", "-c", readScript, path).CombinedOutput()
		if err != nil || string(got) != want.String() {
			t.Errorf("%s: %v, got\n%swant\n%s", filepath.Base(path), err, got, want.String())
		}
	}
}
