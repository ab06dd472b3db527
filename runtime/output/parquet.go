package output

import (
	"io"

	"github.com/parquet-go/parquet-go"
	"github.com/parquet-go/parquet-go/compress/zstd"

	"github.com/detlang/det/runtime"
)

var parquetWriter = Writer{
	Name: "parquet", Doc: "Parquet with the columns of runtime.AlertSchema, compressed with zstd", Suffixes: []string{".parquet"},
	Open: func(w io.Writer, _ Options) (Sink, error) {
		return &parquetSink{w: parquet.NewGenericWriter[parquetAlert](w, parquet.Compression(&zstd.Codec{}))}, nil
	},
}

// parquetAlert is an alert as a row of Parquet; it mirrors runtime.AlertSchema.
type parquetAlert struct {
	ID          string         `parquet:"id"`
	Rule        string         `parquet:"rule"`
	RuleID      string         `parquet:"rule_id"`
	Level       string         `parquet:"level"`
	Title       string         `parquet:"title"`
	Time        int64          `parquet:"time,timestamp(microsecond)"`
	WindowStart *int64         `parquet:"window_start,optional,timestamp(microsecond)"`
	WindowEnd   *int64         `parquet:"window_end,optional,timestamp(microsecond)"`
	Keys        []parquetNamed `parquet:"keys,list"`
	Values      []parquetNamed `parquet:"values,list"`
	Evidence    []parquetEvent `parquet:"evidence,list"`
	Attack      []string       `parquet:"attack,list"`
	Risk        []parquetRisk  `parquet:"risk,list"`
	Suppressed  int64          `parquet:"suppressed"`
	Partial     bool           `parquet:"partial"`
}

type parquetNamed struct {
	Name  string  `parquet:"name"`
	Kind  string  `parquet:"kind"`
	Value *string `parquet:"value,optional"`
}

type parquetEvent struct {
	Source string         `parquet:"source"`
	Row    int64          `parquet:"row"`
	Time   int64          `parquet:"time,timestamp(microsecond)"`
	Fields []parquetNamed `parquet:"fields,list"`
}

type parquetRisk struct {
	EntityType string  `parquet:"entity_type"`
	Entity     string  `parquet:"entity"`
	Score      float64 `parquet:"score"`
	Category   string  `parquet:"category"`
	Stage      string  `parquet:"stage"`
}

type parquetSink struct {
	w *parquet.GenericWriter[parquetAlert]
}

func (s *parquetSink) Write(alerts []runtime.Alert) error {
	rows := make([]parquetAlert, len(alerts))
	for i := range alerts {
		a, r := &alerts[i], &rows[i]
		*r = parquetAlert{
			ID: a.ID, Rule: a.Rule, RuleID: a.RuleID, Level: a.Level, Title: a.Title, Time: a.Time,
			Keys: parquetList(a.Keys), Values: parquetList(a.Values), Attack: a.Attack,
			Suppressed: a.Suppressed, Partial: a.Partial,
		}
		if a.HasWindow {
			r.WindowStart, r.WindowEnd = &a.WindowStart, &a.WindowEnd
		}
		for j := range a.Evidence {
			ev := &a.Evidence[j]
			r.Evidence = append(r.Evidence, parquetEvent{ev.Source, ev.Row, ev.Time, parquetList(ev.Fields)})
		}
		for _, k := range a.Risk {
			r.Risk = append(r.Risk, parquetRisk(k))
		}
	}
	_, err := s.w.Write(rows)
	return err
}

func parquetList(list []runtime.Named) []parquetNamed {
	out := make([]parquetNamed, len(list))
	for i, n := range list {
		out[i] = parquetNamed{Name: n.Name, Kind: n.Kind.String()}
		if n.Value != nil {
			text := runtime.FormatValue(n.Value, n.Kind)
			out[i].Value = &text
		}
	}
	return out
}

func (s *parquetSink) Close() error { return s.w.Close() }
