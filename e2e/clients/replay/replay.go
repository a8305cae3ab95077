// Package replay answers like a provider that was recorded: status, content type
// and body bytes of a case, in the pieces they came in, or whole, or byte by
// byte. A request names its case, and how it is cut, in the query:
// ?case=ID&cut=recorded. Cases are the JSON files of a corpus outside of the
// repository. The same may stand in the header: X-Case and X-Cut.
//
// It refuses to invent: a case whose bytes were not recorded, or that is not
// HTTP, is not loaded; an unknown case is a 404 that no case has.
package replay

import (
	"bytes"
	"cmp"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"time"
)

// A Case is one recorded exchange.
type Case struct {
	ID       string
	API      string // chat, responses, embeddings …
	Stream   bool
	Request  Request
	Response Response
}

// A Request is what was asked. Multipart bodies were not recorded whole; Raw is
// empty for them.
type Request struct {
	Method    string
	Path      string            `json:"url_path"`
	Header    map[string]string `json:"headers"`
	Raw       json.RawMessage   `json:"body"`
	Multipart []Part
}

// A Part is one part of a multipart body.
type Part struct {
	Name, Value, Filename string
	ContentType           string `json:"content_type"`
}

// A Response holds one form of the body.
type Response struct {
	Status  int
	Header  map[string]string `json:"headers"`
	JSON    json.RawMessage   `json:"body"`
	SSE     string
	NDJSON  string
	Base64  string `json:"body_b64"`
	Events  string `json:"eventstream_b64"` // AWS's binary messages
	Text    string `json:"body_text"`
	Lengths []int  `json:"chunk_lengths"` // of the reads it came in; empty: unknown
}

// Body returns the bytes of the answer.
func (r *Response) Body() []byte {
	switch {
	case r.SSE != "":
		return []byte(r.SSE)
	case r.NDJSON != "":
		return []byte(r.NDJSON)
	case r.Base64 != "" || r.Events != "":
		b, err := base64.StdEncoding.DecodeString(cmp.Or(r.Base64, r.Events))
		if err != nil {
			return nil
		}
		return b
	case r.Text != "":
		return []byte(r.Text)
	}
	return r.JSON
}

// RefusesKey reports whether the provider refused the credential of the one who asked. Gemini and
// xAI do so with a 400 and a text.
func (r *Response) RefusesKey() bool {
	switch r.Status {
	case http.StatusUnauthorized, http.StatusForbidden:
		return true
	case http.StatusBadRequest:
		body := r.Body()
		return bytes.Contains(body, []byte("API_KEY_INVALID")) || bytes.Contains(body, []byte("Incorrect API key"))
	}
	return false
}

// Load reads the cases of a directory in the order of their names. Those that
// cannot be replayed over plain HTTP are left out.
func Load(dir string) ([]*Case, error) {
	names, err := filepath.Glob(filepath.Join(dir, "*.json"))
	if err != nil {
		return nil, err
	}
	var cases []*Case
	for _, name := range names {
		b, err := os.ReadFile(name)
		if err != nil {
			return nil, err
		}
		var c Case
		if err := json.Unmarshal(b, &c); err != nil {
			return nil, fmt.Errorf("cannot read case %s: %w", filepath.Base(name), err)
		}
		if c.Request.Method != "" && c.Response.Status >= 200 && len(c.Response.Body()) > 0 {
			cases = append(cases, &c)
		}
	}
	return cases, nil
}

// Unknown is the answer to a request that names no case.
const Unknown = "no such case"

// Handler answers with the cases. rest is how long it waits between two pieces of
// an answer, so that they arrive apart.
func Handler(cases []*Case, rest time.Duration) http.Handler {
	byID := make(map[string]*Case)
	for _, c := range cases {
		byID[c.ID] = c
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		id, cut := r.URL.Query().Get("case"), r.URL.Query().Get("cut")
		if id == "" { // from an SDK that has a place for headers only
			id, cut = r.Header.Get("X-Case"), r.Header.Get("X-Cut")
		}
		c := byID[id]
		if c == nil {
			http.Error(w, Unknown, http.StatusNotFound)
			return
		}
		c.answer(w, cut, rest)
	})
}

func (c *Case) answer(w http.ResponseWriter, cut string, rest time.Duration) {
	body := c.Response.Body()
	for _, name := range []string{"content-type", "x-request-id", "openai-processing-ms", "openai-version", "retry-after",
		"x-amzn-requestid", "x-amzn-errortype"} {
		if v := c.Response.Header[name]; v != "" {
			w.Header().Set(name, v)
		}
	}
	if cut == "sized" {
		w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	}
	w.WriteHeader(c.Response.Status)
	for _, n := range c.pieces(cut, len(body)) {
		if _, err := w.Write(body[:n]); err != nil {
			return
		}
		body = body[n:]
		http.NewResponseController(w).Flush()
		if len(body) > 0 && cut != "crumbs" {
			time.Sleep(rest)
		}
	}
}

// Cuts are the ways the case can be cut; "sized" has a Content-Length, "crumbs" are
// pieces of 1 to 13 bytes in one go. Streams of up to small bytes are also sent
// byte by byte.
func (c *Case) Cuts(small int) []string {
	cuts := []string{"whole"}
	if c.Stream {
		cuts = append(cuts, "crumbs")
	} else {
		cuts = append(cuts, "sized")
	}
	if len(c.Response.Lengths) > 0 {
		cuts = append(cuts, "recorded")
	}
	if c.Stream && len(c.Response.Body()) <= small {
		cuts = append(cuts, "bytes")
	}
	return cuts
}

func (c *Case) pieces(cut string, size int) []int {
	switch cut {
	case "recorded":
		var all []int
		for _, n := range c.Response.Lengths {
			n = min(n, size)
			all, size = append(all, n), size-n
		}
		return append(all, size)
	case "bytes", "crumbs":
		var all []int
		for i := 0; size > 0; i++ {
			n := 1
			if cut == "crumbs" {
				n = min(1+i*5%13, size)
			}
			all, size = append(all, n), size-n
		}
		return all
	}
	return []int{size}
}
