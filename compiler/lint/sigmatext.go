package lint

import (
	"strings"

	"github.com/detlang/det/lang/source"
)

// document is the YAML document of a rule: files may hold several, with --- between.
func (r *Rule) document() source.Span {
	src := r.File.Tree.Source
	at := source.Span{File: src, Start: 0, End: len(src.Text)}
	if i := strings.LastIndex(src.Text[:r.Block.At.Start], "\n---"); i >= 0 {
		at.Start = i + 1
	}
	if i := strings.Index(src.Text[r.Block.At.Start:], "\n---"); i >= 0 {
		at.End = r.Block.At.Start + i + 1
	}
	return at
}

// yaml is the text of a rule in YAML.
func (r *Rule) yaml() string { return r.document().Text() }

// yamlAt is a place within the text of a rule in YAML.
func (r *Rule) yamlAt(from, to int) source.Span {
	at := r.document()
	return source.Span{File: at.File, Start: at.Start + from, End: at.Start + to}
}

// sigmaExample is a rule in YAML, for the examples.
func sigmaExample(head, detection string) string {
	return "title: Shadow copies are deleted\n" + head + `status: test
description: Copies of the volume are deleted before files are encrypted.
level: high
logsource:
    category: process_creation
    product: windows
detection:
` + detection
}

const (
	sigmaID        = "id: 0d1b0a62-3f0a-4d0c-9a4e-9b7c5c0c2f11\n"
	sigmaDetection = `    selection:
        Image|endswith: '\vssadmin.exe'
        CommandLine|contains: delete
    condition: selection
`
)
