package main

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"
	"unicode/utf8"
)

var update = flag.Bool("update", false, "write docs/commands.md anew")

// TestCommandsPage keeps docs/commands.md what the help says.
func TestCommandsPage(t *testing.T) {
	const name = "../../docs/commands.md"
	var b bytes.Buffer
	page := &console{Writer: &b, width: plainWidth}
	b.WriteString("# Commands\n\nPrinted from the table of commands; `go test ./cmd/det -update` writes it anew.\n\n```text\n")
	if err := printOverview(page); err != nil {
		t.Fatal(err)
	}
	b.WriteString("```\n")
	for _, c := range commands() {
		fmt.Fprintf(&b, "\n## det %s\n\n```text\n", c.name)
		if err := c.printHelp(page); err != nil {
			t.Fatal(err)
		}
		b.WriteString("```\n")
	}
	for _, line := range strings.Split(b.String(), "\n") {
		if utf8.RuneCountInString(line) > plainWidth {
			t.Errorf("wider than %d columns: %s", plainWidth, line)
		}
	}
	if *update {
		if err := os.WriteFile(name, b.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	have, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(have, b.Bytes()) {
		t.Errorf("%s is not what the help says; go test ./cmd/det -update writes it anew", name)
	}
}
