package output

import (
	"bufio"
	"io"

	"github.com/parquet-go/parquet-go"
	"github.com/parquet-go/parquet-go/compress/zstd"

	"github.com/detlang/det/lang/types"
	"github.com/detlang/det/runtime"
)

// Ledger takes what alerts add to the scores of entities. Close ends it, but leaves
// open what it writes to.
type Ledger interface {
	Write([]runtime.RiskEvent) error
	Close() error
}

// LedgerSuffixes are the suffixes of the files that a ledger can be.
var LedgerSuffixes = []string{".ndjson", ".jsonl", ".parquet"}

// OpenLedger begins a ledger: Parquet if the suffix is .parquet, else NDJSON. Its
// columns are those of runtime.RiskSchema, so that it can be read as the stream of
// risk.
func OpenLedger(w io.Writer, suffix string) Ledger {
	if suffix == ".parquet" {
		return &parquetLedger{parquet.NewGenericWriter[parquetRiskEvent](w, parquet.Compression(&zstd.Codec{}))}
	}
	return &jsonLedger{w: bufio.NewWriter(w), fields: runtime.RiskSchema().Fields}
}

// jsonLedger writes an object a line.
type jsonLedger struct {
	w      *bufio.Writer
	fields []types.Field
	line   []byte
}

func (l *jsonLedger) Write(events []runtime.RiskEvent) error {
	for i := range events {
		l.line = append(l.append(l.line[:0], &events[i]), '\n')
		if _, err := l.w.Write(l.line); err != nil {
			return err
		}
	}
	return l.w.Flush()
}

func (l *jsonLedger) Close() error { return l.w.Flush() }

// append appends a contribution as an object, without what is missing.
func (l *jsonLedger) append(b []byte, e *runtime.RiskEvent) []byte {
	b = append(b, '{')
	for _, f := range l.fields {
		v := e.Value(f.Name)
		if v == nil {
			continue
		}
		if b[len(b)-1] != '{' {
			b = append(b, ',')
		}
		b = append(appendText(b, f.Name), ':')
		b = appendValue(b, v, f.Type.Kind)
	}
	return append(b, '}')
}

// parquetRiskEvent is a contribution as a row of Parquet; it mirrors
// runtime.RiskSchema.
type parquetRiskEvent struct {
	Time       int64    `parquet:"time,timestamp(microsecond)"`
	EntityType string   `parquet:"entity_type"`
	Entity     string   `parquet:"entity"`
	Score      float64  `parquet:"score"`
	Category   *string  `parquet:"category,optional"`
	Stage      *string  `parquet:"stage,optional"`
	Attack     []string `parquet:"attack,list"`
	Rule       string   `parquet:"rule"`
	RuleID     *string  `parquet:"rule_id,optional"`
	Level      string   `parquet:"level"`
	Source     *string  `parquet:"source,optional"`
	Alert      *string  `parquet:"alert,optional"`
	ID         *string  `parquet:"id,optional"`
}

// parquetLedger writes a file that is whole once it is closed.
type parquetLedger struct {
	w *parquet.GenericWriter[parquetRiskEvent]
}

func (l *parquetLedger) Write(events []runtime.RiskEvent) error {
	rows := make([]parquetRiskEvent, len(events))
	for i, e := range events {
		rows[i] = parquetRiskEvent{
			Time: e.Time, EntityType: e.EntityType, Entity: e.Entity, Score: e.Score,
			Category: optional(e.Category), Stage: optional(e.Stage), Attack: e.Attack, Rule: e.Rule,
			RuleID: optional(e.RuleID), Level: e.Level, Source: optional(e.Source), Alert: optional(e.Alert), ID: optional(e.ID),
		}
	}
	_, err := l.w.Write(rows)
	return err
}

func (l *parquetLedger) Close() error { return l.w.Close() }

// optional is a text, or nil for an empty one.
func optional(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}
