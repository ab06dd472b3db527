package company

import "time"

// thresholdFacts: addresses that ask too often, held against "more than 100 GETs
// in 30 minutes, (t−30m, t]".
var thresholdFacts = []Fact{
	{
		Table: "web_access", Who: "203.0.113.77", What: "hammers across 14:00, sixty requests on either side: fixed half hours see nothing",
		Rows: once(1, 120), First: clock(13, 48, 0), Every: 12 * time.Second, row: request("203.0.113.77", "GET", "/login"),
	},
	{
		Table: "web_access", Who: "203.0.113.77", What: "comes back the next day, every second request logged as ::ffff:203.0.113.77",
		Rows: once(2, 150), First: clock(9, 10, 0), Every: 10 * time.Second,
		row: func(at time.Time, i int) any {
			ip := "203.0.113.77"
			if i%2 == 1 {
				ip = "::ffff:" + ip
			}
			return request(ip, "GET", "/login")(at, i)
		},
	},
	{
		Table: "web_access", Who: "203.0.113.78", What: "101 requests of which the first is exactly 30 minutes before the last: never more than 100",
		Rows: once(1, 101), First: clock(16, 0, 0), Every: 18 * time.Second, row: request("203.0.113.78", "GET", "/search"),
	},
	{
		Table: "web_access", Who: "203.0.113.79", What: "200 requests, but POST",
		Rows: once(2, 200), First: clock(11, 0, 0), Every: 5 * time.Second, row: request("203.0.113.79", "POST", "/contact"),
	},
	{
		Table: "web_access", Who: "203.0.113.80", What: "a crawler, 90 requests in any half hour, 720 in four: a limit per half hour held against more time fires",
		Rows: once(3, 720), First: clock(8, 0, 0), Every: 20 * time.Second, row: request("203.0.113.80", "GET", "/products"),
	},
}

func request(ip, method, path string) func(time.Time, int) any {
	return func(at time.Time, _ int) any {
		return WebAccess{at, ip, method, path, 200, 1024, "python-requests/2.31.0"}
	}
}
