package main

import "testing"

func TestWrap(t *testing.T) {
	for _, c := range []struct {
		text  string
		width int
		want  string
	}{
		{"", 10, ""},
		{"one two three", 9, "  one two\n  three"},
		{"  spaces\n and  lines ", 80, "  spaces and lines"},
		{"unbreakable", 4, "  unbreakable"},
		{"größe über alles", 12, "  größe über\n  alles"},
	} {
		if got := wrap(c.text, c.width); got != c.want {
			t.Errorf("wrap(%q, %d) = %q, want %q", c.text, c.width, got, c.want)
		}
	}
}

func TestColumns(t *testing.T) {
	for _, c := range []struct {
		words []string
		width int
		want  string
	}{
		{nil, 20, ""},
		{[]string{"a", "bb", "c", "d", "e"}, 10, "  a   d\n  bb  e\n  c\n"},
		{[]string{"wider than the width"}, 5, "  wider than the width\n"},
	} {
		if got := columns(c.words, c.width); got != c.want {
			t.Errorf("columns(%q, %d) = %q, want %q", c.words, c.width, got, c.want)
		}
	}
}
