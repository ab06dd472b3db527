package main

import (
	"fmt"
	"io"
	"strings"

	"github.com/detlang/det/compiler/why"
	"github.com/detlang/det/runtime"
	"github.com/detlang/det/runtime/output"
)

// writeWhy prints an explanation for people.
func writeWhy(o *console, x *why.Explanation) error {
	p := &whyPrinter{o: o}
	p.verdict(x)
	if x.Condition != nil {
		p.head(x.Stage, x.Place)
		p.tree(x.Condition, 1)
	}
	if len(x.Steps) > 0 {
		p.head(x.Stage, x.Place)
		p.steps(x.Steps)
	}
	for _, s := range x.Statistics {
		p.statistics(s)
	}
	if len(x.Changes) > 0 {
		switch x.Outcome {
		case runtime.Excluded:
			p.head("it would have passed with", "")
		case runtime.WarmingUp:
			p.head("it waits for", "")
		default:
			p.head("it would have fired with", "")
		}
		for i, c := range x.Changes {
			p.line(1, []string{"", "and "}[min(i, 1)]+c.Text)
		}
	}
	p.events(x.Evidence)
	for i, n := range x.Notes {
		if i == 0 {
			p.head("note", "")
		}
		p.line(1, n)
	}
	_, err := io.WriteString(o, p.b.String())
	return err
}

// whyPrinter lays an explanation out.
type whyPrinter struct {
	o *console
	b strings.Builder
}

// line writes a line, with what came from events made fit for a terminal.
func (p *whyPrinter) line(depth int, text string) {
	p.b.WriteString(strings.Repeat("  ", depth) + output.Printable(text) + "\n")
}

// head begins a part.
func (p *whyPrinter) head(title, place string) {
	p.b.WriteString("\n" + p.o.paint(bold, title))
	if place != "" {
		p.b.WriteString("  " + p.o.paint(dim, place))
	}
	p.b.WriteString("\n")
}

// verdict says what became of the entity, and when that was.
func (p *whyPrinter) verdict(x *why.Explanation) {
	said, reason := "did not fire", ": "+p.o.paint(bold, string(x.Outcome))
	if x.Outcome == runtime.Fired {
		said, reason = "fired", ""
	}
	who := ""
	if len(x.Entity) > 0 {
		who = " for " + output.Printable(pairs(x.Entity))
	}
	p.b.WriteString(p.o.paint(cyan, x.Rule) + " " + said + who + reason + "\n")
	if doc := outcomeDoc(x.Outcome); doc != "" && x.Outcome != runtime.Fired {
		p.b.WriteString(wrap(doc, min(p.o.width, 100)) + "\n")
	}
	switch {
	case x.HasWindow:
		partial := ""
		if x.Partial {
			partial = ", which was not over when the input ended"
		}
		p.line(1, "window "+runtime.FormatTime(x.WindowStart)+" to "+runtime.FormatTime(x.WindowEnd)+partial)
	case x.Time != 0:
		p.line(1, "event at "+runtime.FormatTime(x.Time))
	}
	switch x.Outcome {
	case runtime.Fired:
		p.line(1, "alert "+x.Alert)
	case runtime.Waiting:
		p.line(1, "begun at "+runtime.FormatTime(x.Since)+", to be told at "+runtime.FormatTime(x.Until))
	case runtime.WarmingUp:
		if x.Until != 0 {
			p.line(1, "known since "+runtime.FormatTime(x.Since)+", judged from "+runtime.FormatTime(x.Until)+" on")
		}
	case runtime.Throttled:
		p.line(1, "by the alert of "+runtime.FormatTime(x.Since)+", until "+runtime.FormatTime(x.Until))
	}
}

// outcomeDoc is what an outcome means.
func outcomeDoc(of runtime.Outcome) string {
	for _, o := range runtime.Outcomes {
		if o.Outcome == of {
			return o.Doc
		}
	}
	return ""
}

func pairs(list []why.Value) string {
	var parts []string
	for _, v := range list {
		parts = append(parts, v.Name+" "+output.Visible(v.Value))
	}
	return strings.Join(parts, ", ")
}

// tree writes a condition, a line a part: whether it holds, what it read, and by how
// much it failed.
func (p *whyPrinter) tree(n *why.Node, depth int) {
	mark := p.o.paint(red, "✗")
	switch {
	case n.Undecided:
		mark = p.o.paint(bold, "?")
	case n.Holds:
		mark = p.o.paint(cyan, "✓")
	}
	text := output.Printable(n.Text)
	if len(n.Reads) > 0 {
		text += p.o.paint(dim, "  "+output.Printable(pairs(n.Reads)))
	}
	if n.Miss != "" {
		text += p.o.paint(dim, ", short by "+n.Miss)
	}
	p.b.WriteString(strings.Repeat("  ", depth) + mark + " " + text + "\n")
	for _, c := range n.Nodes {
		p.tree(c, depth+1)
	}
}

// steps writes the steps of a sequence: how many events fit them, and the last.
func (p *whyPrinter) steps(list []why.Step) {
	for _, s := range list {
		mark := p.o.paint(red, "✗")
		if s.Holds() {
			mark = p.o.paint(cyan, "✓")
		}
		text, count := s.Text, fmt.Sprintf("  %s of %d", counted(s.Seen, "event"), s.Need)
		if s.Not {
			text, count = "not "+s.Text, "  "+counted(s.Seen, "event")
		}
		if n := len(s.Times); n > 0 {
			count += ", the last at " + runtime.FormatTime(s.Times[n-1])
		}
		p.b.WriteString("  " + mark + " " + output.Printable(text) + p.o.paint(dim, count) + "\n")
	}
}

// statistics writes what a baseline or a peer group said, and its values.
func (p *whyPrinter) statistics(s *why.Statistics) {
	p.head(s.Name, s.Stage+" of "+s.Measure)
	values := make([]float64, len(s.Sample))
	for i, v := range s.Sample {
		values[i] = v.Value
	}
	if len(values) > 0 {
		p.line(1, plot(values, s.Judged, min(p.o.width, 100)-4))
		p.line(1, sampleRange(s))
	}
	p.line(1, fmt.Sprintf("value %s, %s, at least %d samples, floor %g", s.Value, pairs(s.Members), s.Min, s.Floor))
	if len(s.Scores) > 0 {
		p.line(1, pairs(s.Scores))
	}
}

// sampleRange says what a sample consists of.
func sampleRange(s *why.Statistics) string {
	if s.Stage == "peers" {
		return fmt.Sprintf("%s, from %s to %s", counted(len(s.Sample), "peer"), s.Sample[0].Peer, s.Sample[len(s.Sample)-1].Peer)
	}
	first, last := s.Sample[0].Start, s.Sample[len(s.Sample)-1].Start
	return fmt.Sprintf("%s from %s to %s, %d of them empty", counted(len(s.Sample), "window"), runtime.FormatTime(first), runtime.FormatTime(last), s.Zeros)
}

// events writes the events behind.
func (p *whyPrinter) events(list []runtime.Event) {
	for i, ev := range list {
		if i == 0 {
			p.head("events", "")
		}
		p.line(1, fmt.Sprintf("%s row %d  %s  %s", ev.Source, ev.Row, runtime.FormatTime(ev.Time), output.List(ev.Fields)))
	}
}

// plot is a bar for each value, at most width of them, the last ones, and behind a
// line one for the judged value. The lowest bar is zero, or the least value if that
// is below, and the highest the greatest.
func plot(values []float64, judged float64, width int) string {
	if len(values) > width {
		values = values[len(values)-width:]
	}
	bars := []rune("▁▂▃▄▅▆▇█")
	low, high := min(0, judged), max(0, judged)
	for _, v := range values {
		low, high = min(low, v), max(high, v)
	}
	var b strings.Builder
	for k, v := range append(values[:len(values):len(values)], judged) {
		if k == len(values) {
			b.WriteString("│")
		}
		i := 0
		if high > low {
			i = int((v - low) / (high - low) * float64(len(bars)-1))
		}
		b.WriteRune(bars[max(0, min(i, len(bars)-1))])
	}
	return b.String()
}
