package api

import (
	"crypto/rand"
	"encoding/hex"
	"io"
	"log/slog"
	"net/http"
	"runtime/debug"
	"strings"
	"time"

	"asbru/core"
)

// Options configure what a handler shows and to whom.
type Options struct {
	// Admin is true on the admin listener, where every row is served to a token or to a
	// loopback caller. On the data listener there are no profiles, and rows that are not
	// public are served to loopback callers only.
	Admin bool

	// TokenSum returns the SHA-256 of the admin token. If it is nil or returns zero, no
	// token is accepted. It is called for each request, so that a reload can change the
	// token.
	TokenSum func() [32]byte

	// Governance serves the paths below /api/governance/ to callers with the token; on the data listener
	// only to those on the same machine, unless Shared returns true. nil: there is none.
	Governance Governance
	Shared     func() bool // nil: false

	// Origins returns the web origins whose pages may read what is for everyone (CORS). It is called for each
	// request. nil: there are none.
	Origins func() []core.Origin

	Memory  func() core.Memory // the current cache; nil, or returning nil: there is none
	Metrics func(io.Writer)    // writes Prometheus text; nil: 404
	Status  func() Status      // nil: never ready
	Build   Build
	Log     *slog.Logger // for panics; nil: silent
}

// Governance is the admin API over a store.
type Governance interface {
	http.Handler                                  // for authorized callers
	Refuse(w http.ResponseWriter, f *core.Fault)  // in that API's format
	Quota(w http.ResponseWriter, r *http.Request) // for virtual keys, which it checks itself
}

// Build identifies the program.
type Build struct {
	Version  string `json:"version"`
	Revision string `json:"revision"`
	Go       string `json:"go"`
}

// Status is the state of the process.
type Status struct {
	Snapshot uint64    `json:"snapshot"` // version of the running configuration; 0: none yet
	Draining bool      `json:"draining"`
	Started  time.Time `json:"started"`
	Reloads  Reloads   `json:"reloads"`
}

// Reloads counts configuration changes by outcome.
type Reloads struct {
	OK      uint64    `json:"ok"`
	Failed  uint64    `json:"failed"`
	Last    time.Time `json:"last"`              // of the last change taken
	Problem string    `json:"problem,omitempty"` // why the last change was refused; empty: it was not
}

// A handler is the table of rows and what they read.
type handler struct {
	Options
	rows    map[string]row
	scrapes chan struct{}
	guesses guesses
}

// New returns the handler for o.
func New(o Options) http.Handler {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	h := &handler{Options: o, rows: map[string]row{}, scrapes: make(chan struct{}, maxScrapes)}
	for _, r := range rows() {
		if o.Admin || !r.admin {
			h.rows[r.path] = r
		}
	}
	return h
}

// ServeHTTP finds the row, checks whether the caller may see it, and serves it.
func (h *handler) ServeHTTP(under http.ResponseWriter, r *http.Request) {
	id, w := newID(), &answer{ResponseWriter: under}
	head := w.Header()
	head.Set("X-Request-Id", id)
	head.Set("X-Content-Type-Options", "nosniff")
	head.Set("Cache-Control", "no-store")
	defer h.rescue(w, r, id)
	path, _, _ := strings.Cut(r.RequestURI, "?") // the client's bytes, not decoded
	if !plain(path) && !(h.Governance != nil && strings.HasPrefix(path, governed) && namesOnly(path)) {
		refuse(w, &core.Fault{Code: core.Invalid,
			Message: "cannot serve " + shown(path) + ": a path here is made of letters, digits and - . _ ~ between single slashes",
			Hint:    "write it without escapes, empty or dot segments"})
		return
	}
	if h.paged(w, r, path) || h.cached(w, r, path) {
		return
	}
	if h.Governance != nil && h.governs(w, r, path) {
		return
	}
	row, ok := h.rows[path]
	if !ok {
		hint := "GET / lists what there is"
		if r.Method == http.MethodPost {
			hint += "; the base URL of most clients ends in /v1"
		}
		refuse(w, &core.Fault{Code: core.NotFound, Message: "cannot serve " + shown(path) + ": there is no such path", Hint: hint})
		return
	}
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		head.Set("Allow", "GET, HEAD")
		refuse(w, &core.Fault{Code: core.BadMethod, Message: "cannot " + shown(r.Method) + " " + path + ": it can only be read",
			Hint: "use GET"})
		return
	}
	if f := h.may(r, row); f != nil {
		if f.Code == core.Unauthenticated {
			head.Set("WWW-Authenticate", `Bearer realm="asbru"`)
		}
		refuse(w, f)
		return
	}
	row.serve(h, w, r)
}

// rescue turns a panic into a log entry and an answer. An answer that was begun
// is cut off instead: the client must not take it for a complete one.
func (h *handler) rescue(w *answer, r *http.Request, id string) {
	p := recover()
	if p == nil {
		return
	}
	if p == http.ErrAbortHandler {
		panic(p)
	}
	h.Log.Error("panic in admin handler", "path", r.URL.Path, "id", id, "panic", p, "stack", string(debug.Stack()))
	if w.begun {
		panic(http.ErrAbortHandler)
	}
	refuse(w, &core.Fault{Code: core.Internal, Message: "cannot answer: a bug in the gateway",
		Hint: "report request id " + id})
}

// An answer remembers whether it was begun.
type answer struct {
	http.ResponseWriter
	begun bool
}

func (a *answer) WriteHeader(status int) {
	a.begun = true
	a.ResponseWriter.WriteHeader(status)
}

func (a *answer) Write(b []byte) (int, error) {
	a.begun = true
	return a.ResponseWriter.Write(b)
}

// Unwrap lets http.ResponseController through.
func (a *answer) Unwrap() http.ResponseWriter { return a.ResponseWriter }

// plain reports whether p is an absolute path with a single interpretation.
func plain(p string) bool {
	if p == "" || p[0] != '/' {
		return false
	}
	segment := 0 // start of the current segment
	for i := 0; i <= len(p); i++ {
		if i < len(p) && p[i] != '/' {
			if !unreserved(p[i]) {
				return false
			}
			continue
		}
		if s := p[segment:i]; s == "." || s == ".." || s == "" && segment > 0 && i < len(p) {
			return false
		}
		segment = i + 1
	}
	return true
}

// unreserved reports characters that stand for themselves in a path (RFC 3986 §2.3).
func unreserved(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' ||
		c == '-' || c == '.' || c == '_' || c == '~'
}

// newID makes a request id: 16 random bytes in hex.
func newID() string {
	var b [16]byte
	rand.Read(b[:])
	return hex.EncodeToString(b[:])
}
