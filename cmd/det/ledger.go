package main

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/detlang/det/runtime"
	"github.com/detlang/det/runtime/output"
)

// ledgerFile is where contributions of risk go; nil without --risk-ledger.
type ledgerFile struct {
	ledger output.Ledger
	file   *os.File
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
	f, err := os.Create(name)
	if err != nil {
		return nil, err
	}
	return &ledgerFile{output.OpenLedger(f, suffix), f}, nil
}

// told is what takes the contributions; nil without a ledger.
func (l *ledgerFile) told() func([]runtime.RiskEvent) error {
	if l == nil {
		return nil
	}
	return l.ledger.Write
}

func (l *ledgerFile) close() error {
	if l == nil {
		return nil
	}
	return errors.Join(l.ledger.Close(), l.file.Close())
}
