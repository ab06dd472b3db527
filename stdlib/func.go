// Package stdlib is what a rule can name: functions by topic, and the schemas,
// lists and conditions that ship as .det files.
package stdlib

import (
	"github.com/detlang/det/lang/types"
	"github.com/detlang/det/runtime/vec"
)

// Func is one function of the language: a row of a table. Bind is called once a
// use, with one element an argument: the value of a constant argument as the
// language has it (bool, int64, float64, string, time.Duration, time.Time,
// netip.Addr, netip.Prefix, []any) or nil for one that varies by row. It prepares what it can
// (regexes, tables) and gives the kernel, which receives all arguments as columns.
// An error of Bind is told to the author at the call.
type Func struct {
	Name     string
	Topic    string
	Doc      string // one sentence; a second paragraph may follow
	Sig      types.Signature
	Bind     func(consts []any) (vec.Kernel, error)
	Examples []Example
	// Test marks a function that gives bool and is false, not missing, where an
	// argument is missing.
	Test bool
	// Cost orders predicates: about the nanoseconds a row takes on plain text.
	Cost int
}

// Example is a call with its result, both in the language. It is a test.
type Example struct {
	Expr string // lower("ABC")
	Want string // "abc"
}
