package input

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/detlang/det/runtime/input/evtx/evtxtest"
)

// logFile is an event log that lies in memory.
func logFile(file []byte) *File {
	return &File{Name: "test.evtx", Reader: bytes.NewReader(file), Close: func() error { return nil }}
}

// readLog reads an event log.
func readLog(t testing.TB, file []byte, req Request) told {
	t.Helper()
	out, err := drain(t, req, func(req Request) (Stream, error) {
		return OpenEVTX(context.Background(), logFile(file), req)
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

var noon = time.Date(2024, 3, 1, 12, 0, 0, 0, time.UTC)

// eventLog has one record for each list of sections.
func eventLog(events ...[]any) []byte {
	var w evtxtest.Writer
	for i, sections := range events {
		w.Add(uint64(i+1), noon, evtxtest.Event(noon, "Vendor", "Application", 7, uint64(i+1), sections...))
	}
	return w.File()
}

func section(name string, content ...any) evtxtest.Element {
	return evtxtest.Element{Name: name, Content: content}
}

// Which field has a name that rules use.
func TestEVTXNames(t *testing.T) {
	text := evtxtest.Text
	file := eventLog(
		[]any{section("EventData",
			evtxtest.Data("Image", text("a.exe")), evtxtest.Data("Threat Name", text("EICAR")),
			evtxtest.Data("Channel", text("not this")), evtxtest.Data("UserID", text("ann")), evtxtest.Data("Empty", text("")),
			evtxtest.Data("Null", evtxtest.Value{}), evtxtest.Data("Port", evtxtest.Uint32(443)))},
		[]any{section("UserData", section("LogFileCleared", section("Channel", text("Security")), section("Image", text("b.exe"))))},
		[]any{section("EventData", section("Data", text(`C:\a "b"`)), section("Data", text("two"))),
			section("RenderingInfo", section("Image", text("c.exe")), section("Channel", text("Anwendung")))},
		[]any{section("EventData", section("Data", text("one")))},
	)
	for _, row := range []struct {
		column string
		want   []any
	}{
		{"Image string", []any{"a.exe", "b.exe", "c.exe", nil}},
		{"ThreatName string", []any{"EICAR", nil, nil, nil}},
		{"EventID int", []any{int64(7), int64(7), int64(7), int64(7)}},
		{"Port int", []any{int64(443), nil, nil, nil}},
		{"Empty string", []any{"", nil, nil, nil}},
		{"Null string", []any{nil, nil, nil, nil}},
		{"Channel string", []any{"Application", "Application", "Application", "Application"}},
		{"EventData.Channel string", []any{"not this", nil, nil, nil}},
		{"UserData.Channel string", []any{nil, "Security", nil, nil}},
		{"System.Channel string", []any{"Application", "Application", "Application", "Application"}},
		{"c string Event.UserData.LogFileCleared.Channel|Nowhere", []any{nil, "Security", nil, nil}},
		{"p string Event.System.Provider.#attributes.Name", []any{"Vendor", "Vendor", "Vendor", "Vendor"}},
		{"p string Event.System.Provider.@Name", []any{"Vendor", "Vendor", "Vendor", "Vendor"}},
		{"Provider_Name string", []any{"Vendor", "Vendor", "Vendor", "Vendor"}},
		{"i string Nowhere|Event.EventData.Image|Channel", []any{"a.exe", "Application", "Application", "Application"}},
		{"UserID string", []any{"ann", nil, nil, nil}},
		{"Data string", []any{nil, nil, `["C:\\a \"b\"","two"]`, "one"}},
		{"all string[] *", []any{
			[]any{"Vendor", "7", "2024-03-01T12:00:00.0000000Z", "1", "Application", "host.example", "a.exe", "EICAR", "not this", "ann", "", "443"},
			[]any{"Vendor", "7", "2024-03-01T12:00:00.0000000Z", "2", "Application", "host.example", "Security", "b.exe"},
			[]any{"Vendor", "7", "2024-03-01T12:00:00.0000000Z", "3", "Application", "host.example", `C:\a "b"`, "two", "c.exe", "Anwendung"},
			[]any{"Vendor", "7", "2024-03-01T12:00:00.0000000Z", "4", "Application", "host.example", "one"},
		}},
		{"Data string[]", []any{nil, nil, []any{`C:\a "b"`, "two"}, []any{"one"}}},
	} {
		got := readLog(t, file, request(row.column))
		var values []any
		for _, r := range got.rows {
			values = append(values, r[0])
		}
		if d := cmp.Diff(row.want, values); d != "" || len(got.rejects) > 0 {
			t.Errorf("%s, rejects %v (-want +got)\n%s", row.column, got.rejects, d)
		}
	}
}

// The time of an event goes by the names that it has elsewhere.
func TestEVTXTime(t *testing.T) {
	file := eventLog(nil)
	for _, name := range []string{"TimeCreated", "SystemTime", "time", "t timestamp Event.System.TimeCreated.#attributes.SystemTime"} {
		spec := name
		if spec[0] != 't' || spec == "time" {
			spec += " timestamp"
		}
		got := readLog(t, file, timed(spec))
		if d := cmp.Diff([][]any{{noon.UnixMicro()}}, got.rows); d != "" {
			t.Errorf("%s: rejects %v (-want +got)\n%s", name, got.rejects, d)
		}
	}
}

// What an event log has that cannot be read.
func TestEVTXRejects(t *testing.T) {
	file := eventLog(
		[]any{section("EventData", evtxtest.Data("Port", evtxtest.Text("many")))},
		[]any{section("EventData", evtxtest.Data("Port", evtxtest.Value{Type: 0x08, Data: []byte{1}}))},
		[]any{section("EventData", evtxtest.Data("Port", evtxtest.Uint32(1)), evtxtest.Data("Image", evtxtest.Value{Type: 0x01, Data: []byte{'a', 0, 0x00, 0xD8}}))},
		[]any{section("EventData", evtxtest.Data("Port", evtxtest.Uint32(2)))},
	)
	req := request("Port int", "Image string")
	got := readLog(t, file, req)
	if d := cmp.Diff([][]any{{nil, nil}, {nil, nil}, {int64(1), "a\uFFFD"}, {int64(2), nil}}, got.rows); d != "" {
		t.Errorf("(-want +got)\n%s", d)
	}
	if d := cmp.Diff([]string{"0:0 bad_value Port", "1:0 bad_value Port", "2:0 bad_utf8 Image"}, got.rejects); d != "" {
		t.Errorf("(-want +got)\n%s", d)
	}
	// A record that cannot be read takes a number.
	last := bytes.LastIndex(file, []byte("**\x00\x00"))
	file[last+24] = 0x33
	got = readLog(t, file, req)
	if d := cmp.Diff([]string{"-1:0 damaged", "0:0 bad_value Port", "1:0 bad_value Port", "2:0 bad_utf8 Image", "3:0 malformed"}, got.rejects); d != "" {
		t.Errorf("(-want +got)\n%s", d)
	}
	got = readLog(t, file[:last+30], req)
	if d := cmp.Diff([]string{"-1:0 truncated", "0:0 bad_value Port", "1:0 bad_value Port", "2:0 bad_utf8 Image", "-1:0 malformed"}, got.rejects); d != "" || len(got.rows) != 3 {
		t.Errorf("%d rows (-want +got)\n%s", len(got.rows), d)
	}
	if _, err := OpenEVTX(context.Background(), logFile([]byte("MZ")), req); err == nil {
		t.Error("a program is read as an event log")
	}
}

// A source that fails is an error behind the rows before it.
func TestEVTXSourceFails(t *testing.T) {
	file := eventLog(nil, nil)
	broken := errors.New("the disk is gone")
	f := logFile(nil)
	f.Reader = io.MultiReader(bytes.NewReader(file), failedReader{broken})
	s, err := OpenEVTX(context.Background(), f, request("EventID int"))
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	b, err := s.Next(context.Background())
	if err != nil || b.Record.NumRows() != 2 {
		t.Fatalf("%v, want 2 rows", err)
	}
	b.Record.Release()
	if _, err := s.Next(context.Background()); !errors.Is(err, broken) {
		t.Errorf("error %v, want %v", err, broken)
	}
}

// FuzzEVTX: any file is read to its end or refused, and what it says fits its columns.
func FuzzEVTX(f *testing.F) {
	small := eventLog([]any{section("EventData", evtxtest.Data("Image", evtxtest.Text("a.exe")), section("Data", evtxtest.Text("x")))})
	f.Add(small[:4096+2048])
	f.Add(small[:100])
	req := timed("TimeCreated timestamp", "EventID int", "Image string", "Data string[]", "Data string", "all string[] *", "Port ip")
	req.Timeless = true
	f.Fuzz(func(t *testing.T, file []byte) {
		if len(file) > 1<<17 {
			return
		}
		_, _ = drain(t, req, func(req Request) (Stream, error) {
			return OpenEVTX(context.Background(), logFile(file), req)
		})
	})
}

func BenchmarkEVTX(b *testing.B) {
	const events = 20_000
	var w evtxtest.Writer
	for i := range uint64(events) {
		w.Add(i+1, noon, evtxtest.Sysmon(i+1, noon, 2_000))
	}
	file := w.File()
	wide := timed("UtcTime timestamp", "EventID int", "Channel string", "Provider_Name string", "Computer string",
		"Image string", "CommandLine string", "ParentImage string", "ParentCommandLine string", "User string",
		"Hashes string", "OriginalFileName string", "Description string", "Product string", "Company string",
		"CurrentDirectory string", "IntegrityLevel string", "LogonId string", "ProcessGuid string", "RuleName string")
	for _, bench := range []struct {
		name string
		req  Request
	}{
		{"4 columns", timed("UtcTime timestamp", "EventID int", "Image string", "CommandLine string")},
		{"20 columns", wide},
	} {
		b.Run(bench.name, func(b *testing.B) {
			b.SetBytes(int64(len(file)))
			for b.Loop() {
				s, err := OpenEVTX(context.Background(), logFile(file), bench.req)
				if err != nil {
					b.Fatal(err)
				}
				if n := finish(b, s); n != events {
					b.Fatal(n, "rows")
				}
			}
			b.ReportMetric(float64(events*b.N)/b.Elapsed().Seconds(), "events/s")
		})
	}
}

func TestEVTXFields(t *testing.T) {
	path := filepath.Join(t.TempDir(), "x.evtx")
	file := eventLog([]any{section("EventData", evtxtest.Data("Threat Name", evtxtest.Text("EICAR")))})
	if err := os.WriteFile(path, file, 0o600); err != nil {
		t.Fatal(err)
	}
	want := "Channel Computer EventID EventRecordID Provider_Name SystemTime Threat Name ThreatName TimeCreated TimeCreated_SystemTime time"
	if d := cmp.Diff(want, strings.Join(Fields(context.Background(), path, ""), " ")); d != "" {
		t.Errorf("(-want +got)\n%s", d)
	}
}
