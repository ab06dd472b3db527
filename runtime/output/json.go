package output

import (
	"encoding/json"
	"math"
	"net/netip"
	"strconv"
	"time"

	"github.com/detlang/det/lang/types"
	"github.com/detlang/det/runtime"
)

// AppendJSON appends an alert as one JSON object without a line end. Its names are
// those that other programs rely on (see JSONSchema); values keep their types:
// integers have all their digits, floats are as short as they can be, times are in
// RFC 3339, durations as the language writes them, addresses are texts, and what
// is missing, or no number of JSON, is null.
func AppendJSON(b []byte, a *runtime.Alert) []byte {
	for i, f := range []struct{ name, value string }{
		{"id", a.ID}, {"rule", a.Rule}, {"rule_id", a.RuleID}, {"level", a.Level}, {"title", a.Title},
		{"time", runtime.FormatTime(a.Time)},
	} {
		b = append(b, ","[:min(i, 1)]...)
		if i == 0 {
			b = append(b, '{')
		}
		b = appendText(b, f.name)
		b = append(b, ':')
		b = appendText(b, f.value)
	}
	b = append(b, `,"window_start":`...)
	b = appendTime(b, a.WindowStart, a.HasWindow)
	b = append(b, `,"window_end":`...)
	b = appendTime(b, a.WindowEnd, a.HasWindow)
	b = append(b, `,"keys":`...)
	b = appendNamed(b, a.Keys)
	b = append(b, `,"values":`...)
	b = appendNamed(b, a.Values)
	b = append(b, `,"evidence":[`...)
	for i := range a.Evidence {
		b = AppendEvent(append(b, ","[:min(i, 1)]...), &a.Evidence[i])
	}
	b = append(b, `],"attack":[`...)
	for i, t := range a.Attack {
		b = appendText(append(b, ","[:min(i, 1)]...), t)
	}
	b = append(b, `],"risk":[`...)
	for i := range a.Risk {
		b = appendRisk(append(b, ","[:min(i, 1)]...), &a.Risk[i])
	}
	b = append(b, `],"suppressed":`...)
	b = strconv.AppendInt(b, a.Suppressed, 10)
	b = append(b, `,"partial":`...)
	b = strconv.AppendBool(b, a.Partial)
	return append(b, '}')
}

func appendTime(b []byte, t int64, present bool) []byte {
	if !present {
		return append(b, "null"...)
	}
	return appendText(b, runtime.FormatTime(t))
}

// AppendEvent appends an event behind an alert, as alerts show it.
func AppendEvent(b []byte, ev *runtime.Event) []byte {
	b = append(b, `{"source":`...)
	b = appendText(b, ev.Source)
	b = append(b, `,"row":`...)
	b = strconv.AppendInt(b, ev.Row, 10)
	b = append(b, `,"time":`...)
	b = appendText(b, runtime.FormatTime(ev.Time))
	b = append(b, `,"fields":`...)
	b = appendNamed(b, ev.Fields)
	return append(b, '}')
}

func appendRisk(b []byte, r *runtime.Risk) []byte {
	b = append(b, `{"entity_type":`...)
	b = appendText(b, r.EntityType)
	b = append(b, `,"entity":`...)
	b = appendText(b, r.Entity)
	b = append(b, `,"score":`...)
	b = appendFloat(b, r.Score)
	b = append(b, `,"category":`...)
	b = appendText(b, r.Category)
	b = append(b, `,"stage":`...)
	b = appendText(b, r.Stage)
	return append(b, '}')
}

func appendNamed(b []byte, list []runtime.Named) []byte {
	b = append(b, '{')
	for i, n := range list {
		b = append(b, ","[:min(i, 1)]...)
		b = appendText(b, n.Name)
		b = append(b, ':')
		b = appendValue(b, n.Value, n.Kind)
	}
	return append(b, '}')
}

// appendValue appends a value as vec.Vec.Value gives it.
func appendValue(b []byte, v any, k types.Kind) []byte {
	switch x := v.(type) {
	case string:
		return appendText(b, x)
	case bool:
		return strconv.AppendBool(b, x)
	case float64:
		return appendFloat(b, x)
	case int64:
		switch k {
		case types.Timestamp:
			return appendText(b, runtime.FormatTime(x))
		case types.Duration:
			return appendText(b, types.FormatDuration(time.Duration(x)*time.Microsecond))
		}
		return strconv.AppendInt(b, x, 10)
	case netip.Addr:
		return appendText(b, x.String())
	case []any:
		b = append(b, '[')
		for i, e := range x {
			b = appendValue(append(b, ","[:min(i, 1)]...), e, types.Any)
		}
		return append(b, ']')
	}
	return append(b, "null"...)
}

func appendFloat(b []byte, x float64) []byte {
	if math.IsNaN(x) || math.IsInf(x, 0) {
		return append(b, "null"...)
	}
	out, _ := json.Marshal(x)
	return append(b, out...)
}

// appendText appends a JSON string. Bytes that are not UTF-8 become U+FFFD.
func appendText(b []byte, s string) []byte {
	for i := 0; i < len(s); i++ {
		if c := s[i]; c < 0x20 || c == '"' || c == '\\' || c >= 0x7f {
			return appendEscaped(b, s)
		}
	}
	b = append(b, '"')
	b = append(b, s...)
	return append(b, '"')
}

func appendEscaped(b []byte, s string) []byte {
	b = append(b, '"')
	for _, r := range s {
		switch {
		case r == '"' || r == '\\':
			b = append(b, '\\', byte(r))
		case r == '\n':
			b = append(b, `\n`...)
		case r == '\r':
			b = append(b, `\r`...)
		case r == '\t':
			b = append(b, `\t`...)
		case r < 0x20 || r == 0x7f || r == 0x2028 || r == 0x2029:
			const hex = "0123456789abcdef"
			b = append(b, '\\', 'u', hex[r>>12&15], hex[r>>8&15], hex[r>>4&15], hex[r&15])
		default:
			b = append(b, string(r)...)
		}
	}
	return append(b, '"')
}
