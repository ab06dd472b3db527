package output

import (
	"encoding/csv"
	"io"
	"strconv"
	"strings"

	"github.com/detlang/det/runtime"
)

var csvWriter = Writer{
	Name: "csv", Doc: "comma-separated with a header; objects and lists are JSON in a cell, and a cell that a spreadsheet would run as a formula gets an apostrophe before it", Suffixes: []string{".csv"}, Resumable: true,
	Open: func(w io.Writer, o Options) (Sink, error) {
		c := csv.NewWriter(w)
		if o.Resumed {
			return &csvSink{c}, nil
		}
		return &csvSink{c}, c.Write(csvHead)
	},
}

var csvHead = []string{"id", "rule", "rule_id", "level", "title", "time", "window_start", "window_end", "keys", "values", "evidence", "attack", "risk", "suppressed", "partial"}

type csvSink struct{ w *csv.Writer }

func (s *csvSink) Write(alerts []runtime.Alert) error {
	for i := range alerts {
		a := &alerts[i]
		start, end := "", ""
		if a.HasWindow {
			start, end = runtime.FormatTime(a.WindowStart), runtime.FormatTime(a.WindowEnd)
		}
		evidence, risk := []byte{'['}, []byte{'['}
		for j := range a.Evidence {
			evidence = AppendEvent(append(evidence, ","[:min(j, 1)]...), &a.Evidence[j])
		}
		for j := range a.Risk {
			risk = appendRisk(append(risk, ","[:min(j, 1)]...), &a.Risk[j])
		}
		row := []string{
			a.ID, a.Rule, a.RuleID, a.Level, a.Title, runtime.FormatTime(a.Time), start, end,
			string(appendNamed(nil, a.Keys)), string(appendNamed(nil, a.Values)), string(append(evidence, ']')),
			strings.Join(a.Attack, " "), string(append(risk, ']')),
			strconv.FormatInt(a.Suppressed, 10), strconv.FormatBool(a.Partial),
		}
		for c := range row {
			row[c] = harmless(row[c])
		}
		if err := s.w.Write(row); err != nil {
			return err
		}
	}
	return nil
}

func (s *csvSink) Flush() error {
	s.w.Flush()
	return s.w.Error()
}

func (s *csvSink) Close() error { return s.Flush() }

// harmless keeps a spreadsheet from running a cell that an attacker wrote
// (OWASP, CSV injection).
func harmless(cell string) string {
	if cell != "" && strings.ContainsRune("=+-@\t\r", rune(cell[0])) {
		return "'" + cell
	}
	return cell
}
