package main

import (
	"bytes"
	"testing"
	"time"
)

func TestProgressLine(t *testing.T) {
	for _, c := range []struct {
		rows, bytes, total int64
		elapsed            time.Duration
		width              int
		want               string
	}{
		{0, 0, 0, 0, 79, "0 rows  0 rows/s  0 B"},
		{1_234_567, 345_000_000, 0, 10 * time.Second, 79, "1,234,567 rows  123k rows/s  345 MB"},
		{1_000_000, 500_000_000, 1_000_000_000, 5 * time.Second, 79,
			"1,000,000 rows  200k rows/s  500 MB of 1.0 GB   50%  5s left  [#######--------]"},
		{1_000_000, 1_000_000_000, 1_000_000_000, 5 * time.Second, 60, "1,000,000 rows  200k rows/s  1.0 GB of 1.0 GB  100%  0s left"},
		{10, 3000, 2000, time.Second, 120, "10 rows  10 rows/s  3.0 kB of 2.0 kB  100%  0s left  [##############################]"},
		{1_000_000, 500, 1000, time.Second, 12, "1,000,000 ro"},
		{1, 1, 1, time.Second, 0, ""},
	} {
		if got := progressLine(c.rows, c.bytes, c.total, c.elapsed, c.width); got != c.want {
			t.Errorf("progressLine(%d, %d, %d, %v, %d)\n got %q\nwant %q", c.rows, c.bytes, c.total, c.elapsed, c.width, got, c.want)
		}
	}
}

func TestProgressIsSilentInAPipe(t *testing.T) {
	var b bytes.Buffer
	p := newProgress(&console{Writer: &b, width: 80})
	p.update(1, 1, 2)
	p.clear()
	if b.Len() != 0 {
		t.Errorf("wrote %q", b.String())
	}
}

func TestProgressIsWipedBeforeOutput(t *testing.T) {
	var b bytes.Buffer
	p := newProgress(&console{Writer: &b, width: 80, terminal: true})
	p.update(1, 0, 0) // too soon to be drawn
	if b.Len() != 0 {
		t.Errorf("drawn at once: %q", b.String())
	}
	p.begin = p.begin.Add(-patience)
	p.update(1, 0, 0)
	drawn := b.Len()
	p.update(2, 0, 0) // too soon again
	if b.Len() != drawn {
		t.Errorf("redrawn at once: %q", b.String())
	}
	w := p.over(&b)
	for _, s := range []string{"one\n", "two\n"} {
		if _, err := w.Write([]byte(s)); err != nil {
			t.Fatal(err)
		}
	}
	if got, want := b.String()[drawn:], "\r\x1b[Kone\ntwo\n"; got != want {
		t.Errorf("wrote %q, want %q", got, want)
	}
}
