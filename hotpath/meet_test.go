package hotpath

import (
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"

	"asbru/adapters"
	"asbru/adapters/dialect/anthropic"
	"asbru/adapters/dialect/cohere"
	"asbru/adapters/dialect/gemini"
	"asbru/adapters/dialect/ollama"
	"asbru/adapters/dialect/openai"
	"asbru/core"
)

// meetingDoors are one door for each format, named after it.
func meetingDoors() []Door {
	named := func(array bool) func(method, tail []byte) (Found, bool) {
		return func(method, tail []byte) (Found, bool) {
			end := strings.LastIndexAny(string(tail), ":/")
			if end <= 1 {
				return Found{}, false
			}
			verb := string(tail[end+1:])
			f := Found{Op: core.OpChat, Model: tail[1:end:cap(tail)], Stream: strings.Contains(verb, "tream")}
			f.Array = array && f.Stream
			switch {
			case strings.Contains(verb, "mbed"):
				f.Op = core.OpEmbed
			case strings.HasPrefix(verb, "invoke"):
				f.Op = core.OpInvoke
			case verb == "deployment":
				f.Cut = true
			case verb == "other":
				f.Op = core.OpPass
			}
			return f, true
		}
	}
	post := func(op core.Op) map[string]core.Op {
		return map[string]core.Op{"POST /": op, "POST /responses": core.OpResponses, "POST /completions": core.OpCompletion, "POST /embed": core.OpEmbed, "POST /rerank": core.OpRerank}
	}
	return []Door{
		{Prefix: "/openai", Dialect: openai.API, Ops: post(core.OpChat), Find: named(false)},
		{Prefix: "/anthropic", Dialect: anthropic.API, Ops: post(core.OpChat)},
		{Prefix: "/cohere", Dialect: cohere.API, Ops: post(core.OpChat), Pass: "/v2"},
		{Prefix: "/ollama", Dialect: ollama.API, Ops: post(core.OpChat)},
		{Prefix: "/gemini", Dialect: gemini.API, Find: named(true), Pass: "/v1beta"},
		{Prefix: "/bedrock", Dialect: adapters.Bedrock, Ops: map[string]core.Op{"POST /rerank": core.OpRerank}, Find: named(false)},
		{Prefix: "/through", Dialect: openai.API, Provider: "openai"},
	}
}

// faceOf is a face in format d with a path for each operation that says its name.
func faceOf(d *core.Dialect) *core.Face {
	f := &core.Face{Dialect: d}
	for op := range f.Paths {
		if d.Chats[op] == nil {
			continue
		}
		f.Paths[op] = "/up/" + core.Op(op).String()
		if d == gemini.API || d == adapters.Bedrock {
			f.Paths[op] = "/up/{model}/" + core.Op(op).String()
			f.Streams[op] = f.Paths[op] + "-stream?alt=sse"
		}
	}
	if d.Embeds != nil {
		f.Paths[core.OpEmbed] = "/up/embed"
	}
	if d.Reranks != nil {
		f.Paths[core.OpRerank] = "/up/rerank"
	}
	f.Paths[core.OpPass] = "/up"
	return f
}

// A meeting is a data plane with meetingDoors in front of scripted providers that speak one
// format, where every model name leads.
type meeting struct {
	*rig
	mu   sync.Mutex
	sent []got // what the providers got
}

// got is what one provider got.
type got struct {
	line, body string // line: method, path and query
	head       http.Header
}

func meet(t *testing.T, loops int, face *core.Face, providers ...http.HandlerFunc) *meeting {
	t.Helper()
	m := &meeting{}
	var all []http.Handler
	for _, p := range providers {
		all = append(all, http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) {
			b, _ := io.ReadAll(q.Body)
			m.mu.Lock()
			m.sent = append(m.sent, got{q.Method + " " + q.RequestURI, string(b), q.Header})
			m.mu.Unlock()
			q.Body = io.NopCloser(strings.NewReader(string(b)))
			p(w, q)
		}))
	}
	m.rig = tunedRig(t, loops, func(o *Options) { o.Doors = meetingDoors() }, all...)
	m.change(func(snap *core.Snapshot) {
		snap.Only = snap.Models["m"]
		for _, tg := range snap.Only.Targets {
			tg.Faces, tg.Model = []*core.Face{face}, ""
		}
	})
	return m
}

// say sends a request with header fields in pairs, and returns the answer and its body. A body
// that breaks off ends with BROKEN.
func (m *meeting) say(path, body string, fields ...string) (*http.Response, string) {
	m.t.Helper()
	q, err := http.NewRequest("POST", "http://"+m.addr+path, strings.NewReader(body))
	if err != nil {
		m.t.Fatal(err)
	}
	q.Header.Set("X-Bf-Vk", testKey)
	q.Header.Set("Content-Type", "application/json")
	for i := 0; i+1 < len(fields); i += 2 {
		if i > 0 && fields[i] == fields[i-2] { // another line of it
			q.Header.Add(fields[i], fields[i+1])
			continue
		}
		q.Header.Set(fields[i], fields[i+1])
	}
	a, err := http.DefaultClient.Do(q)
	if err != nil {
		m.t.Fatal(err)
	}
	defer a.Body.Close()
	b, err := io.ReadAll(a.Body)
	if err != nil {
		b = append(b, "BROKEN"...)
	}
	return a, string(b)
}

// last is what a provider got last.
func (m *meeting) last() got {
	m.t.Helper()
	m.mu.Lock()
	defer m.mu.Unlock()
	if len(m.sent) == 0 {
		m.t.Fatal("no provider was asked")
	}
	return m.sent[len(m.sent)-1]
}

// asked is how often providers were.
func (m *meeting) asked() int {
	m.mu.Lock()
	defer m.mu.Unlock()
	return len(m.sent)
}

// answers is a provider that answers with body.
func answers(kind, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, q *http.Request) {
		w.Header().Set("Content-Type", kind)
		io.WriteString(w, body)
	}
}

// breaks is a provider whose answer breaks off behind body.
func breaks(kind, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, q *http.Request) {
		w.Header().Set("Content-Type", kind)
		io.WriteString(w, body)
		w.(http.Flusher).Flush()
		panic(http.ErrAbortHandler)
	}
}

// has reports an error for each of want that is not in text, in order; a word that begins with
// ! must not be there.
func has(t *testing.T, name, text string, want ...string) {
	t.Helper()
	at := 0
	for _, w := range want {
		if not, ok := strings.CutPrefix(w, "!"); ok {
			if strings.Contains(text, not) {
				t.Errorf("%s: there is %s in %s", name, not, text)
			}
			continue
		}
		i := strings.Index(text[at:], w)
		if i < 0 {
			t.Errorf("%s: no %s behind byte %d of %s", name, w, at, text)
			return
		}
		at += i + len(w)
	}
}
