package lsp

import (
	"slices"
	"strings"
	"sync"

	"github.com/detlang/det/lang"
	"github.com/detlang/det/lang/ast"
	"github.com/detlang/det/lang/diag"
	"github.com/detlang/det/lang/source"
	"github.com/detlang/det/stdlib"
)

// logSourceParts are what a log source of Sigma is named by.
var logSourceParts = []string{"category", "product", "service"}

// logSource is a log source as a mapping declares it.
type logSource struct {
	mapping string
	parts   map[string]string // in lower case
	where   string            // which events those are
	fields  []string          // that they have, as far as the mapping says
	open    bool              // there may be others
}

// mapped is what mappings say of Sigma's rules.
type mapped struct {
	sources []logSource
	fields  map[string]string // where else a field may stand, by its name
}

// read adds what a file declares.
func (m *mapped) read(f *source.File) {
	for _, decl := range lang.Parse(f, &diag.List{}).Decls {
		b, ok := decl.(*ast.Block)
		if !ok || b.Keyword.Name != "mapping" || b.Name == nil {
			continue
		}
		for _, st := range b.Body {
			if st.Name.Name == "source" && (len(st.Args) == 0 || st.Args[0].Name != nil) {
				m.sources = append(m.sources, readLogSource(b.Name.Name, st))
			} else if from := st.Clause("from"); from != nil {
				m.fields[st.Name.Name] = strings.TrimSpace(strings.TrimPrefix(from.At.Text(), "from"))
			}
		}
	}
}

func readLogSource(mapping string, st *ast.Stage) logSource {
	s := logSource{mapping: mapping, parts: map[string]string{}}
	for _, a := range st.Args {
		if l, ok := a.Value.(*ast.Literal); ok && a.Name != nil {
			text, _ := l.Value.(string)
			s.parts[a.Name.Name] = strings.ToLower(text)
		}
	}
	if w := st.Clause("where"); w != nil && len(w.Args) == 1 {
		s.where = strings.Join(strings.Fields(w.Args[0].Value.Span().Text()), " ")
	}
	s.open = len(st.Items) == 0
	for _, it := range st.Items {
		if l, ok := it.Value.(*ast.Literal); ok && l.Value == "*" {
			s.open = true
		} else {
			s.fields = append(s.fields, fieldName(it.Value))
		}
	}
	return s
}

// fieldName is the name of a field as rules write it.
func fieldName(x ast.Expr) string {
	switch x := x.(type) {
	case *ast.Name:
		return x.Name
	case *ast.Select:
		return fieldName(x.X) + "." + x.Sel.Name
	}
	return ""
}

// libraryMappings are those that every Sigma rule is compiled with.
var libraryMappings = sync.OnceValue(func() mapped {
	m := mapped{fields: map[string]string{}}
	for _, name := range []string{"std.sigma_windows", "std.sigma_linux", "std.sigma_cloud", "std.sigma_network"} {
		text, _ := stdlib.File(name)
		m.read(source.New(name+".det", text))
	}
	return m
})

// mapped are the mappings of the libraries and of the workspace.
func (w *world) mapped() mapped {
	lib := libraryMappings()
	m := mapped{sources: slices.Clone(lib.sources), fields: map[string]string{}}
	for name, from := range lib.fields {
		m.fields[name] = from
	}
	for _, path := range w.mappings() {
		if d := w.document(path); d != nil {
			m.read(d.file)
		}
	}
	return m
}

// within reports whether a rule over a log source of these parts reads the events
// of this one.
func (s *logSource) within(parts map[string]string) bool {
	for part, v := range s.parts {
		if parts[part] != v {
			return false
		}
	}
	return true
}

// has reports whether the source is named by all of these parts.
func (s *logSource) has(parts map[string]string) bool {
	for part, v := range parts {
		if s.parts[part] != v {
			return false
		}
	}
	return true
}

// fit are the sources that a rule over these parts reads: of two that fit, of which
// one says more, that one alone.
func (m *mapped) fit(parts map[string]string) []logSource {
	var fit, out []logSource
	for _, s := range m.sources {
		if s.within(parts) {
			fit = append(fit, s)
		}
	}
	for _, s := range fit {
		if !slices.ContainsFunc(fit, func(o logSource) bool { return len(o.parts) > len(s.parts) && s.within(o.parts) }) {
			out = append(out, s)
		}
	}
	return out
}

// named are the fields that the mappings name for the events that a rule over these
// parts reads: those of the sources that fit, and of those that say less, which have
// these events too.
func (m *mapped) named(parts map[string]string) map[string]bool {
	out := map[string]bool{}
	for _, s := range m.sources {
		if s.within(parts) {
			for _, f := range s.fields {
				out[f] = true
			}
		}
	}
	return out
}

// logSource is what the rule at hand names.
func (p *yamlPlace) logSource() map[string]string {
	out := map[string]string{}
	for _, part := range logSourceParts {
		if v := p.scalar("logsource", part); v != "" {
			out[part] = strings.ToLower(v)
		}
	}
	return out
}
