package input

// pairs are the objects that stand for one field: the members that hold its name
// and its value.
var pairs = [...]struct {
	doc, name, value string
}{
	{"event data of Windows", "Name", "Value"},
	{"event data of Windows, from XML", "@Name", "#text"},
	{"parameters of Microsoft 365", "name", "value"},
	{"tags of AWS", "Key", "Value"},
	{"tags, labels", "key", "value"},
}

// readPair reads an object as a pair, if it is one: a wanted field of its name has
// its value. b[i] is the brace of an object that has been read, and in which
// nothing was wanted.
func (p *projection) readPair(n *node, i, depth int) bool {
	var names, values [len(pairs)]int // where they begin
	for i = p.space(i + 1); p.b[i] != '}'; {
		at, member := p.key(i)
		i = p.value(at, depth)
		if p.b[at] == '{' && string(member) == "#attributes" {
			at, member = p.nameWithin(at, depth), []byte("@Name")
		}
		for k, pair := range pairs {
			if string(member) == pair.name && p.b[at] == '"' {
				names[k] = at
			}
			if string(member) == pair.value {
				values[k] = at
			}
		}
		if i = p.space(i); p.b[i] == ',' {
			i = p.space(i + 1)
		}
	}
	for k, at := range names {
		if at == 0 || values[k] == 0 {
			continue
		}
		if kid := p.kid(n, p.decoded(at+1)); kid != nil {
			p.readValue(kid, values[k], depth)
		}
		return true
	}
	return false
}

// nameWithin is where the value of the member Name of an object begins, or the
// object itself does if it has none; b[i] is its brace.
func (p *projection) nameWithin(i, depth int) int {
	start := i
	for i = p.space(i + 1); p.b[i] != '}'; {
		at, member := p.key(i)
		if string(member) == "Name" {
			return at
		}
		if i = p.space(p.value(at, depth)); p.b[i] == ',' {
			i = p.space(i + 1)
		}
	}
	return start
}
