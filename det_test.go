package det_test

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/array"
	"github.com/apache/arrow/go/v17/arrow/memory"
	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"

	"github.com/detlang/det"
	"github.com/detlang/det/lang"
	"github.com/detlang/det/lang/diag"
	"github.com/detlang/det/lang/source"
	"github.com/detlang/det/runtime"
	"github.com/detlang/det/runtime/output"
)

var update = flag.Bool("update", false, "rewrite the wanted sections of the goldens")

// TestGoldens runs every file of testdata/rules: a rule, its input and what is
// wanted of it. Beside what is written there it asserts of each that the rule is
// in canonical form, and that its alerts do not depend on how the input was cut,
// ordered or interrupted, nor on optimisation.
func TestGoldens(t *testing.T) {
	files, err := filepath.Glob("testdata/rules/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatalf("no goldens: %v", err)
	}
	for _, name := range files {
		t.Run(strings.TrimSuffix(filepath.Base(name), ".txtar"), func(t *testing.T) {
			a, err := txtar.ParseFile(name)
			if err != nil {
				t.Fatal(err)
			}
			g := newGolden(t, a)
			g.run(t)
			if *update && g.changed {
				if err := os.WriteFile(name, txtar.Format(a), 0o644); err != nil {
					t.Fatal(err)
				}
			}
		})
	}
}

// golden is one txtar file, laid out in a folder.
type golden struct {
	archive *txtar.Archive
	dir     string
	inputs  []string // input=… of a run: SCHEMA=PATH or PATH
	changed bool
}

func newGolden(t *testing.T, a *txtar.Archive) *golden {
	g := &golden{archive: a, dir: t.TempDir()}
	for _, f := range a.Files {
		path := filepath.Join(g.dir, filepath.FromSlash(f.Name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, f.Data, 0o644); err != nil {
			t.Fatal(err)
		}
		if base := filepath.Base(f.Name); !strings.HasPrefix(f.Name, "want/") && strings.HasSuffix(base, ".ndjson") {
			g.inputs = append(g.inputs, path)
		}
	}
	return g
}

// section holds got against a wanted section, if the file has it, or rewrites it.
func (g *golden) section(t *testing.T, name, got string) {
	t.Helper()
	for i := range g.archive.Files {
		f := &g.archive.Files[i]
		if f.Name != name {
			continue
		}
		if *update {
			g.changed = g.changed || string(f.Data) != got
			f.Data = []byte(got)
		} else if diff := cmp.Diff(string(f.Data), got); diff != "" {
			t.Errorf("%s (-want +got)\n%s", name, diff)
		}
	}
}

func (g *golden) run(t *testing.T) {
	text, err := os.ReadFile(filepath.Join(g.dir, "rule.det"))
	if err != nil {
		t.Fatal(err)
	}
	src := source.New("rule.det", string(text))
	if canonical, ok := lang.Format(src, &diag.List{}); ok && canonical != src.Text {
		t.Errorf("the rule is not in canonical form (-canonical +written)\n%s", cmp.Diff(canonical, src.Text))
	}
	rules, diags := g.compile(t, det.Compiler{})
	var told, plan strings.Builder
	diag.Render(&told, diags, diag.Options{})
	g.section(t, "want/diagnostics", strings.ReplaceAll(told.String(), g.dir+string(filepath.Separator), ""))
	rules.Plan(&plan)
	g.section(t, "want/plan", plan.String())
	if len(g.inputs) == 0 {
		return
	}
	want := g.read(t, rules)
	g.section(t, "want/alerts.ndjson", want)

	plain, _ := g.compile(t, det.Compiler{NoOptimise: true})
	g.same(t, "without optimisation", want, g.read(t, plain))
	indexed, _ := g.compile(t, det.Compiler{IndexFrom: 1})
	g.same(t, "with all conditions in an index", want, g.read(t, indexed))
	rows := g.rows(t, rules)
	g.same(t, "with all conditions in an index, row by row", want, g.push(t, indexed, rows, pushing{size: 1}))
	for _, size := range []int{1, 2, 3, 16, 1 << 20} {
		g.same(t, fmt.Sprintf("in batches of %d", size), want, g.push(t, rules, rows, pushing{size: size}))
		g.same(t, fmt.Sprintf("in batches of %d, saved and restored", size), want, g.push(t, rules, rows, pushing{size: size, restart: true}))
	}
	for _, shards := range []int{2, 3, 8} {
		g.same(t, fmt.Sprintf("with %d shards", shards), want, g.push(t, rules, rows, pushing{size: 16, shards: shards}))
		g.same(t, fmt.Sprintf("with %d shards, saved and restored", shards), want, g.push(t, rules, rows, pushing{size: 3, shards: shards, restart: true}))
		g.same(t, fmt.Sprintf("with %d shards and an index", shards), want, g.push(t, indexed, rows, pushing{size: 1 << 20, shards: shards}))
	}
	for seed := range uint64(4) {
		g.same(t, "permuted within the lateness", want, g.push(t, rules, rows, pushing{size: 1, jitter: 10 * time.Minute, seed: seed}))
		g.same(t, "permuted, saved and restored", want, g.push(t, rules, rows, pushing{size: 1, jitter: 10 * time.Minute, seed: seed, restart: true}))
	}
}

func (g *golden) same(t *testing.T, how, want, got string) {
	t.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("%s the alerts differ (-want +got)\n%s", how, diff)
	}
}

func (g *golden) compile(t *testing.T, c det.Compiler) (*det.Ruleset, *diag.List) {
	rules, diags, err := c.Files(filepath.Join(g.dir, "rule.det"))
	if err != nil {
		t.Fatal(err)
	}
	return rules, diags
}

// collector gathers alerts as lines of JSON, without the folder of the test.
type collector struct {
	dir   string
	lines []string
}

func (c *collector) add(a *runtime.Alert) error {
	for i := range a.Evidence {
		a.Evidence[i].Source = filepath.Base(a.Evidence[i].Source)
	}
	c.lines = append(c.lines, string(output.AppendJSON(nil, a)))
	return nil
}

func (c *collector) text() string {
	slices.SortFunc(c.lines, func(a, b string) int {
		if d := strings.Compare(member(a, "time"), member(b, "time")); d != 0 {
			return d
		}
		return strings.Compare(a, b)
	})
	if len(c.lines) == 0 {
		return ""
	}
	return strings.Join(c.lines, "\n") + "\n"
}

// member is the text of a top-level member of an alert's JSON.
func member(line, name string) string {
	_, rest, _ := strings.Cut(line, `"`+name+`":"`)
	v, _, _ := strings.Cut(rest, `"`)
	return v
}

// read runs the files as `det run` does.
func (g *golden) read(t *testing.T, rules *det.Ruleset) string {
	t.Helper()
	c := &collector{dir: g.dir}
	_, err := rules.Run(context.Background(), det.RunOptions{Inputs: g.inputs, Alerts: func(list []runtime.Alert) error {
		for i := range list {
			if err := c.add(&list[i]); err != nil {
				return err
			}
		}
		return nil
	}})
	if err != nil {
		t.Fatal(err)
	}
	return c.text()
}

// row is one row of the input: where it stands in a record, and where in its file.
type row struct {
	schema string
	source string
	rec    arrow.Record
	at     int64
	number int64
	time   int64
}

// after reports whether r stands behind q in the same record.
func (r row) after(q row) bool { return r.rec == q.rec && r.at == q.at+1 && r.number == q.number+1 }

// rows reads all inputs into rows, in order of time.
func (g *golden) rows(t *testing.T, rules *det.Ruleset) []row {
	t.Helper()
	var rows []row
	for _, path := range g.inputs {
		schema, list, err := rules.Records(context.Background(), path)
		if err != nil {
			t.Fatal(err)
		}
		for _, b := range list {
			times := b.Record.Column(b.Time).(*array.Timestamp)
			for i := range b.Record.NumRows() {
				n := b.First + i
				if b.Rows != nil {
					n = b.Rows[i]
				}
				rows = append(rows, row{schema, filepath.Base(path), b.Record, i, n, int64(times.Value(int(i)))})
			}
		}
	}
	slices.SortStableFunc(rows, func(a, b row) int { return int(min(max(a.time-b.time, -1), 1)) })
	return rows
}

// pushing is a way to give the rows to an engine.
type pushing struct {
	size    int
	jitter  time.Duration // rows come up to this much late
	seed    uint64
	shards  int
	restart bool // save, and go on in a fresh engine, after every push
}

// push gives the rows to an engine and collects its alerts. All memory must be
// given back.
func (g *golden) push(t *testing.T, rules *det.Ruleset, rows []row, how pushing) string {
	t.Helper()
	mem := memory.NewCheckedAllocator(memory.DefaultAllocator)
	defer mem.AssertSize(t, 0)
	c := &collector{dir: g.dir}
	late := 0
	opts := det.EngineOptions{
		Shards:   how.shards,
		Lateness: how.jitter, Each: c.add, Alloc: mem,
		Alerts: func(arrow.Record) error { return nil },
		Aside:  func(a det.Aside) { late++ },
	}
	rows = jitter(rows, how)
	e, err := rules.NewEngine(opts)
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i < len(rows); {
		j := i + 1
		for j < len(rows) && j-i < how.size && rows[j].after(rows[j-1]) {
			j++
		}
		rec := rows[i].rec.NewSlice(rows[i].at, rows[i].at+int64(j-i))
		numbers := make([]int64, j-i)
		for k := range numbers {
			numbers[k] = rows[i].number + int64(k)
		}
		if err := e.PushFrom(rows[i].schema, rows[i].source, rec, numbers); err != nil {
			t.Fatal(err)
		}
		rec.Release()
		if how.restart {
			var saved bytes.Buffer
			if err := e.Save(&saved); err != nil {
				t.Fatal(err)
			}
			e.Close()
			if e, err = rules.NewEngine(opts); err != nil {
				t.Fatal(err)
			}
			if _, err := e.Load(bytes.NewReader(saved.Bytes())); err != nil {
				t.Fatal(err)
			}
		}
		i = j
	}
	if err := e.Flush(); err != nil {
		t.Fatal(err)
	}
	e.Close()
	if late > 0 {
		t.Errorf("%d rows were set aside, though none comes later than allowed", late)
	}
	return c.text()
}

// jitter orders rows by an arrival time that lies up to how.jitter behind their
// event time.
func jitter(rows []row, how pushing) []row {
	if how.jitter == 0 {
		return rows
	}
	rng := rand.New(rand.NewPCG(how.seed, 1))
	type arrival struct {
		row
		at int64
	}
	list := make([]arrival, len(rows))
	for i, r := range rows {
		list[i] = arrival{r, r.time + rng.Int64N(how.jitter.Microseconds())}
	}
	slices.SortStableFunc(list, func(a, b arrival) int { return int(min(max(a.at-b.at, -1), 1)) })
	out := make([]row, len(rows))
	for i, a := range list {
		out[i] = a.row
	}
	return out
}

var errNoData = errors.New("the shared data is not here")

// sharedData is the folder of data that is not part of the repository.
func sharedData(t *testing.T) string {
	t.Helper()
	dir := filepath.Join("..", "shared", "data")
	if _, err := os.Stat(dir); err != nil {
		if os.Getenv("DET_DEMAND_DATA") != "" {
			t.Fatal(errNoData)
		}
		t.Skip(errNoData)
	}
	return dir
}
