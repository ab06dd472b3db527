package main

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/spf13/pflag"

	"github.com/detlang/det"
	"github.com/detlang/det/stdlib"
)

func coverageCommand() *command {
	format := &choice{"text", []string{"text", "json", "navigator"}}
	return &command{
		name:     "coverage",
		operands: "RULES…",
		summary:  "List the ATT&CK techniques that rules cover",
		about: `Counts the rules for each technique and tactic of MITRE ATT&CK for Enterprise, by
the ids in their metadata. A rule for a sub-technique counts for its technique, too.

The format navigator is a layer for the ATT&CK Navigator.`,
		examples: []example{
			{"det coverage rules/", "by tactic, for people"},
			{"det coverage --format navigator rules/ > layer.json", "a layer to open in the Navigator"},
		},
		complete: ruleFiles,
		flags:    func(f *pflag.FlagSet) { f.Var(format, "format", "how the result is printed") },
		run: func(_ context.Context, s *streams, args []string) error {
			rules, diags, err := compile(s.err, det.Compiler{}, args)
			if err != nil {
				return err
			}
			c := newTechniqueCoverage(rules.Rules())
			switch format.value {
			case "json":
				err = writeIndented(s.out, c)
			case "navigator":
				err = writeIndented(s.out, c.layer())
			default:
				err = c.print(s.out)
			}
			if err == nil && diags.Errors() > 0 {
				return notCompiled(diags)
			}
			return err
		},
	}
}

// techniqueCoverage is which techniques the rules of a set are about.
type techniqueCoverage struct {
	Version    string              `json:"attack_version"`
	Rules      int                 `json:"rules"`
	Untagged   []string            `json:"untagged"` // rules without a technique
	Unknown    []string            `json:"unknown"`  // ids that ATT&CK does not have
	Tactics    []tacticCoverage    `json:"tactics"`
	Techniques []coveredTechnique  `json:"techniques"`
	rules      map[string][]string // by id
}

type tacticCoverage struct {
	Tactic  string `json:"tactic"`
	ID      string `json:"id"`
	Covered int    `json:"covered"` // techniques, without their sub-techniques
	All     int    `json:"all"`
}

type coveredTechnique struct {
	ID      string   `json:"id"`
	Name    string   `json:"name"`
	Tactics []string `json:"tactics"`
	Rules   []string `json:"rules"`
}

func newTechniqueCoverage(rules []det.RuleInfo) *techniqueCoverage {
	c := &techniqueCoverage{Version: stdlib.AttackVersion, Rules: len(rules), Untagged: []string{}, Unknown: []string{}, Techniques: []coveredTechnique{}, rules: map[string][]string{}}
	known := stdlib.Techniques()
	add := func(id, rule string) {
		if !slices.Contains(c.rules[id], rule) {
			c.rules[id] = append(c.rules[id], rule)
		}
	}
	for _, r := range rules {
		tagged := false
		for _, id := range r.Attack {
			if !strings.HasPrefix(id, "T") || strings.HasPrefix(id, "TA") {
				continue
			}
			tagged = true
			if _, ok := known[id]; !ok {
				if !slices.Contains(c.Unknown, id) {
					c.Unknown = append(c.Unknown, id)
				}
				continue
			}
			add(id, r.Name)
			if parent, _, sub := strings.Cut(id, "."); sub {
				add(parent, r.Name)
			}
		}
		if !tagged {
			c.Untagged = append(c.Untagged, r.Name)
		}
	}
	slices.Sort(c.Unknown)
	for _, id := range slices.Sorted(maps.Keys(c.rules)) {
		t := known[id]
		c.Techniques = append(c.Techniques, coveredTechnique{id, t.Name, t.Tactics, c.rules[id]})
	}
	for name, id := range stdlib.Tactics() {
		row := tacticCoverage{Tactic: name, ID: id}
		for _, t := range known {
			if strings.Contains(t.ID, ".") || !slices.Contains(t.Tactics, name) {
				continue
			}
			row.All++
			if len(c.rules[t.ID]) > 0 {
				row.Covered++
			}
		}
		c.Tactics = append(c.Tactics, row)
	}
	order := []string{"TA0043", "TA0042", "TA0001", "TA0002", "TA0003", "TA0004", "TA0005", "TA0006", "TA0007", "TA0008", "TA0009", "TA0011", "TA0010", "TA0040"}
	slices.SortFunc(c.Tactics, func(a, b tacticCoverage) int {
		return cmp.Compare(slices.Index(order, a.ID), slices.Index(order, b.ID))
	})
	return c
}

func (c *techniqueCoverage) print(o *console) error {
	var b strings.Builder
	for _, t := range c.Tactics {
		share := 0.0
		if t.All > 0 {
			share = float64(t.Covered) / float64(t.All)
		}
		full := int(share*20 + 0.5)
		fmt.Fprintf(&b, "%-22s %3d of %3d  %s\n", t.Tactic, t.Covered, t.All, strings.Repeat("#", full)+strings.Repeat(".", 20-full))
	}
	b.WriteByte('\n')
	for _, t := range c.Techniques {
		fmt.Fprintf(&b, "%-10s %s  %s\n", t.ID, t.Name, o.paint(dim, counted(len(t.Rules), "rule")))
	}
	fmt.Fprintf(&b, "\n%s of ATT&CK %s in %s\n", counted(len(c.Techniques), "technique"), c.Version, counted(c.Rules, "rule"))
	if len(c.Untagged) > 0 {
		fmt.Fprintf(&b, "%s without a technique\n", counted(len(c.Untagged), "rule"))
	}
	if len(c.Unknown) > 0 {
		fmt.Fprintf(&b, "not in ATT&CK %s: %s\n", c.Version, strings.Join(c.Unknown, ", "))
	}
	_, err := o.Write([]byte(b.String()))
	return err
}

// The layer format 4.5 of the ATT&CK Navigator, as far as it is used.
type (
	layer struct {
		Name        string           `json:"name"`
		Versions    layerVersions    `json:"versions"`
		Domain      string           `json:"domain"`
		Description string           `json:"description"`
		Sorting     int              `json:"sorting"`
		Layout      map[string]any   `json:"layout"`
		HideUnused  bool             `json:"hideDisabled"`
		Techniques  []layerTechnique `json:"techniques"`
		Gradient    layerGradient    `json:"gradient"`
		Legend      []any            `json:"legendItems"`
		Metadata    []any            `json:"metadata"`
	}
	layerVersions struct {
		Attack    string `json:"attack"`
		Navigator string `json:"navigator"`
		Layer     string `json:"layer"`
	}
	layerTechnique struct {
		ID      string `json:"techniqueID"`
		Score   int    `json:"score"`
		Comment string `json:"comment"`
		Enabled bool   `json:"enabled"`
		Subs    bool   `json:"showSubtechniques"`
	}
	layerGradient struct {
		Colors []string `json:"colors"`
		Min    int      `json:"minValue"`
		Max    int      `json:"maxValue"`
	}
)

// layer is the coverage as a layer: the score of a technique is the number of its
// rules.
func (c *techniqueCoverage) layer() layer {
	l := layer{
		Name: "det", Versions: layerVersions{c.Version, "5.1.0", "4.5"}, Domain: "enterprise-attack",
		Description: "The techniques that " + counted(c.Rules, "rule") + " cover; the score is the number of rules.",
		Layout:      map[string]any{"layout": "side", "showName": true, "showID": false},
		Techniques:  []layerTechnique{}, Legend: []any{}, Metadata: []any{},
		Gradient: layerGradient{Colors: []string{"#ffffff", "#2f7ed8"}, Min: 0, Max: 1},
	}
	for _, t := range c.Techniques {
		n := len(t.Rules)
		l.Gradient.Max = max(l.Gradient.Max, n)
		sub := slices.ContainsFunc(c.Techniques, func(o coveredTechnique) bool { return strings.HasPrefix(o.ID, t.ID+".") })
		l.Techniques = append(l.Techniques, layerTechnique{ID: t.ID, Score: n, Comment: strings.Join(t.Rules, ", "), Enabled: true, Subs: sub})
	}
	return l
}
