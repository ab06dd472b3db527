package lsp

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/sourcegraph/jsonrpc2"

	"github.com/detlang/det/lang/source"
)

// TestCancel: a request that is cancelled is answered at once, whatever is at work.
func TestCancel(t *testing.T) {
	s := newServer("test")
	ctx, cancel := context.WithCancel(context.Background())
	id := jsonrpc2.ID{Num: 7}
	s.running[id] = cancel
	block := make(chan struct{})
	defer close(block)
	begun := make(chan struct{})
	answered := make(chan error, 1)
	go func() {
		_, err := s.answer(ctx, "slow", func(context.Context) (any, error) { close(begun); <-block; return nil, nil })
		answered <- err
	}()
	<-begun
	if err := s.cancel(json.RawMessage(`{"id":7}`)); err != nil {
		t.Fatal(err)
	}
	select {
	case err := <-answered:
		if e := replyError(err); !errors.Is(err, context.Canceled) || e.Code != codeCancelled {
			t.Errorf("%v becomes %+v", err, e)
		}
	case <-time.After(10 * time.Second):
		t.Error("no answer")
	}
}

// TestSuperseded: an edit stops what is said of the text before it, and a request
// about that text is told so.
func TestSuperseded(t *testing.T) {
	w := newWorld()
	text := long(1000)
	open := func(version int) *document {
		d := newDocument(w, "file:///a.det", "/a.det", version, text)
		w.put(d)
		return d
	}
	before := open(1)
	whole := len(before.full().Set.Rules)
	after := open(2)
	if n := len(before.linted().Set.Rules); n != 0 || whole == 0 {
		t.Errorf("%d of %d rules of the old text were looked at", n, whole)
	}
	if n := len(after.linted().Set.Rules); n != whole {
		t.Errorf("%d of %d rules of the new text were looked at", n, whole)
	}
	if _, err := before.actions(codeActionParams{}); !errors.Is(err, errModified) {
		t.Errorf("actions on the old text: %v", err)
	}
	if _, err := after.actions(codeActionParams{}); err != nil {
		t.Errorf("actions on the new text: %v", err)
	}
	w.forget("/a.det")
	if !after.superseded.Load() {
		t.Error("a closed file is still worked on")
	}
}

// TestLongFile: in a file of 10,000 lines, what a keystroke waits for is answered
// within the blink of an eye, and what is about the whole file soon. The fastest of
// some tries counts, since other work may slow down any.
func TestLongFile(t *testing.T) {
	const blink, soon = 500 * time.Millisecond, 10 * time.Second
	text := long(10_000)
	s := begin(t, nil)
	s.open("a.det", text)
	s.diagnostics("a.det")
	at := strings.Index(text[len(text)/2:], "where get and ") + len(text)/2 + len("where get and ")
	p := positionIn(source.New("x", text), at)
	edit := func(i int) {
		s.edit("a.det", contentChange{&span{position{2, 14}, position{2, 15}}, string(rune('1' + i))})
	}
	for _, x := range []struct {
		method string
		limit  time.Duration
	}{
		{"completion", blink}, {"hover", blink}, {"definition", blink}, {"signatureHelp", blink}, {"foldingRange", soon},
		{"documentHighlight", soon}, {"documentSymbol", soon}, {"semanticTokens/full", soon}, {"diagnostics", soon},
	} {
		best := time.Hour
		for i := range 5 {
			start := time.Now()
			edit(i)
			if x.method == "diagnostics" {
				s.diagnostics("a.det")
			} else {
				var out json.RawMessage
				s.ask("textDocument/"+x.method, s.place("a.det", p), &out)
			}
			best = min(best, time.Since(start))
		}
		t.Logf("%s: %s", x.method, best)
		if best > x.limit {
			t.Errorf("%s takes %s, more than %s", x.method, best, x.limit)
		}
	}
}
