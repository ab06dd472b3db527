package main

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// outputs are all that a run writes.
type outputs struct {
	alerts  *alertFile
	rejects *rejectFile
	ledger  *ledgerFile
}

// begin goes on where an earlier run was cut off; without marks, afresh.
func (o *outputs) begin(marks map[string]int64) error {
	return errors.Join(o.alerts.begin(marks), o.rejects.begin(marks), o.ledger.begin(marks))
}

// resumable reports whether all outputs can be cut off and gone on with.
func (o *outputs) resumable() bool { return o.alerts.resumable() && o.ledger.resumable() }

// mark makes all that was written last, and gives how much that is.
func (o *outputs) mark() (map[string]int64, error) {
	marks := map[string]int64{}
	return marks, errors.Join(o.alerts.mark(marks), o.rejects.mark(marks), o.ledger.mark(marks))
}

// end writes all that is to be written, and gives how much that is.
func (o *outputs) end() (map[string]int64, error) {
	marks := map[string]int64{}
	return marks, errors.Join(o.alerts.end(marks), o.rejects.mark(marks), o.ledger.end(marks))
}

func (o *outputs) close() error {
	return errors.Join(o.alerts.close(), o.rejects.close(), o.ledger.close())
}

// saveEvery is how often state is saved unless --save-every says so.
const saveEvery = time.Minute

// saves is how often state is saved while events are read. Outputs that cannot be
// gone on with leave it at the end, from which nothing has to go on.
func (o *runFlags) saves(outs *outputs) (time.Duration, error) {
	every := o.saveEvery.value
	switch {
	case every != nil && o.state.value == "":
		return 0, usagef("--save-every is about the state: write --state FILE as well")
	case every != nil && *every > 0 && !outs.resumable():
		return 0, usagef("a table, Parquet or Arrow cannot be gone on with after a kill: write --save-every 0s, or another format")
	case every != nil:
		return *every, nil
	}
	return saveEvery, nil
}

// stopped is what is said of a run that was told to stop, which saved its state if it
// could.
func (o *runFlags) stopped(ctx context.Context, err error, alerts int64) error {
	e := interrupted(ctx)
	if err != nil && !errors.Is(err, context.Canceled) { // the state could not be saved
		return &exit{e.code, fmt.Errorf("%w: %w", e.err, err)}
	}
	return &exit{e.code, fmt.Errorf("%w; %s until then", e.err, counted(int(alerts), "alert"))}
}
