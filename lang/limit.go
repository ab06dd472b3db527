package lang

import "github.com/detlang/det/lang/diag"

// Limits on what one expression may hold, so that no tree is deeper than every
// later walk over it can bear. Alternatives joined by and or or may be as many as
// fit into a declaration: each walk takes their chain in a loop.
const (
	maxNesting   = 200
	maxOperators = 10_000
)

// opened is a bracket that is open: the index of its token in what is written, the
// operators counted before it, and the most that one alternative within it had.
type opened struct {
	at           int
	before, most int
}

// alternative ends the operators of one side of and or or: the next side lies
// beside it in the tree, not below it.
func (t *tagger) alternative() {
	before := 0
	if n := len(t.brackets); n > 0 {
		b := &t.brackets[n-1]
		before = b.before
		b.most = max(b.most, t.operators-before)
	}
	t.operators = before
}

// tooLong tells that an expression has too many operators.
func (t *tagger) tooLong() kind {
	t.limit("D0114", "this expression has more than %d operators other than and, or", maxOperators).Hint = "put the values in a list and test with `in` or `any`"
	return bad
}

// limit tells once in a declaration that a limit was passed at the token at hand.
func (t *tagger) limit(code, format string, args ...any) *diag.Diagnostic {
	if t.told {
		return &diag.Diagnostic{}
	}
	t.told = true
	return t.diags.Errorf(code, t.at(t.in[t.i]), format, args...)
}
