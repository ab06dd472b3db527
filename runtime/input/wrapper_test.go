package input

import (
	"encoding/json"
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// One event in the shapes that tools write it in; all have the same fields.
func TestWrappers(t *testing.T) {
	want := []any{
		int64(4625), "Security", "host.example", "Vendor", int64(7), int64(900), "ann",
		noon.UnixMicro(), "a.exe", "EICAR", "S-1-5-18",
	}
	req := request("EventID int", "Channel string", "Computer string", "Provider_Name string", "EventRecordID int", "ProcessID int",
		"TargetUserName string", "TimeCreated timestamp", "Image string", "ThreatName string", "UserID string")
	for name, text := range map[string]string{
		"flat": `{"EventID":4625,"Channel":"Security","Computer":"host.example","Provider_Name":"Vendor","EventRecordID":7,"ProcessID":900,
			"TargetUserName":"ann","TimeCreated":"2024-03-01T12:00:00Z","Image":"a.exe","Threat Name":"EICAR","UserID":"S-1-5-18"}`,
		"evtx_dump": `{"Event":{"#attributes":{"xmlns":"http://x"},"System":{"Provider":{"#attributes":{"Name":"Vendor","Guid":"x"}},
			"EventID":{"#attributes":{"Qualifiers":16384},"#text":4625},"TimeCreated":{"#attributes":{"SystemTime":"2024-03-01T12:00:00Z"}},
			"EventRecordID":7,"Correlation":null,"Execution":{"#attributes":{"ProcessID":900,"ThreadID":4}},"Channel":"Security","Computer":"host.example",
			"Security":{"#attributes":{"UserID":"S-1-5-18"}}},
			"EventData":{"TargetUserName":"ann","Image":"a.exe","Threat Name":"EICAR"}}}`,
		"xmltodict": `{"Event":{"@xmlns":"http://x","System":{"Provider":{"@Name":"Vendor"},"EventID":{"@Qualifiers":"0","#text":"4625"},
			"TimeCreated":{"@SystemTime":"2024-03-01T12:00:00Z"},"EventRecordID":"7","Execution":{"@ProcessID":"900"},"Channel":"Security","Computer":"host.example",
			"Security":{"@UserID":"S-1-5-18"}},
			"EventData":{"Data":[{"@Name":"TargetUserName","#text":"ann"},{"@Name":"Image","#text":"a.exe"},{"@Name":"Nothing"},{"@Name":"Threat Name","#text":"EICAR"}]}}}`,
		"pairs with attributes of their own": `{"Event":{"EventData":{"Data":[{"#attributes":{"Name":"TargetUserName"},"#text":"ann"},{"#attributes":{"Name":"Image"},"#text":"a.exe"},
			{"#attributes":{"Name":"Threat Name"},"#text":"EICAR"}]},
			"System":{"Provider":{"Name":"Vendor"},"EventID":{"Value":4625},"TimeCreated":{"SystemTime":1709294400.0},"EventRecordID":7,
			"Execution":{"ProcessID":900},"Channel":"Security","Computer":"host.example","Security":{"UserID":"S-1-5-18"}}}}`,
		"without Event": `{"System":{"Provider":{"Name":"Vendor"},"EventID":4625,"TimeCreated":{"SystemTime":"2024-03-01T12:00:00Z"},"EventRecordID":7,
			"Execution":{"ProcessID":900},"Channel":"Security","Computer":"host.example","Security":{"UserID":"S-1-5-18"}},
			"EventData":{"Data":[{"Name":"TargetUserName","Value":"ann"},{"Name":"Image","Value":"a.exe"},{"Name":"Threat Name","Value":"EICAR"}]}}`,
		"user data": `{"Event":{"System":{"Provider":{"#attributes":{"Name":"Vendor"}},"EventID":4625,"TimeCreated":{"#attributes":{"SystemTime":"2024-03-01T12:00:00Z"}},
			"EventRecordID":7,"Execution":{"#attributes":{"ProcessID":900}},"Channel":"Security","Computer":"host.example","Security":{"#attributes":{"UserID":"S-1-5-18"}}},
			"UserData":{"Anything":{"#attributes":{"xmlns":"y"},"TargetUserName":"ann","Image":"a.exe","Threat Name":"EICAR","Channel":"not this"}}}}`,
		"Winlogbeat": `{"@timestamp":"2024-03-01T12:00:00Z","event":{"code":4625},"winlog":{"channel":"Security","computer_name":"host.example","provider_name":"Vendor",
			"event_id":"4625","record_id":7,"process":{"pid":900},"user":{"identifier":"S-1-5-18"},
			"event_data":{"TargetUserName":"ann","Image":"a.exe","Threat Name":"EICAR"}}}`,
		"Winlogbeat, flattened": `{"@timestamp":"2024-03-01T12:00:00Z","event.code":4625,"winlog.channel":"Security","winlog.computer_name":"host.example",
			"winlog.provider_name":"Vendor","winlog.event_id":"4625","winlog.record_id":7,"winlog.process.pid":900,"winlog.user.identifier":"S-1-5-18",
			"winlog.event_data.TargetUserName":"ann","winlog.event_data.Image":"a.exe","winlog.event_data.Threat Name":"EICAR"}`,
		"Winlogbeat, flattened in part": `{"@timestamp":"2024-03-01T12:00:00Z","winlog":{"channel":"Security","computer_name":"host.example","provider_name":"Vendor",
			"event_id":"4625","record_id":7,"process.pid":900,"user.identifier":"S-1-5-18"},
			"winlog.event_data":{"TargetUserName":"ann","Image":"a.exe","Threat Name":"EICAR"}}`,
	} {
		t.Run(name, func(t *testing.T) {
			// Whole, twice in a row, and in an array.
			for _, text := range []string{text, text + "\n" + text, "[" + text + "," + text + "]", `{"Records":[` + text + "]}"} {
				got := readText(t, "json", text, req)
				for _, row := range got.rows {
					if d := cmp.Diff(want, row); d != "" {
						t.Errorf("(-want +got)\n%s", d)
					}
				}
				if len(got.rows) == 0 || len(got.rejects) > 0 {
					t.Errorf("%d rows, rejects %v", len(got.rows), got.rejects)
				}
			}
		})
	}
}

// Which of several places has a value, and what is no wrapper.
func TestWrapperRanks(t *testing.T) {
	for _, row := range []struct {
		column, text string
		want         any
	}{
		{"Image string", `{"Event":{"EventData":{"Image":"inner"}},"Image":"outer"}`, "outer"},
		{"Channel string", `{"Event":{"EventData":{"Channel":"data"},"System":{"Channel":"system"}}}`, "system"},
		{"Channel string", `{"Event":{"EventData":{"Channel":"data"},"System":{}}}`, "data"},
		{"AB string", `{"Event":{"EventData":{"A B":"short","AB":"full"}}}`, "full"},
		{"AB string", `{"A B":"outer","EventData":{"AB":"inner"}}`, "outer"},
		{"Image string", `{"Event":{"EventData":{"Image":null}},"winlog":{"event_data":{"Image":"beat"}}}`, "beat"},
		{"Image string", `{"Event":{"EventData":"text","Image":"no"}}`, nil},
		{"Image string", `{"Other":{"EventData":{"Image":"no"}}}`, nil},
		{"Image string", `{"Event":{"EventData":[{"Image":"first"},{"Image":"second"}]}}`, "first"},
		{"Data string", `{"Event":{"EventData":{"Data":"one"}}}`, "one"},
		{"Data string", `{"Event":{"EventData":{"Data":["one","two"]}}}`, `["one","two"]`},
		{"Data string", `{"Event":{"EventData":{"Data":{"#text":["one","two"]}}}}`, `["one","two"]`},
		{"Data string[]", `{"Event":{"EventData":{"Data":{"#text":["one","two"]}}}}`, []any{"one", "two"}},
		{"Data string[]", `{"Event":{"EventData":{"Data":["one","two"]}}}`, []any{"one", "two"}},
		{"Image string", `{"Event":{"EventData":{"Data":{"@Name":"Image","#text":"alone"}}}}`, "alone"},
		{"Provider_Guid string", `{"Event":{"System":{"Provider":{"#attributes":{"Guid":"x"}}}}}`, "x"},
		{"Qualifiers int", `{"Event":{"System":{"EventID":{"#attributes":{"Qualifiers":16384},"#text":1}}}}`, int64(16384)},
		{"Image string Event.EventData.Image", `{"Event":{"EventData":{"Data":[{"@Name":"Image","#text":"by path"}]}}}`, "by path"},
		{"Image string Picture|Image", `{"Event":{"EventData":{"Image":"second","Picture":"first"}}}`, "first"},
		{"Image string Image|Picture", `{"Event":{"EventData":{"Image":"first"}},"Picture":"second"}`, "first"},
		{"Image string Picture", `{"Event":{"EventData":{"Image":"no"}}}`, nil},
	} {
		got := readText(t, "ndjson", row.text, request(row.column))
		if d := cmp.Diff([][]any{{row.want}}, got.rows); d != "" {
			t.Errorf("%s of %s (-want +got)\n%s", row.column, row.text, d)
		}
	}
}

// An event has the same fields at the first level and in any wrapper, whatever stands
// beside them and in whatever order.
func TestWrappedIsFlat(t *testing.T) {
	names := []string{"Image", "User", "Data", "Channel", "EventID", "A B", "AB"}
	var req Request
	for _, name := range []string{"Image", "User", "Channel", "EventID", "AB"} {
		req.Columns = append(req.Columns, columns(name+" string")...)
	}
	req.Time = -1
	rapid.Check(t, func(r *rapid.T) {
		event := map[string]any{}
		for _, name := range names {
			switch rapid.IntRange(0, 3).Draw(r, name) {
			case 0:
				event[name] = rapid.StringMatching(`[a-zé" \\]{0,9}`).Draw(r, "text")
			case 1:
				event[name] = rapid.IntRange(0, 99).Draw(r, "number")
			}
		}
		flat, err := json.Marshal(event)
		if err != nil {
			t.Fatal(err)
		}
		want := readText(t, "ndjson", string(flat), req)
		for _, wrapped := range []string{
			`{"Event":{"EventData":%s}}`, `{"EventData":%s,"System":{}}`, `{"Event":{"System":{"Other":1},"UserData":{"X":%s}}}`,
			`{"winlog":{"event_data":%s,"opcode":"Info"},"@timestamp":"2024-03-01"}`, `{"System":null,"UserData":{"Y":%s}}`,
		} {
			got := readText(t, "ndjson", fmt.Sprintf(wrapped, flat), req)
			if d := cmp.Diff(want.rows, got.rows); d != "" {
				r.Fatalf("%s in %s (-flat +wrapped)\n%s", flat, wrapped, d)
			}
		}
	})
}

// Names that are all different do not fill the memory.
func TestWrapperNamesAreBounded(t *testing.T) {
	p := newProjection(request("ab string").Columns, nil)
	n := p.root.at("EventData")
	for i := range 3 * maxFields {
		name := []byte("a")
		for bit := range 20 {
			if i>>bit&1 != 0 {
				name = append(name, ' ')
			} else {
				name = append(name, "  "...)
			}
		}
		p.kid(n, append(name, 'b'))
	}
	if len(n.kids) > maxFields+1 || len(p.cells) > maxFields+2 {
		t.Errorf("%d nodes, %d cells", len(n.kids), len(p.cells))
	}
}
