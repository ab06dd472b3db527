package input

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestEnvelopes(t *testing.T) {
	a := request("a int")
	with := func(path ...string) Request {
		req := a
		req.Envelope = path
		return req
	}
	tests := []struct {
		name, text    string
		req           Request
		rows, rejects string
	}{
		{"CloudTrail", `{"Records":[{"a":1},{"a":2}]}`, a, "[[1] [2]]", "[]"},
		{"CloudTrail, several", `{"Records":[{"a":1}]}{"Records":[]}` + "\n" + `{"Records":[{"a":2}]}`, a, "[[1] [2]]", "[]"},
		{"with other fields", "{\n\"n\": [1,2],\n\"value\": [\n {\"a\":1},\n {\"a\":2}\n],\n\"next\": {\"x\": \"]\"}\n}\n", a, "[[1] [2]]", "[]"},
		{"Elasticsearch", `{"took":1,"hits":{"total":{"value":2},"hits":[{"_id":"x","_source":{"a":1}},{"_source":{"a":2}}]}}`, request("a int", "_id string"), "[[1 x] [2 <nil>]]", "[]"},
		{"its only field", `{"rows": [{"a":1},{"a":2}]}`, a, "[[1] [2]]", "[]"},
		{"its only field, empty", `{"rows": []}`, a, "[[<nil>]]", "[]"},
		{"not the only field", `{"rows": [{"a":1}],"a":3}`, a, "[[3]]", "[]"},
		{"a record with such a field", `{"events":[{"a":1}],"a":3}` + "\n" + `{"events":[{"a":1}],"a":4}`, a, "[[3] [4]]", "[]"},
		{"a column goes through it", `{"events":[{"name":"x"}],"id":1}`, request("events.name string"), "[[x]]", "[]"},
		{"asked for", `{"x":{"y":[{"a":1}]},"Records":[{"a":2}]}`, with("x", "y"), "[[1]]", "[]"},
		{"asked for and not there", `{"Records":[{"a":2}]}{"x":1}`, with("x", "y"), "[]", "[0:1 malformed 1:1 malformed]"},
		{"asked to be none", `{"Records":[{"a":2}],"a":1}`, with([]string{}...), "[[1]]", "[]"},
		{"elements that are no objects", `{"Records":[1,{"a":2},[3]]}`, with("Records"), "[[2]]", "[0:1 malformed 2:1 malformed]"},
		{"ends inside", `{"Records":[{"a":1},{"a":2}`, with("Records"), "[[1] [2]]", "[2:1 malformed]"},
		{"ends in the object", `{"Records":[{"a":1}],"x":`, with("Records"), "[[1]]", "[1:1 malformed]"},
		{"broken behind the records", "{\"Records\":[{\"a\":1}],x}\n{\"Records\":[{\"a\":2}]}\n", with("Records"), "[[1] [2]]", "[1:1 malformed]"},
		{"broken between the records", "{\"Records\":[{\"a\":1} {\"a\":2}]}\n{\"Records\":[{\"a\":3}]}\n", with("Records"), "[[1] [3]]", "[1:1 malformed]"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := readText(t, "json", tt.text, tt.req)
			if d := cmp.Diff(tt.rows, fmt.Sprint(got.rows)); d != "" {
				t.Errorf("rows (-want +got)\n%s", d)
			}
			if d := cmp.Diff(tt.rejects, fmt.Sprint(got.rejects)); d != "" {
				t.Errorf("rejects (-want +got)\n%s", d)
			}
		})
	}
}

// TestEnvelopesInLines reads objects one after another: only those that are nothing
// but an array of records under a known name are envelopes.
func TestEnvelopesInLines(t *testing.T) {
	for _, tt := range []struct{ name, text, rows, rejects string }{
		{"CloudTrail, one a line", `{"Records":[{"a":1},{"a":2}]}` + "\n" + `{"Records":[{"a":3}]}` + "\n", "[[1] [2] [3]]", "[]"},
		{"a field of that name", `{"events":[{"b":1}],"a":3}` + "\n" + `{"a":4}` + "\n", "[[3] [4]]", "[]"},
		{"one event with such a field", `{"data":[{"b":1}],"a":3}` + "\n", "[[3]]", "[]"},
		{"another only field", `{"tags":[{"a":1}]}` + "\n", "[[<nil>]]", "[]"},
		{"an array of names", `{"Records":["x"]}` + "\n" + `{"a":4}` + "\n", "[[<nil>] [4]]", "[]"},
		{"an event among envelopes", `{"Records":[{"a":1}]}` + "\n" + `{"a":4}` + "\n" + `{"Records":[{"a":2}]}` + "\n", "[[1] [2]]", "[1:2 malformed]"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got := readText(t, "ndjson", tt.text, request("a int"))
			if d := cmp.Diff(tt.rows, fmt.Sprint(got.rows)); d != "" {
				t.Errorf("rows (-want +got)\n%s", d)
			}
			if d := cmp.Diff(tt.rejects, fmt.Sprint(got.rejects)); d != "" {
				t.Errorf("rejects (-want +got)\n%s", d)
			}
		})
	}
}

// The CloudTrail folders hold 2,900 records under Records and 310 in arrays.
func TestCloudTrail(t *testing.T) {
	for folder, want := range map[string]int{"cloudtrail_invictus/CloudTrail": 2_900, "cloudtrail_stratus": 310} {
		files, err := Expand([]string{shared(t, folder)})
		if err != nil {
			t.Fatal(err)
		}
		rows := 0
		for _, file := range files {
			got, err := drain(t, timed("eventTime timestamp", "eventName string", "sourceIPAddress string"), func(req Request) (Stream, error) {
				return OpenPath(context.Background(), file, "", req)
			})
			if err != nil || len(got.rejects) != 0 {
				t.Errorf("%s: rejects %v, %v", file, got.rejects, err)
			}
			rows += len(got.rows)
		}
		if rows != want {
			t.Errorf("%s: %d records, want %d", folder, rows, want)
		}
	}
}

// The nested Sigma samples hold objects that are printed over many lines, some
// of them several in a row.
func TestConcatenatedObjects(t *testing.T) {
	files, err := Expand([]string{filepath.Join(shared(t, "sigma/regression_data"), "**", "*.json")})
	if err != nil {
		t.Fatal(err)
	}
	several := 0
	for _, file := range files {
		got, err := drain(t, request("id int Event.System.EventID", "channel string Event.System.Channel"), func(req Request) (Stream, error) {
			return OpenPath(context.Background(), file, "", req)
		})
		f, _ := os.Open(file)
		want, d := 0, json.NewDecoder(f)
		for d.Decode(new(any)) == nil {
			want++
		}
		f.Close()
		if err != nil || len(got.rejects) != 0 || len(got.rows) != want {
			t.Errorf("%s: %d rows, want %d, rejects %v, %v", file, len(got.rows), want, got.rejects, err)
		}
		if len(got.rows) > 1 {
			several++
		}
	}
	if several == 0 {
		t.Error("no file holds several objects")
	}
}
