package stdlib

import (
	"fmt"
	"io"
	"strings"
)

// WriteManual prints the page of the manual on functions, in Markdown, from their
// rows.
func WriteManual(w io.Writer) error {
	var b strings.Builder
	b.WriteString("# Functions\n\n")
	b.WriteString("This page is printed from the rows of the tables in `stdlib`; `go test ./stdlib -update` writes it anew.\n\n")
	b.WriteString("A missing argument makes the result missing, unless the text says otherwise; a function that gives `bool` and is marked *test* is false then. ")
	fmt.Fprintf(&b, "A number that is too large, or no number, is missing; so is text of more than %d bytes. ", MaxText)
	b.WriteString("`const` arguments are known when the rule is compiled, `?` ones may be left out, and `…` ones be given many times.\n\n")
	topics := topics()
	for _, t := range topics {
		var names []string
		for _, f := range t.funcs {
			names = append(names, fmt.Sprintf("[%s](#%s)", f.Name, f.Name))
		}
		fmt.Fprintf(&b, "- **%s**: %s\n", t.name, strings.Join(names, ", "))
	}
	for _, t := range topics {
		fmt.Fprintf(&b, "\n## %s\n", t.name)
		for _, f := range t.funcs {
			writeFunc(&b, &f)
		}
	}
	_, err := io.WriteString(w, b.String())
	return err
}

func writeFunc(b *strings.Builder, f *Func) {
	test := ""
	if f.Test {
		test = " *test*"
	}
	fmt.Fprintf(b, "\n### %s\n\n`%s%s`%s\n\n%s\n\n```\n", f.Name, f.Name, f.Sig, test, f.Doc)
	for _, ex := range f.Examples {
		fmt.Fprintf(b, "%s = %s\n", ex.Expr, ex.Want)
	}
	b.WriteString("```\n")
}
