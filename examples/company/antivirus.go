package company

import "time"

// Antivirus is a detection on a notebook.
type Antivirus struct {
	Time       time.Time `json:"time"`
	User       string    `json:"user"`
	Department string    `json:"department"`
	Device     string    `json:"device"`
	File       string    `json:"file"`
	Threat     string    `json:"threat"`
	Severity   string    `json:"severity"` // low, medium or high
	Action     string    `json:"action"`   // quarantined, cleaned or allowed
}

func (p person) infected(at time.Time, file, threat, severity, action string) Antivirus {
	return Antivirus{at, p.user, p.department, p.device, file, threat, severity, action}
}

// antivirusDay: a harmless finding a day for about every eighty people.
func antivirusDay(c *company, d *dice, day int) []event {
	var rows []event
	for _, p := range c.people {
		for range d.poisson(load(day, 0.012*p.share)) {
			row := p.infected(d.moment(day), `C:\Users\`+p.user+`\Downloads\setup.exe`, "Adware.Toolbar", "low", "quarantined")
			rows = append(rows, event{row.Time, row})
		}
	}
	return rows
}
