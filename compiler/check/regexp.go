package check

import (
	"errors"
	"regexp/syntax"
	"strings"
)

// checkRegexp reports what is wrong with a regular expression, in its own words.
func checkRegexp(p string) error {
	_, err := syntax.Parse(p, syntax.Perl)
	var se *syntax.Error
	if errors.As(err, &se) {
		return errors.New(se.Code.String() + ": " + se.Expr)
	}
	return err
}

// regexpHint says what to do about forms that RE2 leaves out on purpose.
func regexpHint(p string) string {
	switch {
	case strings.Contains(p, "(?=") || strings.Contains(p, "(?!"):
		return "look-ahead does not exist, so that matching takes linear time: use two conditions with `and` or `and not`"
	case strings.Contains(p, "(?<=") || strings.Contains(p, "(?<!"):
		return "look-behind does not exist, so that matching takes linear time: use two conditions with `and` or `and not`"
	case strings.Contains(p, `\1`) || strings.Contains(p, `\2`):
		return "back-references do not exist, so that matching takes linear time"
	}
	return ""
}
