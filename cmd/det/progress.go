package main

import (
	"fmt"
	"io"
	"strings"
	"sync"
	"time"
	"unicode/utf8"
)

// progress is a line on a terminal that tells how far a run is. It redraws itself
// in place, at most ten times a second, and is wiped before anything else is
// written. Short runs, and outputs that are not a terminal, go without.
type progress struct {
	mu    sync.Mutex
	out   *console
	begin time.Time
	drawn time.Time // zero while nothing stands on the line
}

const (
	patience = 200 * time.Millisecond // before the line is first drawn
	redraw   = 100 * time.Millisecond
)

func newProgress(out *console) *progress { return &progress{out: out, begin: time.Now()} }

// update shows rows read, and bytes read of total (0 when unknown).
func (p *progress) update(rows, bytes, total int64) {
	p.draw(func(elapsed time.Duration) string { return progressLine(rows, bytes, total, elapsed, p.out.width-1) })
}

// step shows how many of some things are done.
func (p *progress) step(done, all int, what string) {
	if all == 0 {
		return
	}
	p.draw(func(elapsed time.Duration) string {
		line := fmt.Sprintf("%d of %d %s  %3d%%", done, all, what, 100*done/all)
		if done > 0 {
			left := elapsed * time.Duration(all-done) / time.Duration(done)
			line += "  " + left.Round(time.Second).String() + " left"
		}
		return line
	})
}

// draw puts a line in place of the one before, where it is time for it.
func (p *progress) draw(line func(elapsed time.Duration) string) {
	if !p.out.terminal {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	now := time.Now()
	if now.Sub(p.begin) < patience || now.Sub(p.drawn) < redraw {
		return
	}
	p.drawn = now
	fmt.Fprint(p.out, "\r\x1b[K"+line(now.Sub(p.begin)))
}

// clear wipes the line.
func (p *progress) clear() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if !p.drawn.IsZero() {
		fmt.Fprint(p.out, "\r\x1b[K")
		p.drawn = time.Time{}
	}
}

// over is w, with the line wiped before each write.
func (p *progress) over(w io.Writer) io.Writer { return wiped{p, w} }

type wiped struct {
	p *progress
	w io.Writer
}

func (w wiped) Write(b []byte) (int, error) {
	w.p.clear()
	return w.w.Write(b)
}

// progressLine is the text: the bar takes what the numbers leave of the width and
// is left out where that is too little.
func progressLine(rows, bytes, total int64, elapsed time.Duration, width int) string {
	seconds := max(elapsed.Seconds(), 1e-3)
	line := fmt.Sprintf("%s rows  %s rows/s  %s", grouped(rows), short(float64(rows)/seconds), size(bytes))
	if total > 0 {
		share := min(float64(bytes)/float64(total), 1)
		line += fmt.Sprintf(" of %s  %3.0f%%", size(total), 100*share)
		if share > 0 {
			left := time.Duration(float64(elapsed) * (1 - share) / share)
			line += "  " + left.Round(time.Second).String() + " left"
		}
		if room := width - utf8.RuneCountInString(line) - 4; room >= 10 {
			room = min(room, 30)
			full := int(share * float64(room))
			line += "  [" + strings.Repeat("#", full) + strings.Repeat("-", room-full) + "]"
		}
	}
	if r := []rune(line); len(r) > width {
		line = string(r[:max(width, 0)])
	}
	return line
}
