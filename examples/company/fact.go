package company

import (
	"slices"
	"time"
)

// Fact is one thing of the plan: rows about somebody, evenly spaced within a day.
type Fact struct {
	Table string
	Who   string // user or address
	What  string
	// Rows is how many there are on a day.
	Rows func(day int) int
	// First is the time of day of the first row, Every the distance of the next.
	First, Every time.Duration
	row          func(at time.Time, i int) any
}

// Facts is the whole plan, by rung.
func Facts() []Fact { return slices.Clone(facts) }

var facts = slices.Concat(patternFacts, thresholdFacts, peerFacts, historyFacts, trendFacts, riskFacts, riskHistoryFacts, sequenceFacts, noveltyFacts)

// on is the planted rows of one day.
func (f *Fact) on(day int) []event {
	rows := make([]event, f.Rows(day))
	for i := range rows {
		t := at(day, f.First+time.Duration(i)*f.Every)
		rows[i] = event{t, f.row(t, i)}
	}
	return rows
}

// once is n rows on one day.
func once(on, n int) func(int) int {
	return func(day int) int {
		if day == on {
			return n
		}
		return 0
	}
}

// daily is n rows on every day from the first on.
func daily(from, n int) func(int) int {
	return func(day int) int {
		if day >= from {
			return n
		}
		return 0
	}
}

// clock is a time of day.
func clock(hour, minute, second int) time.Duration {
	return time.Duration(hour)*time.Hour + time.Duration(minute)*time.Minute + time.Duration(second)*time.Second
}
