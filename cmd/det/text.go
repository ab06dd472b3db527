package main

import (
	"strings"
	"unicode/utf8"
)

// wrap breaks prose into lines of at most width columns, each indented by two;
// a word longer than that has a line of its own.
func wrap(text string, width int) string {
	var lines []string
	line := ""
	for _, word := range strings.Fields(text) {
		if line != "" && utf8.RuneCountInString(line)+1+utf8.RuneCountInString(word) > width-2 {
			lines = append(lines, line)
			line = ""
		}
		if line != "" {
			line += " "
		}
		line += word
	}
	if line != "" {
		lines = append(lines, line)
	}
	return indented(strings.Join(lines, "\n"))
}

// wrapAll wraps paragraphs, which empty lines divide.
func wrapAll(text string, width int) string {
	paragraphs := strings.Split(text, "\n\n")
	for i, p := range paragraphs {
		paragraphs[i] = wrap(p, width)
	}
	return strings.Join(paragraphs, "\n\n")
}

// indented sets every line of a text in by two; empty lines stay empty.
func indented(text string) string {
	lines := strings.Split(strings.Trim(text, "\n"), "\n")
	for i, l := range lines {
		if l != "" {
			lines[i] = "  " + l
		}
	}
	return strings.Join(lines, "\n")
}

// columns sets words side by side in as many columns as fit the width, read
// downwards, each line indented by two.
func columns(words []string, width int) string {
	widest := 0
	for _, w := range words {
		widest = max(widest, utf8.RuneCountInString(w))
	}
	across := max(1, (width-2)/(widest+2))
	down := (len(words) + across - 1) / across
	var b strings.Builder
	for row := range down {
		line := "  "
		for i := row; i < len(words); i += down {
			line += words[i] + strings.Repeat(" ", widest+2-utf8.RuneCountInString(words[i]))
		}
		b.WriteString(strings.TrimRight(line, " ") + "\n")
	}
	return b.String()
}
