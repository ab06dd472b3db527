package report

import (
	"encoding/json"
	"io"

	"github.com/detlang/det/lang/diag"
)

// The objects of the Static Analysis Results Interchange Format, OASIS standard
// 2.1.0, as far as they are used here.
type (
	sarifLog struct {
		Schema  string     `json:"$schema"`
		Version string     `json:"version"`
		Runs    []sarifRun `json:"runs"`
	}
	sarifRun struct {
		Tool       sarifTool     `json:"tool"`
		ColumnKind string        `json:"columnKind"`
		Results    []sarifResult `json:"results"`
	}
	sarifTool struct {
		Driver sarifDriver `json:"driver"`
	}
	sarifDriver struct {
		Name           string      `json:"name"`
		Version        string      `json:"version,omitempty"`
		InformationURI string      `json:"informationUri"`
		Rules          []sarifRule `json:"rules"`
	}
	sarifRule struct {
		ID            string       `json:"id"`
		Name          string       `json:"name,omitempty"`
		Short         sarifText    `json:"shortDescription"`
		Help          *sarifText   `json:"help,omitempty"`
		HelpURI       string       `json:"helpUri,omitempty"`
		Configuration sarifDefault `json:"defaultConfiguration"`
		Properties    *sarifTags   `json:"properties,omitempty"`
	}
	sarifDefault struct {
		Level string `json:"level"`
	}
	sarifTags struct {
		Tags []string `json:"tags"`
	}
	sarifText struct {
		Text     string `json:"text"`
		Markdown string `json:"markdown,omitempty"`
	}
	sarifResult struct {
		RuleID       string            `json:"ruleId"`
		RuleIndex    int               `json:"ruleIndex"`
		Level        string            `json:"level"`
		Message      sarifText         `json:"message"`
		Locations    []sarifLocation   `json:"locations,omitempty"`
		Related      []sarifLocation   `json:"relatedLocations,omitempty"`
		Fingerprints map[string]string `json:"partialFingerprints"`
		Fixes        []sarifFix        `json:"fixes,omitempty"`
	}
	sarifLocation struct {
		Physical sarifPhysical `json:"physicalLocation"`
		Message  *sarifText    `json:"message,omitempty"`
	}
	sarifPhysical struct {
		Artifact sarifArtifact `json:"artifactLocation"`
		Region   region        `json:"region"`
	}
	sarifArtifact struct {
		URI string `json:"uri"`
	}
	sarifFix struct {
		Description sarifText     `json:"description"`
		Changes     []sarifChange `json:"artifactChanges"`
	}
	sarifChange struct {
		Artifact     sarifArtifact      `json:"artifactLocation"`
		Replacements []sarifReplacement `json:"replacements"`
	}
	sarifReplacement struct {
		Deleted  region       `json:"deletedRegion"`
		Inserted *sarifInsert `json:"insertedContent,omitempty"`
	}
	sarifInsert struct {
		Text string `json:"text"`
	}
)

const (
	sarifSchema = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
	home        = "https://github.com/detlang/det"
)

func writeSARIF(w io.Writer, r *Report) error {
	run := sarifRun{
		Tool:       sarifTool{sarifDriver{Name: "det", Version: r.Version, InformationURI: home, Rules: []sarifRule{}}},
		ColumnKind: "unicodeCodePoints",
		Results:    []sarifResult{},
	}
	index := map[string]int{}
	prints := fingerprints(r.Findings)
	for i, d := range r.Findings {
		at, ok := index[d.Code]
		if !ok {
			at = len(run.Tool.Driver.Rules)
			index[d.Code] = at
			run.Tool.Driver.Rules = append(run.Tool.Driver.Rules, sarifRuleOf(r.Rule(d.Code)))
		}
		run.Results = append(run.Results, sarifResultOf(&d, at, prints[i]))
	}
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(sarifLog{sarifSchema, "2.1.0", []sarifRun{run}})
}

func sarifRuleOf(r Rule) sarifRule {
	out := sarifRule{ID: r.Code, Name: r.Name, Short: sarifText{Text: r.Summary}, HelpURI: r.HelpURI, Configuration: sarifDefault{sarifLevel(r.Level)}}
	if r.Help != "" {
		out.Help = &sarifText{Text: r.Help, Markdown: r.Help}
	}
	if r.Category != "" {
		out.Properties = &sarifTags{[]string{r.Category}}
	}
	return out
}

func sarifLevel(s diag.Severity) string {
	return [...]string{diag.Error: "error", diag.Warning: "warning", diag.Info: "note"}[s]
}

func sarifResultOf(d *diag.Diagnostic, rule int, print string) sarifResult {
	message := d.Message
	if d.Hint != "" {
		message += ". " + d.Hint
	}
	out := sarifResult{
		RuleID: d.Code, RuleIndex: rule, Level: sarifLevel(d.Severity), Message: sarifText{Text: message},
		Fingerprints: map[string]string{"detFinding/v1": print},
	}
	if !d.Span.IsZero() {
		out.Locations = []sarifLocation{{Physical: sarifPhysical{sarifArtifact{uri(d.Span.File.Name)}, regionOf(d.Span)}}}
	}
	for _, n := range d.Notes {
		if !n.Span.IsZero() {
			out.Related = append(out.Related, sarifLocation{sarifPhysical{sarifArtifact{uri(n.Span.File.Name)}, regionOf(n.Span)}, &sarifText{Text: n.Message}})
		}
	}
	if d.Fix == nil || d.Fix.Span.IsZero() {
		return out
	}
	change := sarifReplacement{Deleted: regionOf(d.Fix.Span)}
	what := "delete this"
	if d.Fix.Text != "" {
		change.Inserted = &sarifInsert{d.Fix.Text}
		what = "replace it by " + d.Fix.Text
	}
	out.Fixes = []sarifFix{{
		Description: sarifText{Text: what},
		Changes:     []sarifChange{{sarifArtifact{uri(d.Fix.Span.File.Name)}, []sarifReplacement{change}}},
	}}
	return out
}
