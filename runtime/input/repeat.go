package input

import (
	"bytes"
	"hash/maphash"
	"unsafe"
)

// Most texts of most fields come again and again. So a node remembers, as they were
// written between their quotes, the texts of its field that came twice, and what they
// mean. Such a text is found by the quote that ends it, a hash and one comparison: it
// need not be checked and unescaped again, and a column of text finds its code there.

// repeat is a text that came more than once.
type repeat struct {
	raw  string // as written, checked
	form form   // plain or loose
	text []byte // what it means

	column *textColumn // that code is of, nil for none
	code   int32
}

// repeats are the repeated texts of one field.
type repeats struct {
	seed  maphash.Seed
	slots []slot
	list  []repeat
	bytes int  // of the texts in list
	taken int  // bytes of memory
	total *int // the same, of all fields of the reader
	came  slot // the text that find did not find: its hash, and its slot from 1

	tries, found int // in this chance
	pause        int // how many texts are not looked for, as too few repeat
}

// slot is where a text lies: it has the hash of a text, and its number in list from 1,
// or 0 if it came only once.
type slot struct{ hash, number uint32 }

// What is remembered is bounded: how long a raw text may be, how many texts of a field
// there may be, of how many bytes, and the memory of all fields of a reader.
const (
	maxRepeatRaw   = 1 << 10
	maxRepeats     = 4 << 10
	maxRepeatBytes = 1 << 20
	maxRepeatTotal = 32 << 20
)

// A text lies in one of nearSlots slots from that of its hash on. There are fewSlots at
// first, and then at least four for each text.
const (
	nearSlots = 4
	fewSlots  = 512
)

// A field has a chance of so many texts. If fewer than one in eight of them were
// found, the next ones are not looked for.
const (
	repeatChance = 4 << 10
	repeatPause  = 64 << 10
)

// readRepeat reads the string of a field; b[i] is the first byte behind its opening
// quote.
func (p *projection) readRepeat(r *repeats, i int) (v value, next int) {
	if r.pause > 0 {
		r.pause--
		return p.readText(i)
	}
	end := rawEnd(p.b, i)
	if end < 0 {
		return p.readText(i)
	}
	if r.slots == nil && !r.begin(&p.repeated) {
		return p.readText(i)
	}
	raw := p.b[i:end]
	if x := r.find(raw); x != nil {
		return value{form: x.form, text: x.text, repeat: x}, end + 1
	}
	if v, next = p.readText(i); next == end+1 {
		r.keep(raw, v)
	}
	return v, next
}

// rawEnd is the index of the quote that ends a well-formed string; b[i] is the first
// byte behind its opening quote. It is -1 if the string is too long to be remembered.
func rawEnd(b []byte, i int) int {
	within := b[:min(i+maxRepeatRaw, len(b))]
	for from := i; ; {
		n := bytes.IndexByte(within[from:], '"')
		if n < 0 {
			return -1
		}
		end := from + n
		escapes := end
		for escapes > i && b[escapes-1] == '\\' {
			escapes--
		}
		if (end-escapes)&1 == 0 {
			return end
		}
		from = end + 1
	}
}

// begin makes room for the first texts of a field, if the fields together may take it.
// total is what they take.
func (r *repeats) begin(total *int) bool {
	if *total >= maxRepeatTotal {
		r.pause = repeatPause
		return false
	}
	*r = repeats{slots: make([]slot, fewSlots), seed: maphash.MakeSeed(), total: total}
	r.take(fewSlots * int(unsafe.Sizeof(slot{})))
	return true
}

// take counts memory that is taken.
func (r *repeats) take(bytes int) {
	r.taken += bytes
	*r.total += bytes
}

// find is the repeated text that was written as raw, nil if there is none.
func (r *repeats) find(raw []byte) *repeat {
	if r.tries++; r.tries > repeatChance {
		r.judge()
	}
	r.came = slot{}
	if r.slots == nil {
		return nil
	}
	hash := uint32(maphash.Bytes(r.seed, raw))
	mask := uint32(len(r.slots) - 1)
	for k := range uint32(nearSlots) {
		at := (hash + k) & mask
		s := r.slots[at]
		switch {
		case s.number == 0 && r.came.number == 0 || s.number == 0 && s.hash == hash:
			r.came = slot{hash, at + 1}
		case s.hash == hash && s.number > 0 && r.list[s.number-1].raw == string(raw):
			r.found++
			return &r.list[s.number-1]
		}
	}
	return nil
}

// keep takes note of the text that find did not find, and remembers it if it came
// before.
func (r *repeats) keep(raw []byte, v value) {
	if r.came.number == 0 {
		return // other texts have its slots
	}
	s := &r.slots[r.came.number-1]
	if s.hash != r.came.hash {
		s.hash = r.came.hash
		return
	}
	if r.full() || *r.total >= maxRepeatTotal {
		return
	}
	x := repeat{raw: string(raw), form: v.form, text: bytes.Clone(v.text)}
	r.list = append(r.list, x)
	r.bytes += len(x.raw) + len(x.text)
	r.take(len(x.raw) + len(x.text) + int(unsafe.Sizeof(x)))
	s.number = uint32(len(r.list))
	if 4*len(r.list) > len(r.slots) {
		r.grow()
	}
}

// full says that no more texts of the field are remembered.
func (r *repeats) full() bool { return len(r.list) == maxRepeats || r.bytes > maxRepeatBytes }

// grow doubles the slots. Texts that came once are forgotten, as well as those that
// find no slot, which stay in the list.
func (r *repeats) grow() {
	old := r.slots
	r.slots = make([]slot, 2*len(old))
	r.take(len(old) * int(unsafe.Sizeof(slot{})))
	mask := uint32(len(r.slots) - 1)
	for _, s := range old {
		if s.number == 0 {
			continue
		}
		for k := range uint32(nearSlots) {
			if at := &r.slots[(s.hash+k)&mask]; at.number == 0 {
				*at = s
				break
			}
		}
	}
}

// judge ends a chance. Where too few texts were found, a full list is begun anew, and a
// field of other texts is left alone for a while.
func (r *repeats) judge() {
	switch few := r.found < r.tries/8; {
	case few && r.full():
		r.take(-r.taken)
		if !r.begin(r.total) {
			*r = repeats{pause: repeatPause}
		}
	case few:
		r.pause = repeatPause
	}
	r.tries, r.found = 0, 0
}
