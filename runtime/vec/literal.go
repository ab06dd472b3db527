package vec

// Pattern is a test of texts by one pattern, and what is known of the texts that
// pass without running it.
type Pattern struct {
	// Test decides a text. It may keep scratch memory: one Pattern serves one engine.
	Test func(s string) bool
	// Literal is held by every text that passes, if both are folded; "" where no
	// such text is known.
	Literal string
}

// NewPattern prepares the test that TestText runs for one pattern. The error tells
// what is wrong with the pattern.
func NewPattern(op TextOp, pattern string, cased bool) (Pattern, error) {
	t, err := textOps[op].prepare(pattern, cased)
	if err != nil {
		return Pattern{}, err
	}
	p := Pattern{Test: t.test, Literal: FoldString(t.literal)}
	if op == StartsWith || op == EndsWith {
		p.Literal = FoldString(pattern)
	}
	return p, nil
}
