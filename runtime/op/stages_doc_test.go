package op

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/detlang/det/lang/types"
)

var update = flag.Bool("update", false, "write docs/stages.md anew")

// TestStagesPage keeps docs/stages.md what the rows say.
func TestStagesPage(t *testing.T) {
	const name = "../../docs/stages.md"
	want := stagesPage()
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
		t.Errorf("%s is not what the rows say; go test ./runtime/op -update writes it anew", name)
	}
}

// TestStagesAreWhole wants a text for everything that an author can write.
func TestStagesAreWhole(t *testing.T) {
	for _, s := range All() {
		if !strings.HasSuffix(s.Doc, ".") {
			t.Errorf("the doc of %s is no sentence", s.Name)
		}
		for _, p := range s.Head {
			if p.Doc == "" {
				t.Errorf("%s: %s has no doc", s.Name, p.Name)
			}
		}
		for _, c := range s.Clauses {
			if c.Doc == "" {
				t.Errorf("%s: %s has no doc", s.Name, c.Word)
			}
		}
	}
}

const stagesPreface = `# Stages

What the lines of a rule do. Printed from the rows of ` + "`runtime/op`" + `; ` + "`go test ./runtime/op -update`" + ` writes it
anew. What is in brackets may be left out; … means one or more, with commas between.

`

func stagesPage() []byte {
	var b bytes.Buffer
	b.WriteString(stagesPreface)
	for _, s := range All() {
		fmt.Fprintf(&b, "- [%s](#%s)\n", s.Name, s.Name)
	}
	for _, s := range All() {
		fmt.Fprintf(&b, "\n## %s\n\n```text\n%s\n```\n\n%s\n", s.Name, written(s), s.Doc)
		rows := [][2]string{}
		for _, p := range s.Head {
			rows = append(rows, [2]string{"*" + p.Name + "*", sentence(p.Doc, accepted(p))})
		}
		for _, c := range s.Clauses {
			word := "`" + c.Word + "`"
			takes := []string{}
			for _, p := range c.Params {
				word += " *" + p.Name + "*"
				if a := accepted(p); a != "" {
					takes = append(takes, a)
				}
			}
			rows = append(rows, [2]string{word, sentence(c.Doc, strings.Join(takes, "; "))})
		}
		if len(rows) == 0 {
			continue
		}
		b.WriteString("\n| | |\n|---|---|\n")
		for _, r := range rows {
			fmt.Fprintf(&b, "| %s | %s |\n", r[0], strings.ReplaceAll(r[1], "|", "\\|"))
		}
	}
	return b.Bytes()
}

// written is how a stage is written: its name, its arguments, a line for each
// clause, and its block.
func written(s Spec) string {
	line := s.Name
	for _, p := range s.Head {
		line += " " + bracketed(placeholder(p), p.Optional)
	}
	lines := []string{line}
	for _, c := range s.Clauses {
		clause := c.Word
		for _, p := range c.Params {
			clause += " " + bracketed(placeholder(p), p.Optional)
		}
		lines = append(lines, "  "+bracketed(clause, !c.Required))
	}
	switch s.Block {
	case Aggregates:
		lines = append(lines, "  { name = expression over aggregates, … }")
	case Fields:
		lines = append(lines, "  [{ column, … }]")
	}
	return strings.Join(lines, "\n")
}

// placeholder is what stands for an argument.
func placeholder(p Param) string {
	name := strings.ToUpper(p.Name)
	switch {
	case p.Kind == Entity:
		name += "(VALUE)"
	case p.Many:
		name = "[NAME =] " + name
	}
	if p.Many {
		name += ", …"
	}
	return name
}

func bracketed(text string, optional bool) string {
	if optional {
		return "[" + text + "]"
	}
	return text
}

// accepted is what an argument may be.
func accepted(p Param) string {
	choices := strings.Join(p.Choices, ", ")
	switch p.Kind {
	case Const:
		if choices != "" {
			return "a constant " + p.Type.String() + ", or " + choices
		}
		return "a constant " + p.Type.String()
	case Choice:
		return "one of " + choices
	case Measure:
		return "a number"
	case Entity:
		return "an entity type with its value, such as user(login)"
	case Expr:
		if p.Type.Kind != types.Any {
			return "an expression, " + p.Type.String()
		}
		return "an expression"
	}
	return ""
}

// sentence is a doc with what an argument may be.
func sentence(doc, takes string) string {
	if takes == "" {
		return doc
	}
	return doc + " (" + takes + ")"
}
