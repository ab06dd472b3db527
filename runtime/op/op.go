// Package op holds the stages of the language: one a file and a row in All. A row
// says what the stage takes, what flows out of it, and how to make its operator.
package op

import (
	"slices"
	"time"

	"github.com/detlang/det/lang/types"
	"github.com/detlang/det/runtime"
	"github.com/detlang/det/runtime/agg"
)

// Spec is one stage of the language. The checker reads the parameters; Output
// checks what only the stage knows and says which columns flow out; New makes the
// operator, which sees columns and constants, never expressions.
type Spec struct {
	Name    string
	Doc     string
	Head    []Param
	Clauses []Clause
	Block   Block
	// Fresh marks a stage that regroups rows: its operator sees only the columns of
	// its arguments. The others see the whole row, then their arguments.
	Fresh bool
	// Fires marks a stage whose rows are worth an alert as they are: behind it `when`
	// may be left out.
	Fires bool
	// Parts marks a stage that takes the rows of one window in several batches: it looks
	// at each by itself, or at those of its key in their order.
	Parts bool
	// Adds marks a stage that gives each row that it gets, with further columns: what
	// stages behind it keep does not depend on it unless they read these.
	Adds bool
	// After says, in words, where the stage may stand; Fits checks it.
	After string
	Fits  func(in Row) bool
	// Output gives the row that flows out. Errors are told to the author at Where.
	Output func(in Row, a *Args) (Row, *Error)
	New    func(in Row, a *Args) (runtime.Operator, error)
	// Form names, of a stage whose state has several forms, the one that its arguments
	// ask for, as far as clauses that affect the rows alone and Args.Need decide it; nil
	// where they do not.
	Form func(in Row, a *Args) string
}

// Block is what may stand between a stage's braces.
type Block uint8

// The blocks.
const (
	NoBlock    Block = iota
	Aggregates       // name = expression over aggregates
	Fields           // names of columns of a table
	Steps            // named conditions
)

// ParamKind is how an argument is read.
type ParamKind uint8

// The kinds of parameters.
const (
	Expr      ParamKind = iota // an expression over the row: arrives as a column
	Const                      // a constant of Type
	Bind                       // a new name
	Choice                     // one of Choices
	Entity                     // type(expression): arrives as a column, Name is the type
	Measure                    // a number of the row: arrives as a column
	TableName                  // the name of a table: arrives as a *Table in Const
	Word                       // a bare word or a text: arrives in Name
)

// Param is one argument of a stage or a clause.
type Param struct {
	Name     string
	Kind     ParamKind
	Type     types.Type
	Choices  []string // what a Choice may be; of a Const, words that may stand for it
	Doc      string
	Optional bool
	Many     bool // one or more, comma-separated; last
}

// Clause is a keyword that a stage takes. One without Params is a flag.
type Clause struct {
	Word     string
	Params   []Param
	Doc      string
	Required bool
	Affects  Effect
}

// Effect is what a clause has an effect on. Saved state is good as long as nothing
// changed that affects it.
type Effect uint8

// The effects.
const (
	StateAndRows Effect = iota
	RowsAlone           // what flows out, not what the stage keeps
	Display             // how much is kept at most, or shown
)

// Row is what flows into or out of a stage.
type Row struct {
	Cols []runtime.Column
	Keys []int         // columns that the rows are grouped by, after a window
	Per  time.Duration // length of the window, 0 before one
	// Windowed tells that rows are windows, Whole that each batch is one window with
	// all of its keys.
	Windowed, Whole bool
	// Every is the distance between the starts of fixed windows; 0 for windows that
	// slide or close by key, and before a window.
	Every time.Duration
	Zone  string // time zone that windows are aligned to; "" is UTC
}

// Find is the index of a column by name, or -1.
func (r *Row) Find(name string) int {
	for i := range r.Cols {
		if r.Cols[i].Name == name {
			return i
		}
	}
	return -1
}

// Arg is a checked argument: a column of the input row (Col ≥ 0) or a constant.
type Arg struct {
	Name  string // a bound name, a choice, an entity's type, or a column's name
	Col   int    // -1 for a constant
	Const any    // bool int64 float64 string time.Duration time.Time netip.Addr netip.Prefix []any
	Type  types.Type
}

// Args are the checked arguments of one stage.
type Args struct {
	Bound   string // the name that the stage binds (baseline NAME of …), "" for none
	Head    []Arg
	Clauses map[string][]Arg // present with no Arg for a flag
	Aggs    []Agg            // for a block of aggregates, after expressions are split off
	Fields  []string         // for a block of fields
	Steps   []Step           // for a block of steps
	Need    []string         // members of the stage's bound name that later stages read
	Keep    int              // events of evidence to keep a group
	Shown   []int            // input columns that evidence shows
	Carried []runtime.Column // where rows have evidence of their own, the fields of its events
	Persist bool             // later stages keep state by entity: codes must not be reused
	Parts   bool             // later stages take the rows of one window in several batches
	Keys    *KeyTable        // where a window may keep its keys; nil for a table of its own
}

// Has reports whether a clause or flag was written.
func (a *Args) Has(word string) bool { _, ok := a.Clauses[word]; return ok }

// Shows reports whether alerts show a column that the stage makes, whoever reads it:
// an aggregate, or what a step tells.
func (a *Args) Shows(column string) bool {
	return slices.ContainsFunc(a.Aggs, func(g Agg) bool { return g.Name == column }) ||
		slices.ContainsFunc(a.Steps, func(s Step) bool { return s.Name == column || s.Name+timeSuffix == column })
}

// Duration is a clause's constant duration, or def.
func (a *Args) Duration(word string, def time.Duration) time.Duration {
	if c := a.Clauses[word]; len(c) > 0 {
		if d, ok := c[0].Const.(time.Duration); ok {
			return d
		}
	}
	return def
}

// Float is a clause's constant number, or def.
func (a *Args) Float(word string, def float64) float64 {
	if c := a.Clauses[word]; len(c) > 0 {
		switch x := c[0].Const.(type) {
		case float64:
			return x
		case int64:
			return float64(x)
		}
	}
	return def
}

// Agg is one aggregate of a block: the aggregate, its arguments, and the name of
// the column that it makes.
type Agg struct {
	Name string
	Spec *agg.Spec
	Args []Arg
	Type types.Type
}

// Step is one entry of a block of steps.
type Step struct {
	Name   string
	Not    bool // what must not be seen
	Cond   Arg
	Repeat int           // how many events it takes
	Within time.Duration // how long after the step before it; 0 is no bound of its own
	By     []Arg         // one for each key of the stage
}

// Error is what a stage refuses. Clause is the word of the clause that is at
// fault, "" for the stage itself; Head is the index of the argument, -1 for none.
type Error struct {
	Code    string
	Clause  string
	Head    int
	Message string
	Hint    string
}

func (e *Error) Error() string { return e.Message }

// The codes of what stages refuse.
const (
	BadClause = "D0420" // a value that a clause cannot have
	Conflict  = "D0421" // clauses that do not go together
)
