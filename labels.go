package det

import (
	"bufio"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// labelNames are the columns of a file of labels. Only entity must be there.
const labelNames = "entity, from, to, rule"

// ReadLabels reads labels from a CSV file with a header, or NDJSON: entity, and
// where given from and to (timestamps, or dates; time stands for both) and rule.
func ReadLabels(path string) ([]Label, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	labels := []Label{}
	add := func(line int, cells map[string]string) error {
		l, err := labelOf(cells)
		if err != nil {
			return fmt.Errorf("%s:%d: %w", path, line, err)
		}
		labels = append(labels, l)
		return nil
	}
	if ext := strings.ToLower(filepath.Ext(path)); ext == ".ndjson" || ext == ".jsonl" || ext == ".json" {
		lines := bufio.NewScanner(f)
		for n := 1; lines.Scan(); n++ {
			if strings.TrimSpace(lines.Text()) == "" {
				continue
			}
			cells := map[string]string{}
			if err := json.Unmarshal(lines.Bytes(), &cells); err != nil {
				return nil, fmt.Errorf("%s:%d: a label is an object of texts: %w", path, n, err)
			}
			if err := add(n, cells); err != nil {
				return nil, err
			}
		}
		return labels, lines.Err()
	}
	r := csv.NewReader(f)
	header, err := r.Read()
	if err != nil {
		return nil, fmt.Errorf("%s: no header: the columns are %s", path, labelNames)
	}
	for {
		row, err := r.Read()
		if err == io.EOF {
			return labels, nil
		}
		if err != nil {
			return nil, fmt.Errorf("%s: %w", path, err)
		}
		cells := map[string]string{}
		for i, h := range header {
			cells[strings.ToLower(strings.TrimSpace(h))] = row[i]
		}
		line, _ := r.FieldPos(0)
		if err := add(line, cells); err != nil {
			return nil, err
		}
	}
}

func labelOf(cells map[string]string) (Label, error) {
	l := Label{Entity: strings.TrimSpace(cells["entity"]), Rule: strings.TrimSpace(cells["rule"])}
	if l.Entity == "" {
		return l, fmt.Errorf("a label has no entity; the columns are %s", labelNames)
	}
	if at := cells["time"]; at != "" {
		cells["from"], cells["to"] = at, at
	}
	var err error
	if l.From, err = labelTime(cells["from"], false); err != nil {
		return l, err
	}
	l.To, err = labelTime(cells["to"], true)
	return l, err
}

// labelTime reads a timestamp, or a date, which as an end means the whole day.
func labelTime(s string, end bool) (time.Time, error) {
	s = strings.TrimSpace(s)
	if s == "" {
		return time.Time{}, nil
	}
	if t, err := time.Parse(time.RFC3339Nano, s); err == nil {
		return t, nil
	}
	t, err := time.Parse(time.DateOnly, s)
	if err != nil {
		return t, fmt.Errorf("%q is no timestamp (2024-03-01T10:00:00Z) and no date", s)
	}
	if end {
		t = t.Add(24*time.Hour - time.Microsecond)
	}
	return t, nil
}
