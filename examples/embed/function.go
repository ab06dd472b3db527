package main

import (
	"net/netip"

	"github.com/detlang/det/lang/types"
	"github.com/detlang/det/runtime/vec"
	"github.com/detlang/det/stdlib"
)

// offices are the networks of this company.
var offices = []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8")}

// functions are what this program adds to the language: office(ip), whether an
// address is in one of the offices. A missing address is in none.
func functions() []stdlib.Func {
	return []stdlib.Func{{
		Name: "office",
		Doc:  "Whether an address is in one of our offices.",
		Sig:  types.Signature{Params: []types.Param{{Name: "source", Type: types.TIP}}, Fixed: types.TBool},
		Bind: func([]any) (vec.Kernel, error) {
			return vec.Rows(types.Bool, true, func(args []any) any { return inOffice(args[0]) }), nil
		},
		Test: true,
		Cost: 50,
	}}
}

func inOffice(source any) bool {
	addr, ok := source.(netip.Addr)
	if !ok {
		return false
	}
	for _, office := range offices {
		if office.Contains(addr) {
			return true
		}
	}
	return false
}
