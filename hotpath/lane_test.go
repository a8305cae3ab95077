package hotpath

import (
	"bufio"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"asbru/adapters/dialect/openai"
	"asbru/core"
	"asbru/hotpath/upstream"
)

const testKey = "vk-0123456789abcdef"

// A rig is a data plane in front of scripted providers.
type rig struct {
	t    testing.TB
	srv  *Server
	addr string
	ring *core.Ring
	bugs atomic.Int64
	snap *core.Snapshot
}

// lanes runs f once on each lane.
func lanes(t *testing.T, f func(t *testing.T, loops int)) {
	for _, lane := range []struct {
		name  string
		loops int
	}{{"goroutine", -1}, {"loop", 2}} {
		t.Run(lane.name, func(t *testing.T) { f(t, lane.loops) })
	}
}

// newRig starts a data plane whose model "m" leads to the given providers in order.
func newRig(t testing.TB, loops int, providers ...http.Handler) *rig {
	t.Helper()
	return tunedRig(t, loops, nil, providers...)
}

// tunedRig is newRig with options changed by tune.
func tunedRig(t testing.TB, loops int, tune func(*Options), providers ...http.Handler) *rig {
	t.Helper()
	r := &rig{t: t, ring: new(core.Ring)}
	opt := Options{
		Doors: []Door{{Prefix: "/v1", Dialect: openai.API, Ops: map[string]core.Op{
			"POST /chat/completions": core.OpChat, "POST /embeddings": core.OpEmbed, "GET /models": core.OpModels, "GET /realtime": core.OpRealtime}}},
		Slow: func(c net.Conn) {
			go func() {
				defer c.Close()
				if _, err := http.ReadRequest(bufio.NewReader(c)); err == nil {
					io.WriteString(c, "HTTP/1.1 200 OK\r\nContent-Length: 4\r\nConnection: close\r\n\r\nslow")
				}
			}()
		},
		Records: r.ring,
		Bug: func(v any, stack []byte) {
			r.bugs.Add(1)
			t.Errorf("panic: %v\n%s", v, stack)
		},
		Loops: loops,
	}
	if tune != nil {
		tune(&opt)
	}
	r.srv = New(opt)
	var targets []*core.Target
	for i, h := range providers {
		up := httptest.NewServer(h)
		t.Cleanup(up.Close)
		targets = append(targets, target(t, fmt.Sprintf("p%d", i), up.URL))
	}
	r.swap(targets)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	r.addr = l.Addr().String()
	done := make(chan error, 1)
	go func() { done <- r.srv.Serve(l) }()
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
		defer cancel()
		http.DefaultClient.CloseIdleConnections() // or Drain waits for them to be quiet
		r.srv.Drain(ctx)
		r.srv.Close()
		if err := <-done; err != nil && !errors.Is(err, net.ErrClosed) { // which it is that begins behind the Drain
			t.Errorf("Serve: %v", err)
		}
	})
	return r
}

func target(t testing.TB, name, base string) *core.Target {
	u, err := url.Parse(base)
	if err != nil {
		t.Fatal(err)
	}
	pool, err := upstream.New(core.Endpoint{Scheme: u.Scheme, Host: u.Hostname(), Port: u.Port()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { pool.Close() })
	tg := &core.Target{
		Name: name, Provider: name, Model: "real-" + name, Faces: []*core.Face{{Dialect: openai.API, AskUsage: true}}, Host: u.Host, Pool: pool,
		Keys:  []*core.ProviderKey{{Name: "k", Weight: 1, Header: []byte("Authorization: Bearer provider-secret\r\n")}},
		Tally: new(core.Tally),
	}
	for op := range tg.Faces[0].Paths {
		tg.Faces[0].Paths[op] = "/base" + map[core.Op]string{core.OpChat: "/chat/completions", core.OpEmbed: "/embeddings", core.OpRealtime: "/realtime?model={model}"}[core.Op(op)]
	}
	return tg
}

// swap publishes a snapshot whose model m tries the targets in order.
func (r *rig) swap(targets []*core.Target) {
	route := &core.Route{Name: "m", Targets: targets, Pick: func(x *core.Exchange, tried []core.Attempt) (*core.Target, *core.ProviderKey) {
		if len(tried) >= len(targets) {
			return nil, nil
		}
		return targets[len(tried)], targets[len(tried)].Keys[0]
	}}
	policy := &core.Policy{Name: "all"}
	policy.Plans[core.OpModels].Before = []core.Stage{func(x *core.Exchange) core.Verdict {
		x.Reply = core.Reply{Status: 200, Type: "application/json", Body: []byte(`{"object":"list"}`)}
		return core.Answer
	}}
	key := &core.VirtualKey{Name: "tester", Policy: policy, Tally: new(core.Tally), Place: sha256.Sum256([]byte(testKey))}
	r.snap = &core.Snapshot{
		Keys:      map[[32]byte]*core.VirtualKey{sha256.Sum256([]byte(testKey)): key},
		Models:    map[string]*core.Route{"m": route},
		Providers: map[string]*core.Route{"openai": route},
	}
	r.srv.Swap(r.snap)
}

// change publishes a snapshot that differs from the last one by f.
func (r *rig) change(f func(*core.Snapshot)) {
	next := *r.snap
	f(&next)
	r.snap = &next
	r.srv.Swap(&next)
}

// dial opens a connection that has ample time and is closed when the test ends.
func (r *rig) dial() *net.TCPConn {
	r.t.Helper()
	c, err := net.Dial("tcp", r.addr)
	if err != nil {
		r.t.Fatal(err)
	}
	r.t.Cleanup(func() { c.Close() })
	c.SetDeadline(time.Now().Add(ample))
	return c.(*net.TCPConn)
}

// raw sends bytes on a new connection and reads until the server closes or quiet.
func (r *rig) raw(sent string) string {
	r.t.Helper()
	c := r.dial()
	defer c.Close()
	io.WriteString(c, sent)
	c.CloseWrite()
	b, _ := io.ReadAll(c)
	return string(b)
}

func (r *rig) post(path, body string) *http.Response {
	r.t.Helper()
	req, _ := http.NewRequest("POST", "http://"+r.addr+path, strings.NewReader(body))
	req.Header.Set("Authorization", "Bearer "+testKey)
	req.Header.Set("Content-Type", "application/json")
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		r.t.Fatal(err)
	}
	return res
}

func body(t testing.TB, res *http.Response) string {
	t.Helper()
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatalf("cannot read the reply: %v (after %q)", err, b)
	}
	return string(b)
}

const chat = `{"model":"m","messages":[{"role":"user","content":"hi"}]}`

func TestUnary(t *testing.T) {
	lanes(t, func(t *testing.T, loops int) {
		const answer = `{"id":"x","choices":[],"usage":{"prompt_tokens":7,"completion_tokens":3,"total_tokens":10}}`
		r := newRig(t, loops, http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) {
			b, _ := io.ReadAll(q.Body)
			if want := strings.Replace(chat, `"m"`, `"real-p0"`, 1); string(b) != want {
				t.Errorf("upstream got %s; want %s", b, want)
			}
			if got := q.Header.Get("Authorization"); got != "Bearer provider-secret" {
				t.Errorf("upstream got Authorization %q", got)
			}
			if q.URL.Path != "/base/chat/completions" {
				t.Errorf("upstream got path %q", q.URL.Path)
			}
			w.Header().Set("Content-Type", "application/json")
			w.Header().Set("Openai-Organization", "org-secret")
			w.Header().Set("Set-Cookie", "a=b")
			w.Header().Set("X-Amzn-Errortype", "kept")
			io.WriteString(w, answer)
		}))
		for range 5 {
			res := r.post("/v1/chat/completions", chat)
			if got := body(t, res); res.StatusCode != 200 || got != answer {
				t.Fatalf("got %d %s", res.StatusCode, got)
			}
			if res.Header.Get("Openai-Organization")+res.Header.Get("Set-Cookie") != "" {
				t.Errorf("the provider's own headers reached the client: %v", res.Header)
			}
			if got := res.Header.Get("X-Amzn-Errortype"); got != "kept" {
				t.Errorf("the name of the exception is lost: %q", got)
			}
			if len(res.Header.Get("X-Request-Id")) != 32 {
				t.Errorf("got request id %q", res.Header.Get("X-Request-Id"))
			}
		}
		rec := r.record()
		if rec.Usage.In != 7 || rec.Usage.Out != 3 || rec.Status != 200 || rec.Key.Name != "tester" || string(rec.Model[:rec.ModelLen]) != "m" {
			t.Errorf("got record %+v", rec)
		}
	})
}

// TestUnaryTooLongToKeep: pictures and vectors make answers longer than what is kept, and their usage stands behind them.
func TestUnaryTooLongToKeep(t *testing.T) {
	lanes(t, func(t *testing.T, loops int) {
		var long int
		r := newRig(t, loops, http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) {
			io.Copy(io.Discard, q.Body)
			w.Header().Set("Content-Type", "application/json")
			fmt.Fprintf(w, `{"data":[{"b64_json":"%s"}],"usage":{"input_tokens":7,"output_tokens":3,"total_tokens":10},"size":"1x1"}`, strings.Repeat("A", long))
		}))
		for _, long = range []int{0, maxKeep - 200, maxKeep, maxKeep + maxTail, 3*maxKeep + 17} {
			if got := body(t, r.post("/v1/chat/completions", chat)); len(got) != long+102 {
				t.Fatalf("got %d bytes of a reply with %d bytes in the middle", len(got), long)
			}
			if rec := r.record(); rec.Usage != (core.Usage{In: 7, Out: 3, Known: true}) {
				t.Errorf("%d bytes: got %+v", long, rec.Usage)
			}
		}
	})
}

// TestUsageBeforeLong: nothing says that usage stands behind the long part.
func TestUsageBeforeLong(t *testing.T) {
	lanes(t, func(t *testing.T, loops int) {
		var long int
		var end string
		r := newRig(t, loops, http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) {
			io.Copy(io.Discard, q.Body)
			w.Header().Set("Content-Type", "application/json")
			fmt.Fprintf(w, `{"usage":{"input_tokens":7,"output_tokens":3,"total_tokens":10},"data":[{"b64_json":"%s"}]%s}`, strings.Repeat("A", long), end)
		}))
		for _, long = range []int{0, maxKeep - 200, maxKeep, maxKeep + maxTail, 3*maxKeep + 17} {
			for _, end = range []string{"", `,"usage":{"input_tokens":9,"output_tokens":4}`} {
				body(t, r.post("/v1/chat/completions", chat))
				want := core.Usage{In: 7, Out: 3, Known: true}
				if end != "" {
					want.In, want.Out = 9, 4
				}
				if rec := r.record(); rec.Usage != want {
					t.Errorf("%d bytes, %q: got %+v", long, end, rec.Usage)
				}
			}
		}
	})
}

// TestZeroAfterMore: a stream that has reported what it used has used that, whatever it reports at its end.
func TestZeroAfterMore(t *testing.T) {
	const zero = `{"id":"c","choices":[],"usage":{"prompt_tokens":0,"completion_tokens":0,"total_tokens":0}}`
	const half = `{"id":"c","choices":[],"usage":{"prompt_tokens":0,"completion_tokens":9,"total_tokens":9}}`
	const details = `{"id":"c","choices":[],"usage":{"prompt_tokens":5,"completion_tokens":2,"total_tokens":7,"prompt_tokens_details":{"cached_tokens":4},"completion_tokens_details":{"reasoning_tokens":1}}}`
	lanes(t, func(t *testing.T, loops int) {
		var events []string
		r := newRig(t, loops, http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) {
			io.Copy(io.Discard, q.Body)
			sse(w, events...)
		}))
		f := func(want core.Usage, list ...string) {
			t.Helper()
			events = append(list, "[DONE]")
			body(t, r.post("/v1/chat/completions", `{"model":"m","stream":true,"messages":[]}`))
			want.Known = true
			if rec := r.record(); rec.Usage != want {
				t.Errorf("%v: got %+v, want %+v", list, rec.Usage, want)
			}
		}
		f(core.Usage{In: 5, Out: 2}, delta, finish, usage, zero)
		f(core.Usage{In: 5, Out: 2, CachedIn: 4, Reasoning: 1}, delta, details, finish, zero)
		f(core.Usage{In: 5, Out: 9, CachedIn: 4}, delta, details, finish, half)
		f(core.Usage{}, delta, finish, zero)
		f(core.Usage{In: 5, Out: 2}, delta, zero, finish, usage)
	})
}

// record waits for the next record.
func (r *rig) record() core.Record {
	r.t.Helper()
	var rec core.Record
	for end := time.Now().Add(ample); time.Now().Before(end); time.Sleep(time.Millisecond) {
		if r.ring.Take(&rec) {
			return rec
		}
	}
	r.t.Fatal("no record came")
	return rec
}

func sse(w http.ResponseWriter, events ...string) {
	w.Header().Set("Content-Type", "text/event-stream")
	for _, e := range events {
		io.WriteString(w, "data: "+e+"\n\n")
		w.(http.Flusher).Flush()
		time.Sleep(2 * time.Millisecond)
	}
}

const (
	delta  = `{"id":"c","choices":[{"index":0,"delta":{"content":"hi"},"finish_reason":null}],"usage":null}`
	finish = `{"id":"c","choices":[{"index":0,"delta":{},"finish_reason":"stop"}],"usage":null}`
	usage  = `{"id":"c","choices":[],"usage":{"prompt_tokens":5,"completion_tokens":2,"total_tokens":7}}`
)

func TestStream(t *testing.T) {
	lanes(t, func(t *testing.T, loops int) {
		r := newRig(t, loops, http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) {
			b, _ := io.ReadAll(q.Body)
			if !bytes.Contains(b, []byte(`"include_usage":true`)) {
				t.Errorf("usage was not asked for: %s", b)
			}
			sse(w, delta, delta, finish, usage, "[DONE]")
		}))
		const ask = `{"model":"m","stream":true,"messages":[]}`
		const askUsage = `{"model":"m","stream":true,"stream_options":{"include_usage":true},"messages":[]}`
		ev := func(list ...string) string { return "data: " + strings.Join(list, "\n\ndata: ") + "\n\n" }
		if got, want := body(t, r.post("/v1/chat/completions", ask)), ev(delta, delta, finish, "[DONE]"); got != want {
			t.Errorf("got %q; want %q", got, want)
		}
		if got, want := body(t, r.post("/v1/chat/completions", askUsage)), ev(delta, delta, finish, usage, "[DONE]"); got != want {
			t.Errorf("got %q; want %q", got, want)
		}
		for range 2 {
			if rec := r.record(); rec.Usage.In != 5 || rec.Usage.Out != 2 || !rec.Stream || rec.TTFT == 0 || string(rec.Model[:rec.ModelLen]) != "m" {
				t.Errorf("got record %+v", rec)
			}
		}
	})
}

func TestFailover(t *testing.T) {
	status := func(code int) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) {
			w.Header().Set("Content-Type", "application/json")
			w.WriteHeader(code)
			fmt.Fprintf(w, `{"error":{"code":%d}}`, code)
		})
	}
	hangUp := http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) {
		c, _, _ := http.NewResponseController(w).Hijack()
		c.Close()
	})
	lanes(t, func(t *testing.T, loops int) {
		f := func(want int, wantTries uint8, providers ...http.Handler) {
			t.Helper()
			r := newRig(t, loops, providers...)
			res := r.post("/v1/chat/completions", chat)
			b := body(t, res)
			if rec := r.record(); res.StatusCode != want || rec.Attempts != wantTries {
				t.Errorf("got %d after %d attempts; want %d after %d: %s", res.StatusCode, rec.Attempts, want, wantTries, b)
			}
			if !json.Valid([]byte(b)) {
				t.Errorf("not JSON: %s", b)
			}
		}
		f(200, 2, status(500), status(200))
		f(200, 2, status(429), status(200))
		f(200, 2, hangUp, status(200))
		f(200, 3, hangUp, status(503), status(200))
		f(400, 1, status(400), status(200)) // the client's own mistake is not multiplied
		f(500, 2, status(429), status(500)) // the last word is passed on
		f(502, 2, status(500), status(401)) // but not a word about our key
		f(502, 2, hangUp, hangUp)
	})
}

func TestRefusals(t *testing.T) {
	lanes(t, func(t *testing.T, loops int) {
		turned := make(chan string, 100)
		note := func(x *core.Exchange, peer *[16]byte) {
			turned <- fmt.Sprint(x.Fault.HTTP(), " from ", net.IP(peer[:]), " with a plan: ", x.Plan != nil)
		}
		r := tunedRig(t, loops, func(o *Options) { o.Turned = note }, http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) { t.Error("dispatched") }))
		f := func(want, sent string) {
			t.Helper()
			got := r.raw(sent)
			if !strings.HasPrefix(got, "HTTP/1.1 "+want+" ") || !strings.Contains(got, `"error"`) {
				t.Errorf("got %q; want status %s", got, want)
			}
		}
		auth := "Host: x\r\nAuthorization: Bearer " + testKey + "\r\n"
		f("401", "POST /v1/chat/completions HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n{}")
		f("401", "POST /v1/chat/completions HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer nope\r\nContent-Length: 2\r\n\r\n{}")
		f("400", "POST /v1/chat/completions HTTP/1.1\r\n"+auth+"Content-Length: 2\r\n\r\n{}")
		f("400", "POST /v1/chat/completions HTTP/1.1\r\n"+auth+"Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n{}")
		f("401", "POST /v1/chat/completions HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer  "+testKey+"x\r\nContent-Length: 2\r\n\r\n{}")
		f("404", "POST /v1/chat/completions HTTP/1.1\r\nHost: x\r\nAuthorization: BEARER   "+testKey+"\r\nContent-Length: 13\r\n\r\n{\"model\":\"n\"}")
		f("404", "POST /v1/chat/completions HTTP/1.1\r\nHost: x\r\nAuthorization: bearer "+testKey+"\r\nContent-Length: 13\r\n\r\n{\"model\":\"n\"}")
		f("404", "POST /v1/chat/completions HTTP/1.1\r\n"+auth+"Content-Length: 13\r\n\r\n{\"model\":\"n\"}")
		f("413", "POST /v1/chat/completions HTTP/1.1\r\n"+auth+"Content-Length: 99999999\r\n\r\n")
		f("400", "POST /v1/chat/completions HTTP/1.1\r\n"+auth+"Transfer-Encoding: chunked\r\n\r\nzz\r\n")
		f("400", "GET /v1/../admin HTTP/1.1\r\n"+auth+"\r\n")
		f("400", "GET  / HTTP/1.1\r\n\r\n")
		want := []string{"400", "400", "400", "400", "401", "401", "401", "413"} // those with a plan are its business
		var got []string
		for i := range want {
			want[i] += " from 127.0.0.1 with a plan: false"
			select {
			case one := <-turned:
				got = append(got, one)
			case <-time.After(20 * time.Second):
			}
		}
		if slices.Sort(got); !slices.Equal(got, want) || len(turned) > 0 {
			t.Errorf("turned away: %q, and %d more; want %q", got, len(turned), want)
		}
	})
}

func TestSplitAndPipelined(t *testing.T) {
	lanes(t, func(t *testing.T, loops int) {
		r := newRig(t, loops, http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) {
			b, _ := io.ReadAll(q.Body)
			w.Write(b)
		}))
		one := "POST /v1/chat/completions HTTP/1.1\r\nHost: x\r\nx-api-key: " + testKey + "\r\nContent-Length: " + fmt.Sprint(len(chat)) + "\r\n\r\n" + chat
		chunked := "POST /v1/chat/completions HTTP/1.1\r\nHost: x\r\nx-api-key: " + testKey + "\r\nTransfer-Encoding: chunked\r\n\r\n" +
			fmt.Sprintf("%x\r\n%s\r\n%x\r\n%s\r\n0\r\n\r\n", 10, chat[:10], len(chat)-10, chat[10:])
		models := "GET /v1/models HTTP/1.1\r\nHost: x\r\nx-api-key: " + testKey + "\r\n\r\n"
		if got := r.raw(one + models + chunked + one); strings.Count(got, "HTTP/1.1 200") != 4 || strings.Count(got, "real-p0") != 3 {
			t.Errorf("pipelined: got %q", got)
		}
		for _, req := range []string{one, chunked} {
			c := r.dial()
			br := bufio.NewReader(c)
			for i := 1; i < len(req); i += 7 {
				io.WriteString(c, req[:i])
				time.Sleep(time.Millisecond)
				io.WriteString(c, req[i:])
				res, err := http.ReadResponse(br, nil)
				if err != nil {
					t.Fatalf("split at %d: %v", i, err)
				}
				if got := body(t, res); res.StatusCode != 200 || !strings.Contains(got, "real-p0") {
					t.Fatalf("split at %d: got %d %s", i, res.StatusCode, got)
				}
			}
			c.Close()
		}
	})
}

func TestSlowDoor(t *testing.T) {
	lanes(t, func(t *testing.T, loops int) {
		r := newRig(t, loops)
		for _, sent := range []string{
			"GET /health/live HTTP/1.1\r\nHost: x\r\n\r\n",
			"GET /v1/models HTTP/1.0\r\nHost: x\r\n\r\n",
		} {
			if got := r.raw(sent); !strings.HasSuffix(got, "slow") {
				t.Errorf("%q: got %q", sent, got)
			}
		}
	})
}

// TestHangUp checks that a client that goes away takes its provider's work with it,
// and that one that only ends its own side does not.
func TestHangUp(t *testing.T) {
	lanes(t, func(t *testing.T, loops int) {
		for _, stream := range []bool{false, true} {
			gone := make(chan time.Time, 1)
			began := make(chan struct{}, 1)
			r := newRig(t, loops, http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) {
				io.Copy(io.Discard, q.Body)
				if stream {
					sse(w, delta)
				}
				began <- struct{}{}
				<-q.Context().Done()
				gone <- time.Now()
			}))
			c := r.dial()
			fmt.Fprintf(c, "POST /v1/chat/completions HTTP/1.1\r\nHost: x\r\nx-api-key: %s\r\nContent-Length: %d\r\n\r\n%s", testKey, len(chat), chat)
			<-began
			c.Close()
			select {
			case <-gone:
			case <-time.After(ample):
				t.Errorf("stream %v: the provider went on working", stream)
			}
			if rec := r.record(); rec.Fault != core.ClientGone {
				t.Errorf("stream %v: got fault %v", stream, rec.Fault)
			}
		}
		r := newRig(t, loops, http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) {
			time.Sleep(100 * time.Millisecond)
			io.WriteString(w, "late")
		}))
		got := r.raw(fmt.Sprintf("POST /v1/chat/completions HTTP/1.1\r\nHost: x\r\nx-api-key: %s\r\nContent-Length: %d\r\n\r\n%s", testKey, len(chat), chat))
		if !strings.HasSuffix(got, "late") {
			t.Errorf("half-closed: got %q", got)
		}
	})
}

func TestCutStream(t *testing.T) {
	lanes(t, func(t *testing.T, loops int) {
		r := newRig(t, loops, http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) {
			sse(w, delta)
			c, _, _ := http.NewResponseController(w).Hijack()
			c.Close()
		}))
		got := body(t, r.post("/v1/chat/completions", `{"model":"m","stream":true,"messages":[]}`))
		if !strings.Contains(got, `"error"`) || strings.Contains(got, "[DONE]") {
			t.Errorf("got %q; want an error event and no terminator", got)
		}
		if rec := r.record(); rec.Fault != core.UpstreamFailed {
			t.Errorf("got fault %v", rec.Fault)
		}
	})
}

func TestSlowReaderIsBackPressure(t *testing.T) {
	lanes(t, func(t *testing.T, loops int) {
		const size = 24 << 20
		var sent atomic.Int64
		r := newRig(t, loops, http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) {
			w.Header().Set("Content-Length", fmt.Sprint(size))
			b := make([]byte, 64<<10)
			for range size / len(b) {
				if _, err := w.Write(b); err != nil {
					return
				}
				sent.Add(int64(len(b)))
			}
		}))
		res := r.post("/v1/chat/completions", chat)
		time.Sleep(300 * time.Millisecond)
		if n := sent.Load(); n > 20<<20 {
			t.Errorf("the provider could send %d bytes to a client that does not read", n)
		}
		if got := len(body(t, res)); got != size {
			t.Errorf("got %d bytes; want %d", got, size)
		}
	})
}
