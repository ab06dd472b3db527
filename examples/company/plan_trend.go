package company

import "time"

// trendFacts: failed logins by the week.
var trendFacts = []Fact{
	{
		Table: "authentication", Who: "lena.vogt", What: "somebody guesses low and slow: three failures a day, from day 50 on one more every second day",
		Rows: rising, First: clock(0, 20, 0), Every: time.Hour, row: denied(member("lena.vogt")),
	},
	{
		Table: "authentication", Who: "eva.lang", What: "five failures a day, three weeks of holiday, then five a day again: no trend",
		Rows: holiday, First: clock(7, 40, 0), Every: 2 * time.Hour, row: denied(member("eva.lang")),
	},
}

func rising(day int) int { return 3 + max(0, day-48)/2 }

func holiday(day int) int {
	if day >= 45 && day < 66 {
		return 0
	}
	return 5
}
