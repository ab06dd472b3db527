// Package lsp is the language server: it tells an editor what the compiler, the
// linter and the formatter know of the files that it has open, over the Language
// Server Protocol.
//
// Messages are taken in order; each request is answered by a goroutine of its own
// about the version of the document that the editor had when it asked. What a
// keystroke waits for looks at the declaration around the cursor alone (near);
// whole files are compiled and linted once typing pauses.
package lsp

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"runtime/debug"
	"slices"
	"sync"
	"time"

	"github.com/sourcegraph/jsonrpc2"

	"github.com/detlang/det/compiler/check"
)

// pause is how long typing must rest before a whole file is looked at.
const pause = 200 * time.Millisecond

// Serve answers an editor until it says goodbye or hangs up. The error is for a
// connection that ends without an exit.
func Serve(ctx context.Context, in io.Reader, out io.Writer, version string) error {
	s := newServer(version)
	stream := jsonrpc2.NewBufferedStream(pipe{in, out}, jsonrpc2.VSCodeObjectCodec{})
	s.conn = jsonrpc2.NewConn(ctx, stream, s, jsonrpc2.SetLogger(quiet{}))
	close(s.ready)
	select {
	case <-ctx.Done():
		s.conn.Close()
		return ctx.Err()
	case <-s.exit:
		s.conn.Close()
	case <-s.conn.DisconnectNotify():
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.stopped {
		return errors.New("the editor hung up without a shutdown")
	}
	return nil
}

// quiet keeps the connection from writing to standard error: what goes wrong is
// told by the error of Serve, or to the editor.
type quiet struct{}

func (quiet) Printf(string, ...any) {}

// pipe is standard input and output as one stream. Closing it leaves them open.
type pipe struct {
	io.Reader
	io.Writer
}

func (pipe) Close() error { return nil }

type server struct {
	version string
	world   *world
	conn    *jsonrpc2.Conn
	ready   chan struct{} // closed once conn is set
	exit    chan struct{}
	looking chan struct{} // held by whoever compiles whole files

	mu       sync.Mutex
	stopped  bool
	exited   bool
	running  map[jsonrpc2.ID]context.CancelFunc
	timers   map[string]*time.Timer // by path
	failures map[string][]diagnostic
}

func newServer(version string) *server {
	return &server{
		version: version, world: newWorld(), ready: make(chan struct{}), exit: make(chan struct{}),
		looking: make(chan struct{}, 1), running: map[jsonrpc2.ID]context.CancelFunc{},
		timers: map[string]*time.Timer{}, failures: map[string][]diagnostic{},
	}
}

// Handle takes one message. Notifications are done with when it returns, so that
// later requests see what they changed.
func (s *server) Handle(ctx context.Context, conn *jsonrpc2.Conn, req *jsonrpc2.Request) {
	<-s.ready
	if req.Notif {
		if n, ok := notifications[req.Method]; ok {
			s.guard(req.Method, func() error { return n(s, params(req)) })
		}
		return
	}
	prepare, ok := requests[req.Method]
	if !ok {
		conn.ReplyWithError(ctx, req.ID, &jsonrpc2.Error{Code: jsonrpc2.CodeMethodNotFound, Message: "no method " + req.Method})
		return
	}
	var answer func(context.Context) (any, error)
	if err := s.guard(req.Method, func() (err error) { answer, err = prepare(s, params(req)); return err }); err != nil {
		conn.ReplyWithError(ctx, req.ID, replyError(err))
		return
	}
	ctx, cancel := context.WithCancel(ctx)
	s.mu.Lock()
	s.running[req.ID] = cancel
	s.mu.Unlock()
	go func() {
		defer func() {
			s.mu.Lock()
			delete(s.running, req.ID)
			s.mu.Unlock()
			cancel()
		}()
		result, err := s.answer(ctx, req.Method, answer)
		if err != nil {
			conn.ReplyWithError(context.WithoutCancel(ctx), req.ID, replyError(err))
			return
		}
		conn.Reply(context.WithoutCancel(ctx), req.ID, result)
	}()
}

// answer waits for an answer, or until it is cancelled: what is worked out then is
// there for the next request about the same text.
func (s *server) answer(ctx context.Context, method string, answer prepared) (any, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	var result any
	done := make(chan error, 1)
	go func() {
		done <- s.guard(method, func() (err error) { result, err = answer(ctx); return err })
	}()
	select {
	case err := <-done:
		return result, err
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// params are the parameters of a message; null where it has none.
func params(req *jsonrpc2.Request) json.RawMessage {
	if req.Params == nil {
		return json.RawMessage("null")
	}
	return *req.Params
}

// guard runs f. A panic breaks our own invariants and is told, but an author does
// not lose the server for it.
func (s *server) guard(method string, f func() error) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("%s: %v", method, r)
			s.notify("window/logMessage", messageParams{1, fmt.Sprintf("%v\n%s", err, debug.Stack())})
		}
	}()
	return f()
}

// Codes of errors beyond those of JSON-RPC.
const (
	codeCancelled = -32800
	codeModified  = -32801
	codeFailed    = -32803
)

// errModified answers a request about a text that has changed meanwhile.
var errModified = &jsonrpc2.Error{Code: codeModified, Message: "the document has changed"}

func replyError(err error) *jsonrpc2.Error {
	var e *jsonrpc2.Error
	switch {
	case errors.As(err, &e):
		return e
	case errors.Is(err, context.Canceled):
		return &jsonrpc2.Error{Code: codeCancelled, Message: "cancelled"}
	}
	return &jsonrpc2.Error{Code: codeFailed, Message: err.Error()}
}

// notify tells the editor something. An editor that has gone hears nothing.
func (s *server) notify(method string, params any) {
	if s.conn != nil {
		s.conn.Notify(context.Background(), method, params)
	}
}

// notifications are what the editor tells.
var notifications = map[string]func(*server, json.RawMessage) error{
	"initialized":                         (*server).initialized,
	"exit":                                (*server).leave,
	"$/cancelRequest":                     (*server).cancel,
	"textDocument/didOpen":                (*server).didOpen,
	"textDocument/didChange":              (*server).didChange,
	"textDocument/didSave":                (*server).didSave,
	"textDocument/didClose":               (*server).didClose,
	"workspace/didChangeWatchedFiles":     (*server).didSave,
	"workspace/didChangeWorkspaceFolders": (*server).didChangeFolders,
}

// prepared is a request that was read: it is answered about the documents as they
// were then.
type prepared = func(context.Context) (any, error)

// requests are what the editor asks.
var requests = map[string]func(*server, json.RawMessage) (prepared, error){
	"initialize":                       (*server).initialize,
	"shutdown":                         (*server).shutdown,
	"textDocument/hover":               at((*document).hover),
	"textDocument/completion":          at((*document).completion),
	"completionItem/resolve":           (*server).resolve,
	"textDocument/signatureHelp":       at((*document).signatureHelp),
	"textDocument/definition":          at((*document).definition),
	"textDocument/documentHighlight":   at((*document).highlight),
	"textDocument/prepareRename":       at((*document).prepareRename),
	"textDocument/references":          about(func(d *document, p referenceParams) (any, error) { return d.references(p) }),
	"textDocument/rename":              about(func(d *document, p renameParams) (any, error) { return d.rename(p) }),
	"textDocument/formatting":          about(func(d *document, _ documentParams) (any, error) { return d.format(nil) }),
	"textDocument/rangeFormatting":     about(func(d *document, p rangeParams) (any, error) { return d.format(&p.Range) }),
	"textDocument/codeAction":          about(func(d *document, p codeActionParams) (any, error) { return d.actions(p) }),
	"textDocument/codeLens":            about(func(d *document, _ documentParams) (any, error) { return d.lenses() }),
	"textDocument/foldingRange":        about(func(d *document, _ documentParams) (any, error) { return d.folds() }),
	"textDocument/semanticTokens/full": about(func(d *document, _ documentParams) (any, error) { return d.semanticTokens() }),
	"textDocument/inlayHint":           about(func(d *document, p rangeParams) (any, error) { return d.inlayHints(p.Range) }),
	"textDocument/documentSymbol":      about(func(d *document, _ documentParams) (any, error) { return d.symbols() }),
	"workspace/symbol":                 (*server).workspaceSymbols,
	"workspace/executeCommand":         (*server).execute,
}

// about is a request about one document.
func about[P any](answer func(*document, P) (any, error)) func(*server, json.RawMessage) (prepared, error) {
	return func(s *server, raw json.RawMessage) (prepared, error) {
		var which documentParams
		var p P
		if err := decode(raw, &which, &p); err != nil {
			return nil, err
		}
		d := s.world.opened(pathOf(which.TextDocument.URI))
		if d == nil {
			return nil, &jsonrpc2.Error{Code: jsonrpc2.CodeInvalidParams, Message: "not open: " + which.TextDocument.URI}
		}
		return func(context.Context) (any, error) { return answer(d, p) }, nil
	}
}

// at is a request about a place of a document.
func at(answer func(d *document, off int) (any, error)) func(*server, json.RawMessage) (prepared, error) {
	return about(func(d *document, p positionParams) (any, error) { return answer(d, d.offset(p.Position)) })
}

func decode(raw json.RawMessage, into ...any) error {
	for _, p := range into {
		if err := json.Unmarshal(raw, p); err != nil {
			return &jsonrpc2.Error{Code: jsonrpc2.CodeInvalidParams, Message: err.Error()}
		}
	}
	return nil
}

func (s *server) initialize(raw json.RawMessage) (prepared, error) {
	var p initializeParams
	if err := decode(raw, &p); err != nil {
		return nil, err
	}
	var folders []string
	for _, f := range p.WorkspaceFolders {
		folders = append(folders, pathOf(f.URI))
	}
	if len(folders) == 0 && p.RootURI != "" {
		folders = []string{pathOf(p.RootURI)}
	}
	return func(context.Context) (any, error) {
		s.world.setFolders(folders)
		return map[string]any{
			"serverInfo":   map[string]any{"name": "det", "version": s.version},
			"capabilities": capabilities(),
		}, nil
	}, nil
}

func capabilities() map[string]any {
	return map[string]any{
		"positionEncoding":       "utf-16",
		"textDocumentSync":       map[string]any{"openClose": true, "change": 2, "save": true},
		"hoverProvider":          true,
		"completionProvider":     map[string]any{"triggerCharacters": []string{".", "[", "\"", " ", "|"}, "resolveProvider": true},
		"signatureHelpProvider":  map[string]any{"triggerCharacters": []string{"(", ",", " "}},
		"definitionProvider":     true,
		"referencesProvider":     true,
		"renameProvider":         map[string]any{"prepareProvider": true},
		"codeActionProvider":     map[string]any{"codeActionKinds": []string{"quickfix", "source.fixAll"}},
		"codeLensProvider":       map[string]any{},
		"executeCommandProvider": map[string]any{"commands": []string{runTestCommand}},
		"semanticTokensProvider": map[string]any{
			"legend": map[string]any{"tokenTypes": tokenTypes, "tokenModifiers": []string{}}, "full": true,
		},
		"documentFormattingProvider":      true,
		"documentRangeFormattingProvider": true,
		"documentHighlightProvider":       true,
		"documentSymbolProvider":          true,
		"workspaceSymbolProvider":         true,
		"foldingRangeProvider":            true,
		"inlayHintProvider":               true,
		"workspace":                       map[string]any{"workspaceFolders": map[string]any{"supported": true, "changeNotifications": true}},
	}
}

func (s *server) initialized(json.RawMessage) error { return nil }

func (s *server) shutdown(json.RawMessage) (prepared, error) {
	s.mu.Lock()
	s.stopped = true
	s.mu.Unlock()
	return func(context.Context) (any, error) { return nil, nil }, nil
}

func (s *server) leave(json.RawMessage) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.exited {
		s.exited = true
		close(s.exit)
	}
	return nil
}

func (s *server) cancel(raw json.RawMessage) error {
	var p struct {
		ID jsonrpc2.ID `json:"id"`
	}
	if err := decode(raw, &p); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if stop := s.running[p.ID]; stop != nil {
		stop()
	}
	return nil
}

func (s *server) didOpen(raw json.RawMessage) error {
	var p didOpenParams
	if err := decode(raw, &p); err != nil {
		return err
	}
	t := p.TextDocument
	s.world.put(newDocument(s.world, t.URI, pathOf(t.URI), t.Version, t.Text))
	s.later(pathOf(t.URI), 0)
	return nil
}

func (s *server) didChange(raw json.RawMessage) error {
	var p didChangeParams
	if err := decode(raw, &p); err != nil {
		return err
	}
	path := pathOf(p.TextDocument.URI)
	d := s.world.opened(path)
	if d == nil {
		return nil
	}
	s.world.put(newDocument(s.world, d.uri, path, p.TextDocument.Version, d.change(p.ContentChanges)))
	s.mu.Lock()
	delete(s.failures, path)
	s.mu.Unlock()
	s.later(path, pause)
	return nil
}

func (s *server) didSave(json.RawMessage) error {
	s.world.refresh()
	for _, d := range s.world.openDocuments() {
		s.world.put(newDocument(s.world, d.uri, d.path, d.version, d.file.Text))
		s.later(d.path, pause)
	}
	return nil
}

func (s *server) didClose(raw json.RawMessage) error {
	var p documentParams
	if err := decode(raw, &p); err != nil {
		return err
	}
	s.world.forget(pathOf(p.TextDocument.URI))
	s.notify("textDocument/publishDiagnostics", publishParams{URI: p.TextDocument.URI, Diagnostics: []diagnostic{}})
	return nil
}

func (s *server) didChangeFolders(raw json.RawMessage) error {
	var p foldersParams
	if err := decode(raw, &p); err != nil {
		return err
	}
	s.world.mu.Lock()
	folders := slices.Clone(s.world.folders)
	s.world.mu.Unlock()
	for _, f := range p.Event.Removed {
		folders = slices.DeleteFunc(folders, func(have string) bool { return have == pathOf(f.URI) })
	}
	for _, f := range p.Event.Added {
		folders = append(folders, pathOf(f.URI))
	}
	s.world.setFolders(folders)
	return s.didSave(nil)
}

// later looks at a file once nothing has been typed for a while. Of several
// requests to do so the last one counts.
func (s *server) later(path string, wait time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if t := s.timers[path]; t != nil {
		t.Stop()
	}
	s.timers[path] = time.AfterFunc(wait, func() {
		s.looking <- struct{}{}
		defer func() { <-s.looking }()
		s.guard("diagnostics", func() error {
			if s.publish(path) {
				s.publishDependents(path)
			}
			return nil
		})
	})
}

// publish tells what is wrong with a file, unless it has changed meanwhile.
func (s *server) publish(path string) bool {
	d := s.world.opened(path)
	if d == nil {
		return false
	}
	found := d.diagnostics()
	if s.world.opened(path) != d {
		return false
	}
	s.mu.Lock()
	found = append(found, s.failures[path]...)
	s.mu.Unlock()
	s.notify("textDocument/publishDiagnostics", publishParams{d.uri, d.version, found})
	return true
}

// publishDependents tells what a change of a file means for the open files that
// name what it declares, or that have errors, which it may have mended.
func (s *server) publishDependents(path string) {
	for _, d := range s.world.openDocuments() {
		if d.path == path || !d.dependsOn(path) {
			continue
		}
		if s.world.renew(d) {
			s.publish(d.path)
		}
	}
}

// dependsOn reports whether what is said of a document may change with a file.
func (d *document) dependsOn(path string) bool {
	a := d.linted()
	return a.Diags.Errors() > 0 || slices.ContainsFunc(a.uses.All, func(u check.Use) bool {
		return u.Def.File != nil && u.Def.File.Name == path
	})
}
