package det_test

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/array"
	"github.com/apache/arrow/go/v17/arrow/memory"

	"github.com/detlang/det"
	"github.com/detlang/det/runtime"
)

// oktaMapping maps a field for the rules of one log source and for all.
const oktaMapping = `import std.sigma

mapping all for any_event {
  who string from "user.name"
}

mapping okta for any_event where logsource(product: "okta") {
  source product = "okta" where vendor == "okta"
  who string from "actor.name"
}

rule own {
  from any_event
  where logsource(product: "okta")
  when who == "ann"
}

test "a field under its own name" for own {
  start 2024-03-01T00:00:00Z
  given { vendor: "okta", who: "ann" }
  given { vendor: "okta", who: "bob" }
  expect alert { who: "ann" }
  expect nothing else
}
`

const oktaRule = `title: Of Sigma
logsource: {product: okta, service: okta}
detection: {s: {who: ann}, condition: s}
`

// compiledMapping compiles oktaMapping and a Sigma rule that it is for.
func compiledMapping(t *testing.T) *det.Ruleset {
	t.Helper()
	set, diags := det.Compiler{}.Sources(det.Source{Name: "m.det", Text: oktaMapping}, det.Source{Name: "r.yml", Text: oktaRule})
	if diags.Errors() > 0 {
		t.Fatal(render(diags))
	}
	return set
}

// TestMappingOfSource reads events for a Sigma rule by the names of its log source,
// and not by those for all.
func TestMappingOfSource(t *testing.T) {
	file := filepath.Join(t.TempDir(), "events.ndjson")
	text := `{"vendor": "okta", "eventType": "x", "actor": {"type": "User", "name": "ann"}, "user": {"name": "bob"}}
{"vendor": "okta", "eventType": "x", "actor": {"type": "User", "name": "bob"}, "user": {"name": "ann"}}
`
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	var got []string
	_, err := compiledMapping(t).Run(context.Background(), det.RunOptions{Inputs: []string{file}, Alerts: func(list []runtime.Alert) error {
		for _, a := range list {
			got = append(got, a.Rule)
		}
		return nil
	}})
	if want := "of_sigma own"; err != nil || strings.Join(got, " ") != want && strings.Join(got, " ") != "own of_sigma" {
		t.Errorf("%v %v, want %s", got, err, want)
	}
}

// TestMappingOfSourcePushed gives an engine columns under the names that rules use.
func TestMappingOfSourcePushed(t *testing.T) {
	n := 0
	e, err := compiledMapping(t).NewEngine(det.EngineOptions{Each: func(*runtime.Alert) error { n++; return nil }})
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	b := array.NewRecordBuilder(memory.DefaultAllocator, arrow.NewSchema([]arrow.Field{
		{Name: "vendor", Type: arrow.BinaryTypes.String}, {Name: "who", Type: arrow.BinaryTypes.String},
	}, nil))
	b.Field(0).(*array.StringBuilder).AppendValues([]string{"okta", "okta", "aws"}, nil)
	b.Field(1).(*array.StringBuilder).AppendValues([]string{"ann", "bob", "ann"}, nil)
	if err := e.Push("", b.NewRecord()); err != nil {
		t.Fatal(err)
	}
	if err := e.Flush(); err != nil || n != 1 {
		t.Errorf("%d alerts, %v, want one of rule own", n, err)
	}
}
