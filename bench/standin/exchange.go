package standin

import (
	"encoding/json"
	"net/http"
	"strconv"
	"time"
)

// An exchange is one request and its answer.
type exchange struct {
	server *Server
	w      http.ResponseWriter
	r      *http.Request
	body   []byte
	route  route
	note   *Request
	split  Split
	status int
	d      doc
	q      asked
}

func (ex *exchange) serve(open bool) {
	ex.head()
	if ex.route.family == "" || (ex.r.Method != "POST") != (ex.route.verb == "models") {
		ex.refuse(&refusal{status: 404, message: "no such path: " + ex.r.Method + " " + ex.r.URL.Path})
		return
	}
	if !open {
		if f := credential(ex.route.family, ex.r); f != nil {
			ex.refuse(f)
			return
		}
	}
	if ex.route.verb == "models" {
		ex.models()
		return
	}
	if err := json.Unmarshal(ex.body, &ex.d); err != nil || ex.d == nil {
		ex.refuse(invalid("", "the body is no JSON object"))
		return
	}
	ex.q.model = ex.route.model
	if m := text(ex.d["model"]); m != "" && ex.route.model == "" {
		ex.q.model = m
	}
	ex.note.Model = ex.q.model
	ex.q.family = ex.route.family
	if f := ex.answer(); f != nil {
		ex.refuse(f)
	}
}

// answer reads the request and answers it. It returns a refusal if the vendor would refuse.
func (ex *exchange) answer() *refusal {
	if ex.q.model == "" {
		return invalid("model", "model is missing")
	}
	name, status := scenario(ex.q.model)
	switch {
	case ex.route.verb == "embed", ex.route.family == "invoke" && ex.d["messages"] == nil:
		return ex.embed(name, status)
	case ex.route.verb == "rerank":
		return ex.rerank(status)
	case ex.route.verb == "count":
		return ex.count(status)
	}
	f, ok := familyOf(ex.route.family)
	if !ok {
		return &refusal{status: 404, message: "no such operation"}
	}
	if r := f.read(ex); r != nil {
		return r
	}
	ex.q.stream = ex.q.stream || ex.route.stream
	ex.note.Stream = ex.q.stream
	switch {
	case name == "error":
		return fixed(status)
	case name == "error-stream" && !ex.q.stream:
		return fixed(503)
	}
	a := answers(name, &ex.q)
	if ex.q.stream {
		ex.stream(f, name, &a)
		return nil
	}
	b := f.whole(ex, &a)
	if name == "cut" {
		ex.cutWhole(b)
		return nil
	}
	ex.json(200, b)
	return nil
}

// A family has the functions of one format to read requests and write answers.
type family struct {
	read   func(ex *exchange) *refusal
	whole  func(ex *exchange, a *answer) []byte
	events func(ex *exchange, a *answer) [][]byte
	broken func() []byte // the event of an error in the middle
	kind   string        // content type of its streams
}

const sse = "text/event-stream; charset=utf-8"

// familyOf returns the functions of a family with conversations.
func familyOf(name string) (family, bool) {
	f, ok := map[string]family{
		"openai":      {readOpenAI, wholeOpenAI, eventsOpenAI, brokenOpenAI, sse},
		"completions": {readCompletion, wholeCompletion, eventsCompletion, brokenOpenAI, sse},
		"responses":   {readResponses, wholeResponses, eventsResponses, brokenResponses, sse},
		"anthropic":   {readAnthropic, wholeAnthropic, eventsAnthropic, brokenAnthropic, sse},
		"vertex":      {readVertex, wholeAnthropic, eventsAnthropic, brokenAnthropic, sse},
		"gemini":      {readGemini, wholeGemini, eventsGemini, brokenGemini, "text/event-stream"},
		"converse":    {readConverse, wholeConverse, eventsConverse, brokenConverse, "application/vnd.amazon.eventstream"},
		"invoke":      {readInvoke, wholeAnthropic, eventsInvoke, brokenConverse, "application/vnd.amazon.eventstream"},
		"cohere":      {readCohere, wholeCohere, eventsCohere, brokenCohere, "text/event-stream"},
		"ollama":      {readOllama, wholeOllama, eventsOllama, brokenOllama, "application/x-ndjson"},
	}[name]
	return f, ok
}

// head sets the header fields that every answer of a family has.
func (ex *exchange) head() {
	h := ex.w.Header()
	switch ex.route.family {
	case "openai", "responses", "completions":
		h.Set("X-Request-Id", "req_standin")
		h.Set("Openai-Processing-Ms", "12")
		h.Set("X-Ratelimit-Remaining-Requests", "99")
	case "anthropic":
		h.Set("Request-Id", "req_standin")
		h.Set("Anthropic-Ratelimit-Requests-Remaining", "99")
	case "converse", "invoke":
		h.Set("X-Amzn-Requestid", "00000000-0000-4000-8000-000000000000")
	case "cohere":
		h.Set("X-Debug-Trace-Id", "standin")
	}
}

func (ex *exchange) json(status int, b []byte) {
	ex.status = status
	ex.w.Header().Set("Content-Type", "application/json")
	ex.w.Header().Set("Content-Length", strconv.Itoa(len(b)))
	ex.w.WriteHeader(status)
	ex.w.Write(b)
}

// cutWhole sends half of a body and resets the connection.
func (ex *exchange) cutWhole(b []byte) {
	ex.status = 200
	ex.w.Header().Set("Content-Type", "application/json")
	ex.w.Header().Set("Content-Length", strconv.Itoa(len(b)))
	ex.w.WriteHeader(200)
	ex.w.Write(b[:len(b)/2])
	ex.flush()
	panic(http.ErrAbortHandler)
}

func (ex *exchange) flush() {
	if f, ok := ex.w.(http.Flusher); ok {
		f.Flush()
	}
}

// stream writes the events of a, as many as the scenario allows.
func (ex *exchange) stream(f family, name string, a *answer) {
	ex.status = 200
	kind := f.kind
	if ex.route.array {
		kind = "application/json; charset=UTF-8"
	}
	ex.w.Header().Set("Content-Type", kind)
	ex.w.WriteHeader(200)
	events := f.events(ex, a)
	half := len(events) / 2
	switch name {
	case "cut":
		events = append(events[:half:half], events[half][:len(events[half])/2])
	case "cut-clean":
		events = events[:half]
	case "error-stream":
		events = append(events[:half:half], f.broken())
	case "slow":
		ex.wait(slowFirst)
	}
	ex.write(events, name == "slow")
	if name == "cut" {
		ex.flush()
		panic(http.ErrAbortHandler) // net/http then resets the connection
	}
}

func (ex *exchange) write(events [][]byte, slow bool) {
	for _, e := range events {
		if ex.r.Context().Err() != nil {
			return
		}
		if ex.split == ByByte {
			for i := range e {
				ex.w.Write(e[i : i+1])
				ex.flush()
			}
			continue
		}
		ex.w.Write(e)
		if ex.split == PerEvent {
			ex.flush()
		}
		if slow {
			ex.wait(slowGap)
		}
	}
}

// wait waits for d, or until the client has left.
func (ex *exchange) wait(d time.Duration) {
	ex.flush()
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
	case <-ex.r.Context().Done():
	}
}
