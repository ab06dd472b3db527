package main

import (
	"fmt"
	"time"

	"github.com/detlang/det/lang/types"
)

// period is a flag value that is a duration as the language writes it; nil until
// it is set.
type period struct{ value *time.Duration }

func (p *period) Type() string { return "duration" }

func (p *period) String() string {
	if p.value == nil {
		return ""
	}
	return types.FormatDuration(*p.value)
}

func (p *period) Set(s string) error {
	d, err := types.ParseDuration(s)
	if err != nil || d < 0 {
		return fmt.Errorf("%q is not a length of time: write 30s, 5m or 1d", s)
	}
	p.value = &d
	return nil
}

// instant is a flag value that is a point in time.
type instant struct{ value time.Time }

func (i *instant) Type() string { return "time" }

func (i *instant) String() string {
	if i.value.IsZero() {
		return ""
	}
	return i.value.Format(time.RFC3339)
}

func (i *instant) Set(s string) error {
	for _, layout := range []string{time.RFC3339, "2006-01-02T15:04Z07:00", "2006-01-02T15:04:05", "2006-01-02T15:04", time.DateTime, time.DateOnly} {
		if t, err := time.Parse(layout, s); err == nil {
			i.value = t.UTC()
			return nil
		}
	}
	return fmt.Errorf("%q is not a time: write 2024-03-01 or 2024-03-01T12:00:00Z", s)
}
