package api

import (
	"io"
	"net/http"
	"net/http/pprof"
	"strconv"
	"strings"

	"asbru/core"
	"asbru/web"
)

// A row is one path. It is matched exactly, never as a prefix.
type row struct {
	path  string
	admin bool // only on the admin listener
	open  bool // public: for everyone who can connect
	serve func(*handler, http.ResponseWriter, *http.Request)
}

// rows returns the whole API. It is a function because pprof's handlers come
// from calls.
func rows() []row {
	all := []row{
		{path: "/", open: true, serve: (*handler).front},
		{path: "/health", open: true, serve: (*handler).ready}, // as in Bifrost
		{path: "/health/live", open: true, serve: (*handler).live},
		{path: "/health/ready", open: true, serve: (*handler).ready},
		{path: "/metrics", serve: (*handler).metrics},
		{path: "/version", serve: (*handler).version},
		{path: "/api/status", serve: (*handler).status},
		{path: "/debug/pprof/", admin: true, serve: plainly(pprof.Index)},
		{path: "/debug/pprof/cmdline", admin: true, serve: plainly(pprof.Cmdline)},
		{path: "/debug/pprof/profile", admin: true, serve: plainly(pprof.Profile)},
		{path: "/debug/pprof/symbol", admin: true, serve: plainly(pprof.Symbol)},
		{path: "/debug/pprof/trace", admin: true, serve: plainly(pprof.Trace)},
	}
	for _, name := range []string{"allocs", "block", "goroutine", "heap", "mutex", "threadcreate"} {
		all = append(all, row{path: "/debug/pprof/" + name, admin: true, serve: plainly(pprof.Handler(name).ServeHTTP)})
	}
	return all
}

func plainly(f http.HandlerFunc) func(*handler, http.ResponseWriter, *http.Request) {
	return func(_ *handler, w http.ResponseWriter, r *http.Request) { f(w, r) }
}

const frontPage = `asbru, an LLM gateway.

LLM traffic    POST /v1/chat/completions, /v1/completions, /v1/responses, /v1/embeddings
               GET  /v1/models, and every other OpenAI path, also under /openai
Other SDKs     /anthropic, /genai, /vertex/v1, /bedrock, /cohere, /mistral as their base URL
Your key       GET  /v1/quota: what it may use and has used
Health         GET  /health/live, /health/ready
For operators  GET  /metrics, /version, /api/status
               from the same machine, or on the admin listener with its token
Cache          GET  /api/cache, DELETE /api/cache/clear on the admin listener
Profiles       GET  /debug/pprof/ on the admin listener
`

// front says what this server is and where to read on: a page for a browser, text for
// others.
func (h *handler) front(w http.ResponseWriter, r *http.Request) {
	if strings.Contains(r.Header.Get("Accept"), "text/html") {
		page, policy := web.Front()
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		w.Header().Set("Content-Security-Policy", policy)
		w.Write(page)
		return
	}
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	io.WriteString(w, frontPage)
}

// A health answer says only what a load balancer needs.
type health struct {
	Status string `json:"status"`
}

// live succeeds as long as the process can answer at all.
func (h *handler) live(w http.ResponseWriter, _ *http.Request) {
	send(w, http.StatusOK, health{"ok"})
}

// ready succeeds from the first Snapshot until the drain.
func (h *handler) ready(w http.ResponseWriter, _ *http.Request) {
	var s Status
	if h.Status != nil {
		s = h.Status()
	}
	switch {
	case s.Draining:
		send(w, http.StatusServiceUnavailable, health{"draining"})
	case s.Snapshot == 0:
		send(w, http.StatusServiceUnavailable, health{"starting"})
	default:
		send(w, http.StatusOK, health{"ok"})
	}
}

func (h *handler) metrics(w http.ResponseWriter, r *http.Request) {
	if h.Metrics == nil {
		refuse(w, &core.Fault{Code: core.NotFound, Message: "cannot show /metrics: metrics are switched off"})
		return
	}
	select {
	case h.scrapes <- struct{}{}:
		defer func() { <-h.scrapes }()
	default:
		refuse(w, &core.Fault{Code: core.Overloaded, Message: "cannot show /metrics: " + strconv.Itoa(maxScrapes) + " scrapes are under way",
			Hint: "scrape less often", Retry: 1})
		return
	}
	w.Header().Set("Content-Type", "text/plain; version=0.0.4; charset=utf-8")
	if r.Method != http.MethodHead {
		h.Metrics(w)
	}
}

func (h *handler) version(w http.ResponseWriter, _ *http.Request) {
	send(w, http.StatusOK, h.Build)
}

func (h *handler) status(w http.ResponseWriter, _ *http.Request) {
	var s Status
	if h.Status != nil {
		s = h.Status()
	}
	send(w, http.StatusOK, s)
}
