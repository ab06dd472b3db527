package det_test

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/memory"

	"github.com/detlang/det"
	"github.com/detlang/det/runtime"
)

const sameSchema = "schema event {\n  time timestamp\n  user string\n  command string\n}\n"

// sameHour and sameTen group the same events by the same key.
const sameHour = `
rule hour {
  from event
  window 1h by user max 5 keys { runs = count() }
  when runs > 30
}
`

func sameTen(length string) string {
	return fmt.Sprintf(`
rule ten {
  from event
  window %s by user { runs = count() }
  baseline usual of runs min 2
  when runs > 2 and usual.warm
}
`, length)
}

// TestSameKeys runs rules with the same keys, stops, and goes on with one of them
// changed: the other gives what it gives alone without a stop, the changed one what it
// gives alone from there on.
func TestSameKeys(t *testing.T) {
	mem := memory.NewGoAllocator()
	records := concurrentRecords(mem, 100)
	const stop = 9
	for _, shards := range []int{1, 2} {
		play := func(rules string, records []arrow.Record, state []byte, finish bool) (alerts []string, saved []byte, notes []string) {
			e, err := compileText(t, sameSchema+rules).NewEngine(det.EngineOptions{Shards: shards, Each: func(a *runtime.Alert) error {
				alerts = append(alerts, fmt.Sprint(a.Rule, a.ID, a.Keys, a.Values))
				return nil
			}})
			if err != nil {
				t.Fatal(err)
			}
			defer e.Close()
			if state != nil {
				if notes, err = e.Load(bytes.NewReader(state)); err != nil {
					t.Fatal(err)
				}
			}
			for _, rec := range records {
				if err := e.Push("event", rec); err != nil {
					t.Fatal(err)
				}
			}
			if finish {
				err = e.Flush()
			} else {
				var b bytes.Buffer
				err = e.Save(&b)
				saved = b.Bytes()
			}
			if err != nil {
				t.Fatal(err)
			}
			return alerts, saved, notes
		}
		hour, _, _ := play(sameHour, records, nil, true)
		before, state, _ := play(sameTen("10m"), records[:stop], nil, false)
		after, _, _ := play(sameTen("5m"), records[stop:], state, true) // events that waited are for the new one
		want := slices.Concat(hour, before, after)

		got, state, _ := play(sameHour+sameTen("10m"), records[:stop], nil, false)
		rest, _, notes := play(sameTen("5m")+sameHour, records[stop:], state, true)
		got = append(got, rest...)
		slices.Sort(want)
		slices.Sort(got)
		if len(hour) == 0 || len(before) == 0 || len(after) == 0 || !slices.Equal(got, want) {
			t.Errorf("%d shards: %d, %d and %d alerts alone, together besides\n%s\nand without\n%s", shards, len(hour), len(before), len(after), strings.Join(without(got, want), "\n"), strings.Join(without(want, got), "\n"))
		}
		if len(notes) != 1 || !strings.Contains(notes[0], "rule ten has changed") {
			t.Errorf("%d shards: notes %q", shards, notes)
		}

		// A rule that is left out takes nothing of the other along.
		_, state, _ = play(sameHour+sameTen("10m"), records[:stop], nil, false)
		rest, _, notes = play(sameHour, records[stop:], state, true)
		alone, _, _ := play(sameHour, records[:stop], nil, false)
		if got := append(alone, rest...); len(notes) != 1 || !strings.Contains(notes[0], "rule ten is not in this run") || !slices.Equal(got, hour) {
			t.Errorf("%d shards, without the other rule: besides\n%s\nand without\n%s\nnotes %q", shards, strings.Join(without(got, hour), "\n"), strings.Join(without(hour, got), "\n"), notes)
		}
	}
}

// without is a list without what another one has.
func without(list, other []string) []string {
	return slices.DeleteFunc(slices.Clone(list), func(s string) bool { return slices.Contains(other, s) })
}

// TestSharedKeysTakeLess compares what rules of one key take with what they take
// alone.
func TestSharedKeysTakeLess(t *testing.T) {
	records := concurrentRecords(memory.NewGoAllocator(), 100)
	bytesOf := func(rules string) (n int) {
		e, err := compileText(t, sameSchema+rules).NewEngine(det.EngineOptions{})
		if err != nil {
			t.Fatal(err)
		}
		defer e.Close()
		for _, rec := range records {
			if err := e.Push("event", rec); err != nil {
				t.Fatal(err)
			}
		}
		for _, r := range e.Stats().Rules {
			n += r.Stages[0].Bytes
		}
		return n
	}
	rule := func(name, stages string) string {
		return fmt.Sprintf("\nrule %s {\n  from event\n  %s by user, command evidence 0 { runs = count() }\n  when runs > 1\n}\n", name, stages)
	}
	a, b, c := rule("a", "window 1h"), rule("b", "window 2h"), rule("c", "where command != \"ls\"\n  window 1h")
	if one, both := bytesOf(a)+bytesOf(b), bytesOf(a+b); both >= one*3/4 {
		t.Errorf("the rules take %d bytes together and %d alone", both, one)
	}
	if one, both := bytesOf(a)+bytesOf(c), bytesOf(a+c); both != one {
		t.Errorf("rules of other events take %d bytes together and %d alone", both, one)
	}
}
