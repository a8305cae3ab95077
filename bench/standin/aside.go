package standin

import (
	"encoding/json"
	"net/http"
	"strings"
)

// An aside is an operation other than conversations, on things that vendors make and store. Here only batches
// whose requests can be read, and their files, are stored: for any other id there is a thing, unless the id
// ends with missing.
type aside struct {
	does   string // METHOD and path after the version; a * is a segment, the first of which is the id
	family string
	answer func(ex *exchange, id string) *refusal
}

var asides = [...]aside{
	{"POST audio/speech", "openai", (*exchange).speech},
	{"POST audio/transcriptions", "openai", (*exchange).transcription},
	{"POST audio/translations", "openai", (*exchange).transcription},
	{"POST images/generations", "openai", (*exchange).image},
	{"POST images/edits", "openai", (*exchange).imageOfForm},
	{"POST images/variations", "openai", (*exchange).imageOfForm},
	{"POST moderations", "openai", (*exchange).moderation},
	{"POST realtime/client_secrets", "openai", (*exchange).secret},
	{"GET responses/*", "responses", (*exchange).storedResponse},
	{"POST responses/*/cancel", "responses", (*exchange).storedResponse},
	{"DELETE responses/*", "responses", deleted("response.deleted")},
	{"GET responses/*/input_items", "responses", (*exchange).inputItems},
	{"POST files", "openai", (*exchange).upload},
	{"GET files", "openai", (*exchange).files},
	{"GET files/*", "openai", (*exchange).file},
	{"GET files/*/content", "openai", (*exchange).content},
	{"DELETE files/*", "openai", deleted("file")},
	{"POST batches", "openai", (*exchange).batch},
	{"GET batches", "openai", (*exchange).batches},
	{"GET batches/*", "openai", (*exchange).batch},
	{"POST batches/*/cancel", "openai", (*exchange).batch},
	{"POST messages/batches", "anthropic", (*exchange).messageBatch},
	{"GET messages/batches", "anthropic", (*exchange).messageBatches},
	{"GET messages/batches/*", "anthropic", (*exchange).messageBatch},
	{"POST messages/batches/*/cancel", "anthropic", (*exchange).messageBatch},
	{"GET messages/batches/*/results", "anthropic", (*exchange).messageResults},
	{"POST models/*:batchGenerateContent", "gemini", (*exchange).geminiBegin},
	{"GET batches/*", "gemini", (*exchange).geminiBatch},
	{"POST cachedContents", "gemini", (*exchange).cache},
	{"GET cachedContents", "gemini", (*exchange).caches},
	{"GET cachedContents/*", "gemini", (*exchange).cache},
	{"DELETE cachedContents/*", "gemini", (*exchange).nothing},
	{"GET files", "gemini", (*exchange).googleFiles},
	{"POST files", "gemini", (*exchange).googleUpload},
	{"POST models/*:predict", "gemini", (*exchange).imagen},
	{"POST tokenize", "cohere", (*exchange).tokenize},
	{"POST detokenize", "cohere", (*exchange).tokenize},
}

// asideOf finds the operation of a request. Two vendors have files at the same path: Anthropic's clients send
// their version.
func asideOf(r *http.Request) (a *aside, id string) {
	_, tail, ok := cutVersion(r.URL.EscapedPath())
	if !ok {
		return nil, ""
	}
	for i := range asides {
		method, path, _ := strings.Cut(asides[i].does, " ")
		google := strings.Contains(r.URL.Path, "/v1beta/")
		if method != r.Method || (asides[i].family == "gemini") != google {
			continue
		}
		if id, ok := fits(path, tail); ok {
			return &asides[i], id
		}
	}
	return nil, ""
}

// cutVersion splits a path at the last version of an API.
func cutVersion(path string) (before, after string, ok bool) {
	at, n := -1, 0
	for _, v := range [...]string{"/v1/", "/v1beta/", "/v2/"} {
		if i := strings.LastIndex(path, v); i > at {
			at, n = i, len(v)
		}
	}
	if at < 0 {
		return path, "", false
	}
	return path[:at], path[at+n:], true
}

// fits compares a path with a pattern, segment by segment.
func fits(pattern, path string) (id string, ok bool) {
	want, got := strings.Split(pattern, "/"), strings.Split(path, "/")
	if len(want) != len(got) {
		return "", false
	}
	for i, w := range want {
		before, after, star := strings.Cut(w, "*")
		switch {
		case !star && w != got[i]:
			return "", false
		case star:
			if len(got[i]) <= len(before)+len(after) || !strings.HasPrefix(got[i], before) || !strings.HasSuffix(got[i], after) {
				return "", false
			}
			id = got[i][len(before) : len(got[i])-len(after)]
		}
	}
	return id, true
}

// serveAside answers a request for a.
func (ex *exchange) serveAside(a *aside, id string, open bool) {
	ex.route = route{family: a.family, verb: "aside"}
	if ex.anthropics() {
		ex.route.family = "anthropic"
	}
	ex.note.Family = ex.route.family
	ex.head()
	var f *refusal
	if !open {
		f = credential(ex.route.family, ex.r)
	}
	if f == nil && strings.HasSuffix(id, "missing") {
		f = &refusal{status: 404, message: "No such object: " + id}
	}
	file := strings.HasPrefix(ex.r.Header.Get("X-Goog-Upload-Command"), "upload") // regardless of its content type
	if f == nil && strings.HasPrefix(ex.r.Header.Get("Content-Type"), "application/json") && len(ex.body) > 0 && !file {
		if err := json.Unmarshal(ex.body, &ex.d); err != nil {
			f = invalid("", "the body is no JSON object")
		}
		ex.q.model = text(ex.d["model"])
		ex.note.Model = ex.q.model
		if name, status := scenario(ex.q.model); name == "error" {
			f = fixed(status)
		}
	}
	if f == nil {
		f = a.answer(ex, id)
	}
	if f != nil {
		ex.refuse(f)
	}
}

// send answers with bytes other than JSON.
func (ex *exchange) send(kind string, b []byte) {
	ex.status = 200
	ex.w.Header().Set("Content-Type", kind)
	ex.w.WriteHeader(200)
	ex.w.Write(b)
}

// deleted answers that the thing was deleted.
func deleted(what string) func(ex *exchange, id string) *refusal {
	return func(ex *exchange, id string) *refusal {
		ex.json(200, encode(obj{"id", id, "object", what, "deleted", true}))
		return nil
	}
}

func (ex *exchange) nothing(string) *refusal {
	ex.json(200, []byte("{}"))
	return nil
}
