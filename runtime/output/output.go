// Package output writes alerts: one format a file and a row in Writers.
package output

import (
	"bytes"
	_ "embed"
	"io"

	"github.com/detlang/det/runtime"
)

// Options are what a writer may be told.
type Options struct {
	Color bool // of the table
	Width int  // of the table, in columns; 0 is 100
	// Resumed goes on with what an earlier sink of a Resumable format wrote.
	Resumed bool
}

// Sink takes alerts. Close writes what is buffered; it does not close what is
// underneath.
type Sink interface {
	Write(alerts []runtime.Alert) error
	Close() error
}

// Flusher is a Sink that can write what it has buffered without ending.
type Flusher interface{ Flush() error }

// Writer is one output format.
type Writer struct {
	Name     string
	Doc      string
	Suffixes []string
	// Resumable says that a file may be cut off behind any alert and gone on with. The
	// sink is a Flusher then.
	Resumable bool
	Open      func(w io.Writer, o Options) (Sink, error)
}

// Writers are the formats.
func Writers() []Writer {
	return []Writer{tableWriter, ndjsonWriter, csvWriter, parquetWriter, arrowWriter, featherWriter, ocsfWriter}
}

//go:embed alert.schema.json
var jsonSchema []byte

// JSONSchema is the JSON schema (2020-12) of what AppendJSON gives.
func JSONSchema() []byte { return bytes.Clone(jsonSchema) }
