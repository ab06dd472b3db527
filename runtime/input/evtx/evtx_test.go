package evtx

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/detlang/det/runtime/input/evtx/evtxtest"
)

// at is the time of events, with all the digits of a FILETIME.
var at = time.Date(2024, 3, 1, 10, 0, 0, 123456700, time.UTC)

// event is an event with the given sections behind System.
func event(sections ...any) evtxtest.Element {
	return evtxtest.Event(at, "Vendor", "Application", 7, 1, sections...)
}

// data is a section of the data of an event.
func data(content ...any) evtxtest.Element {
	return evtxtest.Element{Name: "EventData", Content: content}
}

// log writes a file with one record for each event.
func log(events ...evtxtest.Element) []byte {
	var w evtxtest.Writer
	for i, e := range events {
		w.Add(uint64(i+1), at, e)
	}
	return w.File()
}

// heard is what a Reader gave: for each record that can be read its fields, and in
// words what cannot be read.
type heard struct {
	records [][]string // Section.Name=text, ~ for an item that is loose, ! for an odd one
	damage  []string
}

const maxText = 1 << 20

// hear reads a file for all fields.
func hear(t testing.TB, file []byte) heard {
	t.Helper()
	var out heard
	var fields []Field
	numbers := map[Field]int{}
	all := func(f Field) int {
		if _, ok := numbers[f]; !ok {
			numbers[f] = len(fields)
			fields = append(fields, f)
		}
		return numbers[f]
	}
	r, err := NewReader(bytes.NewReader(file), all, maxText, func(d Damage) {
		out.damage = append(out.damage, fmt.Sprintf("%s at %d", d.Detail, d.Offset))
	})
	if err != nil {
		out.damage = append(out.damage, err.Error())
		return out
	}
	for {
		rec, err := r.Next(context.Background())
		if errors.Is(err, io.EOF) {
			return out
		}
		if err != nil {
			t.Fatal(err)
		}
		items, err := r.Decode(rec)
		if err != nil {
			out.damage = append(out.damage, fmt.Sprintf("event %d: %v", rec.ID, err))
			continue
		}
		var texts []string
		for _, i := range items {
			f := fields[i.Slot]
			text := fmt.Sprintf("%s.%s=%s", f.Section, f.Name, r.Text(i))
			if i.Loose {
				text += "~"
			}
			if i.Odd {
				text += "!"
			}
			texts = append(texts, text)
		}
		out.records = append(out.records, texts)
	}
}

// fieldsOf are the fields of an event behind those of System.
func fieldsOf(t *testing.T, e evtxtest.Element) []string {
	t.Helper()
	got := hear(t, log(e))
	if len(got.damage) > 0 || len(got.records) != 1 {
		t.Fatalf("%d records, %v", len(got.records), got.damage)
	}
	var out []string
	for _, f := range got.records[0] {
		if !strings.HasPrefix(f, "System.") {
			out = append(out, f)
		}
	}
	return out
}

func TestSystem(t *testing.T) {
	want := []string{
		"System.Provider_Name=Vendor", "System.EventID=7", "System.TimeCreated_SystemTime=2024-03-01T10:00:00.1234567Z",
		"System.EventRecordID=1", "System.Channel=Application", "System.Computer=host.example",
	}
	if d := cmp.Diff([][]string{want}, hear(t, log(event())).records); d != "" {
		t.Error(d)
	}
}

// The texts of values, as [MS-EVEN6] 2.2.18 and Windows have them.
func TestValues(t *testing.T) {
	le := binary.LittleEndian
	sid := []byte{1, 2, 0, 0, 0, 0, 0, 5, 32, 0, 0, 0, 0x20, 2, 0, 0}
	for _, row := range []struct {
		kind byte
		data []byte
		want string // ~ loose, ! odd, - none
	}{
		{0x00, nil, "-"},
		{0x01, nil, ""},
		{0x01, evtxtest.Text("ça va 🙂 €").Data, "ça va 🙂 €"},
		{0x01, evtxtest.Text("ends\x00\x00").Data, "ends"},
		{0x01, []byte{'a', 0, 0x00, 0xD8, 'b', 0}, "a\xffb~"},
		{0x01, []byte{0x00, 0xDC}, "\xff~"},
		{0x02, []byte("caf\xe9 \x80\x00"), "café €"},
		{0x03, []byte{0x80}, "-128"},
		{0x04, []byte{0xFF}, "255"},
		{0x05, []byte{0x00, 0x80}, "-32768"},
		{0x06, []byte{0xFF, 0xFF}, "65535"},
		{0x07, le.AppendUint32(nil, 1<<31), "-2147483648"},
		{0x08, le.AppendUint32(nil, math.MaxUint32), "4294967295"},
		{0x09, le.AppendUint64(nil, 1<<63), "-9223372036854775808"},
		{0x0A, le.AppendUint64(nil, math.MaxUint64), "18446744073709551615"},
		{0x0B, le.AppendUint32(nil, math.Float32bits(0.1)), "0.1"},
		{0x0C, le.AppendUint64(nil, math.Float64bits(-2.5)), "-2.5"},
		{0x0D, le.AppendUint32(nil, 1), "true"},
		{0x0D, le.AppendUint32(nil, 0), "false"},
		{0x0E, []byte{0xDE, 0xAD, 0x01}, "DEAD01"},
		{0x0F, []byte{0x5F, 0x38, 0x70, 0x57, 0x2A, 0xC2, 0xE0, 0x43, 0xBF, 0x4C, 0x06, 0xF5, 0x69, 0x8F, 0xFB, 0xD9}, "{5770385F-C22A-43E0-BF4C-06F5698FFBD9}"},
		{0x10, le.AppendUint32(nil, 0xBEEF), "0xbeef"},
		{0x10, le.AppendUint64(nil, 1<<40), "0x10000000000"},
		{0x11, le.AppendUint64(nil, 0), "1601-01-01T00:00:00.0000000Z"},
		{0x11, le.AppendUint64(nil, 131883575587910000), "2018-12-04T00:39:18.7910000Z"},
		{0x12, []byte{0xE8, 7, 3, 0, 5, 0, 1, 0, 10, 0, 11, 0, 12, 0, 13, 0}, "2024-03-01T10:11:12.013Z"},
		{0x13, sid, "S-1-5-32-544"},
		{0x13, []byte{1, 1, 0, 1, 0, 0, 0, 0, 7, 0, 0, 0}, "S-1-0x100000000-7"},
		{0x14, le.AppendUint32(nil, 0x1F3FFF), "0x1f3fff"},
		{0x15, le.AppendUint64(nil, 0x8000000000000000), "0x8000000000000000"},
		// Values that are not as long as their type says, and types that are not known.
		{0x07, []byte{1, 2, 3}, "!"},
		{0x0F, make([]byte, 15), "!"},
		{0x13, sid[:15], "!"},
		{0x10, []byte{1, 2}, "!"},
		{0x16, []byte{1}, "!"},
		{0x7F, nil, "!"},
	} {
		got := fieldsOf(t, event(data(evtxtest.Data("v", evtxtest.Value{Type: row.kind, Data: row.data}))))
		want := []string{"EventData.v=" + row.want}
		if row.want == "-" {
			want = nil
		}
		if d := cmp.Diff(want, got); d != "" {
			t.Errorf("type 0x%02x of % x (-want +got)\n%s", row.kind, row.data, d)
		}
	}
}

// An array has an item for each of its elements.
func TestArrays(t *testing.T) {
	le := binary.LittleEndian
	sid := []byte{1, 1, 0, 0, 0, 0, 0, 5, 18, 0, 0, 0}
	for _, row := range []struct {
		kind byte
		data []byte
		want []string
	}{
		{0x81, evtxtest.Text("one\x00\x00three\x00").Data, []string{"one", "", "three"}},
		{0x81, evtxtest.Text("no end").Data, []string{"no end"}},
		{0x81, nil, nil},
		{0x82, []byte("a\x00b\x00"), []string{"a", "b"}},
		{0x88, le.AppendUint32(le.AppendUint32(nil, 1), 2), []string{"1", "2"}},
		{0x88, []byte{1, 0, 0, 0, 2}, []string{"1", "!"}},
		{0x93, append(sid[:len(sid):len(sid)], sid...), []string{"S-1-5-18", "S-1-5-18"}},
	} {
		var want []string
		for _, text := range row.want {
			want = append(want, "EventData.Data="+text)
		}
		got := fieldsOf(t, event(data(evtxtest.Element{Name: "Data", Content: []any{evtxtest.Value{Type: row.kind, Data: row.data}}})))
		if d := cmp.Diff(want, got); d != "" {
			t.Errorf("type 0x%02x of % x (-want +got)\n%s", row.kind, row.data, d)
		}
	}
}

// What the names of fields are.
func TestNames(t *testing.T) {
	text := evtxtest.Text
	element := func(name string, content ...any) evtxtest.Element {
		return evtxtest.Element{Name: name, Content: content}
	}
	inner := data(evtxtest.Data("Image", text("a.exe")))
	inner.Template = true
	bare := data(evtxtest.Data("Image", "a.exe"))
	bare.Template, bare.Bare = true, true
	named := data(evtxtest.Data("Image", text("a.exe")))
	named.Attributes = []evtxtest.Attribute{{Name: "Name", Text: []any{"Task"}}}
	for name, row := range map[string]struct {
		event evtxtest.Element
		want  []string
	}{
		"names, with spaces": {event(data(evtxtest.Data("Threat Name", text("EICAR")))), []string{"EventData.Threat Name=EICAR"}},
		"without a name":     {event(data(element("Data", text("a")), element("Data", text("b")))), []string{"EventData.Data=a", "EventData.Data=b"}},
		"binary":             {event(data(element("Binary", evtxtest.Value{Type: 0x0E, Data: []byte{1}}))), []string{"EventData.Binary=01"}},
		"a name that is a value": {
			event(data(evtxtest.Element{Name: "Data", Attributes: []evtxtest.Attribute{{Name: "Name", Text: []any{text("Im"), "age"}}}, Content: []any{text("a.exe")}})),
			[]string{"EventData.Image=a.exe"},
		},
		"text and values":   {event(data(evtxtest.Data("v", "0x", text("ff"), evtxtest.Value{}, "!"))), []string{"EventData.v=0xff!"}},
		"only null":         {event(data(evtxtest.Data("v", evtxtest.Value{}, evtxtest.Value{Optional: true}))), nil},
		"a template inside": {event(inner), []string{"EventData.Image=a.exe"}},
		"an element inside": {event(bare), []string{"EventData.Image=a.exe"}},
		"a section's own":   {event(named), []string{"EventData.EventData_Name=Task", "EventData.Image=a.exe"}},
		"nothing in it":     {event(data(element("Data"), element("Correlation"))), nil},
		"user data": {
			event(element("UserData", element("LogFileCleared", element("Channel", text("Security")), element("Details", element("Reason", "full"))))),
			[]string{"UserData.Channel=Security", "UserData.Reason=full"},
		},
		"several sections": {
			event(inner, element("RenderingInfo", element("Message", text("hello")))),
			[]string{"EventData.Image=a.exe", "RenderingInfo.Message=hello"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			if d := cmp.Diff(row.want, fieldsOf(t, row.event)); d != "" {
				t.Errorf("(-want +got)\n%s", d)
			}
		})
	}
}

// A record without a template has all of its text in it.
func TestNoTemplate(t *testing.T) {
	e := evtxtest.Element{Name: "Event", Bare: true, Content: []any{
		evtxtest.Element{Name: "System", Content: []any{
			evtxtest.Element{Name: "EventID", Attributes: []evtxtest.Attribute{{Name: "Qualifiers", Text: []any{"16384"}}}, Content: []any{"7"}},
		}},
		data(evtxtest.Data("Image", "a.exe")),
	}}
	want := heard{records: [][]string{{"System.EventID_Qualifiers=16384", "System.EventID=7", "EventData.Image=a.exe"}}}
	if d := cmp.Diff(want, hear(t, log(e)), cmp.AllowUnexported(heard{})); d != "" {
		t.Error(d)
	}
}

// Each chunk has its own templates and names.
func TestChunks(t *testing.T) {
	file := processes(1_000)
	got := hear(t, file)
	if chunks := (len(file) - headerSize) / chunkSize; len(got.records) != 1_000 || len(got.damage) != 0 || chunks < 10 {
		t.Fatalf("%d records of %d chunks, %v", len(got.records), chunks, got.damage)
	}
	for i, r := range got.records {
		if len(r) != 29 || r[3] != fmt.Sprintf("System.EventRecordID=%d", i+1) {
			t.Fatalf("record %d: %v", i, r)
		}
	}
}

// processes is a log of n events of Sysmon.
func processes(n int) []byte {
	var w evtxtest.Writer
	for i := range uint64(n) {
		w.Add(i+1, at, evtxtest.Sysmon(i+1, at, 50))
	}
	return w.File()
}

// A field that nobody wants costs no text.
func TestSelect(t *testing.T) {
	r, err := NewReader(bytes.NewReader(processes(10)), func(f Field) int {
		if f == (Field{"EventData", "Image"}) {
			return 3
		}
		return -1
	}, maxText, nil)
	if err != nil {
		t.Fatal(err)
	}
	for range 10 {
		rec, err := r.Next(context.Background())
		if err != nil {
			t.Fatal(err)
		}
		items, err := r.Decode(rec)
		if err != nil || len(items) != 1 || items[0].Slot != 3 || !strings.HasPrefix(string(r.Text(items[0])), `C:\Windows\System32\`) || len(r.text) > 60 {
			t.Fatalf("%v, %v, %q", items, err, r.text)
		}
	}
}
