package main

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/detlang/det"
	"github.com/detlang/det/runtime/engine"
	"github.com/detlang/det/runtime/match"
)

// printStats tells what a run read, set aside and kept, and where the time went.
func printStats(o *console, s det.RunStats) error {
	var b strings.Builder
	seconds := max(s.Elapsed.Seconds(), 1e-6)
	fmt.Fprintf(&b, "%s  %s in %s, %s/s\n", o.paint(bold, "rows"), grouped(s.Rows), round(s.Elapsed), short(float64(s.Rows)/seconds))
	for _, st := range s.Streams {
		fmt.Fprintf(&b, "  %-28s %14s\n", st.Name, grouped(st.Rows))
		if st.Index != nil {
			printIndex(&b, st.Index)
		}
	}
	printAbsent(&b, o, s)
	if len(s.Rejected) > 0 {
		fmt.Fprintf(&b, "%s\n", o.paint(bold, "set aside"))
		for _, c := range s.Rejected {
			fmt.Fprintf(&b, "  %-28s %14s\n", strings.TrimSpace(string(c.Cause)+" "+c.Field), grouped(c.N))
		}
	}
	fmt.Fprintf(&b, "%s  %s\n", o.paint(bold, "alerts"), grouped(s.Alerts))
	fmt.Fprintf(&b, "%s %27s %10s %9s %9s %9s\n", o.paint(bold, "rules"), "rows in", "groups", "state", "time", "left out")
	for _, r := range s.Rules {
		fmt.Fprintf(&b, "  %s  %s\n", o.paint(cyan, r.Name), counted(int(r.Alerts), "alert"))
		for _, st := range r.Stages {
			fmt.Fprintf(&b, "    %-14s %14s %10s %9s %9s %9s\n", st.Stage, grouped(st.Rows),
				nonzero(st.Groups), stateSize(st), round(st.Spent), nonzero(int(st.MissingKey+st.Overflow)))
		}
	}
	_, err := io.WriteString(o, b.String())
	return err
}

// printAbsent lists the log sources of which no event came.
func printAbsent(b *strings.Builder, o *console, s det.RunStats) {
	told := false
	for _, st := range s.Streams {
		for _, a := range st.Absent {
			if !told {
				fmt.Fprintf(b, "%s\n", o.paint(bold, "log sources without events"))
				told = true
			}
			fmt.Fprintf(b, "  %-50s %s\n", a.Name, counted(len(a.Rules), "rule"))
		}
	}
}

// absentRules is how many rules had no events of their log source, of a run that had
// any events at all.
func absentRules(s det.RunStats) int {
	n := 0
	for _, st := range s.Streams {
		for _, a := range st.Absent {
			if st.Rows > 0 {
				n += len(a.Rules)
			}
		}
	}
	return n
}

// printIndex tells what the index of a stream's rules did, and what it holds.
func printIndex(b *strings.Builder, x *match.Stats) {
	for _, line := range []struct {
		what string
		n    int64
	}{
		{"values examined", x.Values}, {"tuples judged", x.Tuples}, {"rules held against them", x.Judged},
		{"rows asked further", x.Asked}, {"patterns run", x.Patterns}, {"kinds of log", int64(x.Routes)}, {"times forgotten", int64(x.Forgotten)},
	} {
		fmt.Fprintf(b, "    %-26s %14s\n", line.what, grouped(line.n))
	}
	fmt.Fprintf(b, "    %-26s %14s\n", "tables", size(int64(x.Table)))
	fmt.Fprintf(b, "    %-26s %14s\n", "remembered", size(int64(x.Held)))
}

func nonzero(n int) string {
	if n == 0 {
		return "-"
	}
	return grouped(int64(n))
}

func stateSize(s engine.StageStats) string {
	if s.Bytes == 0 {
		return "-"
	}
	return size(int64(s.Bytes))
}

// round cuts a duration to three digits or so.
func round(d time.Duration) string {
	for step := time.Second; step > time.Microsecond; step /= 10 {
		if d >= 100*step {
			return d.Round(step).String()
		}
	}
	return d.Round(time.Microsecond).String()
}

// unseen says that a field never had a value.
func unseen(u det.Unseen) string {
	text := fmt.Sprintf("no event of %s has a value in %s", u.Schema, u.Field)
	if u.Near != "" {
		text += fmt.Sprintf("; the input has a field %s: did you mean that?", u.Near)
	}
	return text
}

// heldBack says of which rules throttle held alerts back to the end; "" for none.
func heldBack(s det.RunStats) string {
	var parts []string
	for _, r := range s.Rules {
		n := int64(0)
		for _, st := range r.Stages {
			n += st.HeldBack
		}
		if n > 0 {
			parts = append(parts, grouped(n)+" of rule "+r.Name)
		}
	}
	return strings.Join(parts, ", ")
}

// setAside says in one line what a run could not use; "" for nothing.
func setAside(s det.RunStats) string {
	var parts []string
	for _, c := range slices.Concat(s.Rejected, s.LeftOut) {
		what := string(c.Cause)
		if c.Field != "" {
			what += " of " + c.Field
		}
		parts = append(parts, grouped(c.N)+" "+what)
	}
	return strings.Join(parts, ", ")
}
