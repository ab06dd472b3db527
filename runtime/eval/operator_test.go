package eval

import (
	"testing"

	"github.com/detlang/det/lang/types"
	"github.com/detlang/det/runtime/vec"
)

func TestGraphOfOneRule(t *testing.T) {
	g := NewGraph()
	age, name := g.Input(0, types.Int), g.Input(1, types.String)
	young, err := g.Operator("<", Options{}, []types.Type{types.TInt, types.TInt}, age, g.Const(types.Int, int64(2)))
	if err != nil {
		t.Fatal(err)
	}
	other, err := g.Operator("!=", Options{}, []types.Type{types.TString, types.TString}, name, g.Const(types.String, "ABC"))
	if err != nil {
		t.Fatal(err)
	}
	both := g.And(young, other)
	f := g.Frame()
	f.Begin([]*vec.Vec{
		vec.Of(types.Int, int64(1), int64(1), nil, int64(5)),
		vec.Of(types.String, "abc", nil, "x", "x"),
	}, 4)
	if got := f.Rows(both, nil); len(got) != 1 || got[0] != 1 {
		t.Errorf("rows %v, want [1]", got)
	}
}
