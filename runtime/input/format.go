package input

import (
	"bytes"
	"errors"
	"fmt"
	"path/filepath"
	"strings"

	"github.com/detlang/det/runtime/input/evtx"
)

// Formats are the formats that can be read. Where several could read an input,
// the first one that recognises it does: CSV is last, for almost any text could
// be CSV.
func Formats() []Format {
	return []Format{
		{
			Name: "ndjson", Doc: "JSON objects, one a line or one after another",
			Suffixes: []string{".ndjson", ".jsonl", ".jsonlines"},
			Sniff:    sniffNDJSON, Open: OpenNDJSON,
		},
		{
			Name: "json", Doc: "JSON documents: objects, arrays of objects, objects that wrap an array of records",
			Suffixes: []string{".json"},
			Sniff:    sniffJSON, Open: OpenJSON,
		},
		{
			Name: "combined", Doc: "access logs in the common or combined format of Apache and nginx",
			Sniff: sniffCombined, Open: OpenCombined,
		},
		{
			Name: "parquet", Doc: "Apache Parquet",
			Suffixes: []string{".parquet"},
			Sniff:    SniffParquet, Open: OpenParquet,
		},
		{
			Name: "arrow", Doc: "Apache Arrow IPC, as a file (Feather) or a stream",
			Suffixes: []string{".arrow", ".feather", ".arrows"},
			Sniff:    SniffArrow, Open: OpenArrow,
		},
		{
			Name: "evtx", Doc: "event logs of Windows",
			Suffixes: []string{".evtx"},
			Sniff:    evtx.Sniff, Open: OpenEVTX,
		},
		{
			Name: "csv", Doc: "delimited text with a header: commas, semicolons, tabs or bars",
			Suffixes: []string{".csv", ".tsv"},
			Sniff:    sniffCSV, Open: OpenCSV,
		},
	}
}

// sniffed are suffixes that say that a file holds events, but not in which
// format.
var sniffed = []string{".log"}

// packed are the suffixes of compressed files, which stand behind a format's.
var packed = []string{".gz", ".zst"}

// FormatByName is the format with a name.
func FormatByName(name string) (Format, error) {
	for _, f := range Formats() {
		if f.Name == name {
			return f, nil
		}
	}
	return Format{}, fmt.Errorf("there is no format %q: the formats are %s", name, formatNames())
}

func formatNames() string {
	var names []string
	for _, f := range Formats() {
		names = append(names, f.Name)
	}
	return strings.Join(names, ", ")
}

// ErrFormat is told of an input whose format nobody names and nothing shows.
var ErrFormat = errors.New("the format cannot be told from the name or the first bytes")

// detect is the format of an input by the suffix of its name, and where that
// tells nothing, by its first bytes.
func detect(name string, head []byte) (Format, error) {
	suffix := suffixOf(name)
	for _, f := range Formats() {
		for _, s := range f.Suffixes {
			if s == suffix {
				return f, nil
			}
		}
	}
	for _, f := range Formats() {
		if f.Sniff(head) {
			return f, nil
		}
	}
	return Format{}, fmt.Errorf("%s: %w; it may be one of %s", name, ErrFormat, formatNames())
}

// suffixOf is the last suffix of a path in lower case, those of packed aside.
func suffixOf(path string) string {
	name := strings.ToLower(filepath.Base(path))
	for _, s := range packed {
		name = strings.TrimSuffix(name, s)
	}
	return filepath.Ext(name)
}

// sniffNDJSON wants an object that ends on its line, with nothing or another
// object behind it.
func sniffNDJSON(head []byte) bool {
	head = textHead(head)
	line, rest, whole := bytes.Cut(head, newline)
	s := &scanner{b: append(append([]byte{}, line...), make([]byte, padding)...), end: len(line)}
	if len(line) == 0 || line[0] != '{' || !whole && len(head) >= sniffBytes {
		return false
	}
	i := s.object(1, 1)
	if i < 0 {
		return false
	}
	rest = bytes.TrimLeft(rest, " \t\r\n")
	return s.b[s.space(i)] == '{' || s.space(i) == s.end && len(rest) > 0 && rest[0] == '{'
}

// sniffJSON wants the beginning of an object, or of an array of objects.
func sniffJSON(head []byte) bool {
	head = textHead(head)
	if len(head) > 0 && head[0] == '[' {
		head = bytes.TrimLeft(head[1:], " \t\r\n")
		return len(head) > 0 && (head[0] == '{' || head[0] == ']')
	}
	if len(head) == 0 || head[0] != '{' {
		return false
	}
	head = bytes.TrimLeft(head[1:], " \t\r\n")
	return len(head) > 0 && (head[0] == '"' || head[0] == '}')
}

// textHead is the head of a text without what may stand before it.
func textHead(head []byte) []byte {
	head = bytes.TrimPrefix(head, []byte("\xEF\xBB\xBF"))
	return bytes.TrimLeft(head, " \t\r\n")
}
