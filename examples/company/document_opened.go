package company

import (
	"fmt"
	"time"
)

// DocumentOpened is a document that somebody opened on the file server.
type DocumentOpened struct {
	Time        time.Time `json:"time"`
	User        string    `json:"user"`
	Department  string    `json:"department"`
	Device      string    `json:"device"`
	Document    string    `json:"document"`
	Sensitivity string    `json:"sensitivity"` // public, internal or confidential
	Bytes       int       `json:"bytes"`
}

func (p person) open(at time.Time, document, sensitivity string, bytes int) DocumentOpened {
	return DocumentOpened{at, p.user, p.department, p.device, document, sensitivity, bytes}
}

// documentDay: two documents a person, mostly of the own department, one of
// twenty confidential.
func documentDay(c *company, d *dice, day int) []event {
	var rows []event
	for _, p := range c.people {
		for range d.poisson(load(day, 2*p.share)) {
			sensitivity := "internal"
			switch {
			case d.chance(50):
				sensitivity = "confidential"
			case d.chance(150):
				sensitivity = "public"
			}
			row := p.open(d.moment(day), fmt.Sprintf("/%s/report-%03d.docx", p.department, d.zipf(300)), sensitivity, d.between(9_000, 900_000))
			rows = append(rows, event{row.Time, row})
		}
	}
	return rows
}
