package company

import (
	"fmt"
	"slices"
	"time"
)

// riskFacts: signs that say little alone. tom.brandt shows four of them on day
// 15, paul.roth the same four on four days, ida.frey one of them ten times.
var riskFacts = slices.Concat(
	[]Fact{hackTool("tom.brandt", 15, 1), files("tom.brandt", 15, 6), hoard("tom.brandt", 15, 40), mailOut("tom.brandt", 15, 8)},
	[]Fact{hackTool("paul.roth", 3, 1), files("paul.roth", 5, 6), hoard("paul.roth", 8, 40), mailOut("paul.roth", 10, 8)},
	[]Fact{hackTool("ida.frey", 12, 10)},
)

// riskHistoryFacts: risk against one's own history, from day 21 on. sven.adler
// tests the defences and trips the antivirus twice every Tuesday and Thursday;
// lea.sommer shows a first small sign on day 32 and two together on day 57;
// kim.neff's first signs come on day 58.
var riskHistoryFacts = []Fact{
	{
		Table: "antivirus", Who: "sven.adler", What: "tests the defences: two detections every Tuesday and Thursday",
		Rows: tests, First: clock(10, 0, 0), Every: 4 * time.Hour, row: tool("sven.adler"),
	},
	files("lea.sommer", 32, 6), hackTool("lea.sommer", 57, 1), hoard("lea.sommer", 57, 30),
	hackTool("kim.neff", 58, 1), hoard("kim.neff", 58, 30),
}

func hackTool(user string, day, n int) Fact {
	return Fact{
		Table: "antivirus", Who: user, What: "a hacking tool is found",
		Rows: once(day, n), First: clock(9, 10, 0), Every: 20 * time.Minute, row: tool(user),
	}
}

func tool(user string) func(time.Time, int) any {
	return func(at time.Time, _ int) any {
		return member(user).infected(at, `C:\Temp\mk.exe`, "HackTool.Mimikatz", "high", "quarantined")
	}
}

func files(user string, day, n int) Fact {
	return Fact{
		Table: "url_filter", Who: user, What: "uploads to a file exchange",
		Rows: once(day, n), First: clock(10, 5, 0), Every: 6 * time.Minute,
		row: func(at time.Time, _ int) any {
			return member(user).visit(at, site{"drop-files.example", "file_sharing"}, "ALLOWED", 25_000_000, 900)
		},
	}
}

func hoard(user string, day, n int) Fact {
	return Fact{
		Table: "document_opened", Who: user, What: "opens many different confidential documents within an hour",
		Rows: once(day, n), First: clock(14, 2, 0), Every: time.Minute,
		row: func(at time.Time, i int) any {
			return member(user).open(at, fmt.Sprintf("/finance/contract-%03d.pdf", i), "confidential", 400_000)
		},
	}
}

func mailOut(user string, day, n int) Fact {
	return Fact{
		Table: "email_sent", Who: user, What: "sends attachments to a private address",
		Rows: once(day, n), First: clock(16, 3, 0), Every: 5 * time.Minute,
		row: func(at time.Time, i int) any {
			return member(user).send(at, "me@private.example", fmt.Sprintf("part %d", i+1), 1, 9_000_000)
		},
	}
}

// tests is two rows on the Tuesdays and Thursdays from day 21 on.
func tests(day int) int {
	if day >= 21 && (day%7 == 1 || day%7 == 3) {
		return 2
	}
	return 0
}
