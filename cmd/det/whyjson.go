package main

import (
	"encoding/json"
	"io"

	"github.com/detlang/det/compiler/why"
	"github.com/detlang/det/runtime"
	"github.com/detlang/det/runtime/output"
)

// whyJSON is an explanation for programs. Values are as texts that people read,
// times in RFC 3339.
type whyJSON struct {
	Rule        string            `json:"rule"`
	Title       string            `json:"title"`
	Entity      map[string]string `json:"entity"`
	Outcome     runtime.Outcome   `json:"outcome"`
	Alert       string            `json:"alert,omitempty"`
	Time        string            `json:"time,omitempty"`
	WindowStart string            `json:"window_start,omitempty"`
	WindowEnd   string            `json:"window_end,omitempty"`
	Partial     bool              `json:"partial,omitempty"`
	Stage       string            `json:"stage,omitempty"`
	Place       string            `json:"place,omitempty"`
	Condition   *nodeJSON         `json:"condition,omitempty"`
	Since       string            `json:"since,omitempty"`
	Until       string            `json:"until,omitempty"`
	Steps       []stepJSON        `json:"steps,omitempty"`
	Statistics  []statisticsJSON  `json:"statistics"`
	Changes     []changeJSON      `json:"changes"`
	Events      []json.RawMessage `json:"events"`
	Notes       []string          `json:"notes"`
}

type nodeJSON struct {
	Text      string            `json:"text"`
	Holds     bool              `json:"holds"`
	Undecided bool              `json:"undecided,omitempty"`
	Reads     map[string]string `json:"reads,omitempty"`
	Miss      string            `json:"short_by,omitempty"`
	Nodes     []*nodeJSON       `json:"nodes,omitempty"`
}

type stepJSON struct {
	Text  string   `json:"text"`
	Not   bool     `json:"not,omitempty"`
	Need  int      `json:"need"`
	Seen  int      `json:"seen"`
	Times []string `json:"times,omitempty"`
}

type statisticsJSON struct {
	Name    string            `json:"name"`
	Stage   string            `json:"stage"`
	Measure string            `json:"measure"`
	Value   string            `json:"value"`
	N       int64             `json:"n"`
	Min     int64             `json:"min"`
	Floor   float64           `json:"floor"`
	Members map[string]string `json:"members"`
	Scores  map[string]string `json:"scores"`
	Zeros   int               `json:"zeros"`
	Sample  []sampleJSON      `json:"sample"`
}

type sampleJSON struct {
	Start string  `json:"start,omitempty"`
	Peer  string  `json:"peer,omitempty"`
	Value float64 `json:"value"`
}

type changeJSON struct {
	Text  string `json:"text"`
	Name  string `json:"name,omitempty"`
	Was   string `json:"was,omitempty"`
	Bound string `json:"bound,omitempty"`
}

// writeWhyJSON writes an explanation as one object.
func writeWhyJSON(w io.Writer, x *why.Explanation) error {
	out := whyJSON{
		Rule: x.Rule, Title: x.Title, Entity: object(x.Entity), Outcome: x.Outcome, Alert: x.Alert,
		Partial: x.Partial, Stage: x.Stage, Place: x.Place, Condition: nodeOf(x.Condition),
		Statistics: []statisticsJSON{}, Changes: []changeJSON{}, Events: []json.RawMessage{}, Notes: append([]string{}, x.Notes...),
	}
	if x.Time != 0 {
		out.Time = runtime.FormatTime(x.Time)
	}
	if x.HasWindow {
		out.WindowStart, out.WindowEnd = runtime.FormatTime(x.WindowStart), runtime.FormatTime(x.WindowEnd)
	}
	if x.Until != 0 {
		out.Since, out.Until = runtime.FormatTime(x.Since), runtime.FormatTime(x.Until)
	}
	for _, s := range x.Steps {
		one := stepJSON{Text: s.Text, Not: s.Not, Need: s.Need, Seen: s.Seen}
		for _, t := range s.Times {
			one.Times = append(one.Times, runtime.FormatTime(t))
		}
		out.Steps = append(out.Steps, one)
	}
	for _, s := range x.Statistics {
		out.Statistics = append(out.Statistics, statisticsOf(s))
	}
	for _, c := range x.Changes {
		out.Changes = append(out.Changes, changeJSON(c))
	}
	for i := range x.Evidence {
		out.Events = append(out.Events, output.AppendEvent(nil, &x.Evidence[i]))
	}
	return writeIndented(w, out)
}

func object(list []why.Value) map[string]string {
	out := map[string]string{}
	for _, v := range list {
		out[v.Name] = v.Value
	}
	return out
}

func nodeOf(n *why.Node) *nodeJSON {
	if n == nil {
		return nil
	}
	out := &nodeJSON{Text: n.Text, Holds: n.Holds, Undecided: n.Undecided, Reads: object(n.Reads), Miss: n.Miss}
	for _, c := range n.Nodes {
		out.Nodes = append(out.Nodes, nodeOf(c))
	}
	return out
}

func statisticsOf(s *why.Statistics) statisticsJSON {
	out := statisticsJSON{
		Name: s.Name, Stage: s.Stage, Measure: s.Measure, Value: s.Value, N: s.N, Min: s.Min, Floor: s.Floor,
		Members: object(s.Members), Scores: object(s.Scores), Zeros: s.Zeros, Sample: []sampleJSON{},
	}
	for _, v := range s.Sample {
		one := sampleJSON{Peer: v.Peer, Value: v.Value}
		if v.Peer == "" {
			one.Start = runtime.FormatTime(v.Start)
		}
		out.Sample = append(out.Sample, one)
	}
	return out
}
