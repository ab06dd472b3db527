package diag

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"
	"unicode/utf8"
)

var update = flag.Bool("update", false, "write docs/codes.md anew")

// TestCodesPage keeps docs/codes.md what the catalogue says.
func TestCodesPage(t *testing.T) {
	const name = "../../docs/codes.md"
	want := codesPage()
	if *update {
		if err := os.WriteFile(name, want, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	have, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(have, want) {
		t.Errorf("%s is not what the catalogue says; go test ./lang/diag -update writes it anew", name)
	}
}

const codesPreface = `# Codes

What the tools can tell an author. Printed from the catalogue in ` + "`lang/diag`" + `; ` + "`go test ./lang/diag -update`" + ` writes
it anew. ` + "`det explain CODE`" + ` prints one of them. A code is never renumbered or reused.

| family | about |
|---|---|
| D01 | syntax |
| D02 | types |
| D03 | names |
| D04 | stages and clauses |
| D05 | units |
| D06 | how rules hang together |
| D07 | limits |
| D08 | files and imports |
| D09 | Sigma rules and mappings |
`

// longest is the longest example that the page shows, in bytes.
const longest = 400

// languageOf is the language that an example is in.
func languageOf(text string) string {
	if strings.HasPrefix(text, "title:") {
		return "yaml"
	}
	return "det"
}

func codesPage() []byte {
	var b bytes.Buffer
	b.WriteString(codesPreface)
	for _, c := range Codes {
		fmt.Fprintf(&b, "\n## %s: %s\n\n%s %s\n", c.ID, c.Title, c.When, c.Why)
		if c.Wrong == "" || len(c.Wrong) > longest || !utf8.ValidString(c.Wrong) {
			continue
		}
		if strings.HasPrefix(c.Wrong, "title:") {
			fmt.Fprintf(&b, "\n```yaml\n%s```\n", c.Wrong)
			if c.Right != "" {
				fmt.Fprintf(&b, "\nMended:\n\n```%s\n%s```\n", languageOf(c.Right), c.Right)
			}
			continue
		}
		kind := "det wrong"
		if strings.HasSuffix(c.Title, "(warning)") {
			kind = "det warns"
		}
		fmt.Fprintf(&b, "\n```%s\n%s```\n", kind, c.Wrong)
		if c.Right != "" {
			fmt.Fprintf(&b, "\nMended:\n\n```det\n%s```\n", c.Right)
		}
	}
	return b.Bytes()
}
