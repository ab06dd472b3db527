package sigma

import "strings"

// indicators are the characters with which no plain text begins here. Those that may
// begin one where no space follows are left to the library, too.
const indicators = "-?:,[]{}#&*!|>'\"%@`"

// scalar reads the text at the line: a value in a collection of this column. It goes
// on to the line behind it.
func (b *block) scalar(column int) (*node, bool) {
	switch c := b.text[b.from]; {
	case c == '\'' || c == '"':
		return b.quoted(c)
	case c == '|':
		return b.literal(column)
	case strings.IndexByte(indicators, c) < 0:
		return b.plain(column)
	}
	return nil, false
}

// quoted reads a text in quotes that ends in its line. In double quotes, only quotes
// and backslashes may be escaped here.
func (b *block) quoted(quote byte) (*node, bool) {
	end, escapes := b.from+1, 0
	for ; end < b.to; end++ {
		c := b.text[end]
		if c == quote && (quote == '"' || end+1 == b.to || b.text[end+1] != quote) {
			break
		}
		if c == quote || c == '\\' && quote == '"' { // the next is meant as it is
			end++
			escapes++
			if end < b.to && b.text[end] != quote && b.text[end] != '\\' {
				return nil, false
			}
		}
	}
	if end >= b.to {
		return nil, false
	}
	n := b.node(b.from, end+1)
	text := b.text[b.from+1 : end]
	if escapes > 0 {
		text = unescaped(text, quote, len(text)-escapes)
	}
	b.from = end + 1
	if b.from < b.to && (b.text[b.from] != ' ' || b.text[strings.IndexFunc(b.text[b.from:b.to], notSpace)+b.from] != '#') {
		return nil, false
	}
	b.advance()
	return n, n.set(text, false)
}

func notSpace(c rune) bool { return c != ' ' }

// unescaped is a text without the character before each that is escaped; long is
// its length.
func unescaped(text string, quote byte, long int) string {
	out := make([]byte, 0, long)
	for i := 0; i < len(text); i++ {
		if text[i] == quote || text[i] == '\\' && quote == '"' {
			i++
		}
		out = append(out, text[i])
	}
	return string(out)
}

// plain reads a text without quotes. It goes on in lines that lie deeper than the
// collection: the end of a line is a space, an empty line the end of one.
func (b *block) plain(column int) (*node, bool) {
	n := b.node(b.from, b.to)
	text, comment := b.plainLine()
	if text == "" {
		return nil, false
	}
	var folded strings.Builder
	for !comment {
		empty := b.line()
		if b.indent <= column || b.text[b.from] == '#' {
			break
		}
		if strings.IndexByte(indicators, b.text[b.from]) >= 0 {
			return nil, false // the library folds some such lines in its own way
		}
		var line string
		if line, comment = b.plainLine(); line == "" || comment || b.ragged {
			return nil, false
		}
		if folded.Len() == 0 {
			folded.WriteString(text)
		}
		if empty == 0 {
			folded.WriteByte(' ')
		}
		for range empty {
			folded.WriteByte('\n')
		}
		folded.WriteString(line)
	}
	if comment || b.indent >= 0 && b.text[b.from] == '#' {
		b.advance()
	}
	if folded.Len() > 0 {
		text = folded.String()
	} else {
		n.at.End = n.at.Start + len(text)
	}
	return n, n.set(text, true)
}

// plainLine is what stands in the line, and whether a comment follows; "" for what no
// plain text may have.
func (b *block) plainLine() (text string, comment bool) {
	for i := b.from; i < b.to; i++ {
		switch b.text[i] {
		case ':':
			if i+1 == b.to || b.text[i+1] == ' ' {
				return "", false
			}
		case '#':
			if i > b.from && b.text[i-1] == ' ' {
				return strings.TrimRight(b.text[b.from:i], " "), true
			}
		}
	}
	return b.text[b.from:b.to], false
}

// literal reads the lines below a bar that lie deeper than the collection, without
// the columns before the first of them.
func (b *block) literal(column int) (*node, bool) {
	n := b.node(b.from, b.to)
	header := b.text[b.from:b.to]
	if header != "|" && header != "|-" {
		return nil, false
	}
	var text strings.Builder
	empty := b.line()
	deep, ragged := b.indent, false
	for ; b.indent > column && b.indent >= deep; empty = b.line() {
		for range empty {
			text.WriteByte('\n')
		}
		ragged = ragged || b.ragged
		end := b.next
		if b.text[end-1] == '\n' {
			end--
		}
		if end > b.to {
			return nil, false // spaces at its end
		}
		text.WriteString(b.text[b.from-b.indent+deep : end])
		text.WriteByte('\n')
	}
	if b.indent > column || deep <= column || ragged || b.ragged {
		return nil, false
	}
	last := b.indent < 0
	if !last && b.text[b.from] == '#' {
		b.advance()
	}
	out := text.String()
	if header == "|-" || last && !strings.HasSuffix(b.text, "\n") {
		out = strings.TrimSuffix(out, "\n")
	}
	return n, n.set(out, false)
}
