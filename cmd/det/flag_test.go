package main

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/spf13/pflag"
)

func TestOperandsBehindInputAreInputs(t *testing.T) {
	for _, c := range []struct{ args, operands, inputs string }{
		{"r.det", "r.det", ""},
		{"r.det --input a", "r.det", "a"},
		{"r.det s.det -i a b c", "r.det s.det", "a b c"},
		{"rules --input a b --out o c", "rules", "a b c"},
		{"rules --input=a b --input c d", "rules", "a b c d"},
		{"--input a rules", "rules", "a"},
		{"--input a rules b", "rules", "a b"},
		{"rules --input a late.det", "rules late.det", "a"},
		{"rules --input -", "rules", "-"},
		{"rules --input a -- --b", "rules --b", "a"},
		{"", "", ""},
	} {
		var out path
		in := &paths{}
		cmd := &command{name: "run", more: in, flags: func(f *pflag.FlagSet) {
			f.VarP(in, "input", "i", "")
			f.Var(&out, "out", "")
		}}
		flags, _, _ := cmd.flagSet()
		operands, err := cmd.parse(flags, strings.Fields(c.args))
		if err != nil {
			t.Errorf("%q: %v", c.args, err)
			continue
		}
		if !slices.Equal(operands, strings.Fields(c.operands)) || !slices.Equal(in.values, strings.Fields(c.inputs)) {
			t.Errorf("%q: operands %q, inputs %q; want %q and %q", c.args, operands, in.values, c.operands, c.inputs)
		}
	}
}

func TestTimeFlags(t *testing.T) {
	for _, c := range []struct {
		text string
		want time.Duration // -1 for an error
	}{
		{"5m", 5 * time.Minute}, {"1d12h", 36 * time.Hour}, {"0s", 0}, {"-5m", -1}, {"5", -1}, {"", -1},
	} {
		var p period
		err := p.Set(c.text)
		switch {
		case c.want < 0 && err == nil:
			t.Errorf("period %q is accepted", c.text)
		case c.want >= 0 && (err != nil || *p.value != c.want):
			t.Errorf("period %q is %v, %v", c.text, p.value, err)
		}
	}
	for _, c := range []struct{ text, want string }{
		{"2024-03-01", "2024-03-01T00:00:00Z"},
		{"2024-03-01 12:30:00", "2024-03-01T12:30:00Z"},
		{"2024-03-01T12:30:00", "2024-03-01T12:30:00Z"},
		{"2024-03-01T12:30:00+02:00", "2024-03-01T10:30:00Z"},
		{"yesterday", ""},
	} {
		var i instant
		if err := i.Set(c.text); (err == nil) != (c.want != "") || i.String() != c.want {
			t.Errorf("instant %q is %q, %v; want %q", c.text, i.String(), err, c.want)
		}
	}
}
