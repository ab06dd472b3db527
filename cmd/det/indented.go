package main

import (
	"encoding/json"
	"io"
)

// writeIndented writes a value as JSON for people and programs.
func writeIndented(w io.Writer, v any) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(v)
}
