package lsp

import (
	"strings"
	"testing"
)

// ruleInYAML is a Sigma rule in which every feature has something to show.
const ruleInYAML = `title: Whoami
id: 80167ada-7a12-41ed-b8e9-aa47195c66a1
name: whoami
status: test
description: |
  Finds somebody: who asks who they are.
  level: not a key
logsource:
  product: windows
  category: process_creation
detection:
  selection:
    Image|endswith: '\whoami.exe'
    User|contains:
      - AUTHORI
  filter_main:
    - ParentImage|endswith: '\setup.exe'
    - CommandLine: null
  condition: selection and not filter_main
level: high
tags:
  - attack.t1033
  - attack.discovery
---
title: Many
correlation:
  type: event_count
  rules:
    - whoami
  group-by:
    - User
  timespan: 5m
  condition:
    gte: 5
level: high
`

// inYAML puts the cursor of a text with one into the rule.
func inYAML(t *testing.T, mark string) string {
	t.Helper()
	plain := strings.Replace(mark, "‸", "", 1)
	if strings.Count(ruleInYAML, plain) != 1 {
		t.Fatalf("%q is there %d times", plain, strings.Count(ruleInYAML, plain))
	}
	return strings.Replace(ruleInYAML, plain, mark, 1)
}

// instead puts a text with the cursor in the place of another.
func instead(t *testing.T, old, now string) string {
	t.Helper()
	if strings.Count(ruleInYAML, old) != 1 {
		t.Fatalf("%q is there %d times", old, strings.Count(ruleInYAML, old))
	}
	return strings.Replace(ruleInYAML, old, now, 1)
}

func TestSigmaCompletion(t *testing.T) {
	for _, c := range []struct{ name, text, want, never string }{
		{"an empty file", "‸", "title logsource detection correlation level", "category condition"},
		{"keys that are missing", instead(t, "level: high\ntags:", "aut‸\ntags:"), "author references falsepositives", "title logsource condition"},
		{"levels", instead(t, "level: high\ntags:", "level: ‸\ntags:"), "low critical informational", "stable title"},
		{"statuses", instead(t, "status: test", "status: ‸"), "stable experimental", "high"},
		{"tags", instead(t, "attack.t1033", "attack.t10‸"), "attack.t1033 attack.t1059.001 attack.discovery detection.threat-hunting", "title"},
		{"tags in brackets", "title: x\ntags: [attack.t1033, ‸]\n", "attack.t1059 attack.impact", "title"},
		{"tags without an indent", "title: x\ntags:\n- ‸\n", "attack.t1059", "title"},
		{"parts of the log source", instead(t, "  category: process_creation\n", "  ca‸\n"), "category service definition", "product title"},
		{"categories of windows", instead(t, "category: process_creation", "category: ‸"), "process_creation file_event image_load", "webserver"},
		{"products of the category", instead(t, "product: windows", "product: ‸"), "windows linux", "okta"},
		{"services", instead(t, "category: process_creation", "service: ‸"), "security system powershell", "auditd"},
		{"fields", instead(t, "    User|contains:\n", "    Par‸\n"), "ParentImage CommandLine OriginalFileName", "DestinationIp title"},
		{"fields in a list", instead(t, "- CommandLine: null", "- ‸"), "ParentImage CommandLine", "title"},
		{"modifiers", instead(t, "User|contains:", "User|‸:"), "contains startswith re cidr all", "User"},
		{"modifiers behind modifiers", instead(t, "User|contains:", "User|contains|a‸:"), "all", "User"},
		{"values", instead(t, "- AUTHORI", "- ‸"), "", "User contains title"},
		{"selections", instead(t, "selection and not filter_main", "selection and ‸"), "selection filter_main not them", "User condition"},
		{"types of correlation", instead(t, "type: event_count", "type: ‸"), "event_count temporal_ordered value_percentile", "gt"},
		{"bounds", instead(t, "    gte: 5", "    g‸"), "gt gte lte field", "type"},
		{"rules", instead(t, "    - whoami\n", "    - ‸\n"), "whoami", "User"},
		{"keys of a correlation", instead(t, "  timespan: 5m\n", "  ‸\n"), "timespan aliases generate", "type title"},
		{"text over lines", inYAML(t, "  Finds some‸body"), "", "title level"},
	} {
		t.Run(c.name, func(t *testing.T) {
			proposes(t, "a.yml", c.text, strings.Fields(c.want), strings.Fields(c.never))
		})
	}
}

// TestSigmaCompletionEdits: what is chosen replaces the word at the cursor alone.
func TestSigmaCompletionEdits(t *testing.T) {
	for _, c := range []struct{ text, choose, want string }{
		{"detection:\n  a:\n    Ima‸|endswith: x\n", "Image", "detection:\n  a:\n    Image|endswith: x\n"},
		{"detection:\n  a:\n    Image|ends‸\n", "endswith", "detection:\n  a:\n    Image|endswith\n"},
		{"tags:\n  - attack.t1‸\n", "attack.t1033", "tags:\n  - attack.t1033\n"},
		{"title: x\nlev‸\n", "level", "title: x\nlevel:\n"},
	} {
		text, p := mark(t, c.text)
		s := begin(t, nil)
		s.open("a.yml", text)
		var list completionList
		s.ask("textDocument/completion", s.place("a.yml", p), &list)
		got := ""
		for _, it := range list.Items {
			if it.Label == c.choose {
				got = edited(text, []textEdit{*it.TextEdit})
			}
		}
		if got != c.want {
			t.Errorf("%q becomes %q", c.text, got)
		}
	}
}

// TestSigmaMapping: the mappings of the workspace count.
func TestSigmaMapping(t *testing.T) {
	s := begin(t, map[string]string{"map.det": "import std.sigma\n\nmapping ours for any_event {\n  source product = \"toaster\" where bread is not null { bread, crumbs }\n}\n"})
	text, p := mark(t, "logsource:\n  product: toaster\ndetection:\n  a:\n    ‸\n")
	s.open("a.yml", text)
	var list completionList
	s.ask("textDocument/completion", s.place("a.yml", p), &list)
	if len(list.Items) != 2 || list.Items[0].Label != "bread" {
		t.Errorf("%+v", list.Items)
	}

	// A field leads to the mapping that names it, and keeps its name.
	m, p := mark(t, "import std.sigma\n\nmapping ours for any_event {\n  source product = \"toaster\" where bread is not null\n  bread string from \"slice\"\n}\n\nrule r {\n  from any_event\n  where logsource(product: \"toaster\")\n  when bre‸ad == \"x\"\n}\n")
	s.open("map.det", m)
	var def location
	s.ask("textDocument/definition", s.place("map.det", p), &def)
	if def.URI != s.uri("map.det") || def.Range.Start != (position{4, 2}) {
		t.Errorf("goes to %+v", def)
	}
	if err := s.try("textDocument/rename", renameParams{s.place("map.det", p), "toast"}, nil); err == nil {
		t.Error("a field of a mapping is renamed")
	}
}

func TestSigmaHover(t *testing.T) {
	for _, c := range []struct{ at, want string }{
		{"log‸source:", "Which events the rule is about"},
		{"Image|ends‸with: '\\whoami", "at the end of the value"},
		{"    Ima‸ge|endswith: '\\whoami", "A field of category process_creation, product windows"},
		{"- Parent‸Image|", "Also read from"},
		{"attack.t10‸33", "System Owner/User Discovery"},
		{"attack.disco‸very", "TA0007"},
		{"product: win‸dows", "EventID == \"1\""},
		{"sta‸tus: test", "One of stable, test"},
		{"selection and n‸ot filter", "Holds where the other does not"},
		{"time‸span: 5m", "How far the correlation looks back"},
		{"gt‸e: 5", "as many, or more"},
	} {
		t.Run(c.at, func(t *testing.T) {
			text, p := mark(t, inYAML(t, c.at))
			s := begin(t, nil)
			s.open("a.yml", text)
			var h hover
			s.ask("textDocument/hover", s.place("a.yml", p), &h)
			if h.Contents == nil || !strings.Contains(h.Contents.Value, c.want) {
				t.Errorf("says %+v, not %q", h.Contents, c.want)
			}
		})
	}
}

// TestSigmaNavigation: a selection leads to its declaration.
func TestSigmaNavigation(t *testing.T) {
	text, p := mark(t, inYAML(t, "selec‸tion and not"))
	s := begin(t, nil)
	s.open("a.yml", text)
	var def location
	s.ask("textDocument/definition", s.place("a.yml", p), &def)
	if def.Range.Start.Line != 11 {
		t.Errorf("%+v", def)
	}
	var h hover
	s.ask("textDocument/hover", s.place("a.yml", p), &h)
	if h.Contents == nil || !strings.Contains(h.Contents.Value, "let selection") {
		t.Errorf("%+v", h.Contents)
	}
}
