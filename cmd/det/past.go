package main

import (
	"fmt"

	"github.com/spf13/pflag"

	"github.com/detlang/det"
)

// past is what the commands that run rules over past events have in common.
type past struct {
	inputs      paths
	inputFormat choice
	lateness    period
	until       instant
}

func newPast() past { return past{inputFormat: choice{allowed: inputFormats()}} }

func (p *past) declare(f *pflag.FlagSet) {
	f.VarP(&p.inputs, "input", "i", "events to read; may be repeated, and further paths may follow")
	f.Var(&p.inputFormat, "input-format", "format of the inputs; found from name or content if not given")
	f.Var(&p.lateness, "lateness", "read as a stream, in which events come at most so late (5m)")
	f.Var(&p.until, "until", "end the clock at this time; later events are left out")
}

// options are those of a run, with progress and notes on the terminal.
func (p *past) options(s *streams, bar *progress) (det.RunOptions, error) {
	if len(p.inputs.values) == 0 {
		return det.RunOptions{}, usagef("no input given: write --input PATH, or --input - for standard input")
	}
	return det.RunOptions{
		Inputs: p.inputs.values, Format: p.inputFormat.value, Lateness: p.lateness.value, Until: p.until.value,
		Progress: func(x det.Progress) { bar.update(x.Rows, x.Bytes, x.Total) },
		Note: func(note string) {
			bar.clear()
			fmt.Fprintln(s.err, s.err.paint(bold, "note:"), note)
		},
	}, nil
}

// noStdin refuses standard input where the events are read more than once.
func (p *past) noStdin() error {
	for _, in := range p.inputs.values {
		if in == "-" {
			return usagef("the events are read more than once, which standard input cannot be: name a file")
		}
	}
	return nil
}
