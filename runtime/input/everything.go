package input

// everything reports whether a column asks for all values of a record: its path is
// a star. It is a list of texts, for searches that name no field.
func everything(c Column) bool {
	return len(c.Paths) == 1 && len(c.Paths[0]) == 1 && c.Paths[0][0] == "*"
}

// all gives v every value of the record from b[i] to b[end], which has been read: its
// texts, numbers and booleans at any depth, without the names of its fields.
func (p *projection) all(v *value, i, end int) {
	items := v.items[:0]
	if cap(items) > keptItems {
		items = nil
	}
	for i < end {
		switch c := p.b[i]; {
		case c == '"':
			next := p.scanner.text(i + 1)
			if p.b[p.space(next)] != ':' { // else it is a name
				text, _ := p.readText(i + 1)
				items = append(items, text)
			}
			i = next
		case c == 't':
			items = append(items, value{form: yes})
			i += len("true")
		case c == 'f':
			items = append(items, value{form: no})
			i += len("false")
		case c == '-' || c-'0' <= 9:
			next := p.number(i)
			items = append(items, value{form: number, text: p.b[i:next]})
			i = next
		default:
			i++
		}
	}
	v.form, v.items = list, items
}
