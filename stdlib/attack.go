package stdlib

import (
	"embed"
	"strings"
	"sync"
)

// AttackVersion is the version of MITRE ATT&CK for Enterprise that the tables have.
const AttackVersion = "17"

//go:embed attack/*.tsv
var attackTables embed.FS

// Technique is a technique or sub-technique of ATT&CK for Enterprise.
type Technique struct {
	ID      string   // T1059.001
	Name    string   // PowerShell
	Tactics []string // execution
}

// Tactics are the tactics of ATT&CK for Enterprise, by the name that techniques
// have them under.
func Tactics() map[string]string {
	return map[string]string{
		"reconnaissance": "TA0043", "resource-development": "TA0042", "initial-access": "TA0001", "execution": "TA0002",
		"persistence": "TA0003", "privilege-escalation": "TA0004", "defense-evasion": "TA0005", "credential-access": "TA0006",
		"discovery": "TA0007", "lateral-movement": "TA0008", "collection": "TA0009", "command-and-control": "TA0011",
		"exfiltration": "TA0010", "impact": "TA0040",
	}
}

// Techniques are all techniques, by id.
var Techniques = sync.OnceValue(func() map[string]Technique {
	all := map[string]Technique{}
	for _, cells := range attackTable("techniques") {
		all[cells[0]] = Technique{ID: cells[0], Name: cells[1], Tactics: strings.Fields(cells[2])}
	}
	return all
})

// Revoked are techniques that are no longer, with what replaced them, or "".
var Revoked = sync.OnceValue(func() map[string]string {
	all := map[string]string{}
	for _, cells := range attackTable("revoked") {
		all[cells[0]] = strings.TrimPrefix(cells[1], "-")
	}
	return all
})

// attackTable reads the rows of a table; lines with # are comments.
func attackTable(name string) [][]string {
	data, err := attackTables.ReadFile("attack/" + name + ".tsv")
	if err != nil {
		return nil // the folder is embedded
	}
	var rows [][]string
	for line := range strings.Lines(string(data)) {
		if !strings.HasPrefix(line, "#") {
			rows = append(rows, strings.Split(strings.TrimRight(line, "\n"), "\t"))
		}
	}
	return rows
}
