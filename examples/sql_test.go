package examples

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"math"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"
)

// runSQL reads a query from standard input, asks DuckDB, and prints the rows as
// JSON, times in RFC 3339.
const runSQL = `
import duckdb, json, sys
rows = duckdb.sql(sys.stdin.read())
print(json.dumps([dict(zip(rows.columns, (v.isoformat() + "Z" if hasattr(v, "isoformat") else v for v in row))) for row in rows.fetchall()]))
`

// TestWantedAlertsAreWhatSQLFinds asks the query of each README and finds every
// wanted alert of the example's last rule, with its numbers, among the rows.
func TestWantedAlertsAreWhatSQLFinds(t *testing.T) {
	if exec.Command("python3", "-c", "import duckdb").Run() != nil {
		if os.Getenv("DET_DEMAND_DATA") != "" {
			t.Fatal("python3 with duckdb is not installed")
		}
		t.Skip("python3 with duckdb is not installed")
	}
	all, err := All()
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range all {
		t.Run(e.Dir, func(t *testing.T) {
			rows := ask(t, e)
			rules := ruleNames(t, e.Rule)
			for _, line := range strings.Split(strings.TrimSpace(read(t, e.Want)), "\n") {
				var alert wanted
				if err := json.Unmarshal([]byte(line), &alert); err != nil {
					t.Fatal(err)
				}
				if alert.Rule == rules[len(rules)-1] && !alert.among(rows) {
					t.Errorf("no row for %s", line)
				}
			}
		})
	}
}

// ask runs the query of a README in its folder.
func ask(t *testing.T, e Example) []map[string]any {
	t.Helper()
	readme, err := fs.ReadFile(Files(), e.Dir+"/README.md")
	if err != nil {
		t.Fatal(err)
	}
	_, query, _ := strings.Cut(string(readme), "```sql\n")
	query, _, found := strings.Cut(query, "```")
	if !found {
		t.Fatalf("%s has no query", e.Dir)
	}
	cmd := exec.Command("python3", "-c", runSQL)
	cmd.Dir, cmd.Stdin = e.Dir, strings.NewReader(query)
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	var rows []map[string]any
	if err := json.Unmarshal(out, &rows); err != nil {
		t.Fatal(err)
	}
	return rows
}

// wanted is what a line of want/alerts.ndjson says.
type wanted struct {
	Rule   string
	Time   time.Time
	Keys   map[string]any
	Values map[string]any
}

// among reports whether a row has the alert's time, and its keys and values where
// the row has columns of their names (n for usual.n).
func (w wanted) among(rows []map[string]any) bool {
	for _, row := range rows {
		at, err := time.Parse(time.RFC3339, fmt.Sprint(row["time"]))
		if err == nil && at.Equal(w.Time) && fits(w.Keys, row) && fits(w.Values, row) {
			return true
		}
	}
	return false
}

func fits(want map[string]any, row map[string]any) bool {
	for name, w := range want {
		got, ok := row[name[strings.LastIndex(name, ".")+1:]]
		if !ok {
			continue
		}
		x, number := w.(float64)
		y, _ := got.(float64)
		if number && math.Abs(x-y) > 1e-9*max(1, math.Abs(x)) || !number && w != got {
			return false
		}
	}
	return true
}
