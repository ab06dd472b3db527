package evtx

import (
	"encoding/binary"
	"errors"
	"fmt"
	"unicode/utf8"
)

// A plan is what a template, or an element that stands by itself, has of fields
// that are wanted. Steps stand in the order of the document.
type plan struct {
	steps []step
	err   error
}

// step is one element's text, or one attribute's; or a value that is binary XML.
type step struct {
	slot  int    // -1: known only from name
	name  []part // nil if it is known
	in    place
	parts []part
	xml   int // the value that is binary XML, or -1
}

// part is a piece of text: fixed, or the value of a number.
type part struct {
	text  []byte // UTF-8
	value int    // -1 for text
	loose bool   // text held a surrogate without its half
	xml   bool   // the value is binary XML
}

// compiler reads binary XML that is not an instance of a template into a plan.
type compiler struct {
	data     []byte // the chunk
	pos, end int
	selected Select
	// linked says that elements have the number of what they depend on. They do
	// in templates and records, not in binary XML that is a value.
	linked bool
	plan   plan
	work   *int // what the chunk may still take
}

// The tokens of binary XML, and the bit that some have to say that more follow.
const (
	tokenEnd               = 0x00
	tokenOpen              = 0x01
	tokenCloseStart        = 0x02
	tokenCloseEmpty        = 0x03
	tokenCloseElement      = 0x04
	tokenValue             = 0x05
	tokenAttribute         = 0x06
	tokenCDATA             = 0x07
	tokenCharacter         = 0x08
	tokenEntity            = 0x09
	tokenPITarget          = 0x0A
	tokenPIData            = 0x0B
	tokenTemplate          = 0x0C
	tokenSubstitution      = 0x0D
	tokenOptional          = 0x0E
	tokenFragment          = 0x0F
	tokenMore         byte = 0x40
)

// maxElements bounds how deep elements nest.
const maxElements = 64

var errEnds = errors.New("binary XML ends in the middle")

func (c *compiler) need(n int) error {
	if n > c.end-c.pos {
		return errEnds
	}
	return nil
}

// spend takes n from what the chunk may take.
func (c *compiler) spend(n int) error {
	if *c.work -= n; *c.work < 0 {
		return ErrTooLong
	}
	return nil
}

func (c *compiler) uint16() (int, error) {
	if err := c.need(2); err != nil {
		return 0, err
	}
	c.pos += 2
	return int(binary.LittleEndian.Uint16(c.data[c.pos-2:])), nil
}

func (c *compiler) uint32() (int, error) {
	if err := c.need(4); err != nil {
		return 0, err
	}
	c.pos += 4
	return int(binary.LittleEndian.Uint32(c.data[c.pos-4:])), nil
}

// token is the token at pos, without the bit that says that more follow.
func (c *compiler) token() (byte, error) {
	if err := c.need(1); err != nil {
		return 0, err
	}
	return c.data[c.pos] &^ tokenMore, nil
}

func (c *compiler) unexpected(where string) error {
	return fmt.Errorf("token 0x%02x %s", c.data[c.pos], where)
}

// document reads the elements up to the end, or the token that says so.
func (c *compiler) document(in place) error {
	for c.pos < c.end {
		switch t := c.data[c.pos] &^ tokenMore; t {
		case tokenEnd:
			return nil
		case tokenFragment:
			if err := c.skip(4); err != nil {
				return err
			}
		case tokenOpen:
			if err := c.element(in); err != nil {
				return err
			}
		case tokenPITarget, tokenPIData:
			if err := c.instruction(); err != nil {
				return err
			}
		default:
			return c.unexpected("outside of an element")
		}
	}
	return nil
}

func (c *compiler) skip(n int) error {
	if err := c.need(n); err != nil {
		return err
	}
	c.pos += n
	return nil
}

// element reads an element; its token is at pos.
func (c *compiler) element(in place) error {
	if in.depth >= maxElements {
		return errors.New("elements nest too deep")
	}
	attributes := c.data[c.pos]&tokenMore != 0
	head := 1 + 4
	if c.linked {
		head += 2
	}
	if err := c.skip(head); err != nil { // the token, what it depends on, its size
		return err
	}
	name, err := c.name()
	if err != nil {
		return err
	}
	me := in.into(name)
	var given []part // by an attribute Name
	if attributes {
		if given, err = c.attributes(me); err != nil {
			return err
		}
	}
	t, err := c.token()
	if err != nil {
		return err
	}
	switch t {
	case tokenCloseEmpty:
		c.pos++
		return nil
	case tokenCloseStart:
		c.pos++
		return c.content(me, given)
	}
	return c.unexpected("in the start of an element")
}

// attributes reads the attributes of an element, and gives the text of the one
// that stands for the element's name.
func (c *compiler) attributes(me place) (given []part, err error) {
	if err := c.skip(4); err != nil { // their size
		return nil, err
	}
	for {
		t, err := c.token()
		if err != nil || t != tokenAttribute {
			return given, err
		}
		c.pos++
		name, err := c.name()
		if err != nil {
			return nil, err
		}
		parts, err := c.text()
		if err != nil {
			return nil, err
		}
		switch {
		case name == "xmlns":
		case name == "Name" && me.named():
			given = parts
		default:
			c.field(me, me.element+"_"+name, nil, parts)
		}
	}
}

// content reads what stands in an element, up to its end.
func (c *compiler) content(me place, given []part) error {
	var parts []part
	for {
		more, err := c.text()
		if err != nil {
			return err
		}
		for _, p := range more {
			if p.xml {
				c.plan.steps = append(c.plan.steps, step{slot: -1, in: me, xml: p.value})
			} else {
				parts = append(parts, p)
			}
		}
		t, err := c.token()
		if err != nil {
			return err
		}
		switch t {
		case tokenCloseElement:
			c.pos++
			c.field(me, me.element, given, parts)
			return nil
		case tokenOpen:
			if err := c.element(me); err != nil {
				return err
			}
		case tokenPITarget, tokenPIData:
			if err := c.instruction(); err != nil {
				return err
			}
		default:
			return c.unexpected("in an element")
		}
	}
}

// field adds a step, if what it gives can be wanted.
func (c *compiler) field(me place, name string, given, parts []part) {
	if len(parts) == 0 {
		return
	}
	s := step{slot: -1, in: me, parts: parts, xml: -1}
	fixed, ok := constant(given)
	if fixed != "" {
		name = fixed
	}
	if ok {
		s.slot = c.selected(Field{me.section, name})
	} else {
		s.name = given
	}
	if s.slot >= 0 || !ok {
		c.plan.steps = append(c.plan.steps, s)
	}
}

// constant is the text of parts without values.
func constant(parts []part) (text string, ok bool) {
	var b []byte
	for _, p := range parts {
		if p.value >= 0 {
			return "", false
		}
		b = append(b, p.text...)
	}
	return string(b), true
}

// text reads text, references and substitutions as long as there are some.
func (c *compiler) text() (parts []part, err error) {
	for {
		t, err := c.token()
		if err != nil {
			return nil, err
		}
		if err := c.spend(1); err != nil {
			return nil, err
		}
		p := part{value: -1}
		switch t {
		case tokenValue:
			if err := c.skip(1); err != nil {
				return nil, err
			}
			if err := c.need(1); err != nil {
				return nil, err
			}
			if kind := c.data[c.pos]; kind != typeString {
				return nil, fmt.Errorf("text of type 0x%02x", kind)
			}
			fallthrough
		case tokenCDATA:
			c.pos++
			p.text, p.loose, err = c.counted()
		case tokenCharacter:
			c.pos++
			var r int
			r, err = c.uint16()
			p.text = utf8.AppendRune(nil, rune(r))
		case tokenEntity:
			c.pos++
			var name string
			name, err = c.name()
			p.text = []byte(entities[name])
			if err == nil && len(p.text) == 0 {
				err = fmt.Errorf("the entity %q is unknown", name)
			}
		case tokenSubstitution, tokenOptional:
			c.pos++
			p.value, err = c.uint16()
			if err == nil {
				err = c.skip(1)
			}
			p.xml = err == nil && c.data[c.pos-1] == typeXML
		default:
			return parts, nil
		}
		if err != nil {
			return nil, err
		}
		parts = append(parts, p)
	}
}

var entities = map[string]string{"amp": "&", "lt": "<", "gt": ">", "quot": `"`, "apos": "'"}

// counted reads text behind the number of its UTF-16 units.
func (c *compiler) counted() (text []byte, loose bool, err error) {
	n, err := c.uint16()
	if err != nil {
		return nil, false, err
	}
	if err := c.skip(2 * n); err != nil {
		return nil, false, err
	}
	text, loose = appendUTF16(nil, c.data[c.pos-2*n:c.pos])
	return text, loose, nil
}

// name reads a reference to a name. The name itself stands where it is first
// referred to.
func (c *compiler) name() (string, error) {
	at, err := c.uint32()
	if err != nil {
		return "", err
	}
	const head = 8 // the next name in the table, a hash, the length
	if at > len(c.data)-head {
		return "", errors.New("a name outside of the chunk")
	}
	n := 2 * int(binary.LittleEndian.Uint16(c.data[at+head-2:]))
	if n > len(c.data)-at-head {
		return "", errors.New("a name outside of the chunk")
	}
	if at == c.pos {
		if err := c.skip(head + n + 2); err != nil { // a zero behind it
			return "", err
		}
	}
	text, _ := appendUTF16(nil, c.data[at+head:at+head+n])
	return string(text), c.spend(1 + n/8)
}

// instruction passes over a processing instruction.
func (c *compiler) instruction() (err error) {
	data := c.data[c.pos]&^tokenMore == tokenPIData
	c.pos++
	if data {
		_, _, err = c.counted()
	} else {
		_, err = c.name()
	}
	return err
}
