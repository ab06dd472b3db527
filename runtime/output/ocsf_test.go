package output

import (
	"bytes"
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// required are the attributes that OCSF 1.3 demands of a Detection Finding
// (schema.ocsf.io/1.3.0/classes/detection_finding, the base event, and the objects
// finding_info, metadata, product, analytic and observable).
var required = []string{
	"activity_id", "category_uid", "class_uid", "finding_info", "metadata", "severity_id", "time", "type_uid",
	"finding_info.uid", "finding_info.title", "finding_info.analytic.type_id", "metadata.product", "metadata.product.vendor_name", "metadata.version",
}

func TestOCSF(t *testing.T) {
	lines := bytes.Split(bytes.TrimSpace(written(t, "ocsf", Options{})), []byte("\n"))
	list := alerts()
	if len(lines) != len(list) {
		t.Fatalf("%d lines for %d alerts", len(lines), len(list))
	}
	severities := []float64{4, 2, 5}
	times := []float64{1_709_287_200_000, -1, 1_709_287_200_000} // milliseconds
	for i, line := range lines {
		var doc map[string]any
		if err := json.Unmarshal(line, &doc); err != nil {
			t.Fatal(err)
		}
		for _, path := range required {
			if at(doc, path) == nil {
				t.Errorf("%s: no %s", list[i].Rule, path)
			}
		}
		for path, want := range map[string]any{
			"category_uid": 2.0, "class_uid": 2004.0, "activity_id": 1.0, "type_uid": 200401.0, "metadata.version": "1.3.0",
			"severity_id": severities[i], "time": times[i], "finding_info.uid": list[i].ID, "finding_info.title": list[i].Title,
		} {
			if got := at(doc, path); got != want {
				t.Errorf("%s: %s is %v, not %v", list[i].Rule, path, got, want)
			}
		}
	}
}

// TestOCSFDetails holds what only a full alert has.
func TestOCSFDetails(t *testing.T) {
	line, _, _ := bytes.Cut(written(t, "ocsf", Options{}), []byte("\n"))
	var doc map[string]any
	if err := json.Unmarshal(line, &doc); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		path string
		want any
	}{
		{"start_time", 1_709_283_600_000.0},
		{"end_time", 1_709_287_200_000.0},
		{"risk_score", 40.0},
		{"finding_info.attacks", []any{
			map[string]any{"technique": map[string]any{"uid": "T1110"}, "sub_technique": map[string]any{"uid": "T1110.003"}, "version": "15"},
			map[string]any{"technique": map[string]any{"uid": "T1078"}, "version": "15"},
			map[string]any{"tactic": map[string]any{"uid": "TA0006"}, "version": "15"},
		}},
		{"observables", []any{
			map[string]any{"name": "user", "value": "ann", "type": "Other", "type_id": 99.0},
			map[string]any{"name": "source", "value": "2001:db8::1", "type": "IP Address", "type_id": 2.0},
		}},
		{"unmapped.suppressed", 2.0},
		{"unmapped.keys.user", "ann"},
	} {
		if diff := cmp.Diff(c.want, at(doc, c.path)); diff != "" {
			t.Errorf("%s (-want +got)\n%s", c.path, diff)
		}
	}
}

// at is the value at a path of names; nil if there is none.
func at(doc any, path string) any {
	for _, name := range bytes.Split([]byte(path), []byte(".")) {
		m, _ := doc.(map[string]any)
		doc = m[string(name)]
	}
	return doc
}
