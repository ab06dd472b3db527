package input

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// sigmaSample is what regression.jsonl has on one rule of Sigma: the events of which
// some must match it, as flat objects.
type sigmaSample struct {
	Rule   string           `json:"rule_id"`
	Events []map[string]any `json:"events"`
}

func sigmaSamples(t *testing.T) []sigmaSample {
	f, err := os.Open(shared(t, "sigma/regression.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var out []sigmaSample
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, 16<<20)
	for lines.Scan() {
		var s sigmaSample
		d := json.NewDecoder(bytes.NewReader(lines.Bytes()))
		d.UseNumber()
		if err := d.Decode(&s); err != nil {
			t.Fatal(err)
		}
		out = append(out, s)
	}
	return out
}

// The events of the samples have the same fields, under the same names, in each
// form that there is of them. The flat form was written by a tool that shows
// hexadecimal numbers and GUIDs in its own way; the one that wrote the nested form
// left out spaces at the end of texts.
func TestRegressionForms(t *testing.T) {
	nested := map[string]string{}
	root := shared(t, "sigma/regression_data")
	err := filepath.WalkDir(root, func(path string, _ fs.DirEntry, err error) error {
		if filepath.Ext(path) == ".json" {
			nested[strings.TrimSuffix(filepath.Base(path), ".json")] = path
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, form := range []struct {
		name string
		file func(rule string) string
	}{
		{"EVTX", func(rule string) string { return shared(t, "sigma/regression_evtx/"+rule+".evtx") }},
		{"nested JSON", func(rule string) string { return nested[rule] }},
	} {
		events := 0
		for _, s := range sigmaSamples(t) {
			events += len(s.Events)
			compareFlat(t, form.name, form.file(s.Rule), s)
		}
		if events != 106 {
			t.Errorf("%s: %d events, want 106", form.name, events)
		}
	}
}

// compareFlat reads a file for the fields of a sample's flat events.
func compareFlat(t *testing.T, form, path string, s sigmaSample) {
	var names []string
	for _, e := range s.Events {
		for name := range e {
			if name != "__time" && !slices.Contains(names, name) {
				names = append(names, name)
			}
		}
	}
	slices.Sort(names)
	req := timed("TimeCreated timestamp")
	for _, name := range names {
		req.Columns = append(req.Columns, columns(name+" string")...)
	}
	got, err := drain(t, req, func(req Request) (Stream, error) {
		return OpenPath(context.Background(), path, "", req)
	})
	if err != nil || len(got.rejects) > 0 || len(got.rows) != len(s.Events) {
		t.Errorf("%s of %s: %d rows, want %d; rejects %v; %v", form, s.Rule, len(got.rows), len(s.Events), got.rejects, err)
		return
	}
	for i, e := range s.Events {
		seconds, err := strconv.ParseFloat(string(e["__time"].(json.Number)), 64)
		if us := got.rows[i][0].(int64); err != nil || math.Abs(float64(us)-seconds*1e6) > 2 {
			t.Errorf("%s of %s, row %d: time %d, want %v", form, s.Rule, i, us, e["__time"])
		}
		for k, name := range names {
			want, present := e[name]
			have := got.rows[i][k+1]
			if !present {
				want = nil
			}
			if text, ok := want.(string); ok && form == "nested JSON" {
				want = strings.TrimRight(text, " ")
			}
			if !sameField(want, have) {
				t.Errorf("%s of %s, row %d: %s is %q, want %q", form, s.Rule, i, name, have, want)
			}
		}
	}
}

// sameField reports whether two forms of a value mean the same.
func sameField(flat, have any) bool {
	switch flat := flat.(type) {
	case nil:
		return have == nil
	case json.Number:
		text, _ := have.(string)
		n, err := strconv.ParseInt(text, 0, 64)
		return err == nil && strconv.FormatInt(n, 10) == string(flat)
	case string:
		text, ok := have.(string)
		return ok && (text == flat || text == "{"+flat+"}")
	}
	return false
}
