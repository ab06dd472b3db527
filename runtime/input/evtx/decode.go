package evtx

import (
	"encoding/binary"
	"errors"
	"fmt"
)

// Item is one value of a record that was wanted, as text.
type Item struct {
	Slot     int // the number that Select gave
	from, to int
	// Loose says that the text is not UTF-8: a byte 0xFF stands for each half of a
	// surrogate pair whose other half is missing.
	Loose bool
	// Odd says that the value has not the length of its type; there is no text.
	Odd bool
}

// ErrTooLong is the error of a record whose text would be longer than is allowed, or
// that takes more work than any that Windows wrote.
var ErrTooLong = errors.New("the event is too long when it is written out")

// decoder turns records into items. Plans are those of the chunk.
type decoder struct {
	selected Select
	maxText  int
	plans    map[planKey]*plan

	data   []byte // the chunk
	values []value
	text   []byte
	items  []Item
	work   int // what the chunk may still take: tokens that are read, steps that are taken
	room   int // likewise, bytes of text
}

// planKey is where a template stands in the chunk, and where it is used.
type planKey struct {
	at int
	in place
}

// value is a value of a template instance.
type value struct {
	kind byte
	data []byte
	at   int // of data in the chunk
}

// What a chunk may take is bounded, for a few values and templates can be used many
// times over. Chunks that Windows wrote take a hundredth of it. Templates may nest
// maxTemplates deep.
const (
	maxWork      = 1 << 20
	maxRoom      = 16 << 20
	maxTemplates = 16
)

// forget begins a new chunk.
func (r *Reader) forget() {
	clear(r.plans)
	r.data = r.chunk.data
	r.work, r.room = maxWork, maxRoom
}

// Decode gives the wanted values of the record that Next gave last, in the order
// of the document. A value that is an array has an item for each element, one
// that is null none. They are valid until the next call; Text gives their text.
func (r *Reader) Decode(rec Record) ([]Item, error) {
	r.values, r.text, r.items = r.values[:0], r.text[:0], r.items[:0]
	err := r.fragment(rec.at, rec.at+len(rec.data), place{}, true, 0)
	r.room -= len(r.text)
	return r.items, err
}

// Text is the text of an item.
func (r *Reader) Text(i Item) []byte { return r.text[i.from:i.to] }

// fragment reads binary XML that is a record or a value: elements, or instances of
// templates.
func (d *decoder) fragment(pos, end int, in place, linked bool, depth int) error {
	if depth > maxTemplates {
		return errors.New("templates nest too deep")
	}
	for pos < end {
		switch t := d.data[pos] &^ tokenMore; t {
		case tokenEnd:
			return nil
		case tokenFragment:
			pos += 4
		case tokenTemplate:
			next, err := d.instance(pos, end, in, depth)
			if err != nil {
				return err
			}
			pos = next
		case tokenOpen:
			c, err := d.element(pos, end, in, linked)
			if err == nil {
				err = d.run(&c.plan, nil, depth)
			}
			if err != nil {
				return err
			}
			pos = c.pos
		default:
			return fmt.Errorf("token 0x%02x outside of an element", t)
		}
	}
	return nil
}

// element reads an element that is not part of a template. Whether it has the
// number of what it depends on is not always as the rule says.
func (d *decoder) element(pos, end int, in place, linked bool) (c compiler, err error) {
	for _, linked := range []bool{linked, !linked} {
		c = compiler{data: d.data, pos: pos, end: end, selected: d.selected, linked: linked, work: &d.work}
		if err = c.element(in); err == nil {
			break
		}
	}
	return c, err
}

// The template of an instance is known by its offset, and stands there: in the
// first instance of a chunk, else in one before.
const (
	instanceHead = 10 // token, a byte, the template's number, its offset
	templateHead = 24 // the next template, a GUID, the size
)

// instance reads an instance of a template and gives the index behind it.
func (d *decoder) instance(pos, end int, in place, depth int) (next int, err error) {
	if end-pos < instanceHead {
		return 0, errEnds
	}
	at := int(binary.LittleEndian.Uint32(d.data[pos+6:]))
	pos += instanceHead
	if at > len(d.data)-templateHead {
		return 0, errors.New("a template outside of the chunk")
	}
	size := int(binary.LittleEndian.Uint32(d.data[at+templateHead-4:]))
	if size > len(d.data)-templateHead-at {
		return 0, errors.New("a template outside of the chunk")
	}
	if at == pos {
		pos += templateHead + size
	}
	if end-pos < 4 {
		return 0, errEnds
	}
	n := int(binary.LittleEndian.Uint32(d.data[pos:]))
	pos += 4
	if n > (end-pos)/4 {
		return 0, fmt.Errorf("%d values, for which there is no room", n)
	}
	base := len(d.values)
	from := pos + 4*n
	for ; n > 0; n, pos = n-1, pos+4 {
		size := int(binary.LittleEndian.Uint16(d.data[pos:]))
		if size > end-from {
			return 0, errEnds
		}
		d.values = append(d.values, value{kind: d.data[pos+2], data: d.data[from : from+size], at: from})
		from += size
	}
	p := d.planOf(at, size, in)
	if p.err != nil {
		return 0, p.err
	}
	err = d.run(p, d.values[base:], depth)
	d.values = d.values[:base]
	return from, err
}

// planOf is the plan of the template at an offset.
func (d *decoder) planOf(at, size int, in place) *plan {
	key := planKey{at, in}
	if p := d.plans[key]; p != nil {
		return p
	}
	from := at + templateHead
	c := compiler{data: d.data, pos: from, end: from + size, selected: d.selected, linked: true, work: &d.work}
	c.plan.err = c.document(in)
	d.plans[key] = &c.plan
	return &c.plan
}

// run appends the items of a plan whose values are given.
func (d *decoder) run(p *plan, values []value, depth int) error {
	for i := range p.steps {
		s := &p.steps[i]
		if d.work -= 1 + len(s.parts); d.work < 0 {
			return ErrTooLong
		}
		if s.xml >= 0 {
			if err := d.nested(s, values, depth); err != nil {
				return err
			}
			continue
		}
		slot := s.slot
		if s.name != nil {
			if slot = d.selected(Field{s.in.section, d.join(s.name, values)}); slot < 0 {
				continue
			}
		}
		if len(s.parts) == 1 && s.parts[0].value >= 0 {
			d.single(slot, s.parts[0].value, values)
		} else {
			d.several(slot, s.parts, values)
		}
		if len(d.text) > min(d.maxText, d.room) {
			return ErrTooLong
		}
	}
	return nil
}

// nested reads a value that is binary XML, unless it is null.
func (d *decoder) nested(s *step, values []value, depth int) error {
	if s.xml >= len(values) || values[s.xml].kind != typeXML {
		return nil
	}
	v := values[s.xml]
	return d.fragment(v.at, v.at+len(v.data), s.in, false, depth+1)
}

// single appends the items of a step that is one value.
func (d *decoder) single(slot, index int, values []value) {
	if index >= len(values) {
		return
	}
	v := values[index]
	if v.kind&typeArray == 0 {
		d.item(slot, v)
		return
	}
	for rest := v.data; len(rest) > 0; {
		var e value
		e, rest = element(v.kind&^typeArray, rest)
		d.item(slot, e)
	}
}

// item appends an item, unless the value is null.
func (d *decoder) item(slot int, v value) {
	if v.kind == typeNull || v.kind == typeXML {
		return
	}
	it := Item{Slot: slot, from: len(d.text)}
	d.text, it.Loose, it.Odd = appendValue(d.text, v)
	it.to = len(d.text)
	d.items = append(d.items, it)
}

// several appends the item of a step of text and values; there is none if all
// values are null and there is no text.
func (d *decoder) several(slot int, parts []part, values []value) {
	it := Item{Slot: slot, from: len(d.text)}
	some := false
	for _, p := range parts {
		if p.value < 0 {
			d.text = append(d.text, p.text...)
			it.Loose = it.Loose || p.loose
			some = true
			continue
		}
		if p.value >= len(values) || values[p.value].kind == typeNull || values[p.value].kind == typeXML {
			continue
		}
		var loose, odd bool
		d.text, loose, odd = appendValue(d.text, values[p.value])
		it.Loose, it.Odd, some = it.Loose || loose, it.Odd || odd, true
	}
	if it.to = len(d.text); some {
		d.items = append(d.items, it)
	}
}

// join is a name that is made of text and values.
func (d *decoder) join(parts []part, values []value) string {
	var text []byte
	for _, p := range parts {
		if p.value < 0 {
			text = append(text, p.text...)
		} else if p.value < len(values) {
			text, _, _ = appendValue(text, values[p.value])
		}
	}
	return string(text)
}
