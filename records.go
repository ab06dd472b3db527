package det

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/detlang/det/runtime/input"
)

// Batch is a record batch as a reader gives it. Time is the index of the column
// that holds the event time.
type Batch struct {
	input.Batch
	Time int
}

// Records reads a file into record batches with the fields that the rules read,
// for hosts that push them by themselves. The schema is found as in Run; path may
// be "SCHEMA=PATH". The caller releases the records.
func (r *Ruleset) Records(ctx context.Context, path string) (schema string, batches []Batch, err error) {
	n, err := r.newRun(RunOptions{Inputs: []string{path}})
	if err != nil {
		return "", nil, err
	}
	defer n.engine.Close()
	if len(n.failed) > 0 {
		return "", nil, errors.Join(n.failed...)
	}
	if len(n.files) != 1 {
		return "", nil, fmt.Errorf("%s is %d files; name one", path, len(n.files))
	}
	f := n.files[0]
	if err := n.open(ctx, f); err != nil {
		return "", nil, err
	}
	defer f.s.Close()
	stream := n.prog.Streams[f.stream]
	for {
		b, err := f.s.Next(ctx)
		if errors.Is(err, io.EOF) {
			return stream.Name, batches, nil
		}
		if err != nil {
			return stream.Name, batches, &InputError{f.path, err}
		}
		batches = append(batches, Batch{b, stream.Time})
	}
}
