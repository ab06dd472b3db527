package input

import (
	"bytes"
	"context"
	"encoding/json"
	"maps"
	"os"
	"slices"
	"strings"
)

// Named is implemented by a Stream that can tell the fields of its records: all of
// them where the format lists them, else those of the first records. Nested ones
// are written with dots.
type Named interface{ Fields() []string }

// Fields names the fields that a file has, as Named says, ascending. There are none
// of what cannot be read twice, as standard input, nor of what cannot be read.
func Fields(ctx context.Context, path, format string) []string {
	if info, err := os.Stat(path); err != nil || !info.Mode().IsRegular() {
		return nil
	}
	s, err := OpenPath(ctx, path, format, Request{Time: -1})
	if err != nil {
		return nil
	}
	defer s.Close()
	if n, ok := s.(Named); ok {
		return slices.Compact(slices.Sorted(slices.Values(n.Fields())))
	}
	return nil
}

// Fields implements Named.
func (r *csvReader) Fields() []string { return r.names }

// Fields implements Named.
func (r *combinedReader) Fields() []string { return accessFields[:] }

// Fields implements Named: those of the records in the first block.
func (r *jsonReader) Fields() []string {
	found := map[string]bool{}
	fieldsOf(json.NewDecoder(bytes.NewReader(r.block.buf[r.block.pos:r.block.end])), found)
	within := strings.Join(r.envelope, ".") + "."
	var names []string
	for name := range maps.Keys(found) {
		if r.envelope != nil {
			var ok bool
			if name, ok = strings.CutPrefix(name, within); !ok {
				continue
			}
			for _, e := range envelopes {
				if e.in != "" {
					name = strings.TrimPrefix(name, e.in+".")
				}
			}
		}
		names = append(names, name)
	}
	return names
}

// How many names of one text are remembered, and of how many bytes.
const (
	maxNames = 10_000
	maxName  = 1_000
)

// fieldsOf collects the paths of all members in a text of JSON values, leaving
// arrays out of them, as far as it can be read.
func fieldsOf(d *json.Decoder, found map[string]bool) {
	type open struct {
		path   string // with a dot behind it
		object bool
		key    bool // a name comes next
	}
	within := []open{{}}
	for len(found) < maxNames {
		t, err := d.Token()
		if err != nil {
			return
		}
		at := &within[len(within)-1]
		if len(at.path) > maxName {
			return
		}
		if name, ok := t.(string); ok && at.object && at.key {
			found[at.path+name], at.key = true, false
			within = append(within, open{path: at.path + name + "."}) // until its value has ended
			continue
		}
		switch t {
		case json.Delim('{'):
			within = append(within, open{path: at.path, object: true, key: true})
			continue
		case json.Delim('['):
			within = append(within, open{path: at.path})
			continue
		case json.Delim('}'), json.Delim(']'):
			within = within[:len(within)-1]
		}
		// A value has ended: if it was that of a member, its name has as well.
		if n := len(within) - 2; n >= 0 && within[n].object && !within[n].key {
			within = within[:n+1]
			within[n].key = true
		}
	}
}

// Fields implements Named: those of the schema.
func (s *parquetStream) Fields() []string {
	var names []string
	var walk func(n *parquetNode, prefix string)
	walk = func(n *parquetNode, prefix string) {
		for _, child := range n.children {
			names = append(names, prefix+child.Name)
			walk(child, prefix+child.Name+".")
		}
	}
	walk(s.root, "")
	return names
}

// Fields implements Named: those of the schema.
func (s *arrowStream) Fields() []string {
	var names []string
	var walk func(f *arrowField, prefix string)
	walk = func(f *arrowField, prefix string) {
		for _, child := range f.children {
			names = append(names, prefix+child.name)
			walk(child, prefix+child.name+".")
		}
	}
	walk(s.schema.root, "")
	return names
}
