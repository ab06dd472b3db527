package det

import (
	"context"
	"slices"
	"strings"

	"github.com/apache/arrow/go/v17/arrow"

	"github.com/detlang/det/lang/diag"
	"github.com/detlang/det/lang/types"
	"github.com/detlang/det/runtime/input"
)

// Unseen is a field that a rule reads and in which no event of the input had a
// value, so that the rule may be silent for no other reason. Near is the name of a
// field that the input does have and that may be meant, "" for none.
type Unseen struct {
	Schema, Field, Near string
}

// unseen looks for the columns of one stream that never have a value.
type unseen struct {
	started bool
	rows    int64
	columns []int // of those so far, by number
}

// look strikes out the columns that have a value in a record.
func (u *unseen) look(rec arrow.Record) {
	if !u.started {
		u.started = true
		for i := range int(rec.NumCols()) {
			u.columns = append(u.columns, i)
		}
	}
	u.rows += rec.NumRows()
	u.columns = slices.DeleteFunc(u.columns, func(i int) bool { return rec.Column(i).NullN() < rec.Column(i).Len() })
}

// maxNamed is how many files of a stream are asked for the names of their fields.
const maxNamed = 16

// unseen gives the fields without a value. Optional fields are left out, and so are
// those of an open schema that it does not name, unless another name comes close,
// and those that stand in the input, if only as null.
func (n *run) unseen(ctx context.Context) []Unseen {
	var out []Unseen
	for i := range n.looked {
		schema, columns := n.rules.set.Schemas[i], n.missing(i)
		if len(columns) == 0 {
			continue
		}
		found := n.fields(ctx, i)
		free := slices.DeleteFunc(slices.Clone(found), func(name string) bool { return mapped(schema, name) })
		for _, name := range columns {
			at := schema.Find(name)
			if at < 0 && len(n.prog.Streams[i].Logs) > 0 {
				continue // what its log source lacks is told for the log source
			}
			if at >= 0 && schema.Fields[at].Optional || slices.ContainsFunc(places(schema, name), func(p string) bool { return slices.Contains(found, p) }) {
				continue
			}
			if near := nearField(name, free); at >= 0 || near != "" {
				out = append(out, Unseen{schema.Name, name, near})
			}
		}
	}
	return out
}

// missing names the columns of a stream without a value. Where no event could be
// used for want of a time, that is the time.
func (n *run) missing(stream int) []string {
	s, u := n.prog.Streams[stream], &n.looked[stream]
	var names []string
	for _, c := range u.columns {
		names = append(names, s.Columns[c].Name)
	}
	if u.rows == 0 {
		names = nil
		for _, c := range n.counts.All() {
			if c.Cause == input.MissingTime && c.Field == s.Columns[s.Time].Name {
				names = []string{c.Field}
			}
		}
	}
	return names
}

// fields names what the files of a stream hold.
func (n *run) fields(ctx context.Context, stream int) []string {
	var names []string
	asked := 0
	for _, f := range n.files {
		if f.stream == stream && asked < maxNamed {
			names = append(names, input.Fields(ctx, f.path, n.opts.Format)...)
			asked++
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// places are the paths of a field, joined by dots.
func places(s *types.Schema, name string) []string {
	at := s.Find(name)
	if at < 0 || s.Fields[at].Paths == nil {
		return []string{name}
	}
	var out []string
	for _, p := range s.Fields[at].Paths {
		out = append(out, strings.Join(p, "."))
	}
	return out
}

// mapped reports whether a field of the schema stands for a name of the input.
func mapped(s *types.Schema, name string) bool {
	return slices.ContainsFunc(s.Fields, func(f types.Field) bool { return slices.Contains(places(s, f.Name), name) })
}

// nearField is the name of the input that resembles a field, by all of it or by its
// last part; "" for none.
func nearField(field string, names []string) string {
	if near, ok := diag.Nearest(field, names); ok {
		return near
	}
	last := map[string]string{}
	var parts []string
	for _, name := range names {
		part := name[strings.LastIndexByte(name, '.')+1:]
		if last[part] == "" {
			last[part] = name
			parts = append(parts, part)
		}
	}
	near, _ := diag.Nearest(field, parts)
	return last[near]
}
