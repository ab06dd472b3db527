package agg

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/detlang/det/lang/types"
)

// The kinds that aggregates take.
var (
	amounts = []types.Kind{types.Int, types.Float, types.Duration}
	numbers = []types.Kind{types.Int, types.Float}
	ordered = []types.Kind{types.Int, types.Float, types.Timestamp, types.Duration, types.IP, types.String}
	scalars = append([]types.Kind{types.Bool}, ordered...)
)

// takes reports whether an argument of type t is of one of the kinds. A column of
// nothing fits all.
func takes(t types.Type, kinds []types.Kind) bool {
	return t.Kind == types.Null || slices.Contains(kinds, t.Kind)
}

// same is the result type of aggregates that give what they take.
func same(kinds []types.Kind) func(args []types.Type) types.Type {
	return func(args []types.Type) types.Type {
		if len(args) == 0 || !takes(args[0], kinds) {
			return types.TInvalid
		}
		return args[0]
	}
}

// measure is the result type of aggregates that give a float for a number and a
// duration for a duration.
func measure(kinds []types.Kind) func(args []types.Type) types.Type {
	return func(args []types.Type) types.Type {
		t := same(kinds)(args)
		if t.Kind == types.Int {
			t.Kind = types.Float
		}
		return t
	}
}

// always is the result type of aggregates that give one type for all they take.
func always(result types.Type, kinds []types.Kind) func(args []types.Type) types.Type {
	return func(args []types.Type) types.Type {
		if same(kinds)(args) == types.TInvalid {
			return types.TInvalid
		}
		return result
	}
}

// check refuses a first argument that an aggregate does not take.
func check(args []types.Type, kinds []types.Kind) error {
	if len(args) == 0 {
		return errors.New("needs an argument")
	}
	if takes(args[0], kinds) {
		return nil
	}
	names := make([]string, len(kinds))
	for i, k := range kinds {
		names[i] = k.String()
	}
	last := len(names) - 1
	list := names[last]
	if last > 0 {
		list = strings.Join(names[:last], ", ") + " or " + list
	}
	return fmt.Errorf("takes %s, not %s", list, args[0])
}

// value is the parameter of an aggregate over one column.
func value(t types.Type, doc string) []types.Param {
	return []types.Param{{Name: "x", Type: t, Doc: doc}}
}
