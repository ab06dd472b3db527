package company

import (
	"fmt"
	"time"
)

// WebAccess is a request to the company's web site.
type WebAccess struct {
	Time      time.Time `json:"time"`
	IP        string    `json:"ip"`
	Method    string    `json:"method"`
	Path      string    `json:"path"`
	Status    int       `json:"status"`
	Bytes     int       `json:"bytes"`
	UserAgent string    `json:"user_agent"`
}

var (
	paths = []string{
		"/", "/products", "/about", "/blog", "/contact", "/login", "/search", "/jobs", "/press", "/help",
		"/products/42", "/products/7", "/blog/2023/review", "/legal/terms", "/feed.xml", "/robots.txt",
	}
	browsers = []string{
		"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/120.0 Safari/537.36",
		"Mozilla/5.0 (Macintosh; Intel Mac OS X 14_2) AppleWebKit/605.1.15 Version/17.2 Safari/605.1.15",
		"Mozilla/5.0 (X11; Linux x86_64; rv:121.0) Gecko/20100101 Firefox/121.0",
		"Mozilla/5.0 (iPhone; CPU iPhone OS 17_2 like Mac OS X) AppleWebKit/605.1.15 Mobile/15E148",
	}
)

// webDay: visits of one to twelve requests, some seconds apart, by visitors of
// whom few come often.
func webDay(c *company, d *dice, day int) []event {
	var rows []event
	end := at(day+1, 0)
	for range d.poisson(load(day, 10+80*c.scale)) {
		visitor := d.zipf(4000)
		ip := fmt.Sprintf("198.18.%d.%d", visitor/250, visitor%250+1)
		at, browser := d.moment(day), browsers[visitor%len(browsers)]
		for n := d.between(1, 12); n > 0 && at.Before(end); n-- {
			row := WebAccess{at, ip, "GET", paths[d.zipf(len(paths))], 200, d.between(900, 60_000), browser}
			switch {
			case d.chance(60):
				row.Method = "POST"
			case d.chance(30):
				row.Status, row.Bytes = 404, 512
			case d.chance(3):
				row.Status, row.Bytes = 500, 0
			}
			rows = append(rows, event{at, row})
			at = at.Add(time.Duration(d.between(2, 45)) * time.Second)
		}
	}
	return rows
}
