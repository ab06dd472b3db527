package main

import (
	"fmt"
	"strconv"
)

// grouped writes a number with commas between thousands.
func grouped(n int64) string {
	s := strconv.FormatInt(n, 10)
	for i := len(s) - 3; i > 0 && s[i-1] != '-'; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

// counted writes a number of things: 1 rule, 2 rules.
func counted(n int, thing string) string {
	if n == 1 {
		return "1 " + thing
	}
	return grouped(int64(n)) + " " + thing + "s"
}

// short writes a number with two or three digits: 950, 12k, 3.4M.
func short(x float64) string { return scaled(x, 1000, []string{"", "k", "M", "G", "T"}) }

// size writes a number of bytes: 512 B, 1.2 MB (powers of 1000).
func size(n int64) string {
	return scaled(float64(n), 1000, []string{" B", " kB", " MB", " GB", " TB"})
}

func scaled(x, step float64, units []string) string {
	i := 0
	for x >= step-0.5 && i < len(units)-1 {
		x /= step
		i++
	}
	if i > 0 && x < 9.95 {
		return fmt.Sprintf("%.1f%s", x, units[i])
	}
	return fmt.Sprintf("%.0f%s", x, units[i])
}
