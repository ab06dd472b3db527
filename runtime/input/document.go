package input

import (
	"context"
	"strings"
)

// element reads one element of an array of records.
func (r *jsonReader) element(ctx context.Context) bool {
	if !r.space(ctx) {
		return r.ended("an array")
	}
	b := r.block
	r.start = b.pos
	c := b.buf[b.pos]
	switch {
	case c == ']' && r.next != another:
		b.pos++
		r.leaveArray()
	case r.next == commaOrEnd && c == ',':
		b.pos++
		r.next = another
	case r.next == commaOrEnd:
		r.giveUp(ctx, "a comma or ] is missing in an array")
	case c == '{':
		r.next = commaOrEnd
		r.record(ctx, r.skipElement)
	case c == ']' || c == ',':
		r.giveUp(ctx, "a value is missing in an array")
	default:
		r.next = commaOrEnd
		r.refuse("a record must be an object, not "+kindOf(c), b.pos)
		r.skipElement(ctx, b.pos)
	}
	return true
}

func (r *jsonReader) leaveArray() {
	if r.level == 0 {
		r.place, r.closed = atTop, true
		return
	}
	r.place, r.next = inEnvelope, commaOrEnd
}

// ended tells of an input that ends inside a document.
func (r *jsonReader) ended(in string) bool {
	r.start = r.block.pos
	if r.block.ended() {
		r.refuse("the input ends inside "+in, r.block.end)
	}
	r.place, r.level, r.block.pos = atTop, 0, r.block.end
	return false
}

// giveUp sets the rest of a document aside.
func (r *jsonReader) giveUp(ctx context.Context, why string) {
	r.refuseLine(ctx, why+": the rest of the document cannot be read")
	r.place, r.level, r.seeking = atTop, 0, true
}

// skipElement moves behind an element that was set aside, by its brackets alone.
// It keeps nothing, so that the length of the element does not matter.
func (r *jsonReader) skipElement(ctx context.Context, _ int) {
	b := r.block
	depth, quoted, escaped := 0, false, false
	for b.more(ctx) {
		for i, c := range b.buf[b.pos:b.end] {
			switch {
			case escaped:
				escaped = false
			case quoted:
				escaped, quoted = c == '\\', c != '"'
			case c == '"':
				quoted = true
			case c == '{' || c == '[':
				depth++
			case depth == 0 && (c == ',' || c == ']' || c == '}'):
				b.pos += i
				return
			case c == '}' || c == ']':
				depth--
			}
		}
		b.pos = b.end
	}
}

// member reads one member of the objects that wrap the records.
func (r *jsonReader) member(ctx context.Context) bool {
	if !r.space(ctx) {
		return r.ended("an object")
	}
	b := r.block
	switch c := b.buf[b.pos]; {
	case c == '}' && r.next != another:
		b.pos++
		r.leaveObject()
		return true
	case r.next == commaOrEnd && c == ',':
		b.pos++
		r.next = another
		return true
	case r.next == commaOrEnd:
		r.start = b.pos
		r.giveUp(ctx, "a comma or } is missing in an object")
		return true
	}
	for {
		at := r.skipMember(b.pos)
		switch {
		case at >= 0:
			b.pos = at
			return true
		case !r.p.partial():
			r.start = b.pos
			r.giveUp(ctx, r.p.why)
			return true
		case b.end-b.pos > r.rows.req.MaxRecord:
			r.start = b.pos
			r.giveUp(ctx, "a field beside the records is too long")
			return true
		case !r.block.fill(ctx):
			return r.ended("an object")
		}
	}
}

// skipMember moves over the member at i, or into it when it leads to the
// records.
func (r *jsonReader) skipMember(i int) int {
	i, name := r.p.key(i)
	if i < 0 {
		return i
	}
	if string(name) == r.envelope[r.level-1] {
		last := r.level == len(r.envelope)
		switch c := r.p.b[i]; {
		case last && c == '[':
			r.place, r.next, r.found = inArray, firstOrEnd, true
			return i + 1
		case !last && c == '{':
			r.level++
			r.next = firstOrEnd
			return i + 1
		}
	}
	if i = r.p.value(i, 0); i >= 0 {
		r.next = commaOrEnd
	}
	return i
}

func (r *jsonReader) leaveObject() {
	r.level--
	r.next = commaOrEnd
	if r.level > 0 {
		return
	}
	r.place = atTop
	if !r.found {
		r.refuse("the object has no array "+strings.Join(r.envelope, "."), r.block.pos)
	}
}
