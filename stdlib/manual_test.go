package stdlib

import (
	"flag"
	"os"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write docs/functions.md anew")

func TestManualIsTrue(t *testing.T) {
	const page = "../docs/functions.md"
	var b strings.Builder
	if err := WriteManual(&b); err != nil {
		t.Fatal(err)
	}
	if *update {
		if err := os.WriteFile(page, []byte(b.String()), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	old, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	if string(old) != b.String() {
		t.Error("docs/functions.md is not what the tables say: run go test ./stdlib -update")
	}
}
