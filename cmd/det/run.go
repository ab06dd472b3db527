package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/spf13/pflag"

	"github.com/detlang/det"
	"github.com/detlang/det/lang/diag"
	"github.com/detlang/det/runtime"
	"github.com/detlang/det/runtime/input"
	"github.com/detlang/det/runtime/output"
)

// runFlags are what a run is told.
type runFlags struct {
	inputs      paths
	inputFormat choice
	format      choice
	out         path
	lateness    period
	ahead       period
	idle        period
	until       instant
	state       path
	saveEvery   period
	rejects     path
	ledger      path
	strict      bool
	shards      int
	stats       bool
	failOnAlert bool
}

func runCommand() *command {
	o := &runFlags{
		inputFormat: choice{allowed: inputFormats()},
		format:      choice{allowed: outputFormats()},
		out:         path{kind: "file"},
		state:       path{kind: "file"},
		rejects:     path{kind: "file"},
		ledger:      path{kind: "file"},
	}
	return &command{
		name:     "run",
		operands: "RULES… --input PATH…",
		summary:  "Run rules over events",
		about: `Reads events from files, runs all rules over them in one pass, and writes the
alerts. RULES are files or folders of rules (.det, .yml, .yaml). Inputs are files,
folders, globs or - for standard input; NAME=PATH says that the events are of the
schema NAME, else a file belongs to the only schema that the rules read, or to the
one that its name or folder has. Formats are found from names or first bytes; gzip
and zstd are unpacked. What cannot be read is counted and set aside, never dropped
in silence.

Files are read whole, in order of time, so nothing is late. With --lateness they
are read as a stream.

With --state the state is saved every minute while files are read, when the run is
told to stop (interrupt, SIGTERM), and at the end. A run that was cut off goes on
from there when the same command is given again: --out, --rejects and an NDJSON ledger
are cut off where they were then, so that no alert is lost and none told twice.`,
		examples: []example{
			{"det run brute.det --input auth.ndjson.gz", "alerts as a table"},
			{"det run rules/ --input logs/*.json --format ndjson --out alerts.ndjson", "a folder of rules, alerts to a file"},
			{"zcat auth.gz | det run brute.det --input -", "events from standard input"},
			{"det run rules/ --input auth=today.csv --state auth.state", "go on from where the last run stopped"},
			{"det run rules/ --input logs/ --fail-on-alert > alerts.txt || mail-them", "an exit code for a pipeline"},
		},
		complete: completes{suffixes: []string{""}},
		more:     &o.inputs,
		flags:    o.declare,
		run:      o.run,
	}
}

func (o *runFlags) declare(f *pflag.FlagSet) {
	f.VarP(&o.inputs, "input", "i", "events to read; may be repeated, and further paths may follow")
	f.Var(&o.inputFormat, "input-format", "format of the inputs; found from name or content if not given")
	f.VarP(&o.format, "format", "f", "format of the alerts; found from the name of --out, else table")
	f.VarP(&o.out, "out", "o", "write the alerts to this file")
	f.Var(&o.lateness, "lateness", "read as a stream, in which events come at most so late (5m); later ones are set aside")
	f.Var(&o.ahead, "ahead", "how far ahead of the newest event an event may lie (366d; 3660d without --lateness); those further ahead are set aside and move no clock")
	f.Var(&o.idle, "idle", "with --lateness, how long a silent pipe holds up other inputs (default 10s)")
	f.Var(&o.until, "until", "end the clock at this time; later events are left out")
	f.Var(&o.state, "state", "go on from the state in this file, and save it there at the end")
	f.Var(&o.saveEvery, "save-every", "with --state, how often the state is saved while events are read; 0s only at the end (default 1m)")
	f.Var(&o.rejects, "rejects", "write what was set aside to this file, as NDJSON")
	f.Var(&o.ledger, "risk-ledger", "write what alerts add to the scores of entities to this file (.ndjson or .parquet), to be read as --input risk=FILE")
	f.IntVar(&o.shards, "shards", 1, "share the rules among so many workers, each on a core; the alerts are the same")
	f.BoolVar(&o.strict, "strict", false, "do not run at all if any rule does not compile")
	f.BoolVar(&o.stats, "stats", false, "print counts, state and time for each stage at the end")
	f.BoolVar(&o.failOnAlert, "fail-on-alert", false, "exit with 1 if there were alerts")
}

func inputFormats() []string {
	var names []string
	for _, f := range input.Formats() {
		names = append(names, f.Name)
	}
	return names
}

func outputFormats() []string {
	var names []string
	for _, w := range output.Writers() {
		names = append(names, w.Name)
	}
	return names
}

func (o *runFlags) run(ctx context.Context, s *streams, args []string) error {
	rules, diags, err := compile(s.err, det.Compiler{}, args)
	if err != nil {
		return err
	}
	if len(rules.Rules()) == 0 || o.strict && diags.Errors() > 0 {
		return notCompiled(diags)
	}
	if len(o.inputs.values) == 0 {
		return usagef("no input given: write --input PATH, or --input - for standard input")
	}
	for _, out := range []string{o.out.value, o.rejects.value, o.state.value, o.ledger.value} {
		if in := o.reads(out); in != "" {
			return usagef("%s is an input: writing to it would destroy it", in)
		}
	}
	return o.through(ctx, s, rules, diags)
}

// reads gives the input that is the same file as the output out, if there is one.
func (o *runFlags) reads(out string) string {
	target, err := os.Stat(out)
	if out == "" || err != nil {
		return ""
	}
	for _, pattern := range o.inputs.values {
		for _, p := range []string{pattern, pattern[strings.IndexByte(pattern, '=')+1:]} {
			paths, _ := input.Expand([]string{p}) // what cannot be read is told by the run
			for _, path := range paths {
				if info, err := os.Stat(path); err == nil && os.SameFile(info, target) {
					return path
				}
			}
		}
	}
	return ""
}

// through runs the rules and ends all outputs, whatever happens.
func (o *runFlags) through(ctx context.Context, s *streams, rules *det.Ruleset, diags *diag.List) error {
	det.BoundGarbage()
	bar := newProgress(s.err)
	alerts, err := o.openAlerts(s, bar)
	if err != nil {
		return err
	}
	alerts.live = o.lateness.value != nil
	rejects, err := o.openRejects()
	if err != nil {
		return errors.Join(err, alerts.close())
	}
	ledger, err := o.openLedger()
	if err != nil {
		return errors.Join(err, alerts.close(), rejects.close())
	}
	var ahead time.Duration
	if o.ahead.value != nil {
		ahead = max(*o.ahead.value, time.Microsecond)
	}
	outs := &outputs{alerts, rejects, ledger}
	every, err := o.saves(outs)
	if err != nil {
		return errors.Join(err, outs.close())
	}
	var idle time.Duration
	if o.idle.value != nil {
		idle = max(*o.idle.value, time.Millisecond)
	}
	opts := det.RunOptions{
		Shards: o.shards,
		Inputs: o.inputs.values, Format: o.inputFormat.value, Lateness: o.lateness.value, Ahead: ahead, Idle: idle, Until: o.until.value,
		State: o.state.value, SaveEvery: every, Begin: outs.begin, End: outs.end,
		Alerts:   alerts.write,
		Reject:   rejects.told(),
		Risk:     ledger.told(),
		Progress: func(p det.Progress) { bar.update(p.Rows, p.Bytes, p.Total) },
		Note:     func(note string) { fmt.Fprintln(bar.over(s.err), s.err.paint(bold, "note:"), note) },
	}
	if outs.resumable() {
		opts.Mark = outs.mark
	}
	stats, err := rules.Run(ctx, opts)
	bar.clear()
	written := outs.close()
	for _, u := range stats.Unseen {
		fmt.Fprintln(s.err, s.err.paint(bold, "note:"), unseen(u))
	}
	if n := absentRules(stats); n > 0 {
		fmt.Fprintf(s.err, "%s %s had no events of their log source; --stats names the sources\n", s.err.paint(bold, "note:"), counted(n, "rule"))
	}
	if held := heldBack(stats); held != "" {
		fmt.Fprintf(s.err, "%s throttle held back alerts that no later one tells of: %s\n", s.err.paint(bold, "note:"), held)
	}
	if o.stats {
		written = errors.Join(written, printStats(s.err, stats))
	} else if n := setAside(stats); n != "" {
		fmt.Fprintf(s.err, "%s set aside: %s\n", s.err.paint(red, "det:"), n)
	}
	switch {
	case ctx.Err() != nil:
		return o.stopped(ctx, err, alerts.n)
	case written != nil:
		return written
	case err != nil:
		return runError(err)
	case diags.Errors() > 0:
		return notCompiled(diags)
	case o.failOnAlert && alerts.n > 0:
		return &exit{code: exitAlerts}
	}
	return nil
}

// runError gives an error of a run its exit code.
func runError(err error) error {
	if usage := new(det.UsageError); errors.As(err, &usage) {
		return usagef("%w", err)
	}
	if errors.Is(err, input.ErrFormat) {
		err = fmt.Errorf("%w\nwrite --input-format FORMAT", err)
	}
	if unreadable := new(det.InputError); errors.As(err, &unreadable) {
		return &exit{exitInput, err}
	}
	return err
}

// binary are the formats that would garble a terminal.
var binary = []string{"parquet", "arrow", "feather"}

// alertFile is where alerts go.
type alertFile struct {
	format output.Writer
	sink   output.Sink // to a file, nil before the run begins
	file   *outFile    // nil for standard output
	live   bool        // the input is a stream: whoever waits for alerts gets them as they arise
	n      int64
}

// openAlerts opens the output in the format that was asked for or that its name has.
func (o *runFlags) openAlerts(s *streams, bar *progress) (*alertFile, error) {
	w, err := o.writer()
	if err != nil {
		return nil, err
	}
	if o.out.value == "" {
		if s.out.terminal && slices.Contains(binary, w.Name) {
			return nil, usagef("%s is not for a terminal: write --out FILE", w.Name)
		}
		sink, err := w.Open(bar.over(s.out), output.Options{Color: s.out.color, Width: s.out.width})
		return &alertFile{format: w, sink: sink}, err
	}
	f, err := openOut(o.out.value)
	return &alertFile{format: w, file: f}, err
}

func (a *alertFile) begin(marks map[string]int64) error {
	if a.file == nil {
		return nil
	}
	resumed, err := a.file.begin(marks)
	if err != nil || resumed && !a.format.Resumable {
		return err // whole as it is: write begins anew, should there be more
	}
	return a.open(resumed)
}

// open begins the output in its file, or goes on with it.
func (a *alertFile) open(resumed bool) (err error) {
	a.sink, err = a.format.Open(a.file, output.Options{Width: plainWidth, Resumed: resumed})
	return err
}

// resumable reports whether what was written can be gone on with. Of standard output
// nothing can be taken back: whoever reads it knows alerts by their ids.
func (a *alertFile) resumable() bool {
	_, flushes := a.sink.(output.Flusher)
	return a.file == nil && flushes || a.file != nil && a.format.Resumable
}

func (a *alertFile) mark(marks map[string]int64) error {
	if err := a.sink.(output.Flusher).Flush(); err != nil || a.file == nil {
		return err
	}
	return a.file.mark(marks)
}

// writer is the output format: the one given, or that of the file's suffix; the
// table, which is the first, without a file and for .txt.
func (o *runFlags) writer() (output.Writer, error) {
	all := output.Writers()
	suffix := filepath.Ext(o.out.value)
	for _, w := range all {
		if w.Name == o.format.value || o.format.value == "" && slices.Contains(w.Suffixes, suffix) {
			return w, nil
		}
	}
	if suffix != "" && suffix != ".txt" {
		return output.Writer{}, usagef("the name %s does not tell the format of the alerts: write --format %s", o.out.value, o.format.Type())
	}
	return all[0], nil
}

func (a *alertFile) write(list []runtime.Alert) error {
	a.n += int64(len(list))
	if a.sink == nil {
		if _, err := a.file.begin(nil); err != nil {
			return err
		}
		if err := a.open(false); err != nil {
			return err
		}
	}
	if err := a.sink.Write(list); err != nil || !a.live || len(list) == 0 {
		return err
	}
	if f, ok := a.sink.(output.Flusher); ok {
		return f.Flush()
	}
	return nil
}

// end writes all that is to be written.
func (a *alertFile) end(marks map[string]int64) error {
	var err error
	if a.sink != nil {
		err = a.sink.Close()
		a.sink = nil
	}
	if err != nil || a.file == nil {
		return err
	}
	return a.file.mark(marks)
}

func (a *alertFile) close() error {
	var err error
	if a.sink != nil {
		err = a.sink.Close()
	}
	if a.file != nil {
		err = errors.Join(err, a.file.Close())
	}
	return err
}

// rejectFile is where set aside records go; without --rejects it is empty.
type rejectFile struct {
	w    *input.RejectWriter
	file *outFile
}

func (o *runFlags) openRejects() (*rejectFile, error) {
	if o.rejects.value == "" {
		return &rejectFile{}, nil
	}
	f, err := openOut(o.rejects.value)
	if err != nil {
		return nil, err
	}
	return &rejectFile{input.NewRejectWriter(f), f}, nil
}

// told is what a run tells of each reject, nil if nobody wants to know.
func (r *rejectFile) told() func(input.Reject) {
	if r.w == nil {
		return nil
	}
	return r.w.Add
}

func (r *rejectFile) begin(marks map[string]int64) error {
	if r.w == nil {
		return nil
	}
	_, err := r.file.begin(marks)
	return err
}

func (r *rejectFile) mark(marks map[string]int64) error {
	if r.w == nil {
		return nil
	}
	if err := r.w.Flush(); err != nil {
		return err
	}
	return r.file.mark(marks)
}

func (r *rejectFile) close() error {
	if r.w == nil {
		return nil
	}
	return errors.Join(r.w.Flush(), r.file.Close())
}
