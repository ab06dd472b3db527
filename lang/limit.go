package lang

import "github.com/detlang/det/lang/diag"

// Limits on what one expression may hold, so that no tree is deeper than every
// later walk over it can bear.
const (
	maxNesting   = 200
	maxOperators = 10_000
)

// tooLong tells that an expression has too many operators.
func (t *tagger) tooLong() kind {
	t.limit("D0114", "this expression has more than %d operators", maxOperators).Hint = "put the values in a list and test with `in` or `any`"
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
