package input

import "unicode/utf8"

// value is one value as it stands in the input, before it has a type. Its text
// lies in the reader's block: it lives until the next record is read.
type value struct {
	form   form
	order  int32 // when a JSON reader came to it
	text   []byte
	items  []value // of a list
	repeat *repeat // the remembered text that it is, nil for none
}

// form is how a value was written.
type form uint8

const (
	absent form = iota // no such field, or null
	plain              // text, known to be UTF-8
	loose              // text that may not be UTF-8
	number             // a JSON number, as written
	yes                // true
	no                 // false
	nested             // a JSON object or array, as written
	list               // several values, in items
)

// outcome is what became of a value that was asked to have a type.
type outcome uint8

const (
	fits    outcome = iota
	missing         // there was none
	unfit           // there was one, and it has no reading as that type
	mended          // text that fits once U+FFFD stands for what was not UTF-8
)

// mend writes U+FFFD for each byte that is not part of UTF-8 text, as
// encoding/json does. dst is scratch space; ok text is given back as it is.
func mend(dst, text []byte) (out []byte, ok bool) {
	if utf8.Valid(text) {
		return text, true
	}
	dst = dst[:0]
	for len(text) > 0 {
		r, n := utf8.DecodeRune(text)
		dst = utf8.AppendRune(dst, r)
		text = text[n:]
	}
	return dst, false
}
