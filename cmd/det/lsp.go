package main

import (
	"context"

	"github.com/detlang/det/cmd/det/lsp"
)

func lspCommand() *command {
	return &command{
		name:    "lsp",
		summary: "Serve an editor: errors as you type, completion, renaming",
		about: `Speaks the Language Server Protocol over standard input and output. An editor starts
it; docs/editors.md says how to set up some. What it says of a file is what check,
lint, fmt and test say.`,
		examples: []example{{"det lsp", "as the command of a language client"}},
		run: func(ctx context.Context, s *streams, args []string) error {
			if len(args) > 0 {
				return usagef("lsp takes no arguments: it talks to an editor over standard input and output")
			}
			return lsp.Serve(ctx, s.in, s.out, moduleVersion())
		},
	}
}
