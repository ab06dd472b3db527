package main

import (
	"context"
	"errors"
	"fmt"
)

// The exit codes.
const (
	exitDone        = 0
	exitAlerts      = 1   // --fail-on-alert and there were alerts; a test, a bound or a lint failed; fmt --check and there are differences
	exitUsage       = 2   // the command line is wrong
	exitRules       = 3   // rules do not compile
	exitInput       = 4   // an input, a rule file or the state cannot be read
	exitFailed      = 5   // anything else: an output or the state cannot be written
	exitInterrupted = 130 // stopped by an interrupt; what was found so far is written
	exitTerminated  = 143 // the same by SIGTERM
)

// exitCodes are the codes as the help shows them.
var exitCodes = []struct {
	code    int
	meaning string
}{
	{exitDone, "done"},
	{exitAlerts, "alerts (run --fail-on-alert), failed tests, findings, differences (fmt)"},
	{exitUsage, "the command line is wrong"},
	{exitRules, "rules do not compile"},
	{exitInput, "an input, a rule file or the state cannot be read"},
	{exitFailed, "anything else, such as an output that cannot be written"},
	{exitInterrupted, "interrupted; what was found until then is written"},
	{exitTerminated, "told to stop by SIGTERM; the same"},
}

// exit is an error that knows its exit code. Without err nothing is said.
type exit struct {
	code int
	err  error
}

func (e *exit) Error() string {
	if e.err == nil {
		return fmt.Sprintf("exit code %d", e.code)
	}
	return e.err.Error()
}

func (e *exit) Unwrap() error { return e.err }

// interrupted is the end of a command that was told to stop.
func interrupted(ctx context.Context) *exit {
	if errors.Is(context.Cause(ctx), errTerminated) {
		return &exit{exitTerminated, errTerminated}
	}
	return &exit{exitInterrupted, errors.New("interrupted")}
}

// usagef is an error of the command line.
func usagef(format string, args ...any) error {
	return &exit{exitUsage, fmt.Errorf(format, args...)}
}
