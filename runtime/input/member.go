package input

import "bytes"

// Records of one file resemble each other. So each node remembers, for each field
// as it was written with the comma, quotes and colon around its name, which field
// came next, and for each field that is not wanted a value. A correct guess costs
// one comparison, instead of a walk over the name and a look-up, or of a walk over
// the value.

// field is one member of an object as it was written.
type field struct {
	raw  string // from the end of the value before it to its own value; "" if not remembered
	node *node  // nil if it is not wanted
	next *field // the one that last came after it

	// A field that is not wanted: a value that was skipped before, and how many
	// more values to skip before another is remembered.
	skipped []byte
	wait    int
	inside  *node // for the fields of the objects that are its values
}

// What is remembered is bounded, so that data whose field names are all different
// does not fill the memory.
const (
	maxFields   = 16 << 10 // in all
	maxFieldRaw = 256
)

// readObject reads an object at a node; b[i] is behind its brace.
func (p *projection) readObject(n *node, i, depth int) int {
	if depth > maxDepth {
		return p.fail(i-1, "nested too deep")
	}
	p.objects++
	me := p.objects
	b := p.b
	for at := &n.first; ; {
		f := *at
		if f != nil && len(b)-i >= len(f.raw) && string(b[i:i+len(f.raw)]) == f.raw {
			if i += len(f.raw); b[i] <= ' ' {
				i = p.space(i) // more of it than the last time
			}
		} else {
			j := p.space(i)
			if b[j] == '}' {
				return j + 1
			}
			if i, f = p.readField(n, i, j, at == &n.first); i < 0 {
				return i
			}
			if f.raw != "" {
				*at = f
			}
		}
		at = &f.next
		switch {
		case f.node != nil:
			if f.node.in == me {
				p.forget(f.node, f.node.from)
			} else {
				f.node.in, f.node.from = me, p.order
			}
			i = p.readValue(f.node, i, depth)
		case f.wait == 0 && len(b)-i >= len(f.skipped) && string(b[i:i+len(f.skipped)]) == string(f.skipped):
			i += len(f.skipped)
		default:
			i = p.skip(f, i, depth)
		}
		if i < 0 {
			return i
		}
	}
}

// Values that are remembered end with a quote or a bracket, so that one cannot
// be the beginning of another. Where a guess was wrong, the next is tried after
// many values only: some fields never repeat.
const (
	maxSkipped = 256
	wrongGuess = 16
)

// skip passes over the value of a field that is not wanted; b[i] is its first
// byte.
func (p *projection) skip(f *field, i, depth int) int {
	c, next := p.b[i], -1
	if c == '{' {
		if f.inside == nil {
			f.inside = &node{}
		}
		next = p.readObject(f.inside, i+1, depth+1)
	} else {
		next = p.value(i, depth)
	}
	if next < 0 {
		return next
	}
	switch {
	case f.wait != 1:
		f.wait--
	case next-i <= maxSkipped && (c == '"' || c == '{' || c == '['):
		f.wait, f.skipped = 0, append(f.skipped[:0], p.b[i:next]...)
	}
	if f.wait < 0 {
		f.wait = wrongGuess
	}
	return next
}

// readField reads a field's name and what is around it. The value before it ends
// at i, and b[j] is the first byte behind the space there.
func (p *projection) readField(n *node, i, j int, first bool) (int, *field) {
	if !first {
		if p.b[j] != ',' {
			return p.fail(j, "a comma or } is missing in an object"), nil
		}
		j = p.space(j + 1)
	}
	next, name := p.key(j)
	if next < 0 {
		return next, nil
	}
	raw := p.b[i:next]
	if f := n.known[string(raw)]; f != nil {
		return next, f
	}
	if bytes.IndexByte(name, '\\') >= 0 {
		name = p.decoded(j + 1)
	}
	f := &field{node: p.kid(n, name), wait: wrongGuess}
	if p.fields < maxFields && len(raw) <= maxFieldRaw {
		p.fields++
		if n.known == nil {
			n.known = map[string]*field{}
		}
		f.raw, f.wait = string(raw), 1
		n.known[f.raw] = f
	}
	return next, f
}
