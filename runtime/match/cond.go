package match

// Op is how a text is held against patterns.
type Op uint8

// The tests of text. All but Matches ignore case by simple folding, unless cased.
const (
	Equal Op = iota
	Contains
	StartsWith
	EndsWith
	Like    // * is any run of code points, ? is one
	Matches // RE2, searched unanchored, minding case
)

func (o Op) String() string {
	return [...]string{"==", "contains", "startswith", "endswith", "like", "matches"}[o]
}

// Cond is a condition over the columns of a stream. It has two values: a test of a
// missing value is false, and Not is the plain complement.
type Cond interface{ cond() }

type (
	// All holds where all of its conditions do; All{} is true.
	All []Cond
	// Any holds where one of its conditions does; Any{} is false.
	Any []Cond
	// Not is the plain complement.
	Not struct{ X Cond }
	// Const is the same for every row.
	Const bool
	// Present holds where the column is not missing.
	Present struct{ Column int }
	// Text holds where the text of the column passes by any of the patterns.
	Text struct {
		Column   int
		Op       Op
		Patterns []string
		Cased    bool
	}
	// Number holds where the whole number in the column equals one of the values.
	Number struct {
		Column int
		Values []int64
	}
	// Outside is a condition that the index knows nothing of: whoever runs it
	// judges the rows in which it matters. Name is for people.
	Outside struct{ Name string }
)

func (All) cond()     {}
func (Any) cond()     {}
func (Not) cond()     {}
func (Const) cond()   {}
func (Present) cond() {}
func (Text) cond()    {}
func (Number) cond()  {}
func (Outside) cond() {}
