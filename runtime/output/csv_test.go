package output

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestCSV(t *testing.T) {
	rows, err := csv.NewReader(bytes.NewReader(written(t, "csv", Options{}))).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	if len(rows) != 1+len(alerts()) {
		t.Fatalf("%d rows", len(rows))
	}
	if diff := cmp.Diff(csvHead, rows[0]); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	cell := func(row int, name string) string {
		for c, h := range csvHead {
			if h == name {
				return rows[row][c]
			}
		}
		return ""
	}
	for _, c := range []struct {
		row        int
		name, want string
	}{
		{1, "title", "3 failed logins of ann"}, {1, "window_start", "2024-03-01T09:00:00Z"}, {1, "attack", "T1110.003 T1078 TA0006"},
		{1, "suppressed", "2"}, {1, "partial", "true"}, {2, "window_start", ""}, {2, "keys", "{}"}, {2, "evidence", "[]"},
		{2, "time", "1969-12-31T23:59:59.999999Z"},
		{3, "title", "'=cmd|' /c calc'!A1"}, // no spreadsheet may run it
	} {
		if got := cell(c.row, c.name); got != c.want {
			t.Errorf("row %d: %s is %q, not %q", c.row, c.name, got, c.want)
		}
	}
	for row := 1; row < len(rows); row++ {
		for _, name := range []string{"keys", "values", "evidence", "risk"} {
			if !json.Valid([]byte(cell(row, name))) {
				t.Errorf("row %d: %s is no JSON: %s", row, name, cell(row, name))
			}
		}
	}
}
