package company

import "time"

// sequenceFacts: passwords that are guessed, held against "five refusals or more, then
// a login, all within 10 minutes, (t−10m, t], and no logout in the 5 minutes after it".
var sequenceFacts = []Fact{
	posts("203.0.113.81", "guesses eight times, and is let in", "/login", 401, 5, 8, clock(10, 0, 0), 30*time.Second),
	posts("203.0.113.81", "is let in, and stays", "/login", 302, 5, 1, clock(10, 4, 0), 0),
	posts("203.0.113.82", "mistypes six times", "/login", 401, 5, 6, clock(10, 0, 0), 20*time.Second),
	posts("203.0.113.82", "is let in", "/login", 302, 5, 1, clock(10, 4, 0), 0),
	posts("203.0.113.82", "leaves a second before the five minutes are over", "/logout", 302, 5, 1, clock(10, 8, 59), 0),
	posts("203.0.113.83", "guesses every two minutes, five times", "/login", 401, 5, 5, clock(11, 0, 0), 2*time.Minute),
	posts("203.0.113.83", "is let in ten minutes after the first: one refusal too few", "/login", 302, 5, 1, clock(11, 10, 0), 0),
	posts("203.0.113.84", "guesses every two minutes, five times", "/login", 401, 5, 5, clock(11, 0, 0), 2*time.Minute),
	posts("203.0.113.84", "is let in a second earlier", "/login", 302, 5, 1, clock(11, 9, 59), 0),
	posts("203.0.113.85", "is let in", "/login", 302, 6, 1, clock(9, 0, 0), 0),
	posts("203.0.113.85", "and refused later: the order is wrong", "/login", 401, 6, 8, clock(9, 0, 1), 10*time.Second),
	posts("203.0.113.86", "guesses five times", "/login", 401, 6, 5, clock(9, 0, 0), time.Minute),
	posts("203.0.113.86", "is let in at the second of the fifth refusal: not after it", "/login", 302, 6, 1, clock(9, 4, 0), 0),
	posts("203.0.113.87", "guesses six times", "/login", 401, 6, 6, clock(23, 50, 0), 90*time.Second),
	posts("203.0.113.87", "is let in just before midnight", "/login", 302, 6, 1, clock(23, 59, 0), 0),
	posts("203.0.113.87", "leaves when the five minutes are over", "/logout", 302, 7, 1, clock(0, 4, 0), 0),
}

// posts are requests of one address on one day.
func posts(ip, what, path string, status, day, n int, first, every time.Duration) Fact {
	return Fact{
		Table: "web_access", Who: ip, What: what, Rows: once(day, n), First: first, Every: every,
		row: func(at time.Time, _ int) any {
			return WebAccess{at, ip, "POST", path, status, 512, "python-requests/2.31.0"}
		},
	}
}
