package main

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/detlang/det"
)

// publicRules is about half of the public Sigma rules.
var publicRules = filepath.Join("..", "..", "shared", "data", "sigma", "rules")

// loadSigma reads the public rules: those about processes that start on Windows,
// and all.
func loadSigma() (processes, all []det.Source, err error) {
	err = filepath.WalkDir(publicRules, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || filepath.Ext(path) != ".yml" {
			return err
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		s := det.Source{Name: path, Text: string(text)}
		all = append(all, s)
		if strings.Contains(s.Text, "category: process_creation") && strings.Contains(s.Text, "product: windows") {
			processes = append(processes, s)
		}
		return nil
	})
	return processes, all, err
}

// quoted is a text of some length in a detection, without wildcards or escapes in
// the part that is changed.
var quoted = regexp.MustCompile(`(?m)^(\s+(?:- |[\w|]+: )'[^'\n]*?)([A-Za-z]{5})([^'\n]*')$`)

// ruleID is a rule's id.
var ruleID = regexp.MustCompile(`(?m)^id: [0-9a-f]{8}`)

// scale adds variants of rules until there are n: the same rules with an id of their
// own, and other letters in the texts that they look for.
func scale(rules []det.Source, n int) []det.Source {
	out := append([]det.Source(nil), rules...)
	for i := 0; len(out) < n; i++ {
		round := i/len(rules) + 1
		r := rules[i%len(rules)]
		head, detection, ok := strings.Cut(r.Text, "\ndetection:")
		if !ok {
			continue
		}
		body, tail, _ := strings.Cut(detection, "\n    condition:")
		body = quoted.ReplaceAllStringFunc(body, func(line string) string {
			if strings.Contains(line, "|re") {
				return line
			}
			m := quoted.FindStringSubmatch(line)
			letters := []byte(m[2])
			for k := range letters {
				letters[k] = 'a' + (letters[k]|0x20-'a'+byte(round*(k+3)))%26
			}
			return m[1] + string(letters) + m[3]
		})
		text := head + "\ndetection:" + body + "\n    condition:" + tail
		text = ruleID.ReplaceAllString(text, fmt.Sprintf("id: %08x", 0xf0000000+i))
		out = append(out, det.Source{Name: fmt.Sprintf("%s.%d.yml", r.Name, round), Text: text})
	}
	return out
}

// compileSigma compiles rules; those that are refused are left out, which is
// counted.
func compileSigma(sources []det.Source) (rules *det.Ruleset, refused int) {
	rules, _ = det.Compiler{}.Sources(sources...)
	return rules, len(sources) - len(rules.Rules())
}
