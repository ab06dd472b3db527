package company

import (
	"testing"

	"github.com/detlang/det/lang"
	"github.com/detlang/det/lang/ast"
	"github.com/detlang/det/lang/diag"
	"github.com/detlang/det/lang/source"
	"github.com/detlang/det/stdlib"
)

// TestFieldsAreThoseOfTheSchemas finds, for every table, the schema of its name in
// the standard library, which must know every field of its rows.
func TestFieldsAreThoseOfTheSchemas(t *testing.T) {
	schemas := map[string]map[string]bool{}
	for _, library := range stdlib.Names() {
		text, _ := stdlib.File(library)
		for _, d := range lang.Parse(source.New(library, text), new(diag.List)).Decls {
			if b, ok := d.(*ast.Block); ok && b.Keyword.Name == "schema" {
				schemas[b.Name.Name] = fields(b)
			}
		}
	}
	made := generate(t, small)
	for _, table := range tables {
		known := schemas[table.name]
		if known == nil {
			t.Errorf("no library has a schema %s", table.name)
		}
		for _, r := range records(t, made[table.name]) {
			for name := range r {
				if !known[name] {
					t.Fatalf("schema %s has no field %s", table.name, name)
				}
			}
		}
	}
}

// fields are the names under which a schema looks for its fields.
func fields(b *ast.Block) map[string]bool {
	names := map[string]bool{}
	for _, st := range b.Body {
		names[st.Name.Name] = true
		if from := st.Clause("from"); from != nil {
			for _, a := range from.Args {
				if l, ok := a.Value.(*ast.Literal); ok {
					name, _ := l.Value.(string)
					names[name] = true
				}
			}
		}
	}
	return names
}
