// Package corpus reads recorded provider traffic for tests: one JSON file a case,
// as its README lays it out. It judges nothing, and holds no recording: without
// the folder the tests that ask for it are skipped.
package corpus

import (
	"encoding/base64"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// A Case is one recorded call. Bodies are as compact as the file has them.
type Case struct {
	ID       string
	Provider string
	API      string
	Stream   bool
	Model    string
	Fidelity string // raw, parsed, scrubbed, reframed, response-only, sdk
	Group    string // the same conversation at other providers
	Features []string
	Sequence struct {
		ID            string
		Index, Length int
	}
	Request  *Request
	Response Response
}

// A Request is what was sent.
type Request struct {
	Method, Host string
	Path         string `json:"url_path"`
	Headers      map[string]string
	Body         json.RawMessage // nil: no JSON body
	Multipart    json.RawMessage
	BodyText     string `json:"body_text"`
	BodyB64      string `json:"body_b64"`
}

// A Response is what came back: one of Body, SSE, NDJSON, Frames, Text, B64.
type Response struct {
	Status  int
	Headers map[string]string
	Body    json.RawMessage
	SSE     string
	NDJSON  string
	Events  string          `json:"eventstream_b64"`
	Text    string          `json:"body_text"`
	B64     string          `json:"body_b64"`
	Frames  json.RawMessage // of a websocket
	Chunks  []int           `json:"chunk_lengths"`
}

// Has reports whether the case has a feature.
func (c *Case) Has(feature string) bool {
	for _, f := range c.Features {
		if f == feature {
			return true
		}
	}
	return false
}

// Bytes is the body of the response as it went over the wire.
func (c *Case) Bytes() []byte {
	r := &c.Response
	switch {
	case r.SSE != "" && c.Fidelity == "sdk":
		return undumped(r.SSE)
	case r.SSE != "":
		return []byte(r.SSE)
	case r.NDJSON != "":
		return []byte(r.NDJSON)
	case r.Events != "":
		b, _ := base64.StdEncoding.DecodeString(r.Events)
		return b
	case r.B64 != "":
		b, _ := base64.StdEncoding.DecodeString(r.B64)
		return b
	case r.Text != "":
		return []byte(r.Text)
	}
	return r.Body
}

// undumped undoes a dump that has each line of a stream as one event with a string in it.
func undumped(sse string) []byte {
	var out []byte
	for _, ev := range strings.Split(sse, "\n\n") {
		data, ok := strings.CutPrefix(ev, "data: ")
		var line string
		if !ok || json.Unmarshal([]byte(data), &line) != nil {
			if strings.TrimSpace(ev) != "" && data != "[DONE]" {
				return []byte(sse)
			}
			continue
		}
		out = append(append(out, line...), '\n')
	}
	return out
}

// Splits are the ways to feed the response: whole, in the reads that were recorded,
// and byte by byte.
func (c *Case) Splits() map[string][][]byte {
	b := c.Bytes()
	out := map[string][][]byte{"whole": {b}}
	single := make([][]byte, len(b))
	for i := range b {
		single[i] = b[i : i+1 : i+1]
	}
	out["bytes"] = single
	if len(c.Response.Chunks) > 0 {
		var reads [][]byte
		rest := b
		for _, n := range c.Response.Chunks {
			n = min(n, len(rest))
			reads, rest = append(reads, rest[:n:n]), rest[n:]
		}
		out["reads"] = append(reads, rest)
	}
	return out
}

// Dir is the folder of the recordings: $ASBRU_WIRE, or ../shared/data/wire beside
// the repository. It is empty when there is none.
func Dir() string {
	if dir := os.Getenv("ASBRU_WIRE"); dir != "" {
		return dir
	}
	root, err := os.Getwd()
	if err != nil {
		return ""
	}
	for {
		if _, err := os.Stat(filepath.Join(root, "go.mod")); err == nil {
			break
		}
		up := filepath.Dir(root)
		if up == root {
			return ""
		}
		root = up
	}
	dir := filepath.Join(root, "..", "shared", "data", "wire")
	if _, err := os.Stat(dir); err != nil {
		return ""
	}
	return dir
}

// Cases reads the cases that want likes, in the order of their ids. It skips the test
// when there are no recordings.
func Cases(t testing.TB, want func(*Case) bool) []*Case {
	t.Helper()
	dir := Dir()
	if dir == "" {
		t.Skip("no recordings: ../shared/data/wire is not there and ASBRU_WIRE is not set")
	}
	files, err := filepath.Glob(filepath.Join(dir, "*", "*.json"))
	if err != nil {
		t.Fatal(err)
	}
	var out []*Case
	for _, name := range files {
		if !strings.Contains(filepath.Base(name), ".") {
			continue
		}
		b, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		c := new(Case)
		if err := json.Unmarshal(b, c); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if want == nil || want(c) {
			out = append(out, c)
		}
	}
	return out
}
