package runtime

import (
	"encoding/json"
	"fmt"
	"net/netip"
	"strconv"
	"strings"
	"time"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/array"
	"github.com/apache/arrow/go/v17/arrow/memory"

	"github.com/detlang/det/lang/types"
)

// AlertRecord makes a record of AlertSchema. The caller releases it.
func AlertRecord(alloc memory.Allocator, alerts []Alert) arrow.Record {
	b := array.NewRecordBuilder(alloc, AlertSchema())
	defer b.Release()
	b.Reserve(len(alerts))
	text := func(i int) *array.StringBuilder { return b.Field(i).(*array.StringBuilder) }
	stamp := func(i int) *array.TimestampBuilder { return b.Field(i).(*array.TimestampBuilder) }
	for i := range alerts {
		a := &alerts[i]
		for c, s := range []string{a.ID, a.Rule, a.RuleID, a.Level, a.Title} {
			text(c).Append(s)
		}
		stamp(5).Append(arrow.Timestamp(a.Time))
		if a.HasWindow {
			stamp(6).Append(arrow.Timestamp(a.WindowStart))
			stamp(7).Append(arrow.Timestamp(a.WindowEnd))
		} else {
			stamp(6).AppendNull()
			stamp(7).AppendNull()
		}
		appendNamed(b.Field(8), a.Keys)
		appendNamed(b.Field(9), a.Values)
		appendEvidence(b.Field(10), a.Evidence)
		attack := b.Field(11).(*array.ListBuilder)
		attack.Append(true)
		for _, t := range a.Attack {
			attack.ValueBuilder().(*array.StringBuilder).Append(t)
		}
		appendRisk(b.Field(12), a.Risk)
		b.Field(13).(*array.Int64Builder).Append(a.Suppressed)
		b.Field(14).(*array.BooleanBuilder).Append(a.Partial)
	}
	return b.NewRecord()
}

func appendNamed(b array.Builder, list []Named) {
	lb := b.(*array.ListBuilder)
	lb.Append(true)
	sb := lb.ValueBuilder().(*array.StructBuilder)
	for _, n := range list {
		sb.Append(true)
		sb.FieldBuilder(0).(*array.StringBuilder).Append(n.Name)
		sb.FieldBuilder(1).(*array.StringBuilder).Append(n.Kind.String())
		if n.Value == nil {
			sb.FieldBuilder(2).AppendNull()
			continue
		}
		sb.FieldBuilder(2).(*array.StringBuilder).Append(FormatValue(n.Value, n.Kind))
	}
}

func appendEvidence(b array.Builder, list []Event) {
	lb := b.(*array.ListBuilder)
	lb.Append(true)
	sb := lb.ValueBuilder().(*array.StructBuilder)
	for i := range list {
		ev := &list[i]
		sb.Append(true)
		sb.FieldBuilder(0).(*array.StringBuilder).Append(ev.Source)
		sb.FieldBuilder(1).(*array.Int64Builder).Append(ev.Row)
		sb.FieldBuilder(2).(*array.TimestampBuilder).Append(arrow.Timestamp(ev.Time))
		appendNamed(sb.FieldBuilder(3), ev.Fields)
	}
}

func appendRisk(b array.Builder, list []Risk) {
	lb := b.(*array.ListBuilder)
	lb.Append(true)
	sb := lb.ValueBuilder().(*array.StructBuilder)
	for _, r := range list {
		sb.Append(true)
		sb.FieldBuilder(0).(*array.StringBuilder).Append(r.EntityType)
		sb.FieldBuilder(1).(*array.StringBuilder).Append(r.Entity)
		sb.FieldBuilder(2).(*array.Float64Builder).Append(r.Score)
		sb.FieldBuilder(3).(*array.StringBuilder).Append(r.Category)
		sb.FieldBuilder(4).(*array.StringBuilder).Append(r.Stage)
	}
}

// FormatTime writes a time in microseconds as alerts show it: RFC 3339, UTC, with
// as many digits of the second as are needed.
func FormatTime(t int64) string {
	return time.UnixMicro(t).UTC().Format("2006-01-02T15:04:05.999999Z07:00")
}

// FormatValue writes a value, as vec.Vec.Value gives it, as people read it: text
// as it is (bytes that are not UTF-8 as U+FFFD), numbers and booleans as in JSON, times in RFC 3339, durations as in
// the language, lists as JSON. A missing value is the empty text.
func FormatValue(v any, k types.Kind) string {
	switch x := v.(type) {
	case nil:
		return ""
	case string:
		return strings.ToValidUTF8(x, "\uFFFD")
	case bool:
		return strconv.FormatBool(x)
	case float64:
		return strconv.FormatFloat(x, 'g', -1, 64)
	case int64:
		switch k {
		case types.Timestamp:
			return FormatTime(x)
		case types.Duration:
			return types.FormatDuration(time.Duration(x) * time.Microsecond)
		}
		return strconv.FormatInt(x, 10)
	case netip.Addr:
		return x.String()
	case []any:
		out, err := json.Marshal(plain(x))
		if err != nil {
			return fmt.Sprint(x)
		}
		return string(out)
	}
	return fmt.Sprint(v)
}

// plain makes the elements of a list fit for JSON.
func plain(list []any) []any {
	out := make([]any, len(list))
	for i, e := range list {
		if a, ok := e.(netip.Addr); ok {
			e = a.String()
		}
		out[i] = e
	}
	return out
}
