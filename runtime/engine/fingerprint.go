package engine

// Fingerprint tells whether saved state is of what there is now.
type Fingerprint struct {
	// Sum is the same for what means the same.
	Sum string
	// Contents are the lists and tables that had a part in it. State stays good when
	// they change: what was counted was counted with them as they were.
	Contents []Content
}

// Content is a list or a table, and a sum of what it holds.
type Content struct{ Name, Sum string }

// RuleFingerprints are those of what a rule keeps.
type RuleFingerprints struct {
	Source  Fingerprint   // the rows that flow in, whatever their columns
	Columns []Fingerprint // how these are made, of a rule that has columns of its own
	Stages  []Fingerprint // by segment
}
