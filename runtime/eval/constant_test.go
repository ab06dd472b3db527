package eval

import (
	"fmt"
	"net/netip"
	"reflect"
	"testing"
	"time"

	"github.com/detlang/det/lang/types"
	"github.com/detlang/det/runtime/vec"
)

// TestConstantColumns asks for columns of several lengths, down and up again.
func TestConstantColumns(t *testing.T) {
	long := make([]any, MaxListColumn+1)
	for i := range long {
		long[i] = int64(i)
	}
	for name, c := range map[string]struct {
		kind  types.Kind
		value any
		want  any // of every row
	}{
		"bool":          {types.Bool, true, true},
		"false":         {types.Bool, false, false},
		"int":           {types.Int, int64(7), int64(7)},
		"int as float":  {types.Float, int64(7), 7.0},
		"float":         {types.Float, 2.5, 2.5},
		"text":          {types.String, "Zürich", "Zürich"},
		"empty text":    {types.String, "", ""},
		"time":          {types.Timestamp, day, day},
		"stored time":   {types.Timestamp, day.UnixMicro(), day},
		"duration":      {types.Duration, time.Hour, time.Hour},
		"ip":            {types.IP, ip1, ip1},
		"ipv6":          {types.IP, ip6, ip6},
		"null":          {types.Null, nil, nil},
		"null text":     {types.String, nil, nil},
		"network":       {types.Network, netA, nil},
		"texts":         {types.List, []any{"a", nil, "b"}, []any{"a", nil, "b"}},
		"numbers":       {types.List, []any{int64(1), 2.5}, []any{1.0, 2.5}},
		"ints":          {types.List, []any{int64(1), int64(2)}, []any{int64(1), int64(2)}},
		"times":         {types.List, []any{day}, []any{day}},
		"durations":     {types.List, []any{time.Hour}, []any{time.Hour}},
		"bools":         {types.List, []any{true, false}, []any{true, false}},
		"ips":           {types.List, []any{ip1, ip6}, []any{ip1, ip6}},
		"no elements":   {types.List, []any{}, []any{}},
		"networks":      {types.List, []any{netA}, nil},
		"two kinds":     {types.List, []any{"a", int64(1)}, nil},
		"too long":      {types.List, long, nil},
		"just so long":  {types.List, long[1:], append([]any(nil), long[1:]...)},
		"list of a net": {types.List, []any{ip1, netip.MustParsePrefix("10.0.0.0/8")}, nil},
	} {
		constant := constant{kind: c.kind, value: c.value}
		for _, n := range []int{5, 1, 0, 70, 64, 70} {
			col := constant.column(n)
			if col.N != n {
				t.Fatalf("%s: %d rows, want %d", name, col.N, n)
			}
			if again := constant.column(n); again != col {
				t.Errorf("%s: two columns of %d rows", name, n)
			}
			for i := range n {
				if got := valueOf(col, i); !reflect.DeepEqual(got, c.want) {
					t.Fatalf("%s, row %d of %d: %#v, want %#v", name, i, n, got, c.want)
				}
			}
			if c.kind == types.Bool && n > 0 {
				if got := fmt.Sprint(col.Bits.Rows(nil)); c.want == true && len(col.Bits.Rows(nil)) != n {
					t.Errorf("%s: rows %s of %d", name, got, n)
				}
			}
		}
	}
}

func TestFold(t *testing.T) {
	upper := vec.TextNumber(types.Duration, func(s string) (int64, bool) { return int64(len(s)), s != "" })
	for _, c := range []struct{ value, want any }{
		{"abc", 3 * time.Microsecond}, {"", nil}, {nil, nil},
	} {
		if got := Fold(upper, []types.Type{types.TString}, []any{c.value}); got != c.want {
			t.Errorf("%#v: %#v, want %#v", c.value, got, c.want)
		}
	}
	k, _, err := Operator("*", Options{}, []types.Type{types.TDuration, types.TInt}, []any{24 * time.Hour, int64(200_000)})
	if err != nil {
		t.Fatal(err)
	}
	// 548 years are a column's, but not the language's.
	if got := Fold(k, []types.Type{types.TDuration, types.TInt}, []any{24 * time.Hour, int64(200_000)}); got != nil {
		t.Errorf("200,000 days are %v", got)
	}
}
