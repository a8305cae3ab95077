package standin

import (
	"context"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync"
)

// Options configure a Server, besides its scenarios.
type Options struct {
	Split Split // how streams are written
	Open  bool  // credentials and headers that vendors require are not checked
}

// A Split is how the bytes of a stream are split into writes.
type Split uint8

const (
	PerEvent Split = iota // each event in a write of its own
	Whole                 // everything at once
	ByByte                // each byte in a write of its own
)

// A Request is a request to a Server.
type Request struct {
	Method string
	Path   string // decoded
	Raw    string // path and query as they were sent
	Header http.Header
	Body   []byte
	Family string // openai, responses, anthropic, gemini, converse, invoke, cohere, ollama …; empty: an unknown path
	Model  string
	Stream bool
	Status int  // of the answer
	Gone   bool // the client left before the answer was complete
}

// A Server answers like the vendors. It is an [http.Handler], and safe for concurrent use.
type Server struct {
	options Options
	mu      sync.Mutex
	taken   []*Request        // in the order they came
	files   map[string][]byte // stored files, by id
	batches map[string]*batch
	made    int  // number of files and batches
	ended   bool // all batches have ended
}

// New makes a Server.
func New(o Options) *Server {
	return &Server{options: o, files: map[string][]byte{}, batches: map[string]*batch{}}
}

// Take returns the requests since the last Take in their order, and removes them. A request is added as soon
// as it was read; Gone is known once its answer has ended.
func (s *Server) Take() []Request {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := make([]Request, len(s.taken))
	for i, r := range s.taken {
		out[i] = *r
	}
	s.taken = nil
	return out
}

// Requests returns the same requests as Take, without removing them.
func (s *Server) Requests() []Request {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := make([]Request, len(s.taken))
	for i, r := range s.taken {
		out[i] = *r
	}
	return out
}

func (s *Server) note(r *Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.taken) == maxRequests {
		s.taken = s.taken[1:]
	}
	s.taken = append(s.taken, r)
}

func (s *Server) ends(r *Request, status int, gone bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	r.Status, r.Gone = status, gone
}

// Serve answers on l until ctx ends.
func (s *Server) Serve(ctx context.Context, l net.Listener) error {
	h := &http.Server{Handler: s}
	stop := context.AfterFunc(ctx, func() { h.Close() })
	defer stop()
	if err := h.Serve(l); err != http.ErrServerClosed {
		return err
	}
	return nil
}

// ServeHTTP answers one request.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if s.outside(w, r) {
		return
	}
	body, err := io.ReadAll(io.LimitReader(r.Body, maxBody))
	if err != nil {
		return
	}
	note := &Request{Method: r.Method, Path: r.URL.Path, Raw: r.URL.RequestURI(), Header: r.Header.Clone(), Body: body}
	ex := exchange{server: s, w: w, r: r, body: body, note: note, split: s.options.Split}
	ex.route = routeOf(r)
	note.Family = ex.route.family
	s.note(note)
	defer func() {
		s.ends(note, ex.status, r.Context().Err() != nil)
	}()
	if asksSocket(r) {
		ex.serveSocket(s.options.Open)
		return
	}
	if ex.route.family == "" {
		if a, id := asideOf(r); a != nil {
			ex.serveAside(a, id, s.options.Open)
			return
		}
	}
	ex.serve(s.options.Open)
}

// side returns the requests as JSON. GET removes them, as Take does, unless ?keep.
func (s *Server) side(w http.ResponseWriter, r *http.Request) {
	all := s.Requests()
	if !r.URL.Query().Has("keep") {
		all = s.Take()
	}
	out := make([]any, len(all))
	for i, q := range all {
		out[i] = obj{"method", q.Method, "path", q.Path, "raw", q.Raw, "headers", q.Header, "body", string(q.Body),
			"family", q.Family, "model", q.Model, "stream", q.Stream, "status", q.Status, "gone", q.Gone}
	}
	w.Header().Set("Content-Type", "application/json")
	w.Write(encode(out))
}

// A route is the meaning of a request's path.
type route struct {
	family string // empty: unknown
	verb   string // chat, embed, rerank, count, models
	model  string // from the path; empty: in the body
	stream bool   // the path asks for a stream
	array  bool   // Gemini without alt=sse
}

// routeOf reads the path. Anything before the part that a vendor's SDK appends is ignored.
func routeOf(r *http.Request) route {
	path := r.URL.EscapedPath()
	for _, p := range paths {
		if strings.HasSuffix(path, p.end) {
			return route{family: p.family, verb: p.verb}
		}
	}
	if i := strings.LastIndex(path, "/model/"); i >= 0 {
		return bedrockRoute(path[i+len("/model/"):])
	}
	if i := strings.LastIndex(path, "/models/"); i >= 0 {
		return geminiRoute(path[i+len("/models/"):], r.URL.Query().Get("alt") == "sse")
	}
	return route{}
}

var paths = [...]struct{ end, family, verb string }{
	{"/chat/completions", "openai", "chat"},
	{"/completions", "completions", "chat"},
	{"/responses/input_tokens", "responses", "count"},
	{"/responses", "responses", "chat"},
	{"/messages/count_tokens", "anthropic", "count"},
	{"/messages", "anthropic", "chat"},
	{"/embeddings", "openai", "embed"},
	{"/v2/embed", "cohere", "embed"},
	{"/v2/rerank", "cohere", "rerank"},
	{"/v1/rerank", "cohere", "rerank"},
	{"/rerank", "cohere", "rerank"},
	{"/api/chat", "ollama", "chat"},
	{"/api/embed", "ollama", "embed"},
	{"/v2/chat", "cohere", "chat"},
	{"/models", "models", "models"},
}

func bedrockRoute(rest string) route {
	slash := strings.LastIndexByte(rest, '/')
	if slash <= 0 {
		return route{}
	}
	name, err := url.PathUnescape(rest[:slash])
	if err != nil {
		return route{}
	}
	switch rest[slash+1:] {
	case "converse":
		return route{family: "converse", verb: "chat", model: name}
	case "converse-stream":
		return route{family: "converse", verb: "chat", model: name, stream: true}
	case "invoke":
		return route{family: "invoke", verb: "chat", model: name}
	case "invoke-with-response-stream":
		return route{family: "invoke", verb: "chat", model: name, stream: true}
	case "count-tokens":
		return route{family: "converse", verb: "count", model: name}
	}
	return route{}
}

func geminiRoute(rest string, sse bool) route {
	colon := strings.LastIndexByte(rest, ':')
	if colon <= 0 {
		return route{}
	}
	name, err := url.PathUnescape(rest[:colon])
	if err != nil {
		return route{}
	}
	switch rest[colon+1:] {
	case "generateContent":
		return route{family: "gemini", verb: "chat", model: name}
	case "streamGenerateContent":
		return route{family: "gemini", verb: "chat", model: name, stream: true, array: !sse}
	case "countTokens":
		return route{family: "gemini", verb: "count", model: name}
	case "embedContent", "batchEmbedContents":
		return route{family: "gemini", verb: "embed", model: name}
	case "rawPredict", "streamRawPredict":
		return route{family: "vertex", verb: "chat", model: name}
	}
	return route{}
}
