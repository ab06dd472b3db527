package main

import (
	"fmt"
	"strings"
)

// bashCompletion is a script for bash 3.2 and later. It keeps to compgen and one
// case a command; --flag=value reaches a completion function as three words,
// because = is in COMP_WORDBREAKS.
func bashCompletion(all []*command) string {
	var b strings.Builder
	var list []string
	for _, c := range all {
		list = append(list, c.name)
	}
	b.WriteString(`# bash completion for det
_det_words() { COMPREPLY=($(compgen -W "$1" -- "$cur")); }

_det_files() {
    local pattern
    compopt -o filenames 2>/dev/null
    COMPREPLY=($(compgen -d -- "$cur"))
    for pattern in "$@"; do
        COMPREPLY+=($(compgen -f -X "!$pattern" -- "$cur"))
    done
}

_det() {
    local IFS=$' \t\n' cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]} command= i
    if [[ $cur == "=" ]]; then
        cur=
    elif [[ $prev == "=" ]]; then
        prev=${COMP_WORDS[COMP_CWORD-2]}
    fi
    for ((i = 1; i < COMP_CWORD; i++)); do
        case ${COMP_WORDS[i]} in
        ` + strings.Join(list, "|") + `)
            command=${COMP_WORDS[i]}
            break
            ;;
        esac
    done
    COMPREPLY=()
    case $command in
`)
	for _, c := range all {
		bashCase(&b, c.name, c.completedFlags(), c.words(), c.complete.suffixes)
	}
	bashCase(&b, `""`, flagsOf(newRootFlags().FlagSet), list, nil)
	b.WriteString(`    esac
}

complete -F _det det
`)
	return b.String()
}

// bashCase is the branch of one command: first what follows a flag, then flags,
// then operands.
func bashCase(b *strings.Builder, name string, flags []completedFlag, words, suffixes []string) {
	fmt.Fprintf(b, "    %s)\n        case $prev in\n", name)
	var spelled []string
	for _, f := range flags {
		spelled = append(spelled, f.spellings()...)
		pattern := strings.Join(f.spellings(), "|")
		switch f.takes {
		case takesChoice:
			fmt.Fprintf(b, "        %s)\n            _det_words %q\n            return\n            ;;\n", pattern, strings.Join(f.choices, " "))
		case takesFile:
			fmt.Fprintf(b, "        %s)\n            _det_files '*'\n            return\n            ;;\n", pattern)
		case takesText:
			fmt.Fprintf(b, "        %s) return ;;\n", pattern)
		}
	}
	fmt.Fprintf(b, "        esac\n        case $cur in\n        -*) _det_words %q ;;\n", strings.Join(spelled, " "))
	switch {
	case words != nil:
		fmt.Fprintf(b, "        *) _det_words %q ;;\n", strings.Join(words, " "))
	case suffixes != nil:
		b.WriteString("        *) _det_files")
		for _, s := range suffixes {
			fmt.Fprintf(b, " '*%s'", s)
		}
		b.WriteString(" ;;\n")
	}
	b.WriteString("        esac\n        ;;\n")
}
