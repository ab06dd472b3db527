package main

import (
	"errors"
	"path/filepath"
	"slices"
	"strings"

	"github.com/detlang/det/runtime"
	"github.com/detlang/det/runtime/output"
)

// ledgerFile is where contributions of risk go; nil without --risk-ledger.
type ledgerFile struct {
	ledger  output.Ledger
	file    *outFile
	columns bool // Parquet, which ends in what tells where all is
	whole   bool // the file is as it shall be: it has its end, or is that of an earlier run
}

func (o *runFlags) openLedger() (*ledgerFile, error) {
	name := o.ledger.value
	if name == "" {
		return nil, nil
	}
	suffix := filepath.Ext(name)
	if !slices.Contains(output.LedgerSuffixes, suffix) {
		return nil, usagef("the name %s does not tell the format of the ledger: it ends in %s", name, strings.Join(output.LedgerSuffixes, ", "))
	}
	f, err := openOut(name)
	if err != nil {
		return nil, err
	}
	return &ledgerFile{ledger: output.OpenLedger(f, suffix), file: f, columns: suffix == ".parquet"}, nil
}

func (l *ledgerFile) begin(marks map[string]int64) error {
	if l == nil {
		return nil
	}
	resumed, err := l.file.begin(marks)
	l.whole = resumed && l.columns
	return err
}

func (l *ledgerFile) write(events []runtime.RiskEvent) error {
	if l.whole {
		if _, err := l.file.begin(nil); err != nil {
			return err
		}
		l.whole = false
	}
	return l.ledger.Write(events)
}

// end writes all that is to be written.
func (l *ledgerFile) end(marks map[string]int64) error {
	if l == nil {
		return nil
	}
	if err := l.finish(); err != nil {
		return err
	}
	return l.file.mark(marks)
}

// finish ends the ledger, once.
func (l *ledgerFile) finish() error {
	if l.whole {
		return nil
	}
	l.whole = true
	return l.ledger.Close()
}

func (l *ledgerFile) resumable() bool { return l == nil || !l.columns }

// mark notes how long the ledger is; every contribution is written when it is told.
func (l *ledgerFile) mark(marks map[string]int64) error {
	if l == nil {
		return nil
	}
	return l.file.mark(marks)
}

// told is what takes the contributions; nil without a ledger.
func (l *ledgerFile) told() func([]runtime.RiskEvent) error {
	if l == nil {
		return nil
	}
	return l.write
}

func (l *ledgerFile) close() error {
	if l == nil {
		return nil
	}
	return errors.Join(l.finish(), l.file.Close())
}
