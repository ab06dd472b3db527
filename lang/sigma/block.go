package sigma

import (
	"strings"

	"github.com/detlang/det/lang/source"
)

// block reads YAML as nearly all rules are written: maps and lists in block style,
// texts on one line, plain texts over several lines, and literals. It makes the nodes
// that the YAML library leads to, at a tenth of the cost. Where a document has
// anything else (flow style, anchors, tags, folded texts, tabs, what is wrong), it
// gives up, and the library reads the document: what is YAML, and what is told of
// that which is none, is decided there alone. The tests hold the two against each
// other.
//
// The grammar is that of YAML 1.2.2, chapters 7.3 (flow scalars), 8.1 (literals) and
// 8.2 (block collections).
type block struct {
	file  *source.File
	start int    // offset of the document in the file
	text  string // of the document
	next  int    // offset of the line after this one
	// The line at which the reader is, the next that is not empty:
	indent   int  // columns before what stands in it; -1 at the end of the document
	from, to int  // what stands in it, with comments
	ragged   bool // a line before it that counts as empty has spaces
	nodes    int
	spare    []node // nodes that were made together, and are free
}

// readBlock reads a document; false where the library must.
func readBlock(f *source.File, p part) (*node, bool) {
	b := &block{file: f, start: p.start, text: p.text}
	for i := 0; i < len(p.text); i++ {
		if c := p.text[i]; c < ' ' && c != '\n' || c == 0x7f {
			return nil, false
		}
	}
	if strings.Contains(p.text, "<<:") {
		return nil, false // merges, for the library at the end of any word
	}
	b.advance()
	if b.indent < 0 || p.start > 0 && b.from < strings.IndexByte(p.text, '\n') {
		return nil, false // empty, or something stands behind the dashes
	}
	n, ok := b.collection(0)
	return n, ok && b.indent < 0
}

// advance goes to the next line that is neither empty nor a comment.
func (b *block) advance() {
	for b.line(); b.indent >= 0 && b.text[b.from] == '#'; {
		b.line()
	}
}

// line goes to the next line that is not empty, and counts those that are.
func (b *block) line() (empty int) {
	b.ragged = false
	for ; b.next < len(b.text); empty++ {
		at := b.next
		b.from, b.to, b.next = at, len(b.text), len(b.text)
		if i := strings.IndexByte(b.text[at:], '\n'); i >= 0 {
			b.to = at + i
			b.next = b.to + 1
		}
		for b.from < b.to && b.text[b.from] == ' ' {
			b.from++
		}
		if b.indent = b.from - at; b.from < b.to {
			for b.text[b.to-1] == ' ' {
				b.to--
			}
			return empty
		}
		b.ragged = b.ragged || b.indent > 0
	}
	b.indent = -1
	return empty
}

// node makes a node of some bytes of the document.
func (b *block) node(from, to int) *node {
	if len(b.spare) == 0 {
		b.spare = make([]node, 32)
	}
	n := &b.spare[0]
	b.spare = b.spare[1:]
	b.nodes++
	n.at = source.Span{File: b.file, Start: b.start + from, End: b.start + to}
	return n
}

// isItem reports whether an item of a list begins at the line.
func (b *block) isItem() bool {
	return b.text[b.from] == '-' && (b.from+1 == b.to || b.text[b.from+1] == ' ')
}

// collection reads the map or list that begins at the line.
func (b *block) collection(depth int) (*node, bool) {
	if b.isItem() {
		return b.sequence(depth)
	}
	return b.mapping(depth)
}

// sequence reads the items that begin in the column of the first.
func (b *block) sequence(depth int) (*node, bool) {
	if depth >= maxDepth || b.nodes > maxNodes {
		return nil, false
	}
	n := b.node(b.from, b.from+1)
	n.form = sequence
	column := b.indent
	for b.indent == column && b.isItem() {
		dash := b.from
		b.skip(1)
		var item *node
		ok := true
		switch {
		case b.from == b.to || b.text[b.from] == '#':
			item, ok = b.below(column, dash, depth)
			ok = ok && item.form != null // the library may take what follows for such an item
		case b.isItem():
			return nil, false
		case b.keyEnd() > 0:
			b.indent += b.from - dash
			item, ok = b.mapping(depth + 1)
		default:
			item, ok = b.scalar(column)
		}
		if !ok {
			return nil, false
		}
		n.items = append(n.items, item)
	}
	return n, b.indent <= column
}

// mapping reads the entries that begin in the column of the first.
func (b *block) mapping(depth int) (*node, bool) {
	if depth >= maxDepth || b.nodes > maxNodes {
		return nil, false
	}
	n := b.node(b.from, b.from)
	n.form = mapping
	column := b.indent
	for b.indent == column && !b.isItem() {
		end := b.keyEnd()
		if end == 0 {
			return nil, false
		}
		key, quotes := b.node(b.from, end), 0
		if b.text[b.from] == '\'' {
			quotes = 1
		}
		if !key.set(b.text[b.from+quotes:end-quotes], quotes == 0) {
			return nil, false
		}
		if len(n.fields) == 0 {
			n.at = key.at
		} else if n.get(key.text) != nil {
			return nil, false // the library tells that a key stands twice
		}
		b.from = end
		b.skip(1)
		var value *node
		ok := true
		if b.from == b.to || b.text[b.from] == '#' {
			value, ok = b.below(column, end, depth)
		} else {
			value, ok = b.scalar(column)
		}
		if !ok {
			return nil, false
		}
		n.fields = append(n.fields, field{key, value})
	}
	return n, b.indent <= column
}

// skip passes some bytes of the line and the spaces behind them.
func (b *block) skip(n int) {
	b.from += n
	for b.from < b.to && b.text[b.from] == ' ' {
		b.from++
	}
}

// below reads a value of which nothing stands in the line of its key or dash, which
// is at mark and whose collection has this column. A list below a key may begin in
// the key's own column.
func (b *block) below(column, mark, depth int) (*node, bool) {
	key := b.text[mark] == ':'
	b.advance()
	if b.indent > column || key && b.indent == column && b.isItem() {
		return b.collection(depth + 1)
	}
	return b.node(mark, mark+1), true
}

// keyEnd is where the key ends that begins at the line, or 0 where none does.
func (b *block) keyEnd() int {
	if b.text[b.from] == '\'' {
		i := b.from + 1 + strings.IndexByte(b.text[b.from+1:b.to], '\'')
		if i > b.from && i+1 < b.to && b.text[i+1] == ':' && (i+2 == b.to || b.text[i+2] == ' ') {
			return i + 1
		}
		return 0
	}
	if strings.IndexByte(indicators, b.text[b.from]) >= 0 || strings.HasPrefix(b.text[b.from:b.to], "...") {
		return 0
	}
	for i := b.from; i < b.to; i++ {
		switch b.text[i] {
		case ':':
			if i+1 == b.to || b.text[i+1] == ' ' {
				return i
			}
		case ' ':
			if i+1 < b.to && (b.text[i+1] == '#' || b.text[i+1] == ':') {
				return 0
			}
		}
	}
	return 0
}
