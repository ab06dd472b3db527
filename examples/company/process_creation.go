package company

import (
	"fmt"
	"time"
)

// ProcessCreation is a process that was started on a notebook, with the names of
// Sysmon's event 1.
type ProcessCreation struct {
	UtcTime          string `json:"UtcTime"`
	Computer         string `json:"Computer"`
	User             string `json:"User,omitempty"`
	Image            string `json:"Image"`
	OriginalFileName string `json:"OriginalFileName,omitempty"`
	CommandLine      string `json:"CommandLine"`
	ParentImage      string `json:"ParentImage"`
	ProcessID        int    `json:"ProcessId"`
}

// program is an executable with what it calls itself and how it is started.
type program struct{ image, original, command, parent string }

var programs = []program{
	{`C:\Program Files\Office\WINWORD.EXE`, "WinWord.exe", `"C:\Program Files\Office\WINWORD.EXE" /n`, `C:\Windows\explorer.exe`},
	{`C:\Program Files\Browser\browser.exe`, "browser.exe", `"C:\Program Files\Browser\browser.exe" --type=renderer`, `C:\Program Files\Browser\browser.exe`},
	{`C:\Windows\System32\svchost.exe`, "svchost.exe", `C:\Windows\System32\svchost.exe -k netsvcs -p`, `C:\Windows\System32\services.exe`},
	{`C:\Program Files\Office\EXCEL.EXE`, "Excel.exe", `"C:\Program Files\Office\EXCEL.EXE" /dde`, `C:\Windows\explorer.exe`},
	{`C:\Windows\System32\cmd.exe`, "Cmd.Exe", `cmd.exe /c dir C:\Temp`, `C:\Windows\explorer.exe`},
	{`C:\Windows\System32\conhost.exe`, "CONHOST.EXE", `\??\C:\Windows\system32\conhost.exe 0xffffffff`, `C:\Windows\System32\cmd.exe`},
	{`C:\Windows\System32\WindowsPowerShell\v1.0\powershell.exe`, "PowerShell.EXE", `powershell.exe -NoProfile -File C:\Scripts\inventory.ps1`, `C:\Windows\System32\svchost.exe`},
}

func (p person) start(at time.Time, g program, process int) ProcessCreation {
	return ProcessCreation{
		UtcTime: at.Format("2006-01-02 15:04:05.000"), Computer: p.device + ".corp.example", User: `CORP\` + p.user,
		Image: g.image, OriginalFileName: g.original, CommandLine: g.command, ParentImage: g.parent, ProcessID: process,
	}
}

// processDay: three programs a person, now and then the administrators' habit of
// checking a file's hash with certutil.
func processDay(c *company, d *dice, day int) []event {
	var rows []event
	for _, p := range c.people {
		for range d.poisson(load(day, 3*p.share)) {
			g := programs[d.zipf(len(programs))]
			if d.chance(5) {
				file := fmt.Sprintf(`C:\Temp\update-%d.msi`, d.IntN(50))
				g = program{certutil, "CertUtil.exe", "certutil.exe -hashfile " + file + " SHA256", programs[4].image}
			}
			at := d.moment(day)
			rows = append(rows, event{at, p.start(at, g, 4*d.between(250, 4000))})
		}
	}
	return rows
}
