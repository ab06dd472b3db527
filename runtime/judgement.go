package runtime

// Judgement is what became of one row on its way through a rule: an event that a
// condition left out, a window that was judged, an alert that was held back. An
// engine that is asked to trace tells one for each row that goes no further, and
// one for each alert.
type Judgement struct {
	Rule    string
	Outcome Outcome
	// Stage is the stage that decided, as an index into the stages of the rule's
	// plan; for an alert it is their number, and -1 for a row that reached none.
	Stage int
	Time  int64
	// The window, of rows that are windows.
	HasWindow   bool
	WindowStart int64
	WindowEnd   int64
	Partial     bool
	// Where an event stood, of rows that are events.
	Source string
	Number int64
	// Row is the columns of the row as the stage saw it.
	Row []Named
	// Alert is the id of the alert, of rows that fired.
	Alert string
	// Since and Until bound the time for which a throttled row was held back: since
	// the alert that held it, until the first time at which another may pass. Of a
	// match that waits they are its first event and the time at which it is told, of a
	// key that is learned the time since which it has been known and that from which it
	// is judged.
	Since, Until int64
	// Evidence is the events behind a window; nil for events. It may be called
	// while the judgement is told, not later.
	Evidence func() []Event
}

// Value is a column of the row, and false where the row has none of that name.
func (j *Judgement) Value(name string) (Named, bool) {
	for _, n := range j.Row {
		if n.Name == name {
			return n, true
		}
	}
	return Named{}, false
}

// Outcome says what became of a row. The names are stable: tests of rules, and
// programs that read explanations, rely on them.
type Outcome string

// The outcomes.
const (
	Fired          Outcome = "fired"
	ConditionFalse Outcome = "condition_false"
	WarmingUp      Outcome = "warming_up"
	BelowFloor     Outcome = "below_floor"
	NotRearmed     Outcome = "not_rearmed"
	Throttled      Outcome = "throttled"
	Excluded       Outcome = "excluded"
	SeenBefore     Outcome = "seen_before"
	Incomplete     Outcome = "incomplete"
	Waiting        Outcome = "waiting"
	Interrupted    Outcome = "interrupted"
	KeyMissing     Outcome = "key_missing"
	TooManyKeys    Outcome = "too_many_keys"
	TooLate        Outcome = "too_late"
	TooFarAhead    Outcome = "too_far_ahead"
	TimeMissing    Outcome = "time_missing"
	AfterEnd       Outcome = "after_end"
	NotSeen        Outcome = "not_seen"
)

// Outcomes is the table of outcomes: the reasons for silence, and fired.
var Outcomes = []struct {
	Outcome Outcome
	Doc     string
}{
	{Fired, "the rule fired"},
	{ConditionFalse, "the condition of `when` was false"},
	{WarmingUp, "the answer hangs on a baseline or a peer group that has fewer than `min` samples; or the key has not been known for the time of `after`"},
	{BelowFloor, "the deviation lies under the `floor`; divided by the deviation itself, the score would have been enough"},
	{NotRearmed, "the condition holds since an earlier event of the key, which fired; or fired in this window already"},
	{Throttled, "`throttle` held the alert back"},
	{Excluded, "a `where` left the row out"},
	{SeenBefore, "the value is neither new nor rare enough, or was told for an earlier row of that very time"},
	{Incomplete, "the event completed no match of the sequence"},
	{Waiting, "the event completed a match, of which the sequence tells when nothing came that must not come"},
	{Interrupted, "the event is one that must not come, and ended what had begun"},
	{KeyMissing, "a grouping key is missing, so the event joined no group"},
	{TooManyKeys, "the group is new, and there are `max` keys already"},
	{TooLate, "the event came later than the lateness allows"},
	{TooFarAhead, "the time of the event lies too far in the future"},
	{TimeMissing, "the event has no time that can be used"},
	{AfterEnd, "the event lies behind the end of the clock (`--until`)"},
	{NotSeen, "no event of the entity came to the rule at that time"},
}

// Held says why an operator holds a row back. Since and Until are those of a
// Judgement.
type Held struct {
	Why          Outcome
	Since, Until int64
}

// Tracer is an Operator that can tell of the rows it holds back: those that it
// was pushed, by their number in the batch.
type Tracer interface {
	Trace(tell func(b *Batch, row int32, h Held))
}
