package company

import "time"

// URLFilter is a decision of the web proxy.
type URLFilter struct {
	Time       time.Time `json:"time"`
	User       string    `json:"user"`
	Department string    `json:"department"`
	SrcIP      string    `json:"src_ip"`
	Method     string    `json:"method"`
	URL        string    `json:"url"`
	Host       string    `json:"host"`
	Category   string    `json:"category"`
	Action     string    `json:"action"` // ALLOWED or BLOCKED
	BytesOut   int       `json:"bytes_out"`
	BytesIn    int       `json:"bytes_in"`
}

// site is a host with its category; those of no category are ordinary work.
type site struct{ host, category string }

var sites = []site{
	{"search.example", "search"}, {"docs.cloud.example", "business"}, {"news.example", "news"},
	{"crm.cloud.example", "business"}, {"maps.example", "reference"}, {"code.example", "technology"},
	{"shop.example", "shopping"}, {"video.example", "streaming"}, {"chat.example", "social"},
	{"bank.example", "finance"}, {"travel.example", "travel"}, {"ads.example", "advertising"},
}

func (p person) visit(at time.Time, s site, action string, out, in int) URLFilter {
	return URLFilter{at, p.user, p.department, p.ip, "GET", "https://" + s.host + "/", s.host, s.category, action, out, in}
}

// urlDay: five pages a person; advertising is blocked, and rarely a link to
// malware or to a file exchange.
func urlDay(c *company, d *dice, day int) []event {
	var rows []event
	for _, p := range c.people {
		for range d.poisson(load(day, 5*p.share)) {
			s, action := sites[d.zipf(len(sites))], "ALLOWED"
			switch {
			case s.category == "advertising":
				action = "BLOCKED"
			case d.chance(3):
				s, action = site{"lucky-prize.example", "malware"}, "BLOCKED"
			case d.chance(4):
				s = site{"drop-files.example", "file_sharing"}
			}
			row := p.visit(d.moment(day), s, action, d.between(300, 4000), d.between(2000, 400_000))
			rows = append(rows, event{row.Time, row})
		}
	}
	return rows
}
