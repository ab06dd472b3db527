package company

import "time"

// noveltyFacts: programs that are started from a user's own folder, held against
// "first seen on that notebook in 30 days, when it has been known for 14". Day 7 is the
// first on which the notebooks of the plan start such a program.
var noveltyFacts = []Fact{
	starts("ann.keller", "synchronises every morning: known from day 7 on", "sync.exe", daily(7, 1), clock(8, 30, 0)),
	starts("ann.keller", "opens what came by mail: new after 20 days", "invoice.exe", once(27, 1), clock(14, 5, 0)),
	starts("ann.keller", "opens it again two days later: known", "Invoice.EXE", once(29, 1), clock(14, 5, 0)),
	starts("kim.neff", "synchronises from day 20 on: a new notebook", "sync.exe", daily(20, 1), clock(8, 45, 0)),
	starts("kim.neff", "installs what she needs in the first two weeks: still learned", "setup.exe", once(24, 1), clock(9, 0, 0)),
	starts("kim.neff", "is told to run a helper on day 34, when 14 days have just passed: new", "helper.exe", once(34, 1), clock(8, 45, 0)),
	starts("paul.roth", "synchronises every morning", "sync.exe", daily(7, 1), clock(8, 20, 0)),
	starts("paul.roth", "updates on day 8", "update.exe", once(8, 1), clock(12, 0, 0)),
	starts("paul.roth", "and again on day 38 at the same second: 30 days later, so new", "update.exe", once(38, 1), clock(12, 0, 0)),
	starts("sven.adler", "synchronises every morning", "sync.exe", daily(7, 1), clock(8, 10, 0)),
	starts("sven.adler", "updates on day 8", "update.exe", once(8, 1), clock(12, 0, 0)),
	starts("sven.adler", "and again on day 38 a second earlier: not new", "update.exe", once(38, 1), clock(11, 59, 59)),
	starts("lea.sommer", "runs something once on day 10", "game.exe", once(10, 1), clock(20, 0, 0)),
	starts("lea.sommer", "and something else 31 days later: forgotten meanwhile, so learned anew", "chat.exe", once(41, 1), clock(20, 0, 0)),
}

// starts are starts of a program in a person's own folder.
func starts(user, what, image string, rows func(int) int, first time.Duration) Fact {
	return Fact{
		Table: "process_creation", Who: user, What: what, Rows: rows, First: first,
		row: func(at time.Time, _ int) any {
			path := `C:\Users\` + user + `\` + image
			return member(user).start(at, program{path, "", path, `C:\Windows\explorer.exe`}, 4242)
		},
	}
}
