package op

import (
	"fmt"
	"net/netip"
	"strings"
	"testing"

	"github.com/detlang/det/lang/types"
	"github.com/detlang/det/runtime"
	"github.com/detlang/det/runtime/vec"
)

var assets = NewTable("assets", []runtime.Column{
	{Name: "host", Type: types.TString}, {Name: "owner", Type: types.TString}, {Name: "level", Type: types.TInt}, {Name: "addr", Type: types.TIP},
}, 0, [][]any{
	{"db1", "ann", int64(3), netip.MustParseAddr("10.0.0.1")},
	{"web1", "bob", nil, netip.MustParseAddr("10.0.0.2")},
	{nil, "nobody", int64(9), nil},
	{"db1", "second", int64(4), netip.MustParseAddr("10.0.0.1")},
})

func TestLookup(t *testing.T) {
	in := Row{Cols: []runtime.Column{{Name: "machine", Type: types.TString}, {Name: "n", Type: types.TInt}, {Name: "ip", Type: types.TIP}}}
	ip := func(s string) netip.Addr { return netip.MustParseAddr(s) }
	events := []event{
		{0, []any{"db1", int64(4), ip("10.0.0.2")}},
		{1, []any{"DB1", int64(3), ip("10.9.9.9")}},
		{2, []any{nil, nil, nil}},
		{3, []any{"web1", int64(9), ip("10.0.0.1")}},
		{4, []any{"db1", int64(0), ip("10.0.0.2")}},
	}
	for _, c := range []struct {
		name string
		args Args
		want string
	}{
		{"by text", Args{Clauses: map[string][]Arg{"by": {col(0, "machine", types.TString)}}}, "[ann 3 10.0.0.1] [<nil> <nil> <nil>] [<nil> <nil> <nil>] [bob <nil> 10.0.0.2] [ann 3 10.0.0.1]"},
		{"some fields", Args{Fields: []string{"level", "host"}, Clauses: map[string][]Arg{"by": {col(0, "machine", types.TString)}}}, "[3 db1] [<nil> <nil>] [<nil> <nil>] [<nil> web1] [3 db1]"},
		{"by another key", Args{Fields: []string{"owner"}, Clauses: map[string][]Arg{"by": {col(1, "n", types.TInt)}, "key": word("level")}}, "[second] [ann] [<nil>] [nobody] [<nil>]"},
		{"by address", Args{Fields: []string{"host"}, Clauses: map[string][]Arg{"by": {col(2, "ip", types.TIP)}, "key": word("addr")}}, "[web1] [<nil>] [<nil>] [db1] [web1]"},
	} {
		t.Run(c.name, func(t *testing.T) {
			c.args.Head = []Arg{{Name: "assets", Col: -1, Const: assets}}
			ch := newChain(t, in.Cols, func() []runtime.Operator { return []runtime.Operator{must(t, lookup, in, c.args)} })
			ch.push(events[:2], 0, true)
			ch.push(events[2:], 2, false)
			var got []string
			for _, r := range ch.out {
				got = append(got, fmt.Sprint(r.vals[3:]))
			}
			if s := strings.Join(got, " "); s != c.want {
				t.Errorf("got  %s\nwant %s", s, c.want)
			}
		})
	}
}

// Text in plain form finds what text in dictionary form finds.
func TestLookupPlainText(t *testing.T) {
	in := Row{Cols: []runtime.Column{{Name: "machine", Type: types.TString}}}
	a := Args{Head: []Arg{{Col: -1, Const: assets}}, Fields: []string{"owner"}, Clauses: map[string][]Arg{"by": {col(0, "machine", types.TString)}}}
	o := must(t, lookup, in, a)
	b := &runtime.Batch{N: 2, Time: []int64{0, 0}, Cols: []*vec.Vec{{Kind: types.String, N: 2, Offs: []int32{0, 3, 5}, Bytes: []byte("db1xx")}}}
	err := o.Push(t.Context(), b, func(b *runtime.Batch) error {
		if b.Cols[1].Value(0) != "ann" || b.Cols[1].Value(1) != nil {
			t.Errorf("got %v %v", b.Cols[1].Value(0), b.Cols[1].Value(1))
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestLookupRefuses(t *testing.T) {
	in := Row{Cols: []runtime.Column{{Name: "machine", Type: types.TString}, {Name: "owner", Type: types.TString}}}
	by := []Arg{col(0, "machine", types.TString)}
	for _, c := range []struct {
		args Args
		want string
	}{
		{Args{Clauses: map[string][]Arg{"by": by}}, "column owner already"},
		{Args{Fields: []string{"nope"}, Clauses: map[string][]Arg{"by": by}}, "no column nope"},
		{Args{Clauses: map[string][]Arg{"by": by, "key": word("nope")}}, "no column nope"},
		{Args{Clauses: map[string][]Arg{"by": by, "key": word("level")}}, "is int, but this is string"},
	} {
		c.args.Head = []Arg{{Col: -1, Const: assets}}
		if _, e := lookup.Output(in, &c.args); e == nil || !strings.Contains(e.Message, c.want) {
			t.Errorf("got %v, want %q", e, c.want)
		}
	}
}
