package det

import (
	"fmt"
	"os"
	"regexp"
	"strconv"
	"strings"
)

// Expectation is what a backtest must keep to.
type Expectation struct {
	Text  string
	rule  string // "" of precision and recall, "*" of all rules together
	what  string // alerts, precision, recall
	most  bool   // at most, else at least
	bound float64
	daily bool
}

// expectationForm is one line: RULE at most N [a day], * at least N, or
// precision|recall at least X.
var expectationForm = regexp.MustCompile(`^(\S+) at (most|least) ([0-9.]+)( a day)?$`)

// ReadExpectations reads expectations, one a line; # starts a comment.
func ReadExpectations(path string) ([]Expectation, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	var out []Expectation
	n := 0
	for line := range strings.Lines(string(data)) {
		n++
		text, _, _ := strings.Cut(line, "#")
		text = strings.Join(strings.Fields(text), " ")
		if text == "" {
			continue
		}
		m := expectationForm.FindStringSubmatch(text)
		if m == nil {
			return nil, fmt.Errorf("%s:%d: %q is no expectation; write: RULE at most 3 a day, * at least 1, or: recall at least 0.9", path, n, text)
		}
		e := Expectation{Text: text, rule: m[1], what: "alerts", most: m[2] == "most", daily: m[4] != ""}
		if e.bound, err = strconv.ParseFloat(m[3], 64); err != nil {
			return nil, fmt.Errorf("%s:%d: %q is no number", path, n, m[3])
		}
		if e.rule == "precision" || e.rule == "recall" {
			e.what, e.rule = e.rule, ""
			if e.daily {
				return nil, fmt.Errorf("%s:%d: %s is not counted by day", path, n, e.what)
			}
		}
		out = append(out, e)
	}
	return out, nil
}

// Check tells how a backtest breaks the expectation, "" where it does not.
func (e *Expectation) Check(b *Backtest) string {
	switch e.what {
	case "precision", "recall":
		share, ok := b.Precision()
		if e.what == "recall" {
			share, ok = b.Recall()
		}
		if !ok {
			return "there is nothing to take " + e.what + " of"
		}
		if e.fails(share) {
			return fmt.Sprintf("%s is %.3f", e.what, share)
		}
		return ""
	}
	total, days, known := 0, make([]int, b.Days()), e.rule == "*"
	for _, r := range b.Rules {
		if e.rule != "*" && r.Name != e.rule {
			continue
		}
		known = true
		total += r.Alerts
		for i, n := range r.Days {
			days[i] += n
		}
	}
	if !known {
		return "there is no rule " + e.rule
	}
	if !e.daily {
		if e.fails(float64(total)) {
			return fmt.Sprintf("there are %d", total)
		}
		return ""
	}
	for i, n := range days {
		if e.fails(float64(n)) {
			return fmt.Sprintf("there are %d on %s", n, b.From.UTC().AddDate(0, 0, i).Format("2006-01-02"))
		}
	}
	return ""
}

func (e *Expectation) fails(x float64) bool {
	if e.most {
		return x > e.bound
	}
	return x < e.bound
}
