package output

import (
	"bytes"
	"net/netip"
	"strings"
	"testing"

	"github.com/detlang/det/lang/types"
	"github.com/detlang/det/runtime"
)

// hour is 2024-03-01T10:00:00Z in microseconds.
const hour = int64(1_709_287_200_000_000)

// alerts are what writers must bear: every kind of value, nothing at all, and text
// that an attacker chose.
func alerts() []runtime.Alert {
	return []runtime.Alert{
		{
			ID: "00112233445566778899aabbccddeeff", Rule: "full", RuleID: "7a1d6b0e", Level: "high", Title: "3 failed logins of ann",
			Time: hour, HasWindow: true, WindowStart: hour - 3_600_000_000, WindowEnd: hour,
			Keys: []runtime.Named{{Name: "user", Kind: types.String, Value: "ann"}, {Name: "source", Kind: types.IP, Value: netip.MustParseAddr("2001:db8::1")}},
			Values: []runtime.Named{
				{Name: "failed", Kind: types.Int, Value: int64(9_007_199_254_740_993)},
				{Name: "z", Kind: types.Float, Value: 3.25},
				{Name: "usual", Kind: types.Float},
				{Name: "warm", Kind: types.Bool, Value: true},
				{Name: "first", Kind: types.Timestamp, Value: hour + 1},
				{Name: "spread", Kind: types.Duration, Value: int64(90_000_000)},
				{Name: "hosts", Kind: types.List, Value: []any{"a", "b,c", nil}},
			},
			Evidence: []runtime.Event{
				{Source: "auth.ndjson", Row: 7, Time: hour - 1, Fields: []runtime.Named{{Name: "outcome", Kind: types.String, Value: "DENIED"}}},
				{Source: "auth.ndjson", Row: 9, Time: hour},
			},
			Attack:     []string{"T1110.003", "T1078", "TA0006"},
			Risk:       []runtime.Risk{{EntityType: "user", Entity: "ann", Score: 40.5, Category: "login", Stage: "credential_access"}},
			Suppressed: 2, Partial: true,
		},
		{ID: "ffeeddccbbaa99887766554433221100", Rule: "bare", Level: "low", Time: -1},
		{
			ID: "0123456789abcdef0123456789abcdef", Rule: "hostile", Level: "critical", Title: "=cmd|' /c calc'!A1", Time: hour,
			Keys:   []runtime.Named{{Name: "command", Kind: types.String, Value: "\x1b[2Jgone\u202e\x00\r\n\"quoted\", \\ \xff\u2028" + strings.Repeat("long ", 60) + strings.Repeat("x", 200)}},
			Values: []runtime.Named{{Name: "wide", Kind: types.String, Value: strings.Repeat("日本語", 40)}},
		},
	}
}

// written is what a writer makes of the alerts, given in two parts.
func written(t *testing.T, format string, o Options) []byte {
	t.Helper()
	var b bytes.Buffer
	sink, err := writer(t, format).Open(&b, o)
	if err != nil {
		t.Fatal(err)
	}
	list := alerts()
	for _, part := range [][]runtime.Alert{list[:1], list[1:]} {
		if err := sink.Write(part); err != nil {
			t.Fatal(err)
		}
	}
	if err := sink.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func writer(t *testing.T, format string) Writer {
	t.Helper()
	for _, w := range Writers() {
		if w.Name == format {
			return w
		}
	}
	t.Fatalf("there is no writer %s", format)
	return Writer{}
}
