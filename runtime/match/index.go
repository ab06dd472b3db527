// Package match judges the conditions of many rules over one stream at once.
//
// It never asks rule by rule. Each distinct predicate is looked for once, in all
// rules; a value is examined once, however many rows have it, and what holds for it
// is a set with a number; what the numbers of a row's sets mean for the rules is
// remembered, so that most rows are answered by one look-up:
//
//   - Rows are told apart by the columns that say which log they come from (route):
//     rules of other logs are never considered for them.
//   - Every rule is found by its witness (witness): predicates of which one must hold
//     if the rule does, chosen because they seldom hold in the data. Columns whose
//     values repeat are examined for all predicates. In those whose values are mostly
//     new only witnesses are looked for, by one pass of an automaton, and the rest is
//     asked when all else in a rule holds.
//   - Patterns come last of all and are remembered for each value.
//
// Which witnesses are chosen, and all that is remembered, changes only how long an
// answer takes.
package match

// Index is the conditions of rules. It is built, then run by a Matcher.
type Index struct {
	preds   []predicate
	columns []column
	rules   []formula
	outside []Cond
	byKey   map[string]int32 // predicates
	byPlace map[int]int32    // columns
}

// column is a column that predicates read.
type column struct {
	at      int // in the batches
	preds   []int32
	present int32 // the predicate that it is not missing, -1 if nobody asks
}

// New makes an empty index.
func New() *Index { return &Index{byKey: map[string]int32{}, byPlace: map[int]int32{}} }

// Rules is how many conditions were added.
func (ix *Index) Rules() int { return len(ix.rules) }

// Add adds the condition of a rule and gives the number by which a Matcher knows it.
// An error tells what is wrong with a pattern.
func (ix *Index) Add(c Cond) (rule int, err error) {
	f, err := ix.formula(c, false)
	if err != nil {
		return 0, err
	}
	ix.rules = append(ix.rules, f)
	return len(ix.rules) - 1, nil
}

// Finds reports whether the index can narrow down in which rows a rule's condition
// holds. Those of the others must be judged row by row anyway.
func (ix *Index) Finds(rule int) bool {
	f := &ix.rules[rule]
	return !f.has(outside) || ix.cover(f, func(int32) float64 { return 0 }).cost < none
}
