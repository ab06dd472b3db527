package lsp

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/sourcegraph/jsonrpc2"

	"github.com/detlang/det"
	"github.com/detlang/det/lang"
	"github.com/detlang/det/lang/source"
)

// runTestCommand runs one test, or with an empty title all tests of a file. Its
// arguments are the URI of the document and the title.
const runTestCommand = "det.runTest"

// lenses offer to run the tests of a document.
func (d *document) lenses() (any, error) {
	out := []codeLens{}
	c := d.classified()
	for _, r := range c.Declarations {
		if word, _ := d.heading(r); word != "test" {
			continue
		}
		at := d.span(c.Tokens[r[0]].At.Start, c.Tokens[r[0]].At.End)
		out = append(out, codeLens{at, command{"▶ run test", runTestCommand, []any{d.uri, d.title(r)}}})
		if len(out) == 1 {
			out = append(out, codeLens{at, command{"run all tests of this file", runTestCommand, []any{d.uri, ""}}})
		}
	}
	return out, nil
}

// title is the title of a test, as it is written between its quotes.
func (d *document) title(r [2]int) string {
	c := d.classified()
	if r[0]+1 >= r[1] || c.Tokens[r[0]+1].Kind != lang.TokenString {
		return ""
	}
	var tree string
	text := c.Tokens[r[0]+1].At.Text()
	if json.Unmarshal([]byte(text), &tree) == nil {
		return tree
	}
	return strings.Trim(text, `"'`)
}

// execute runs a command.
func (s *server) execute(raw json.RawMessage) (prepared, error) {
	var p executeParams
	if err := decode(raw, &p); err != nil {
		return nil, err
	}
	var uri, title string
	if p.Command != runTestCommand || len(p.Arguments) < 1 || json.Unmarshal(p.Arguments[0], &uri) != nil {
		return nil, &jsonrpc2.Error{Code: jsonrpc2.CodeInvalidParams, Message: "the command is " + runTestCommand + ", with a document and the title of a test"}
	}
	if len(p.Arguments) > 1 {
		if err := decode(p.Arguments[1], &title); err != nil {
			return nil, err
		}
	}
	d := s.world.opened(pathOf(uri))
	if d == nil {
		return nil, &jsonrpc2.Error{Code: jsonrpc2.CodeInvalidParams, Message: "not open: " + uri}
	}
	return func(ctx context.Context) (any, error) { return s.runTests(ctx, d, title) }, nil
}

// testOutcome is the result of a command: how many tests ran and what failed.
type testOutcome struct {
	Run    int      `json:"run"`
	Failed int      `json:"failed"`
	Lines  []string `json:"lines"`
}

// runTests runs tests of a document as it is in the editor and shows what failed
// where it is expected, until the document changes.
func (s *server) runTests(ctx context.Context, d *document, title string) (any, error) {
	sources := []det.Source{{Name: d.path, Text: d.file.Text}}
	for _, f := range s.world.companions(d) {
		sources = append(sources, det.Source{Name: f.Name, Text: f.Text})
	}
	rules, _ := det.Compiler{}.Sources(sources...)
	out := testOutcome{Lines: []string{}}
	failures := []diagnostic{}
	for _, t := range rules.Tests() {
		if t.At.File.Name != d.path || title != "" && t.Title != title {
			continue
		}
		r := t.Run(ctx)
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		out.Run++
		if r.Passed() {
			continue
		}
		out.Failed++
		for _, f := range r.Failures {
			out.Lines = append(out.Lines, fmt.Sprintf("%s: %s", r.Test.Title, f.Message))
			failures = append(failures, failed(f))
		}
	}
	s.mu.Lock()
	s.failures[d.path] = failures
	s.mu.Unlock()
	s.later(d.path, 0)
	s.notify("window/showMessage", verdict(&out))
	return out, nil
}

func failed(f det.TestFailure) diagnostic {
	at := source.Span{File: f.At.File, Start: f.At.Start, End: f.At.End}
	return diagnostic{
		Range: spanIn(at), Severity: 1, Code: "test", Source: "det test",
		Message: strings.Join(append([]string{f.Message}, f.Notes...), "\n"),
	}
}

// verdict is what the editor shows of a run.
func verdict(o *testOutcome) messageParams {
	switch {
	case o.Run == 0:
		return messageParams{2, "no test ran: the file has errors, or no such test"}
	case o.Failed > 0:
		return messageParams{1, fmt.Sprintf("%d of %d tests failed\n%s", o.Failed, o.Run, strings.Join(o.Lines, "\n"))}
	case o.Run == 1:
		return messageParams{3, "the test passes"}
	}
	return messageParams{3, fmt.Sprintf("%d tests pass", o.Run)}
}
