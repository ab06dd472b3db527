package stdlib

import (
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
)

// TestOracles holds the functions to what other implementations compute. A file of
// testdata/oracle has a call and its result a line; its head names its source.
func TestOracles(t *testing.T) {
	files, err := filepath.Glob("testdata/oracle/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatalf("no oracles: %v", err)
	}
	funcs := byName()
	for _, name := range files {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for n, line := range strings.Split(strings.TrimSpace(string(text)), "\n") {
			if strings.HasPrefix(line, "//") {
				continue
			}
			cut := strings.LastIndex(line, ") = ")
			got, err := evaluate(parse(t, line[:cut+1]), funcs)
			if err != nil {
				t.Errorf("%s:%d: %v", name, n+1, err)
				continue
			}
			want, err := evaluate(parse(t, line[cut+4:]), funcs)
			if err != nil {
				t.Fatalf("%s:%d: %v", name, n+1, err)
			}
			if !reflect.DeepEqual(got.x, want.x) {
				t.Errorf("%s:%d: %s gives %#v", name, n+1, line, got.x)
			}
		}
	}
}
