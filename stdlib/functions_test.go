package stdlib

import (
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/detlang/det/lang/types"
)

// byName are the functions by name.
func byName() map[string]*Func {
	all := Functions()
	m := map[string]*Func{}
	for i := range all {
		m[all[i].Name] = &all[i]
	}
	return m
}

func TestExamples(t *testing.T) {
	funcs := byName()
	for _, f := range Functions() {
		t.Run(f.Name, func(t *testing.T) {
			for _, ex := range f.Examples {
				got, err := evaluate(parse(t, ex.Expr), funcs)
				if err != nil {
					t.Errorf("%s: %v", ex.Expr, err)
					continue
				}
				want, err := evaluate(parse(t, ex.Want), funcs)
				if err != nil {
					t.Fatalf("%s: %v", ex.Want, err)
				}
				if at, ok := want.x.(time.Time); ok {
					want.x = at.UTC()
				}
				if !reflect.DeepEqual(got.x, want.x) {
					t.Errorf("%s = %#v, want %#v", ex.Expr, got.x, want.x)
				}
			}
		})
	}
}

func TestRowsAreWhole(t *testing.T) {
	seen := map[string]bool{}
	for _, f := range Functions() {
		if seen[f.Name] {
			t.Errorf("two functions are called %s", f.Name)
		}
		seen[f.Name] = true
		if f.Topic == "" || f.Cost <= 0 || f.Bind == nil || len(f.Sig.Params) == 0 {
			t.Errorf("%s lacks a topic, a cost, a Bind or a parameter", f.Name)
		}
		if !strings.HasSuffix(f.Doc, ".") && !strings.HasSuffix(f.Doc, "]).") {
			t.Errorf("the doc of %s is no sentence", f.Name)
		}
		if f.Test && f.Sig.Fixed != types.TBool {
			t.Errorf("%s is a test that does not give bool", f.Name)
		}
		if len(f.Examples) < 2 {
			t.Errorf("%s has %d examples", f.Name, len(f.Examples))
		}
		edge := false
		for _, ex := range f.Examples {
			edge = edge || strings.Contains(ex.Expr, `""`) || strings.Contains(ex.Expr, "null") || strings.Contains(ex.Want, "null") || !isASCII(ex.Expr)
		}
		if !edge && f.Topic != "net" && f.Topic != "time" {
			t.Errorf("%s has no example of an empty, a missing or a non-ASCII argument", f.Name)
		}
		for i, p := range f.Sig.Params {
			if p.Variadic && i != len(f.Sig.Params)-1 {
				t.Errorf("%s: only the last parameter may be given many times", f.Name)
			}
		}
	}
	if len(seen) < 60 {
		t.Errorf("%d functions", len(seen))
	}
	t.Logf("%d functions", len(seen))
}
