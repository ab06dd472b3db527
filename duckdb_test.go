package det_test

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"os"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/apache/arrow/go/v17/arrow/memory"

	"github.com/detlang/det"
	"github.com/detlang/det/runtime"
)

// duckScript answers lists of SQL statements, a list a line, with the rows of the
// last one. A statement with $turn is run for each row of the one before it.
const duckScript = `
import duckdb, json, sys
db = duckdb.connect(config={"threads": 1})
db.execute("set enable_progress_bar = false")
for line in sys.stdin:
    try:
        for statement in json.loads(line):
            if "$turn" in statement:
                for row in rows.fetchall():
                    db.execute(statement.replace("$turn", str(row[0])))
            else:
                rows = db.execute(statement)
        answer = {"columns": [d[0] for d in rows.description], "rows": rows.fetchall()}
    except Exception as e:
        answer = {"error": str(e)}
    print(json.dumps(answer), flush=True)
`

// duck is a DuckDB that answers questions.
type duck struct {
	in  io.WriteCloser
	out *bufio.Scanner
}

// duckRows is an answer of DuckDB.
type duckRows struct {
	Columns []string
	Rows    [][]any
	Error   string
}

// startDuck starts a DuckDB; without one the test is skipped.
func startDuck(t *testing.T) *duck {
	t.Helper()
	if exec.Command("python3", "-c", "import duckdb").Run() != nil {
		if os.Getenv("DET_DEMAND_DATA") != "" {
			t.Fatal("python3 with duckdb is not installed")
		}
		t.Skip("python3 with duckdb is not installed")
	}
	cmd := exec.Command("python3", "-c", duckScript)
	cmd.Stderr = os.Stderr
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		in.Close()
		if err := cmd.Wait(); err != nil {
			t.Error(err)
		}
	})
	d := &duck{in: in, out: bufio.NewScanner(out)}
	d.out.Buffer(nil, 64<<20)
	return d
}

// ask runs statements and gives the rows of the last one. Integers stay exact.
func (d *duck) ask(statements []string) (*duckRows, error) {
	line, err := json.Marshal(statements)
	if err != nil {
		return nil, err
	}
	if _, err := d.in.Write(append(line, '\n')); err != nil {
		return nil, err
	}
	if !d.out.Scan() {
		return nil, fmt.Errorf("DuckDB has gone: %w", d.out.Err())
	}
	var rows duckRows
	dec := json.NewDecoder(strings.NewReader(d.out.Text()))
	dec.UseNumber()
	if err := dec.Decode(&rows); err != nil {
		return nil, err
	}
	if rows.Error != "" {
		return nil, fmt.Errorf("DuckDB: %s", rows.Error)
	}
	return &rows, nil
}

// duckCases is how many questions are asked of both.
const duckCases = 1000

// duckWorkers is how many of them are asked at a time.
const duckWorkers = 2

// leastOfAKind is how many cases of each kind must have had something to compare.
const leastOfAKind = 20

// TestWindowsAreWhatSQLFinds draws questions about windows, baselines and peers, each
// as a rule and, written after what the language says it means, in SQL. The alerts
// and every value that they show must be the rows that DuckDB finds: whole numbers,
// keys and times exactly, floats within 1e-9.
func TestWindowsAreWhatSQLFinds(t *testing.T) {
	answers := make([]answer, duckCases)
	var workers sync.WaitGroup
	for worker := range duckWorkers {
		db := startDuck(t)
		workers.Go(func() {
			for seed := worker; seed < duckCases; seed += duckWorkers {
				answers[seed] = compareQuestion(db, uint64(seed))
			}
		})
	}
	workers.Wait()
	tally := map[string]*[3]int{} // by kind: cases, those with alerts, alerts
	values := 0
	var failed *question
	for seed, a := range answers {
		values += a.values
		if a.err != nil {
			t.Errorf("seed %d: %v\n%s", seed, a.err, strings.TrimPrefix(a.q.rule(), questionSchema))
			if failed == nil || len(a.q.events) < len(failed.events) {
				failed = a.q
			}
		}
		for _, kind := range a.q.kinds {
			if tally[kind] == nil {
				tally[kind] = new([3]int)
			}
			tally[kind][0]++
			tally[kind][1] += min(a.alerts, 1)
			tally[kind][2] += a.alerts
		}
	}
	if failed != nil {
		t.Fatalf("the question that fails on the fewest events\n%s", failed)
	}
	t.Logf("%d cases, %d values of alerts", duckCases, values)
	for _, kind := range questionKinds {
		n := tally[kind]
		if n == nil {
			n = new([3]int)
		}
		t.Logf("%-32s %4d cases, %4d with alerts, %6d alerts", kind, n[0], n[1], n[2])
		if n[1] < leastOfAKind {
			t.Errorf("only %d cases with %s have alerts", n[1], kind)
		}
	}
}

// answer is what the rule of a question gave, and how it differs from SQL.
type answer struct {
	q              *question
	alerts, values int
	err            error
}

// compareQuestion asks the question of a seed of both.
func compareQuestion(db *duck, seed uint64) answer {
	a := answer{q: drawQuestion(seed)}
	alerts, err := answerOfRule(a.q)
	if a.err = err; err != nil {
		return a
	}
	rows, err := db.ask(a.q.sql())
	if a.err = err; err != nil {
		return a
	}
	a.alerts = len(alerts)
	a.values, a.err = compareAnswers(alerts, rows)
	return a
}

// answerOfRule gives the alerts of a question's rule. The events come in two pushes,
// in the order in which they were drawn, which is none.
func answerOfRule(q *question) ([]runtime.Alert, error) {
	set, diags := det.Compiler{}.Sources(det.Source{Name: "rule.det", Text: q.rule()})
	if diags.Errors() > 0 {
		return nil, &det.CompileError{Diagnostics: diags}
	}
	var alerts []runtime.Alert
	e, err := set.NewEngine(det.EngineOptions{Manual: true, Each: func(a *runtime.Alert) error {
		alerts = append(alerts, *a)
		return nil
	}})
	if err != nil {
		return nil, err
	}
	defer e.Close()
	for half := range slices.Chunk(q.events, (len(q.events)+1)/2) {
		rec := record(memory.DefaultAllocator, half)
		err := e.PushFrom("log", "log", rec, rowsOf(half))
		rec.Release()
		if err != nil {
			return nil, err
		}
	}
	return alerts, e.Flush()
}

// The columns of an answer that say which row it is, before the keys.
var rowColumns = []string{"told", "window_start", "window_end", "partial"}

// compareAnswers compares alerts with rows, and gives how many values were compared
// and the first difference.
func compareAnswers(alerts []runtime.Alert, rows *duckRows) (values int, diff error) {
	column := map[string]int{}
	for i, name := range rows.Columns {
		column[name] = i
	}
	found := map[string][]any{}
	for _, row := range rows.Rows {
		var id strings.Builder
		for i := range row {
			if i < len(rowColumns) || strings.HasPrefix(rows.Columns[i], "key ") {
				fmt.Fprintf(&id, "%v|", row[i])
			}
		}
		if found[id.String()] != nil {
			return 0, fmt.Errorf("SQL finds a row twice: %s", id.String())
		}
		found[id.String()] = row
	}
	for _, a := range alerts {
		id := fmt.Sprintf("%d|%d|%d|%t|", a.Time, a.WindowStart, a.WindowEnd, a.Partial)
		for _, k := range a.Keys {
			id += fmt.Sprintf("%v|", k.Value)
		}
		row := found[id]
		if row == nil {
			return values, fmt.Errorf("SQL does not find the alert %s", id)
		}
		delete(found, id)
		for _, v := range a.Values {
			at, ok := column[v.Name]
			if !ok {
				return values, fmt.Errorf("SQL was not asked for %s", v.Name)
			}
			if !sameValue(v.Value, row[at]) {
				return values, fmt.Errorf("alert %s has %s %v; SQL finds %v", id, v.Name, v.Value, row[at])
			}
			values++
		}
	}
	for id := range found {
		return values, fmt.Errorf("there is no alert for what SQL finds: %s", id)
	}
	return values, nil
}

// sameValue compares a value of an alert with one from JSON.
func sameValue(a, b any) bool {
	switch x := a.(type) {
	case float64:
		n, ok := b.(json.Number)
		if !ok {
			return false
		}
		y, err := n.Float64()
		return err == nil && math.Abs(x-y) <= 1e-9*max(1, math.Abs(x), math.Abs(y))
	case int64:
		n, ok := b.(json.Number)
		return ok && n.String() == fmt.Sprint(x)
	}
	return a == b
}
