package input

import "strings"

// envelopes are the objects that wrap arrays of records: the path to the array,
// and the field of each element that holds the record, if it is not the element.
var envelopes = []struct {
	doc  string
	path string
	in   string
}{
	{"AWS CloudTrail", "Records", ""},
	{"Elasticsearch", "hits.hits", "_source"},
	{"Microsoft Graph, Azure", "value", ""},
	{"CloudWatch Logs", "events", ""},
	{"CloudWatch Logs subscriptions", "logEvents", ""},
	{"Google Workspace", "items", ""},
	{"Google Cloud Logging", "entries", ""},
	{"GuardDuty, Security Hub", "Findings", ""},
	{"Azure diagnostics", "records", ""},
	{"Windows, XML as JSON", "Events.Event", ""},
	{"several", "logs", ""},
	{"several", "data", ""},
	{"several", "results", ""},
	{"Splunk", "result", ""},
}

// findEnvelope looks at the start of a document for an object that wraps the
// records. A request's own Envelope always wins. Otherwise the first object is
// one if it has an array of objects under a known name, unless a wanted column's
// path begins with that name, or other fields stand in it and another record
// follows it; or if its only field, of any name, is an array of objects. Where the
// text is no document but objects one after another, an array is a field like any
// other: there an object is an envelope only if an array of a known name is all of it.
//
// under is the path in each element at which the record stands, or nil.
func findEnvelope(b *block, req Request, document bool) (path, under []string) {
	if req.Envelope != nil {
		for _, e := range envelopes {
			if e.in != "" && e.path == strings.Join(req.Envelope, ".") {
				under = []string{e.in}
			}
		}
		if len(req.Envelope) == 0 {
			return nil, nil
		}
		return req.Envelope, under
	}
	s := &scanner{b: b.buf, end: b.end}
	i := s.space(b.pos)
	if b.buf[i] != '{' {
		return nil, nil
	}
	h := head{s: s}
	h.object(i+1, "", 0)
	for _, e := range envelopes {
		if !h.arrays[e.path] || (h.followed || !document) && h.fields > 1 || wants(req.Columns, e.path) {
			continue
		}
		if e.in != "" {
			under = []string{e.in}
		}
		return strings.Split(e.path, "."), under
	}
	if document && h.fields == 1 && h.only != "" && !wants(req.Columns, h.only) {
		return []string{h.only}, nil
	}
	return nil, nil
}

// wants reports whether a column's path begins with the first name of a path.
func wants(columns []Column, path string) bool {
	first, _, _ := strings.Cut(path, ".")
	for _, c := range columns {
		for _, p := range pathsOf(c) {
			if p[0] == first {
				return true
			}
		}
	}
	return false
}

// head is what is seen of the first object of a document.
type head struct {
	s        *scanner
	arrays   map[string]bool // paths of arrays of objects, down to the second level
	fields   int             // at the first level
	only     string          // the last array of objects at the first level
	followed bool            // another value begins behind the object
}

// object looks at the members of an object, as far as the text goes; i is behind
// its brace. It gives the index behind the object, or -1.
func (h *head) object(i int, prefix string, level int) int {
	if h.arrays == nil {
		h.arrays = map[string]bool{}
	}
	i = h.s.space(i)
	for h.s.b[i] != '}' {
		next, name := h.s.key(i)
		if next < 0 {
			return -1
		}
		if level == 0 {
			h.fields++
		}
		i = next
		switch {
		case h.s.b[i] == '[':
			if inner := h.s.space(i + 1); h.s.b[inner] == '{' {
				h.arrays[prefix+string(name)] = true
				if level == 0 {
					h.only = string(name)
				}
			}
			i = h.s.value(i, 1)
		case h.s.b[i] == '{' && level == 0:
			i = h.object(i+1, string(name)+".", 1)
		default:
			i = h.s.value(i, 1)
		}
		if i < 0 {
			return -1
		}
		if i = h.s.space(i); h.s.b[i] != ',' {
			break
		}
		i = h.s.space(i + 1)
	}
	if h.s.b[i] != '}' {
		return -1
	}
	i++
	if level == 0 {
		h.followed = h.s.space(i) < h.s.end
	}
	return i
}
