package company

import (
	"fmt"
	"time"
)

// Authentication is a login at the identity provider.
type Authentication struct {
	Time       time.Time `json:"time"`
	User       string    `json:"user"`
	Department string    `json:"department"`
	SrcIP      string    `json:"src_ip"`
	Country    string    `json:"country"`
	Device     string    `json:"device"`
	App        string    `json:"app"`
	Action     string    `json:"action"`
	Outcome    string    `json:"outcome"` // SUCCESS, DENIED or BLOCKED
}

var (
	apps      = []string{"mail", "crm", "wiki", "vpn", "erp", "tickets", "payroll"}
	countries = []string{"CH", "CH", "CH", "CH", "CH", "CH", "DE", "FR", "AT", "IT"}
)

func (p person) login(at time.Time, app, outcome string) Authentication {
	return Authentication{at, p.user, p.department, p.ip, "CH", p.device, app, "login", outcome}
}

// from is the same login from elsewhere.
func (a Authentication) from(ip, country string) Authentication {
	a.SrcIP, a.Country = ip, country
	return a
}

// authenticationDay: eight logins a person, two of a hundred mistyped, now and
// then one from the road or blocked. The cast never fails by chance.
func authenticationDay(c *company, d *dice, day int) []event {
	var rows []event
	for _, p := range c.people {
		for range d.poisson(load(day, 8*p.share)) {
			row := p.login(d.moment(day), pick(d, apps), "SUCCESS")
			switch {
			case d.chance(20):
				row.Outcome = "DENIED"
			case d.chance(2):
				row.Outcome = "BLOCKED"
			}
			if d.chance(80) {
				row = row.from(fmt.Sprintf("198.18.%d.%d", d.IntN(256), d.between(1, 254)), pick(d, countries))
			}
			rows = append(rows, event{row.Time, row})
		}
	}
	for _, p := range cast {
		for range d.poisson(load(day, 8*p.share)) {
			row := p.login(d.moment(day), pick(d, apps), "SUCCESS")
			rows = append(rows, event{row.Time, row})
		}
	}
	return rows
}
