// Package examples holds one folder for each rung, from a pattern to a baseline over
// risk, order and first sight: a rule, a small input, and the alerts that it must give.
package examples

import (
	"embed"
	"io/fs"
	"strings"
)

//go:embed 0*
var files embed.FS

// Files are the folders of all examples.
func Files() fs.FS { return files }

// Example is one folder.
type Example struct {
	Dir    string   // 02_threshold
	Title  string   // what it shows, the heading of its README
	Rule   string   // path of the rule file
	Inputs []string // paths of the inputs
	Want   string   // path of the wanted alerts
}

// All are the examples, simplest first.
func All() ([]Example, error) {
	rules, err := fs.Glob(files, "*/rule.det")
	if err != nil {
		return nil, err
	}
	all := make([]Example, len(rules))
	for i, rule := range rules {
		dir := strings.TrimSuffix(rule, "/rule.det")
		readme, err := fs.ReadFile(files, dir+"/README.md")
		if err != nil {
			return nil, err
		}
		heading, _, _ := strings.Cut(string(readme), "\n")
		inputs, err := fs.Glob(files, dir+"/input/*")
		if err != nil {
			return nil, err
		}
		all[i] = Example{dir, strings.TrimPrefix(heading, "# "), rule, inputs, dir + "/want/alerts.ndjson"}
	}
	return all, nil
}
