package input

// readValue reads the value of a wanted field; b[i] is its first byte.
func (p *projection) readValue(n *node, i, depth int) int {
	var v value
	before := p.order
	switch c := p.b[i]; {
	case c == '"':
		v, i = p.readRepeat(&n.repeats, i+1)
	case c == '{' && n.deep:
		v, i = p.whole(i, p.readInside(n, i, depth))
	case c == '[' && (n.deep || n.lists != nil):
		v, i = p.whole(i, p.readArray(n, i+1, depth+1, true))
		p.put(n.cells, &v)
		return i
	default:
		v, i = p.one(i, depth)
	}
	// An element of XML that was found to have its text inside is no object.
	if i >= 0 && v.form != absent && !(n.adopted && p.order != before) {
		p.put(n.cells, &v)
		if n.lists != nil {
			p.collect(n.lists, v)
		}
	}
	return i
}

// readInside reads an object for what is wanted in it; b[i] is its brace.
func (p *projection) readInside(n *node, i, depth int) int {
	if n.pairs == nil {
		return p.readObject(n, i+1, depth+1)
	}
	next := p.value(i, depth)
	if next < 0 || p.readPair(n.pairs, i, depth+1) {
		return next
	}
	return p.readObject(n, i+1, depth+1)
}

// whole is the object or array from b[i] to b[next] as a value, if next is not
// -1.
func (p *projection) whole(i, next int) (value, int) {
	if next < 0 {
		return value{}, next
	}
	return value{form: nested, text: p.b[i:next]}, next
}

// one reads a value whole.
func (p *projection) one(i, depth int) (v value, next int) {
	switch p.b[i] {
	case '"':
		return p.readText(i + 1)
	case 't':
		return value{form: yes}, p.word(i, "true")
	case 'f':
		return value{form: no}, p.word(i, "false")
	case 'n':
		return v, p.word(i, "null")
	case '{', '[':
		v.form = nested
	default:
		v.form = number
	}
	if next = p.value(i, depth); next >= 0 {
		v.text = p.b[i:next]
	}
	return v, next
}

// readText reads a string; b[i] is the first byte behind its opening quote.
func (p *projection) readText(i int) (v value, next int) {
	next, closed := p.plainText(i)
	if closed {
		return value{form: plain, text: p.b[i:next]}, next + 1
	}
	from := len(p.text)
	p.text = append(p.text, p.b[i:next]...)
	var wide bool
	p.text, next, wide = p.decode(p.text, next)
	v = value{form: plain, text: p.text[from:]}
	if wide {
		v.form = loose
	}
	return v, next
}

// readArray reads an array at a node; b[i] is behind its bracket. Elements of
// the outermost array are those of a list column.
func (p *projection) readArray(n *node, i, depth int, outermost bool) int {
	if depth > maxDepth {
		return p.fail(i-1, "nested too deep")
	}
	if outermost {
		p.begin(n.lists)
	}
	i = p.space(i)
	if p.b[i] == ']' {
		return i + 1
	}
	for {
		start := i
		var v value
		switch c := p.b[i]; {
		case c == '{' && n.deep:
			found := p.order
			i = p.readInside(n, i, depth)
			v.form = nested
			if i >= 0 && found == p.order && n.pairs == nil {
				p.readPair(n, start, depth+1)
			}
		case c == '[' && n.deep:
			i = p.readArray(n, i+1, depth+1, false)
			v.form = nested
		default:
			v, i = p.one(i, depth)
		}
		if i < 0 {
			return i
		}
		if outermost {
			if v.form == nested {
				v.text = p.b[start:i]
			}
			p.collect(n.lists, v)
		}
		i = p.space(i)
		switch p.b[i] {
		case ',':
			i = p.space(i + 1)
		case ']':
			return i + 1
		default:
			return p.fail(i, "a comma or ] is missing in an array")
		}
	}
}
