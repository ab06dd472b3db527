package company

import "time"

// historyFacts: failed logins by the hour of the week. Day 71 is a Tuesday, as
// day 1 is; day 72 a Wednesday.
var historyFacts = []Fact{
	{
		Table: "authentication", Who: "ann.keller", What: "mistypes once: her history begins",
		Rows: once(1, 1), First: clock(10, 30, 0), row: denied(member("ann.keller")),
	},
	{
		Table: "authentication", Who: "ann.keller", What: "a quiet user's password is guessed: 40 failures from one address abroad",
		Rows: once(71, 40), First: clock(10, 5, 0), Every: 75 * time.Second,
		row: func(at time.Time, _ int) any {
			return member("ann.keller").login(at, "vpn", "DENIED").from("203.0.113.9", "BR")
		},
	},
	{
		Table: "authentication", Who: "qa.robot", What: "tests wrong passwords every Monday from 09:00, 24 to 28 times: its own normal",
		Rows: mondays, First: clock(9, 1, 0), Every: 2 * time.Minute, row: denied(member("qa.robot")),
	},
	{
		Table: "authentication", Who: "qa.robot", What: "the same on a Wednesday: not normal at that hour",
		Rows: once(72, 26), First: clock(9, 1, 0), Every: 2 * time.Minute, row: denied(member("qa.robot")),
	},
	{
		Table: "authentication", Who: "svc.backup", What: "a stale password, retried every ten minutes from 01:00 to 03:00 each night: noisy and never new",
		Rows: daily(0, 12), First: clock(1, 4, 0), Every: 10 * time.Minute, row: denied(member("svc.backup")),
	},
	{
		Table: "authentication", Who: "zoe.frei", What: "mistypes once on her first day",
		Rows: once(60, 1), First: clock(11, 30, 0), row: denied(member("zoe.frei")),
	},
	{
		Table: "authentication", Who: "zoe.frei", What: "a new user fails 40 times two days later: too little history to say what is normal",
		Rows: once(62, 40), First: clock(11, 2, 0), Every: 80 * time.Second, row: denied(member("zoe.frei")),
	},
}

// mondays is 24, 25, … 28, 24 … rows on the Mondays.
func mondays(day int) int {
	if day%7 != 0 {
		return 0
	}
	return 24 + day/7%5
}
