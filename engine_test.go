package det_test

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/array"
	"github.com/apache/arrow/go/v17/arrow/memory"

	"github.com/detlang/det"
	"github.com/detlang/det/runtime"
	"github.com/detlang/det/runtime/engine"
)

const loginRules = `
schema login {
  time timestamp
  user string
}

rule often {
  from login
  window 10m by user { logins = count() }
  when logins >= 5
  risk 10 on user(user)
}
`

// minuteLogins are so many of ann, a minute apart, from so many minutes after midnight on.
func minuteLogins(from, n int) arrow.Record {
	b := array.NewRecordBuilder(memory.DefaultAllocator, arrow.NewSchema([]arrow.Field{
		{Name: "time", Type: arrow.FixedWidthTypes.Timestamp_us}, {Name: "user", Type: arrow.BinaryTypes.String},
	}, nil))
	defer b.Release()
	midnight := time.Date(2024, 3, 1, 0, 0, 0, 0, time.UTC)
	for i := range n {
		b.Field(0).(*array.TimestampBuilder).Append(arrow.Timestamp(midnight.Add(time.Duration(from+i) * time.Minute).UnixMicro()))
		b.Field(1).(*array.StringBuilder).Append("ann")
	}
	return b.NewRecord()
}

func loginEngine(t *testing.T, opts det.EngineOptions) *det.Engine {
	t.Helper()
	rules, diags := det.Compiler{}.Sources(det.Source{Name: "rule.det", Text: loginRules})
	if diags.Errors() > 0 {
		t.Fatal(render(diags))
	}
	e, err := rules.NewEngine(opts)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(e.Close)
	return e
}

// TestEngineAfterTheEnd saves, loads, pushes and advances when that can only be a
// mistake: an engine that went on from state of an ended one would count its last
// windows anew. The file with the good state stays.
func TestEngineAfterTheEnd(t *testing.T) {
	for name, end := range map[string]func(*det.Engine) error{
		"flushed": (*det.Engine).Flush,
		"closed":  func(e *det.Engine) error { e.Close(); return nil },
	} {
		t.Run(name, func(t *testing.T) {
			e := loginEngine(t, det.EngineOptions{})
			rec := minuteLogins(0, 4)
			defer rec.Release()
			if err := e.Push("login", rec); err != nil {
				t.Fatal(err)
			}
			path := filepath.Join(t.TempDir(), "state")
			if err := e.SaveFile(path); err != nil {
				t.Fatal(err)
			}
			good, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			if err := end(e); err != nil {
				t.Fatal(err)
			}
			var b bytes.Buffer
			for call, err := range map[string]error{
				"Save": e.Save(&b), "SaveFile": e.SaveFile(path), "Push": e.Push("login", rec),
				"Advance": e.Advance(time.Now()), "Flush": e.Flush(),
			} {
				if !errors.Is(err, engine.ErrEnded) {
					t.Errorf("%s: %v", call, err)
				}
			}
			if _, err := e.LoadFile(path); err == nil {
				t.Error("state was loaded")
			}
			if still, err := os.ReadFile(path); err != nil || !bytes.Equal(still, good) || b.Len() > 0 {
				t.Errorf("state was written: %v", err)
			}
		})
	}
}

// TestAlertsThatWereNotTaken has a callback fail: its alerts come again with the next
// call, and until then there is no state without them.
func TestAlertsThatWereNotTaken(t *testing.T) {
	full := errors.New("the disk is full")
	var fails bool
	var alerts, risks int
	fresh := func() *det.Engine {
		alerts, risks, fails = 0, 0, true
		return loginEngine(t, det.EngineOptions{
			Each: func(*runtime.Alert) error {
				if fails {
					return full
				}
				alerts++
				return nil
			},
			Risk: func(list []runtime.RiskEvent) error {
				if fails {
					return full
				}
				risks += len(list)
				return nil
			},
		})
	}
	rec := minuteLogins(0, 11) // the last one ends the window of ten
	defer rec.Release()

	e := fresh()
	if err := e.Push("login", rec); !errors.Is(err, full) {
		t.Fatal(err)
	}
	if err := e.Save(&bytes.Buffer{}); err == nil {
		t.Error("state was saved without the alert")
	}
	fails = false
	if err := e.Advance(time.Time{}); err != nil {
		t.Fatal(err)
	}
	if alerts != 1 || risks != 1 || e.Taken("login") != 11 {
		t.Errorf("%d alerts, %d contributions, %d events taken", alerts, risks, e.Taken("login"))
	}
	if err := e.Save(&bytes.Buffer{}); err != nil {
		t.Error(err)
	}

	// At the end it is Flush that gives them again.
	e = fresh()
	ten := minuteLogins(0, 10)
	defer ten.Release()
	if err := e.Push("login", ten); err != nil {
		t.Fatal(err)
	}
	if err := e.Flush(); !errors.Is(err, full) {
		t.Fatal(err)
	}
	fails = false
	if err := e.Flush(); err != nil || alerts != 1 || risks != 1 {
		t.Errorf("%d alerts, %d contributions: %v", alerts, risks, err)
	}
	if err := e.Flush(); !errors.Is(err, engine.ErrEnded) {
		t.Error(err)
	}
}

// TestEngineRefuses gives an engine what it cannot use.
func TestEngineRefuses(t *testing.T) {
	e := loginEngine(t, det.EngineOptions{})
	if err := e.Push("login", nil); err == nil || !strings.Contains(err.Error(), "nil") {
		t.Errorf("no record: %v", err)
	}
	rec := minuteLogins(0, 1)
	defer rec.Release()
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if err := e.PushContext(ctx, "login", rec); !errors.Is(err, context.Canceled) || e.Taken("login") != 0 {
		t.Errorf("cancelled: %v, %d events taken", err, e.Taken("login"))
	}
	wrong := array.NewRecordBuilder(memory.DefaultAllocator, arrow.NewSchema([]arrow.Field{{Name: "time", Type: arrow.BinaryTypes.String}}, nil))
	defer wrong.Release()
	wrong.Field(0).(*array.StringBuilder).Append("now")
	words := wrong.NewRecord()
	defer words.Release()
	if err := e.Push("login", words); err == nil || e.Taken("login") != 0 {
		t.Errorf("a time in words: %v, %d events taken", err, e.Taken("login"))
	}
	if err := e.Push("", rec); err != nil || e.Taken("login") != 1 || e.Taken("") != 1 {
		t.Errorf("the only schema: %v, %d events taken", err, e.Taken("login"))
	}
	if err := e.Push("logins", rec); err == nil || !strings.Contains(err.Error(), `the rules read: login`) {
		t.Errorf("an unknown schema: %v", err)
	}
	rules, _ := det.Compiler{}.Sources(det.Source{Name: "rule.det", Text: loginRules})
	for _, opts := range []det.EngineOptions{{Lateness: -time.Minute}, {Ahead: -1}, {Shards: -1}, {Shards: 1000}} {
		if _, err := rules.NewEngine(opts); err == nil {
			t.Errorf("options %+v were taken", opts)
		}
	}
}
