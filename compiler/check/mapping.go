package check

import (
	"slices"
	"strings"

	"github.com/detlang/det/lang/ast"
	"github.com/detlang/det/lang/types"
)

// A mapping says how the events of a schema can be told apart and read: which of
// them are those of a log source, and which names its fields have elsewhere.
//
//	mapping windows for any_event {
//	  source product = "windows", service = "security" where Channel == "Security" { SubjectUserName }
//	  Image string from "NewProcessName", "process.executable"
//	}
//
// One that names a log source itself is for the rules of that log source alone, whose
// fields then stand under its names instead:
//
//	mapping okta for any_event where logsource(product: "okta") {
//	  User string from "actor.alternateId"
//	}
//
// A field that events may lack is worked out from others by let, in which its own name
// is what the event has:
//
//	let Imphash = coalesce(Imphash, regex_extract(Hashes, "IMPHASH=(\\w+)"))
//
// The mappings of all files hold together, also of those that import none, so that
// a Sigma rule, which cannot import, finds those of its user.

// mapped is what the mappings say of one schema.
type mapped struct {
	sources []*logSource
	under   []*variant
	derived map[string]*derivation
}

// variant is a field as a mapping for one log source has it.
type variant struct {
	of sourceParts
	*types.Variant
}

// mappings reads the mappings of all files: it adds their fields to the schemas
// that they are for.
func (c *checker) mappings() {
	for _, m := range c.mapping {
		of := c.mappingSchema(m.mod, m.block)
		if of == nil {
			continue
		}
		under, ok := c.mappingSource(m.block)
		if !ok {
			continue
		}
		to := c.mapped[of]
		if to == nil {
			to = &mapped{}
			c.mapped[of] = to
		}
		for _, st := range m.block.Body {
			switch {
			case st.Name.Name == "source" && (len(st.Args) == 0 || st.Args[0].Name != nil):
				if s := c.logSource(m.mod, st); s != nil {
					to.sources = append(to.sources, s)
				}
			case st.Name.Name == "doc" && isText(st):
			case st.Name.Name == "let" && len(st.Args) == 1 && st.Args[0].Name != nil:
				c.mappedDerivation(of, to, m, under, st)
			case under.count() > 0:
				c.mappedVariant(of, to, under, m.block, st)
			default:
				c.mappedField(of, m.block, st)
			}
		}
	}
	for of, m := range c.mapped {
		of.Variants = nil
		for _, v := range m.under {
			of.Variants = append(of.Variants, *v.Variant)
		}
	}
}

// mappingSource is the log source that a mapping is for, by its clause where; none
// for one that is for all.
func (c *checker) mappingSource(b *ast.Block) (of sourceParts, ok bool) {
	if len(b.Clauses) < 2 {
		return of, true
	}
	cl := b.Clauses[1]
	if len(cl.Args) == 1 && cl.Args[0].Name == nil {
		if call := sourceCall(cl.Args[0].Value); call != nil {
			ok = c.sourceNames(call, &of)
			return of, ok && of.count() > 0
		}
	}
	c.diags.Errorf("D0914", cl.Word.At, "a mapping is for one log source, or for all").Hint = `write: mapping NAME for any_event where logsource(product: "okta") { … }`
	return of, false
}

// mappedVariant adds a field of a mapping for one log source. What is said twice
// holds together.
func (c *checker) mappedVariant(s *types.Schema, to *mapped, of sourceParts, b *ast.Block, st *ast.Stage) {
	f, ok := c.field(st)
	if !ok {
		return
	}
	if f.Name == s.Time {
		c.diags.Errorf("D0914", st.At, "%s is the time of all events, whatever their log source", f.Name)
		return
	}
	own := [][]string{{f.Name}}
	if strings.Contains(f.Name, ".") {
		own = append(own, splitPath(f.Name))
	}
	f.Optional, f.Paths = true, append(own, f.Paths...)
	if f.Doc == "" && b.Name != nil {
		f.Doc = "of the mapping " + b.Name.Name
	}
	for _, v := range to.under {
		switch {
		case v.of != of || v.Name != f.Name:
		case v.Type != f.Type:
			c.diags.Errorf("D0914", st.At, "%s is %s already, not %s", f.Name, v.Type, f.Type)
			return
		default:
			v.Paths = append(v.Paths, f.Paths[len(own):]...)
			return
		}
	}
	to.under = append(to.under, &variant{of, &types.Variant{Column: f.Name + " of " + of.String(), Field: f}})
}

// variant is a field as the mappings for a rule's log source have it, or nil. Of
// several that fit, the one that says most of the log source counts, and of those
// that say as much the first.
func (c *checker) variant(s *types.Schema, of sourceParts, name string) *types.Variant {
	m := c.mapped[s]
	if m == nil || of.count() == 0 {
		return nil
	}
	var best *variant
	for _, v := range m.under {
		if v.Name == name && v.of.within(of) && (best == nil || v.of.count() > best.of.count()) {
			best = v
		}
	}
	if best == nil {
		return nil
	}
	return best.Variant
}

// mappingDecl is a mapping as it was found.
type mappingDecl struct {
	mod   *module
	block *ast.Block
}

func isText(st *ast.Stage) bool {
	if len(st.Args) != 1 {
		return false
	}
	l, ok := st.Args[0].Value.(*ast.Literal)
	if !ok {
		return false
	}
	_, ok = l.Value.(string)
	return ok
}

// mappingSchema is the schema that a mapping is for.
func (c *checker) mappingSchema(m *module, b *ast.Block) *types.Schema {
	const form = "write: mapping NAME for any_event { … }"
	if len(b.Clauses) == 0 {
		c.diags.Errorf("D0404", b.Keyword.At, "the mapping does not say which schema it is for").Hint = form
		return nil
	}
	if cl := b.Clauses[0]; cl.Word.Name != "for" || len(cl.Args) != 1 || len(b.Clauses) > 2 || len(b.Clauses) == 2 && b.Clauses[1].Word.Name != "where" {
		at := b.Clauses[len(b.Clauses)-1].Word
		c.diags.Errorf("D0402", at.At, "a mapping has no %s here", at.Name).Hint = form
		return nil
	}
	x := b.Clauses[0].Args[0].Value
	d, name := c.lookup(m, x)
	if d != nil {
		c.resolve(d)
	}
	switch {
	case d == nil || d.schema == nil:
		c.diags.Errorf("D0303", x.Span(), "unknown schema %s", name).Hint = "a mapping for Sigma rules is: import std.sigma, mapping NAME for any_event { … }"
		return nil
	case !d.schema.Open:
		c.diags.Errorf("D0914", x.Span(), "schema %s is not open, so that it has all the fields that it can have", name)
		return nil
	}
	return d.schema
}

// mappedField adds the names of a field to those that the schema has for it.
func (c *checker) mappedField(s *types.Schema, b *ast.Block, st *ast.Stage) {
	f, ok := c.field(st)
	if !ok {
		return
	}
	f.Optional = true // which events have it is a matter of their log source
	if f.Doc == "" && b.Name != nil {
		f.Doc = "of the mapping " + b.Name.Name
	}
	c.opts.Uses.mapped(s, st.Name)
	defer c.opts.Uses.field(st.Name.At, s, f.Name) // once the schema has it
	own := []string{f.Name}
	i := s.Find(f.Name)
	if i < 0 {
		f.Paths = append([][]string{own}, f.Paths...)
		if strings.Contains(f.Name, ".") {
			f.Paths = slices.Insert(f.Paths, 1, splitPath(f.Name))
		}
		s.Fields = append(s.Fields, f)
		return
	}
	known := &s.Fields[i]
	if known.Type != f.Type {
		c.diags.Errorf("D0914", st.At, "%s is %s already, not %s", f.Name, known.Type, f.Type)
		return
	}
	for _, p := range f.Paths {
		if !slices.ContainsFunc(known.Paths, func(q []string) bool { return slices.Equal(p, q) }) {
			known.Paths = append(known.Paths, p)
		}
	}
}
