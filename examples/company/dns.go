package company

import (
	"fmt"
	"time"
)

// DNS is a question to the company's name server.
type DNS struct {
	Time   time.Time `json:"time"`
	SrcIP  string    `json:"src_ip"`
	Device string    `json:"device"`
	Query  string    `json:"query"`
	Type   string    `json:"type"`
	RCode  string    `json:"rcode"`
}

// dnsDay: five questions a person, some in vain.
func dnsDay(c *company, d *dice, day int) []event {
	var rows []event
	for _, p := range c.people {
		for range d.poisson(load(day, 5*p.share)) {
			row := DNS{d.moment(day), p.ip, p.device, sites[d.zipf(len(sites))].host, "A", "NOERROR"}
			switch {
			case d.chance(200):
				row.Type = "AAAA"
			case d.chance(30):
				row.Query, row.RCode = fmt.Sprintf("printer-%d.corp.example", d.IntN(40)), "NXDOMAIN"
			}
			rows = append(rows, event{row.Time, row})
		}
	}
	return rows
}
