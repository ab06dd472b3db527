package det_test

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// The picture stands between these lines of ARCHITECTURE.md.
const (
	pictureStart = "```text imports\n"
	pictureEnd   = "```\n"
)

// TestPicturePage keeps the import picture of ARCHITECTURE.md what the table of
// TestImportPicture says.
func TestPicturePage(t *testing.T) {
	const name = "ARCHITECTURE.md"
	data, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	before, rest, ok := strings.Cut(string(data), pictureStart)
	have, after, ends := strings.Cut(rest, pictureEnd)
	if !ok || !ends {
		t.Fatalf("%s has no block %q", name, pictureStart)
	}
	want := picture()
	if *update {
		if err := os.WriteFile(name, []byte(before+pictureStart+want+pictureEnd+after), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if diff := cmp.Diff(want, have); diff != "" {
		t.Errorf("%s is not what the table says; go test . -run Picture -update writes it anew (-table +page)\n%s", name, diff)
	}
}

// picture is the table in lines: a package, what it may import, and behind a bar
// the libraries that nobody else imports.
func picture() string {
	var b strings.Builder
	name := func(pkg string) string {
		if pkg == "." {
			return "det"
		}
		return pkg
	}
	for _, r := range rooms {
		var may []string
		for _, p := range r.may {
			may = append(may, name(p))
		}
		if len(may) == 0 {
			may = []string{"nothing of ours"}
		}
		line := fmt.Sprintf("%-16s → %s", name(r.pkg), strings.Join(may, "  "))
		if len(r.owns) > 0 {
			line += "  |  " + strings.Join(r.owns, "  ")
		}
		b.WriteString(line + "\n")
	}
	return b.String()
}
