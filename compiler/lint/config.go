package lint

import (
	"fmt"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/detlang/det/lang/diag"
	"github.com/detlang/det/lang/source"
)

// Config says which lints run, how loud they are, and where they are quiet. The
// zero Config has every lint at its own level.
type Config struct {
	// Only, where not empty, are the categories that run.
	Only []Category
	// Whole says that the files are all that will run together, so that what no
	// file has does not exist. Without it, lints about what is nowhere are quiet.
	Whole bool
	// Imported, where set, reports whether a file that is not looked at imports one
	// that is, so that its declarations may be read elsewhere.
	Imported func(f *source.File) bool
	// Names are what names of rules, lets, lists, consts, params and fns look like.
	Names map[string]*regexp.Regexp

	// Stopped, where set, is asked before each rule and lint; once it says so the
	// others are left out.
	Stopped func() bool

	levels []levelLine
	skip   []skipLine
}

// levelLine sets the level of a lint, a category or all.
type levelLine struct {
	of    string
	level Level
}

// skipLine leaves files out.
type skipLine struct {
	of, glob string
}

func (c *Config) stopped() bool { return c.Stopped != nil && c.Stopped() }

// Set gives a lint, by code or name, or a category, or all, a level. What is said
// later wins.
func (c *Config) Set(of string, level Level) { c.levels = append(c.levels, levelLine{of, level}) }

func (c *Config) level(l *Lint) Level {
	level := l.Level
	for _, x := range c.levels {
		switch {
		case l.is(x.of):
			level = x.level
		case (x.of == string(l.Category) || x.of == "all") && (level != Off || x.level == Off):
			level = x.level // what is off is asked for by its own name
		}
	}
	return level
}

func (l *Lint) is(id string) bool {
	return strings.EqualFold(l.Code, id) || strings.EqualFold(l.Name, id)
}

func (c *Config) wants(cat Category) bool {
	return len(c.Only) == 0 || slices.Contains(c.Only, cat)
}

func (c *Config) skips(d *diag.Diagnostic) bool {
	if len(c.skip) == 0 || d.Span.File == nil {
		return false
	}
	l := Find(d.Code)
	for _, s := range c.skip {
		if (s.of == "all" || l != nil && (l.is(s.of) || s.of == string(l.Category))) && matches(s.glob, d.Span.File.Name) {
			return true
		}
	}
	return false
}

// matches reports whether a file lies where a glob says: ** stands for any
// folders, and a glob without a slash is about the last part of the path.
func matches(glob, name string) bool {
	name = strings.TrimPrefix(filepath.ToSlash(filepath.Clean(name)), "./")
	if !strings.Contains(glob, "/") {
		ok, _ := path.Match(glob, path.Base(name))
		return ok
	}
	return matchParts(strings.Split(glob, "/"), strings.Split(name, "/"))
}

func matchParts(glob, name []string) bool {
	for len(glob) > 0 {
		if glob[0] == "**" {
			for i := range len(name) + 1 {
				if matchParts(glob[1:], name[i:]) {
					return true
				}
			}
			return false
		}
		if len(name) == 0 {
			return false
		}
		if ok, _ := path.Match(glob[0], name[0]); !ok {
			return false
		}
		glob, name = glob[1:], name[1:]
	}
	return len(name) == 0
}

// kinds are the declarations whose names a configuration may give a form.
var kinds = []string{"rule", "let", "list", "const", "param", "fn", "table", "schema"}

// ParseConfig reads a configuration file, one setting a line; # starts a comment:
//
//	level L500 off because "every sensor of ours gives all fields"
//	level metadata info
//	skip L204 in "legacy/**" because "to be rewritten"
//	name rule "[a-z][a-z0-9_]*"
//
// A lint that is made quieter or left out somewhere wants a reason.
func ParseConfig(name, text string) (*Config, error) {
	c := &Config{Names: map[string]*regexp.Regexp{}}
	for i, l := range strings.Split(text, "\n") {
		words, err := configWords(l)
		if err == nil && len(words) > 0 {
			err = c.line(words)
		}
		if err != nil {
			return nil, fmt.Errorf("%s:%d: %w", name, i+1, err)
		}
	}
	return c, nil
}

// configWords cuts a line into words and quoted texts.
func configWords(l string) ([]string, error) {
	var words []string
	for {
		l = strings.TrimSpace(l)
		if l == "" || l[0] == '#' {
			return words, nil
		}
		if l[0] == '"' {
			end := strings.IndexByte(l[1:], '"')
			if end < 0 {
				return nil, fmt.Errorf("a quote is never closed")
			}
			words = append(words, l[1:1+end])
			l = l[end+2:]
			continue
		}
		word, rest, _ := strings.Cut(l, " ")
		words = append(words, word)
		l = rest
	}
}

func (c *Config) line(w []string) error {
	switch {
	case w[0] == "level" && (len(w) == 3 || len(w) == 5 && w[3] == "because"):
		if err := nameable(w[1]); err != nil {
			return err
		}
		level, err := ParseLevel(w[2])
		if err != nil {
			return err
		}
		if l := Find(w[1]); level == Off && (l == nil || l.Level != Off) && len(w) == 3 {
			return fmt.Errorf("say why it is off: level %s off because \"…\"", w[1])
		}
		c.Set(w[1], level)
	case w[0] == "skip" && len(w) >= 4 && w[2] == "in":
		if err := nameable(w[1]); err != nil {
			return err
		}
		if len(w) != 6 || w[4] != "because" || w[5] == "" {
			return fmt.Errorf("say why it is left out: skip %s in %q because \"…\"", w[1], w[3])
		}
		c.skip = append(c.skip, skipLine{w[1], w[3]})
	case w[0] == "name" && len(w) == 3:
		if !slices.Contains(kinds, w[1]) {
			return fmt.Errorf("%s has no names of its own; there are %s", w[1], strings.Join(kinds, ", "))
		}
		re, err := regexp.Compile("^(?:" + w[2] + ")$")
		if err != nil {
			return err
		}
		c.Names[w[1]] = re
	default:
		return fmt.Errorf("%q is no setting; there are: level LINT LEVEL, skip LINT in GLOB because REASON, name KIND PATTERN", w[0])
	}
	return nil
}

// nameable refuses what is neither a lint nor a category nor all.
func nameable(of string) error {
	if of == "all" || slices.Contains(Categories, Category(of)) || Find(of) != nil {
		return nil
	}
	var names []string
	for _, l := range All() {
		names = append(names, l.Name, l.Code)
	}
	if near, ok := diag.Nearest(of, names); ok {
		return fmt.Errorf("there is no lint %s: did you mean %s?", of, near)
	}
	return fmt.Errorf("there is no lint or category %s", of)
}

// ParseLevel reads the name of a level.
func ParseLevel(s string) (Level, error) {
	for l := Off; l <= Error; l++ {
		if l.String() == s {
			return l, nil
		}
	}
	return Off, fmt.Errorf("%q is no level; there are off, info, warning, error", s)
}
