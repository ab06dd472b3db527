package input

import (
	"bytes"
	"context"
)

// accessFields are the fields of an access log. A value "-" is missing in all of
// them. uri is the target of the request, and query what stands behind the first ? of
// it; method, uri, path, query and protocol are missing when the request line is not
// one, as when a client speaks TLS to a plain port, and request is always the whole
// of it.
var accessFields = [...]string{
	logClient: "clientip", logIdent: "ident", logUser: "auth", logTime: "time",
	logRequest: "request", logMethod: "method", logURI: "uri", logPath: "path", logQuery: "query", logProtocol: "protocol",
	logStatus: "status", logBytes: "bytes", logReferrer: "referrer", logAgent: "useragent",
}

const (
	logClient = iota
	logIdent
	logUser
	logTime
	logRequest
	logMethod
	logURI
	logPath
	logQuery
	logProtocol
	logStatus
	logBytes
	logReferrer
	logAgent
)

// OpenCombined reads access logs in the common and the combined log format of
// Apache and nginx:
//
//	clientip ident auth [time] "request" status bytes "referrer" "useragent"
//
// What a server appends behind the user agent is passed over. Escapes in quoted
// values (\", \\, \xhh, \n and the like) are undone. A user agent that is cut off
// with its line, as by syslog, is kept as far as it goes.
func OpenCombined(ctx context.Context, f *File, req Request) (Stream, error) {
	rows, err := newRows(f.Name, req)
	if err != nil {
		return nil, err
	}
	b := newBlock(f)
	if err := b.begin(ctx); err != nil {
		rows.release()
		return nil, err
	}
	r := &combinedReader{rows: rows, block: b}
	rows.line = func() int64 { return b.line(r.start) }
	r.pick = newPick(req.Columns, func(name string) int {
		for i, n := range accessFields {
			if n == name {
				return i
			}
		}
		return -1
	})
	return r, nil
}

type combinedReader struct {
	rows  *rows
	block *block
	pick  *pick
	start int // of the current line in the block
	entry accessEntry
}

func (r *combinedReader) Close() error {
	r.rows.release()
	return closeFile(r.block.f)
}

func (r *combinedReader) Progress() (done, total int64) { return progressOf(r.block.f) }

func (r *combinedReader) Next(ctx context.Context) (Batch, error) {
	for !r.rows.enough(r.block) {
		line, ok := r.block.nextLine(ctx, r.rows, &r.start)
		if !ok {
			break
		}
		if len(line) == 0 {
			continue
		}
		if why := r.entry.parse(line); why != "" {
			r.rows.setAside(Reject{Cause: Malformed, Detail: why, Text: line})
			continue
		}
		r.rows.add(r.pick.from(r.entry.fields[:]), line)
	}
	if r.rows.n > 0 {
		return r.rows.batch(), nil
	}
	return Batch{}, r.block.finish(r.rows)
}

// sniffCombined wants an entry in one of the first lines.
func sniffCombined(head []byte) bool {
	var e accessEntry
	for range 3 {
		line, rest, _ := bytes.Cut(head, newline)
		if e.parse(bytes.TrimSuffix(line, []byte{'\r'})) == "" {
			return true
		}
		head = rest
	}
	return false
}

// accessEntry is one line of an access log.
type accessEntry struct {
	fields [len(accessFields)]value
	text   []byte // what had escapes
}

// parse reads a line; why says what is wrong with it, "" if nothing is.
func (e *accessEntry) parse(line []byte) (why string) {
	clear(e.fields[:])
	e.text = e.text[:0]
	for _, f := range []int{logClient, logIdent} {
		i := bytes.IndexByte(line, ' ')
		if i <= 0 {
			return "a " + accessFields[f] + " is missing at the start"
		}
		e.set(f, line[:i])
		line = line[i+1:]
	}
	// A user may have spaces in its name.
	i := bytes.Index(line, []byte(" ["))
	if i <= 0 {
		return "a time in brackets is missing"
	}
	e.set(logUser, line[:i])
	line = line[i+2:]
	if i = bytes.IndexByte(line, ']'); i < 0 {
		return "the time has no closing bracket"
	}
	e.set(logTime, line[:i])
	line = line[i+1:]

	text, line, ok := quotedText(line)
	if !ok {
		return "a request in quotes is missing"
	}
	e.setQuoted(logRequest, text)
	e.setRequest(text)

	for _, f := range []int{logStatus, logBytes} {
		if len(line) < 2 || line[0] != ' ' {
			return "the " + accessFields[f] + " is missing"
		}
		line = line[1:]
		i := bytes.IndexByte(line, ' ')
		if i < 0 {
			i = len(line)
		}
		if !digitsOrDash(line[:i]) {
			return "the " + accessFields[f] + " is not a number"
		}
		e.set(f, line[:i])
		line = line[i:]
	}
	if len(line) == 0 {
		return "" // the common log format ends here
	}
	if text, line, ok = quotedText(line); !ok {
		return "a referrer in quotes is missing"
	}
	e.setQuoted(logReferrer, text)
	if text, _, ok = quotedText(line); !ok {
		if text, ok = bytes.CutPrefix(line, []byte(` "`)); !ok {
			return "a user agent in quotes is missing"
		}
	}
	e.setQuoted(logAgent, text)
	return ""
}

// set gives a field its text as it stands.
func (e *accessEntry) set(f int, text []byte) {
	if string(text) != "-" {
		e.fields[f] = value{form: loose, text: text}
	}
}

// setQuoted gives a field the text that stood in quotes.
func (e *accessEntry) setQuoted(f int, text []byte) {
	if bytes.IndexByte(text, '\\') >= 0 {
		from := len(e.text)
		e.text = unescapeAccess(e.text, text)
		text = e.text[from:]
	}
	e.set(f, text)
}

// setRequest takes a request line apart: METHOD target [HTTP/x]. A target may
// have spaces, as attackers write them.
func (e *accessEntry) setRequest(line []byte) {
	i := bytes.IndexByte(line, ' ')
	if i <= 0 || !isMethod(line[:i]) {
		return
	}
	target, version := line[i+1:], []byte(nil)
	if j := bytes.LastIndexByte(target, ' '); j >= 0 && bytes.HasPrefix(target[j+1:], []byte("HTTP/")) {
		target, version = target[:j], target[j+1:]
	}
	if len(target) == 0 || version == nil && target[0] != '/' {
		return
	}
	e.set(logMethod, line[:i])
	if version != nil {
		e.set(logProtocol, version)
	}
	e.setQuoted(logURI, target)
	target, rest, found := bytes.Cut(target, []byte{'?'})
	e.setQuoted(logPath, target)
	if found {
		e.setQuoted(logQuery, rest)
	}
}

func isMethod(t []byte) bool {
	for _, c := range t {
		if (c < 'A' || c > 'Z') && c != '-' && c != '_' {
			return false
		}
	}
	return true
}

func digitsOrDash(t []byte) bool {
	if string(t) == "-" {
		return true
	}
	for _, c := range t {
		if c-'0' > 9 {
			return false
		}
	}
	return len(t) > 0
}

// quotedText reads a space and a value in quotes, as written between them. The
// quote that ends it has no backslash before it and a space or nothing behind
// it: servers that do not escape quotes are read as far as they can be.
func quotedText(line []byte) (text, rest []byte, ok bool) {
	if len(line) < 3 || line[0] != ' ' || line[1] != '"' {
		return nil, line, false
	}
	i := 2 + bytes.IndexByte(line[2:], '"')
	if i < 2 {
		return nil, line, false
	}
	if bytes.IndexByte(line[2:i], '\\') >= 0 {
		i = 2
	}
	for ; i < len(line); i++ {
		switch line[i] {
		case '\\':
			i++
		case '"':
			if i+1 == len(line) || line[i+1] == ' ' {
				return line[2:i], line[i+1:], true
			}
		}
	}
	return nil, line, false
}

// unescapeAccess appends the text that Apache (ap_escape_logitem) or nginx
// (escape=default) escaped. An escape that neither writes stays as it is.
func unescapeAccess(dst, text []byte) []byte {
	for i := 0; i < len(text); i++ {
		if text[i] != '\\' || i+1 == len(text) {
			dst = append(dst, text[i])
			continue
		}
		i++
		switch c := text[i]; c {
		case '"', '\\':
			dst = append(dst, c)
		case 'b':
			dst = append(dst, '\b')
		case 'n':
			dst = append(dst, '\n')
		case 'r':
			dst = append(dst, '\r')
		case 't':
			dst = append(dst, '\t')
		case 'v':
			dst = append(dst, '\v')
		case 'f':
			dst = append(dst, '\f')
		case 'x':
			if i+2 < len(text) && hexDigit(text[i+1]) >= 0 && hexDigit(text[i+2]) >= 0 {
				dst = append(dst, byte(hexDigit(text[i+1])<<4|hexDigit(text[i+2])))
				i += 2
				continue
			}
			dst = append(dst, '\\', c)
		default:
			dst = append(dst, '\\', c)
		}
	}
	return dst
}
