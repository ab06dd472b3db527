package main

import (
	"fmt"
	"strings"
)

// zshCompletion is a function for zsh's completion system; its specifications
// are those of _arguments (zshcompsys(1)).
func zshCompletion(all []*command) string {
	var b strings.Builder
	b.WriteString("#compdef det\n\n_det() {\n    local curcontext=\"$curcontext\" state line\n    local -a commands=(\n")
	for _, c := range all {
		fmt.Fprintf(&b, "        %s\n", zshQuote(c.name+":"+zshEscape(c.summary)))
	}
	b.WriteString("    )\n    _arguments -C")
	for _, f := range flagsOf(newRootFlags().FlagSet) {
		b.WriteString(" \\\n        " + zshFlag(f))
	}
	b.WriteString(" \\\n        '1:command:->command' \\\n        '*::operand:->operand'\n")
	b.WriteString("    case $state in\n    command) _describe -t commands command commands ;;\n    operand)\n        case $words[1] in\n")
	for _, c := range all {
		fmt.Fprintf(&b, "        %s)\n            _arguments", c.name)
		for _, f := range c.completedFlags() {
			b.WriteString(" \\\n                " + zshFlag(f))
		}
		if spec := zshOperand(c); spec != "" {
			b.WriteString(" \\\n                " + zshQuote(spec))
		}
		b.WriteString("\n            ;;\n")
	}
	b.WriteString("        esac\n        ;;\n    esac\n}\n\n")
	// Autoloaded from fpath the file is the function's body; sourced it registers.
	b.WriteString("if [[ $funcstack[1] == _det ]]; then\n    _det \"$@\"\nelse\n    compdef _det det\nfi\n")
	return b.String()
}

// zshFlag is a flag's specification: a quoted word, or with a short form a brace
// expansion of two that exclude each other.
func zshFlag(f completedFlag) string {
	spec := "[" + zshEscape(f.does) + "]"
	assign := ""
	switch f.takes {
	case takesChoice:
		assign, spec = "=", spec+":"+f.long+":("+strings.Join(f.choices, " ")+")"
	case takesFile:
		assign, spec = "=", spec+":"+f.long+":_files"
	case takesText:
		assign, spec = "=", spec+":"+f.long+": "
	}
	star := ""
	if f.repeats {
		star = "*"
	}
	if f.short == "" {
		return zshQuote(star + "--" + f.long + assign + spec)
	}
	short := strings.Replace(assign, "=", "+", 1)
	if f.repeats {
		return fmt.Sprintf("{'*-%s%s','*--%s%s'}%s", f.short, short, f.long, assign, zshQuote(spec))
	}
	return fmt.Sprintf("'(-%s --%s)'{-%s%s,--%s%s}%s", f.short, f.long, f.short, short, f.long, assign, zshQuote(spec))
}

func zshOperand(c *command) string {
	switch {
	case c.complete.words != nil:
		return "*:" + c.name + ":(" + strings.Join(c.words(), " ") + ")"
	case c.complete.suffixes != nil:
		var globs []string
		for _, s := range c.complete.suffixes {
			globs = append(globs, "*"+s)
		}
		return `*:file:_files -g "` + strings.Join(globs, " ") + `"`
	}
	return ""
}

// zshEscape protects what a specification gives a meaning to.
func zshEscape(s string) string {
	return strings.NewReplacer(`\`, `\\`, ":", `\:`, "[", `\[`, "]", `\]`).Replace(s)
}

func zshQuote(s string) string { return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'" }
