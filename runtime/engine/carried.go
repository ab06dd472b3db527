package engine

import (
	"fmt"
	"strings"

	"github.com/detlang/det/runtime/state"
)

// carried are the sections of saved state whose rules or streams the program does
// not have: rules with an error, or that were left out of a run. They are saved again
// as they are, so that what was counted is there when the rule comes back.
type carried struct {
	file  *state.File
	names []string
}

// find takes up what nobody else did.
func (c *carried) find(l *loading) error {
	rules, streams := map[string]bool{}, map[string]bool{}
	for _, r := range l.e.rules {
		rules[r.def.Name] = true
	}
	for _, s := range l.e.streams {
		streams[s.def.Name] = true
	}
	c.file, c.names = l.f, nil
	var gone []string
	for _, section := range l.f.Names() {
		if name, ok := strings.CutPrefix(section, streamSection); ok && !streams[name] {
			n, err := c.waiting(section)
			if err != nil {
				return err
			}
			if n > 0 {
				c.names = append(c.names, section)
				l.note("%s of %s that wait for their time are kept, as no rule reads it now", rows(n), name)
			}
			continue
		}
		name, ok := strings.CutPrefix(section, ruleSection)
		name, stage, _ := strings.Cut(name, " ")
		if !ok || rules[name] {
			continue
		}
		c.names = append(c.names, section)
		if stage == "" {
			gone = append(gone, name)
		}
	}
	if len(gone) > 0 {
		l.note("%s not in this run: what %s kept stays in the state, for when %s back", listed(gone), they(gone, "it", "they"), they(gone, "it comes", "they come"))
	}
	return nil
}

// waiting is how many rows wait in the section of a stream.
func (c *carried) waiting(section string) (n int64, err error) {
	err = c.file.Peek(section, func(r *state.Reader) { n = r.Int() })
	return n, err
}

// sections are those that are carried over.
func (c *carried) sections() []state.Section {
	var list []state.Section
	for _, name := range c.names {
		list = append(list, c.file.Section(name))
	}
	return list
}

func (c *carried) close() {
	if c.file != nil {
		_ = c.file.Close() // it was only read
	}
}

// shownRules is how many rules a note names.
const shownRules = 5

// listed is a list of rules, with its verb.
func listed(names []string) string {
	if n := len(names) - shownRules; n > 1 {
		return fmt.Sprintf("rules %s and %d others are", strings.Join(names[:shownRules], ", "), n)
	}
	return they(names, "rule ", "rules ") + and(names) + they(names, " is", " are")
}

func they(names []string, one, many string) string {
	if len(names) == 1 {
		return one
	}
	return many
}
