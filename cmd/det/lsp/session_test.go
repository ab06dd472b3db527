package lsp

import (
	"context"
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/sourcegraph/jsonrpc2"

	"github.com/detlang/det/lang/source"
)

// session is an editor that talks to a server, over the very bytes of the protocol.
type session struct {
	t      testing.TB
	dir    string
	conn   *jsonrpc2.Conn
	served chan error

	mu       sync.Mutex
	told     map[string]publishParams
	messages []string
	changed  chan struct{}
	version  int
}

// begin starts a server on a folder with files, by name.
func begin(t testing.TB, files map[string]string) *session {
	t.Helper()
	s := &session{t: t, dir: t.TempDir(), told: map[string]publishParams{}, changed: make(chan struct{}, 1000), served: make(chan error, 1)}
	for name, text := range files {
		if err := os.MkdirAll(filepath.Dir(s.path(name)), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(s.path(name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	theirs, ours := io.Pipe()
	ours2, theirs2 := io.Pipe()
	ctx, cancel := context.WithCancel(context.Background())
	go func() {
		s.served <- Serve(ctx, theirs, theirs2, "test")
		theirs2.Close()
	}()
	s.conn = jsonrpc2.NewConn(ctx, jsonrpc2.NewBufferedStream(pipe{ours2, ours}, jsonrpc2.VSCodeObjectCodec{}), s, jsonrpc2.SetLogger(quiet{}))
	t.Cleanup(func() { cancel(); ours.Close(); ours2.Close() })
	var out map[string]any
	s.ask("initialize", map[string]any{
		"processId": nil, "rootUri": uriOf(s.dir), "capabilities": map[string]any{},
		"workspaceFolders": []workspaceFolder{{uriOf(s.dir), "rules"}},
	}, &out)
	s.notify("initialized", map[string]any{})
	return s
}

// Handle takes what the server tells.
func (s *session) Handle(_ context.Context, _ *jsonrpc2.Conn, req *jsonrpc2.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch req.Method {
	case "textDocument/publishDiagnostics":
		var p publishParams
		if json.Unmarshal(*req.Params, &p) == nil {
			s.told[p.URI] = p
		}
	default:
		s.messages = append(s.messages, req.Method+" "+string(*req.Params))
	}
	select {
	case s.changed <- struct{}{}:
	default:
	}
}

func (s *session) path(name string) string { return filepath.Join(s.dir, filepath.FromSlash(name)) }
func (s *session) uri(name string) string  { return uriOf(s.path(name)) }

func (s *session) try(method string, params, result any) error {
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	return s.conn.Call(ctx, method, params, result)
}

func (s *session) ask(method string, params, result any) {
	s.t.Helper()
	if err := s.try(method, params, result); err != nil {
		s.t.Fatalf("%s: %v", method, err)
	}
}

func (s *session) notify(method string, params any) {
	s.t.Helper()
	if err := s.conn.Notify(context.Background(), method, params); err != nil {
		s.t.Fatalf("%s: %v", method, err)
	}
}

func (s *session) open(name, text string) {
	s.t.Helper()
	s.version++
	s.notify("textDocument/didOpen", map[string]any{"textDocument": map[string]any{
		"uri": s.uri(name), "languageId": "det", "version": s.version, "text": text,
	}})
}

// change replaces the whole text.
func (s *session) change(name, text string) {
	s.t.Helper()
	s.edit(name, contentChange{Text: text})
}

func (s *session) edit(name string, changes ...contentChange) {
	s.t.Helper()
	s.version++
	s.notify("textDocument/didChange", didChangeParams{versionedDocument{s.uri(name), s.version}, changes})
}

// diagnostics waits for what the server says of the present version.
func (s *session) diagnostics(name string) []diagnostic {
	s.t.Helper()
	for limit := time.After(30 * time.Second); ; {
		s.mu.Lock()
		p, ok := s.told[s.uri(name)]
		version := s.version
		s.mu.Unlock()
		if ok && p.Version == version {
			return p.Diagnostics
		}
		select {
		case <-s.changed:
		case <-limit:
			s.t.Fatalf("no diagnostics of version %d of %s", version, name)
		}
	}
}

// await waits until what the server says of a file is as wanted.
func (s *session) await(name string, wanted func([]diagnostic) bool) {
	s.t.Helper()
	for limit := time.After(30 * time.Second); ; {
		s.mu.Lock()
		p, ok := s.told[s.uri(name)]
		s.mu.Unlock()
		if ok && wanted(p.Diagnostics) {
			return
		}
		select {
		case <-s.changed:
		case <-limit:
			s.t.Fatalf("%s has %v", name, p.Diagnostics)
		}
	}
}

// said lists diagnostics as code and text of the place.
func said(text string, list []diagnostic) string {
	d := &document{file: source.New("x", text)}
	var out []string
	for _, x := range list {
		out = append(out, x.Code+" "+text[d.offset(x.Range.Start):d.offset(x.Range.End)])
	}
	return strings.Join(out, "; ")
}

// mark cuts the cursor, ‸, out of a text and tells where it was.
func mark(t testing.TB, text string) (string, position) {
	t.Helper()
	at := strings.Index(text, "‸")
	if at < 0 {
		t.Fatal("no ‸ in the text")
	}
	text = strings.Replace(text, "‸", "", 1)
	return text, positionIn(source.New("x", text), at)
}

// place is the parameters of a request about the cursor.
func (s *session) place(name string, p position) positionParams {
	return positionParams{textDocument{s.uri(name)}, p}
}

// edited is a text after the edits of one document.
func edited(text string, edits []textEdit) string {
	d := &document{file: source.New("x", text)}
	type cut struct {
		start, end int
		text       string
	}
	var cuts []cut
	for _, e := range edits {
		cuts = append(cuts, cut{d.offset(e.Range.Start), d.offset(e.Range.End), e.NewText})
	}
	for {
		last := -1
		for i, c := range cuts {
			if last < 0 || c.start > cuts[last].start {
				last = i
			}
		}
		if last < 0 {
			return text
		}
		c := cuts[last]
		text = text[:c.start] + c.text + text[c.end:]
		cuts = append(cuts[:last], cuts[last+1:]...)
	}
}

// proposes checks what is proposed at the mark of a text: all of want, nothing of never.
func proposes(t *testing.T, name, text string, want, never []string) {
	t.Helper()
	text, p := mark(t, text)
	s := begin(t, nil)
	s.open(name, text)
	var list completionList
	s.ask("textDocument/completion", s.place(name, p), &list)
	var all []string
	for _, it := range list.Items {
		all = append(all, it.Label)
	}
	for _, w := range want {
		if !slices.Contains(all, w) {
			t.Errorf("no %s in %.400v", w, all)
		}
	}
	for _, w := range never {
		if slices.Contains(all, w) {
			t.Errorf("%s is offered", w)
		}
	}
}
