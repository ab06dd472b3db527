package company

import (
	"fmt"
	"time"
)

// EmailSent is a message that left the mail server.
type EmailSent struct {
	Time        time.Time `json:"time"`
	User        string    `json:"user"`
	Sender      string    `json:"sender"`
	Recipient   string    `json:"recipient"`
	Subject     string    `json:"subject"`
	Attachments int       `json:"attachments"`
	Bytes       int       `json:"bytes"`
}

var subjects = []string{"Re: meeting", "Minutes", "Offer", "Question", "Lunch?", "Invoice", "Re: offer", "Draft"}

func (p person) send(at time.Time, to, subject string, attachments, bytes int) EmailSent {
	return EmailSent{at, p.user, p.mail(), to, subject, attachments, bytes}
}

// emailDay: two messages a person, most of them to colleagues, one of four with
// an attachment.
func emailDay(c *company, d *dice, day int) []event {
	var rows []event
	for _, p := range c.people {
		for range d.poisson(load(day, 2*p.share)) {
			to := pick(d, c.people).mail()
			if d.chance(300) {
				to = fmt.Sprintf("contact%02d@partner.example", d.zipf(60))
			}
			attachments := 0
			if d.chance(250) {
				attachments = d.between(1, 3)
			}
			row := p.send(d.moment(day), to, pick(d, subjects), attachments, d.between(2_000, 20_000)+attachments*d.between(40_000, 600_000))
			rows = append(rows, event{row.Time, row})
		}
	}
	return rows
}
