package cache

import (
	"fmt"
	"log/slog"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"asbru/adapters"
	"asbru/adapters/dialect/anthropic"
	"asbru/adapters/dialect/cohere"
	"asbru/adapters/dialect/gemini"
	"asbru/adapters/dialect/ollama"
	"asbru/adapters/dialect/openai"
	"asbru/core"
)

// A rig is a cache with routes and callers, and no data plane.
type rig struct {
	*Cache
	t      *testing.T
	target *core.Target
	face   *core.Face
	route  *core.Route
	look   core.Stage
	keep   core.Stage
	snap   *core.Snapshot
}

func newRig(t *testing.T, o Options) *rig {
	t.Helper()
	c, err := New(o, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	r := &rig{Cache: c, t: t, face: &core.Face{Dialect: openai.API}, look: c.Look(), keep: c.Keep(), snap: &core.Snapshot{}}
	r.target = &core.Target{Name: "openai/gpt-4o", Provider: "openai", Model: "gpt-4o"}
	other := &core.Target{Name: "openai/small", Provider: "openai", Model: "small"}
	r.route = &core.Route{Name: "fast", Targets: []*core.Target{r.target, other}}
	return r
}

// A lane stands for who carries an exchange.
type lane struct{ woken chan struct{} }

func (l *lane) Life() uint32 { return 0 }
func (l *lane) Wake(uint32) {
	select {
	case l.woken <- struct{}{}:
	default:
	}
}

// A head is what a test sends as headers.
type heads map[string]string

func (h heads) Field(name string) ([]byte, bool) { v, next := h.Next(name, 0); return v, next > 0 }

// Next splits a value into the lines of a repeated field.
func (h heads) Next(name string, from int) ([]byte, int) {
	v, ok := h[name]
	if lines := strings.Split(v, "\n"); ok && from < len(lines) {
		return []byte(lines[from]), from + 1
	}
	return nil, 0
}
func (h heads) Query() []byte { return []byte(h["?"]) }
func (h heads) Any(prefix string) bool {
	for name := range h {
		if strings.HasPrefix(name, prefix) {
			return true
		}
	}
	return false
}

var ids atomic.Uint64

// An asked is one request as a test sends it.
type asked struct {
	d      *core.Dialect // nil: openai
	op     core.Op
	body   string
	stream bool
	array  bool
	key    *core.VirtualKey
	head   heads
}

var someone = &core.VirtualKey{Name: "ci-bot"}

// exchange makes the exchange of q.
func (r *rig) exchange(q asked) *core.Exchange {
	x := &core.Exchange{Snap: r.snap, Key: q.key, Route: r.route, Op: q.op, From: q.d, Array: q.array, Body: []byte(q.body), Name: []byte("fast")}
	x.Lane = &lane{make(chan struct{}, 1)}
	x.Start = core.Clock()
	copy(x.ID[:], fmt.Sprintf("%016x", ids.Add(1)))
	if x.From == nil {
		x.From = openai.API
	}
	if x.Key == nil {
		x.Key = someone
	}
	if q.head != nil {
		x.Head = q.head
	}
	r.peek(x)
	x.Peek.Stream = q.stream
	return x
}

// peek does with the body of x what the data plane does.
func (r *rig) peek(x *core.Exchange) {
	if x.From.Peek != nil {
		x.From.Peek(x.Body, x.Op, &x.Peek)
	}
	x.Peek.Model = []byte("fast")
}

// leads sends x upstream, where it gets body in pieces of n bytes. It is kept when it
// returns and the worker has had its turn.
func (r *rig) leads(x *core.Exchange, body string, n int) {
	r.t.Helper()
	r.start(x)
	for len(body) > 0 {
		k := min(n, len(body))
		x.Watch.Saw(x, []byte(body[:k]))
		x.Watch.Sure(x)
		body = body[k:]
	}
	r.end(x)
}

func (r *rig) start(x *core.Exchange) {
	r.t.Helper()
	if v := r.look(x); v != core.Continue {
		r.t.Fatalf("the first to ask is told %v, %v", v, x.Fault)
	}
	x.Begin(r.target, nil).Status = 200
	x.Face, x.As = r.face, x.Op
	r.Learn()(x)
}

func (r *rig) end(x *core.Exchange) {
	r.keep(x)
	x.Watch = nil
}

// idle waits until the worker has nothing to do.
func (r *rig) idle() {
	r.t.Helper()
	eventually(r.t, "everything is kept", func() bool {
		n := 0
		for i := range r.errands {
			r.errands[i].mu.Lock()
			n += len(r.errands[i].read)
			for f := r.errands[i].unread; f != nil; f = f.next {
				n++
			}
			r.errands[i].mu.Unlock()
		}
		return n == 0
	})
}

func eventually(t *testing.T, what string, ok func() bool) {
	t.Helper()
	for end := time.Now().Add(30 * time.Second); !ok(); time.Sleep(100 * time.Microsecond) {
		if time.Now().After(end) {
			t.Fatalf("it does not come about: %s", what)
		}
	}
}

// answered runs x until it has an answer, and returns it.
func (r *rig) answered(x *core.Exchange) (body string, v core.Verdict) {
	for {
		switch v = r.look(x); v {
		case core.Wait:
			r.sleep(x)
			continue
		case core.Answer:
			if x.Reply.Source != nil {
				body = r.poured(x)
			} else {
				body = string(x.Reply.Body)
			}
		}
		return body, v
	}
}

func (r *rig) sleep(x *core.Exchange) {
	select {
	case <-x.Lane.(*lane).woken:
	case <-time.After(20 * time.Millisecond):
	}
}

// poured takes all that the Source of x has.
func (r *rig) poured(x *core.Exchange) string {
	src := x.Reply.Source
	var out []byte
	for {
		var p core.Pour
		out, p = src.Next(x, out)
		switch p {
		case core.PourWait:
			r.sleep(x)
		case core.PourEnd, core.PourCut:
			x.Reply.Source = nil
			src.Close(x)
			return string(out)
		}
	}
}

// hits asks q and wants an answer from the cache.
func (r *rig) hits(q asked) string {
	r.t.Helper()
	x := r.exchange(q)
	body, v := r.answered(x)
	if v != core.Answer || x.Fault != nil {
		r.t.Fatalf("%v, %v: %s", v, x.Fault, q.body)
	}
	r.end(x)
	return body
}

// misses asks q and wants none.
func (r *rig) misses(q asked) {
	r.t.Helper()
	x := r.exchange(q)
	if v := r.look(x); v != core.Continue {
		r.t.Errorf("verdict %v, %v for %s", v, x.Fault, q.body)
	}
	x.Fault = &core.Fault{Code: core.ClientGone}
	r.end(x)
}

const (
	hello   = `{"model":"fast","messages":[{"role":"user","content":"hello"}]}`
	greeted = `{"id":"chatcmpl-7","object":"chat.completion","created":1763720000,"model":"gpt-4o-2024-08-06","choices":[{"index":0,"message":{"role":"assistant","content":"Hi \"you\"","refusal":null},"finish_reason":"stop"}],"usage":{"prompt_tokens":8,"completion_tokens":3,"total_tokens":11},"system_fingerprint":"fp"}`
)

func chunk(delta, finish string) string {
	return `data: {"id":"chatcmpl-8","object":"chat.completion.chunk","created":1763720000,"model":"gpt-4o-2024-08-06","choices":[{"index":0,"delta":` + delta + `,"finish_reason":` + finish + "}]}\n\n"
}

// streamed is the same answer as a stream.
var streamed = chunk(`{"role":"assistant","content":""}`, "null") + chunk(`{"content":"Hi "}`, "null") + chunk(`{"content":"\"you\""}`, "null") + chunk("{}", `"stop"`) +
	`data: {"id":"chatcmpl-8","object":"chat.completion.chunk","created":1763720000,"model":"gpt-4o-2024-08-06","choices":[],"usage":{"prompt_tokens":8,"completion_tokens":3,"total_tokens":11}}` + "\n\ndata: [DONE]\n\n"

// A tongue is a format that clients speak.
type tongue struct {
	name  string
	d     *core.Dialect
	op    core.Op
	ask   string // hello, in its words
	array bool
}

var tongues = []tongue{
	{"chat", openai.API, core.OpChat, hello, false},
	{"responses", openai.API, core.OpResponses, `{"model":"fast","input":"hello"}`, false},
	{"gemini", gemini.API, core.OpChat, `{"contents":[{"role":"user","parts":[{"text":"hello"}]}]}`, false},
	{"gemini array", gemini.API, core.OpChat, `{"contents":[{"role":"user","parts":[{"text":"hello"}]}]}`, true},
	{"converse", adapters.Bedrock, core.OpChat, `{"messages":[{"role":"user","content":[{"text":"hello"}]}]}`, false},
	{"cohere", cohere.API, core.OpChat, `{"model":"fast","messages":[{"role":"user","content":"hello"}]}`, false},
	{"ollama", ollama.API, core.OpChat, `{"model":"fast","messages":[{"role":"user","content":"hello"}]}`, false},
	{"anthropic", anthropic.API, core.OpChat, `{"model":"fast","max_tokens":64,"messages":[{"role":"user","content":"hello"}]}`, false},
}

// long is a question of about n bytes.
func long(n int) string {
	return `{"model":"gpt-4o","messages":[{"role":"system","content":"You are a helpful assistant."},{"role":"user","content":"` +
		strings.Repeat("All work and no play makes Jack a dull boy. ", n/44) + `"}],"temperature":0.7,"max_tokens":500}`
}
