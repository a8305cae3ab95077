package batch

import (
	"bytes"
	"errors"
	"strings"

	"asbru/core"
	"asbru/core/scan"
)

// A Request is one of those that a batch holds.
type Request struct {
	Op    core.Op
	Model []byte // empty: the path of the batch names it. It aliases what was read
	Body  []byte // aliases what was read
}

// A Source is where the requests of a batch are.
type Source struct {
	Files  []string // of requests, at the provider; empty: they stand in the body
	Inline []byte   // the array of them; nil: they are in Files
	Model  []byte   // of all of them; empty: each says its own
	Op     core.Op  // of those that do not say
}

var (
	errNoSource  = errors.New("the request does not say where those of the batch are")
	errNoRequest = errors.New("a line is no request that can be read")
)

// ReadSource reads the body of the request that begins a batch. What two readers could read differently is
// an error, here and in Read: who counts something else than the provider does is paid for something else.
func ReadSource(f Form, body []byte) (s Source, err error) {
	o := only{}
	s.Op = core.OpChat
	switch f {
	case OpenAI:
		s.Op = opOf(word(o.of(body, "endpoint")))
		s.Model, _ = scan.Plain(o.of(body, "model"))
		s.Files = file(nil, o.of(body, "input_file_id"))
		w := scan.Elements(o.of(body, "input_files")) // Mistral's
		for _, v, ok := w.Next(); ok; _, v, ok = w.Next() {
			s.Files = file(s.Files, v)
		}
		if list := o.of(body, "requests"); len(list) > 0 && list[0] == '[' {
			s.Inline = list
		}
	case Anthropic:
		s.Inline = o.of(body, "requests")
	case Gemini:
		input := o.of(o.of(body, "batch"), "inputConfig", "input_config")
		s.Inline = o.of(o.of(input, "requests"), "requests")
		s.Files = file(nil, o.of(input, "fileName", "file_name"))
	}
	if inline := len(s.Inline) > 0 && s.Inline[0] == '['; o.twice || inline == (len(s.Files) > 0) {
		return Source{}, errNoSource
	}
	return s, nil
}

// Read reads one request of s.
func (s *Source) Read(f Form, line []byte) (r Request, err error) {
	r = Request{Op: s.Op, Model: s.Model}
	o := only{}
	switch f {
	case OpenAI:
		if url := word(o.of(line, "url")); url != "" {
			r.Op = opOf(url)
		}
		r.Body = o.of(line, "body")
	case Anthropic:
		r.Body = o.of(line, "params")
	case Gemini:
		r.Body = o.of(line, "request")
	}
	if len(r.Body) == 0 || r.Body[0] != '{' || o.twice {
		return Request{}, errNoRequest
	}
	if f == Gemini {
		return r, nil // the path decides
	}
	if model, ok := scan.Plain(o.of(r.Body, "model")); ok {
		o.twice = o.twice || len(r.Model) > 0 && !bytes.Equal(r.Model, model)
		r.Model = model
	}
	if o.twice {
		return Request{}, errNoRequest
	}
	return r, nil
}

// An only finds members that nobody can take for others.
type only struct{ twice bool }

// of is the value of the member that goes by one of some names, raw; nil: there is none. A second one, or a key
// that is written with escapes, makes o.twice.
func (o *only) of(raw []byte, names ...string) (found []byte) {
	w := scan.Members(raw)
	for key, value, ok := w.Next(); ok; key, value, ok = w.Next() {
		o.twice = o.twice || bytes.IndexByte(key, '\\') >= 0
		for _, name := range names {
			if bytes.EqualFold(key, []byte(name)) {
				o.twice = o.twice || found != nil || string(key) != name
				found = value
			}
		}
	}
	return found
}

// opOf is what an endpoint of OpenAI's asks for.
func opOf(url string) core.Op {
	_, tail, _ := strings.Cut(url, "/v1/")
	switch tail {
	case "chat/completions", "messages":
		return core.OpChat
	case "completions", "fim/completions":
		return core.OpCompletion
	case "responses":
		return core.OpResponses
	case "embeddings":
		return core.OpEmbed
	}
	return core.OpPass
}
