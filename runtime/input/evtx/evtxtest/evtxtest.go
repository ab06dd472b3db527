// Package evtxtest writes event logs of Windows, for tests and measurements of
// what reads them. It writes them as Windows does: one template for each shape of
// event in each chunk, names where they are first used.
package evtxtest

import (
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"maps"
	"math"
	"slices"
	"strconv"
	"time"
	"unicode/utf16"
)

// Element is an element of an event.
type Element struct {
	Name       string
	Attributes []Attribute
	Content    []any // string, Value, Element
	// Template says that the element is a value of the element that it stands in,
	// with a template of its own, as the data of an event are.
	Template bool
	// Bare says that the element is written without a template.
	Bare bool
}

// Attribute is an attribute of an element.
type Attribute struct {
	Name string
	Text []any // string, Value
}

// Value is a value that fills a template. Its type is one of binary XML.
type Value struct {
	Type     byte
	Data     []byte
	Optional bool // the element may be left out if it is null
}

// Text is a value of UTF-16.
func Text(s string) Value { return Value{Type: 0x01, Data: units(s)} }

// Uint32 is a value of 32 bits.
func Uint32(n uint32) Value {
	return Value{Type: 0x08, Data: binary.LittleEndian.AppendUint32(nil, n)}
}

// Time is a FILETIME.
func Time(t time.Time) Value {
	return Value{Type: 0x11, Data: binary.LittleEndian.AppendUint64(nil, fileTime(t))}
}

// Data is an element with a name and a value, as the data of events are.
func Data(name string, v ...any) Element {
	return Element{Name: "Data", Attributes: []Attribute{{"Name", []any{name}}}, Content: v}
}

// Event is an event with the elements that all have in System, and with sections
// behind it.
func Event(t time.Time, provider, channel string, id uint32, record uint64, sections ...any) Element {
	return Element{Name: "Event", Attributes: []Attribute{{"xmlns", []any{"http://schemas.microsoft.com/win/2004/08/events/event"}}}, Content: append([]any{
		Element{Name: "System", Content: []any{
			Element{Name: "Provider", Attributes: []Attribute{{"Name", []any{provider}}}},
			Element{Name: "EventID", Content: []any{Value{Type: 0x06, Data: binary.LittleEndian.AppendUint16(nil, uint16(id))}}},
			Element{Name: "TimeCreated", Attributes: []Attribute{{"SystemTime", []any{Time(t)}}}},
			Element{Name: "EventRecordID", Content: []any{Value{Type: 0x0A, Data: binary.LittleEndian.AppendUint64(nil, record)}}},
			Element{Name: "Channel", Content: []any{channel}},
			Element{Name: "Computer", Content: []any{Text("host.example")}},
		}},
	}, sections...)}
}

// Writer writes one log.
type Writer struct {
	done  []byte // whole chunks
	chunk []byte
	from  int // of the last record in chunk
	first uint64
	last  uint64

	names     map[string]int // by name, where it stands in the chunk
	templates map[string]int // by shape
	values    []any          // Value, or Element with a template, in the order of the template that is written
}

const (
	chunkSize   = 64 << 10
	chunkHeader = 512
)

// Add writes an event; it panics if it does not fit a chunk.
func (w *Writer) Add(id uint64, t time.Time, event Element) {
	if w.chunk == nil {
		w.begin(id)
	}
	start := len(w.chunk)
	if w.record(id, t, event); len(w.chunk) > chunkSize {
		if start == chunkHeader {
			panic("evtxtest: the event does not fit a chunk")
		}
		w.chunk = w.chunk[:start]
		w.finish()
		w.begin(id)
		start = chunkHeader
		w.record(id, t, event)
	}
	w.from, w.last = start, id
}

func (w *Writer) begin(id uint64) {
	w.chunk = make([]byte, chunkHeader, 2*chunkSize)
	w.first = id
	w.names, w.templates = map[string]int{}, map[string]int{}
}

// finish writes the header of the chunk.
func (w *Writer) finish() {
	c := w.chunk
	used := len(c)
	copy(c, "ElfChnk\x00")
	put := binary.LittleEndian
	put.PutUint64(c[8:], w.first)
	put.PutUint64(c[16:], w.last)
	put.PutUint64(c[24:], w.first)
	put.PutUint64(c[32:], w.last)
	put.PutUint32(c[40:], 128)
	put.PutUint32(c[44:], uint32(w.from))
	put.PutUint32(c[48:], uint32(used))
	put.PutUint32(c[52:], crc32.ChecksumIEEE(c[chunkHeader:]))
	put.PutUint32(c[124:], crc32.Update(crc32.ChecksumIEEE(c[:120]), crc32.IEEETable, c[128:chunkHeader]))
	w.done = append(w.done, c...)
	w.done = append(w.done, make([]byte, chunkSize-used)...)
	w.chunk = nil
}

// File is the log. Nothing can be added to it.
func (w *Writer) File() []byte {
	if w.chunk != nil {
		w.finish()
	}
	head := make([]byte, 4096)
	chunks := len(w.done) / chunkSize
	copy(head, "ElfFile\x00")
	put := binary.LittleEndian
	put.PutUint64(head[16:], uint64(max(chunks, 1)-1))
	put.PutUint64(head[24:], w.last+1)
	put.PutUint32(head[32:], 128)
	put.PutUint16(head[36:], 1)
	put.PutUint16(head[38:], 3)
	put.PutUint16(head[40:], 4096)
	put.PutUint16(head[42:], uint16(min(chunks, math.MaxUint16)))
	put.PutUint32(head[124:], crc32.ChecksumIEEE(head[:120]))
	return append(head, w.done...)
}

func (w *Writer) record(id uint64, t time.Time, event Element) {
	start := len(w.chunk)
	w.bytes("**\x00\x00")
	w.uint32(0)
	w.uint64(id)
	w.uint64(fileTime(t))
	if event.Bare {
		w.bytes("\x0f\x01\x01\x00")
		w.element(event, true)
		w.bytes("\x00")
	} else {
		w.fragment(event)
	}
	for len(w.chunk)%8 != 4 {
		w.bytes("\x00")
	}
	size := uint32(len(w.chunk) - start + 4)
	w.uint32(size)
	binary.LittleEndian.PutUint32(w.chunk[start+4:], size)
}

// fragment writes an instance of a template.
func (w *Writer) fragment(e Element) {
	w.bytes("\x0f\x01\x01\x00\x0c\x01")
	w.uint32(0x5eed)
	shape := fmt.Sprint(shapeOf(e))
	at, known := w.templates[shape]
	if !known {
		at = len(w.chunk) + 4
		w.templates[shape] = at
	}
	w.uint32(uint32(at))
	outer := w.values
	if w.values = nil; known {
		w.collect(e)
	} else {
		w.template(e)
	}
	mine := w.values
	w.uint32(uint32(len(mine)))
	table := len(w.chunk)
	w.bytes(string(make([]byte, 4*len(mine))))
	for i, v := range mine {
		from, kind := len(w.chunk), byte(0x21)
		switch v := v.(type) {
		case Value:
			kind = v.Type
			w.bytes(string(v.Data))
		case Element:
			if v.Bare {
				w.element(v, false)
			} else {
				w.fragment(v)
			}
		}
		binary.LittleEndian.PutUint16(w.chunk[table+4*i:], uint16(len(w.chunk)-from))
		w.chunk[table+4*i+2] = kind
	}
	w.values = outer
	w.bytes("\x00")
}

// template writes the definition of an element's template, and leaves its values.
func (w *Writer) template(e Element) {
	start := len(w.chunk)
	w.uint32(0)
	w.bytes("0123456789abcdef")
	w.uint32(0)
	w.bytes("\x0f\x01\x01\x00")
	w.element(e, true)
	w.bytes("\x00")
	binary.LittleEndian.PutUint32(w.chunk[start+20:], uint32(len(w.chunk)-start-24))
}

// collect leaves the values of an element, as template does.
func (w *Writer) collect(e Element) {
	for _, a := range e.Attributes {
		for _, x := range a.Text {
			if v, ok := x.(Value); ok {
				w.values = append(w.values, v)
			}
		}
	}
	for _, x := range e.Content {
		switch x := x.(type) {
		case Value:
			w.values = append(w.values, x)
		case Element:
			if x.Template {
				w.values = append(w.values, x)
			} else {
				w.collect(x)
			}
		}
	}
}

// shapeOf is what elements of one template have in common.
func shapeOf(e Element) []string {
	shape := []string{"<", strconv.Quote(e.Name)}
	add := func(x any) {
		switch x := x.(type) {
		case string:
			shape = append(shape, strconv.Quote(x))
		case Value:
			shape = append(shape, fmt.Sprint("%", x.Type, x.Optional))
		case Element:
			if x.Template {
				shape = append(shape, "%xml")
			} else {
				shape = append(shape, shapeOf(x)...)
			}
		}
	}
	for _, a := range e.Attributes {
		shape = append(shape, "@", strconv.Quote(a.Name))
		for _, x := range a.Text {
			add(x)
		}
	}
	for _, x := range e.Content {
		add(x)
	}
	return append(shape, ">")
}

// element writes an element; linked ones have the number of what they depend on.
func (w *Writer) element(e Element, linked bool) {
	start := len(w.chunk)
	w.bytes("\x01")
	if len(e.Attributes) > 0 {
		w.chunk[start] = 0x41
	}
	if linked {
		w.bytes("\xff\xff")
	}
	size := len(w.chunk)
	w.uint32(0)
	w.name(e.Name)
	if len(e.Attributes) > 0 {
		list := len(w.chunk)
		w.uint32(0)
		for i, a := range e.Attributes {
			w.bytes(string([]byte{0x46}))
			if i == len(e.Attributes)-1 {
				w.chunk[len(w.chunk)-1] = 0x06
			}
			w.name(a.Name)
			for _, x := range a.Text {
				w.part(x, linked)
			}
		}
		binary.LittleEndian.PutUint32(w.chunk[list:], uint32(len(w.chunk)-list-4))
	}
	if len(e.Content) == 0 {
		w.bytes("\x03")
	} else {
		w.bytes("\x02")
		for _, x := range e.Content {
			w.part(x, linked)
		}
		w.bytes("\x04")
	}
	binary.LittleEndian.PutUint32(w.chunk[size:], uint32(len(w.chunk)-size-4))
}

// part writes what stands in an element or an attribute.
func (w *Writer) part(x any, linked bool) {
	token := byte(0x0d)
	switch x := x.(type) {
	case string:
		w.bytes("\x05\x01")
		w.uint16(uint16(len(units(x)) / 2))
		w.bytes(string(units(x)))
	case Value:
		if x.Optional {
			token = 0x0e
		}
		w.bytes(string([]byte{token, byte(len(w.values)), byte(len(w.values) >> 8), x.Type}))
		w.values = append(w.values, x)
	case Element:
		if !x.Template {
			w.element(x, linked)
			return
		}
		w.bytes(string([]byte{token, byte(len(w.values)), byte(len(w.values) >> 8), 0x21}))
		w.values = append(w.values, x)
	}
}

// name writes a reference to a name, and the name where it is first used.
func (w *Writer) name(s string) {
	at, known := w.names[s]
	if !known {
		at = len(w.chunk) + 4
		w.names[s] = at
	}
	w.uint32(uint32(at))
	if known {
		return
	}
	w.uint32(0)
	hash := uint32(0)
	for _, u := range utf16.Encode([]rune(s)) {
		hash = hash*65599 + uint32(u)
	}
	w.uint16(uint16(hash))
	w.uint16(uint16(len(units(s)) / 2))
	w.bytes(string(units(s)))
	w.uint16(0)
}

func (w *Writer) bytes(s string)  { w.chunk = append(w.chunk, s...) }
func (w *Writer) uint16(n uint16) { w.chunk = binary.LittleEndian.AppendUint16(w.chunk, n) }
func (w *Writer) uint32(n uint32) { w.chunk = binary.LittleEndian.AppendUint32(w.chunk, n) }
func (w *Writer) uint64(n uint64) { w.chunk = binary.LittleEndian.AppendUint64(w.chunk, n) }

// units is text as little-endian UTF-16.
func units(s string) []byte {
	var out []byte
	for _, u := range utf16.Encode([]rune(s)) {
		out = binary.LittleEndian.AppendUint16(out, u)
	}
	return out
}

// fileTime is a time in 100 ns since 1601.
func fileTime(t time.Time) uint64 {
	return uint64(t.Unix()+11_644_473_600)*10_000_000 + uint64(t.Nanosecond()/100)
}

// Sysmon is a process that was started, as Sysmon tells it: 23 data. Of n images
// and of n command lines, one each.
func Sysmon(id uint64, t time.Time, n int) Element {
	i := int(id*2_654_435_761%(1<<32)) % n
	tool := []string{"cmd.exe", "reg.exe", "svchost.exe", "whoami.exe", "powershell.exe"}[i%5]
	image := `C:\Windows\System32\` + tool
	data := map[string]any{
		"RuleName": Text("-"), "UtcTime": Text(t.UTC().Format("2006-01-02 15:04:05.000")),
		"ProcessGuid": Value{Type: 0x0F, Data: binary.LittleEndian.AppendUint64(make([]byte, 8), id)},
		"ProcessId":   Uint32(uint32(id)), "Image": Text(image),
		"FileVersion": Text("10.0.20348.1 (WinBuild.160101.0800)"), "Description": Text("Registry Console Tool"),
		"Product": Text("Microsoft® Windows® Operating System"), "Company": Text("Microsoft Corporation"),
		"OriginalFileName": Text(tool), "CommandLine": Text(fmt.Sprintf(`%s /c query "HKLM\SOFTWARE\Vendor %d\CurrentVersion" /v Build`, tool, i)),
		"CurrentDirectory": Text(`C:\Users\ann\Downloads\`), "User": Text(`EXAMPLE\ann`),
		"LogonGuid": Value{Type: 0x0F, Data: make([]byte, 16)},
		"LogonId":   Value{Type: 0x15, Data: binary.LittleEndian.AppendUint64(nil, 0x529ae3)}, "TerminalSessionId": Uint32(2),
		"IntegrityLevel": Text("High"), "Hashes": Text(fmt.Sprintf("SHA1=%040X,MD5=%032X,SHA256=%064X,IMPHASH=%032X", i, i, i, i)),
		"ParentProcessGuid": Value{Type: 0x0F, Data: make([]byte, 16)}, "ParentProcessId": Uint32(6304),
		"ParentImage":       Text(`C:\Windows\System32\cmd.exe`),
		"ParentCommandLine": Text(`"C:\Windows\System32\cmd.exe" `), "ParentUser": Text(`EXAMPLE\ann`),
	}
	section := Element{Name: "EventData", Template: true}
	for _, name := range slices.Sorted(maps.Keys(data)) {
		section.Content = append(section.Content, Data(name, data[name]))
	}
	return Event(t, "Microsoft-Windows-Sysmon", "Microsoft-Windows-Sysmon/Operational", 1, id, section)
}
