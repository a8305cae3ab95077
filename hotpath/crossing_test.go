package hotpath

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"asbru/adapters/dialect/anthropic"
	"asbru/adapters/dialect/gemini"
	"asbru/adapters/dialect/openai"
	"asbru/core"
)

// crossRig is a data plane whose clients speak Anthropic's format and whose providers
// speak Google's.
func crossRig(t *testing.T, loops int, providers ...http.Handler) *rig {
	t.Helper()
	r := tunedRig(t, loops, func(o *Options) {
		o.Doors = []Door{{Prefix: "/v1", Dialect: anthropic.API, Ops: map[string]core.Op{"POST /messages": core.OpChat}}}
	}, providers...)
	r.change(func(snap *core.Snapshot) {
		for _, tg := range snap.Models["m"].Targets {
			face := &core.Face{Dialect: gemini.API}
			face.Paths[core.OpChat] = "/base/models/{model}:generateContent"
			face.Streams[core.OpChat] = "/base/models/{model}:streamGenerateContent?alt=sse"
			tg.Faces = []*core.Face{face}
		}
	})
	return r
}

const (
	ask       = `{"model":"m","max_tokens":50,"seed":1,"messages":[{"role":"user","content":"hi \u00e9"}]}`
	askStream = `{"model":"m","max_tokens":50,"stream":true,"messages":[{"role":"user","content":"hi"}]}`
	told      = `{"candidates":[{"content":{"role":"model","parts":[{"text":"well \u00e9"}]},"finishReason":"STOP","index":0}],"usageMetadata":{"promptTokenCount":3,"candidatesTokenCount":4,"totalTokenCount":7},"modelVersion":"g","responseId":"r1"}`
)

func (r *rig) tell(body string) (*http.Response, string) {
	r.t.Helper()
	q, err := http.NewRequest("POST", "http://"+r.addr+"/v1/messages?beta=true", strings.NewReader(body))
	if err != nil {
		r.t.Fatal(err)
	}
	q.Header.Set("X-Api-Key", testKey)
	q.Header.Set("Content-Type", "application/json")
	q.Header.Set("Accept", "application/x-special")
	a, err := http.DefaultClient.Do(q)
	if err != nil {
		r.t.Fatal(err)
	}
	defer a.Body.Close()
	b, err := io.ReadAll(a.Body)
	if err != nil {
		b = append(b, " ERROR "+err.Error()...)
	}
	return a, string(b)
}

func TestCrossing(t *testing.T) {
	lanes(t, func(t *testing.T, loops int) {
		var got atomic.Value
		r := crossRig(t, loops, http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) {
			b, _ := io.ReadAll(q.Body)
			got.Store(fmt.Sprintf("%s %s %q %q %s", q.Method, q.URL, q.Header.Get("Accept"), q.Header.Get("Content-Type"), b))
			w.Header().Set("Content-Type", "application/json; charset=UTF-8")
			w.Header().Set("X-Google-Secret", "1")
			io.WriteString(w, told[:20])
			w.(http.Flusher).Flush()
			time.Sleep(10 * time.Millisecond)
			io.WriteString(w, told[20:])
		}))
		for range 2 { // the second one uses what the first left behind
			a, body := r.tell(ask)
			var m struct {
				Type, Role, Model string
				Content           []struct{ Type, Text string }
				StopReason        string `json:"stop_reason"`
				Usage             struct {
					In  int `json:"input_tokens"`
					Out int `json:"output_tokens"`
				}
			}
			if err := json.Unmarshal([]byte(body), &m); err != nil {
				t.Fatalf("%v in %s", err, body)
			}
			if a.StatusCode != 200 || m.Type != "message" || m.Model != "m" && m.Model != "g" || len(m.Content) != 1 || m.Content[0].Text != "well é" || m.StopReason != "end_turn" || m.Usage.In != 3 || m.Usage.Out != 4 {
				t.Errorf("got %d %s", a.StatusCode, body)
			}
			if h := a.Header; h.Get("Content-Type") != "application/json" || h.Get("X-Google-Secret") != "" || h.Get("X-Request-Id") == "" || !strings.Contains(h.Get("X-Bf-Dropped-Params"), "seed") {
				t.Errorf("head %v", h)
			}
			up := got.Load().(string)
			if !strings.HasPrefix(up, `POST /base/models/real-p0:generateContent "" "application/json" {`) || !strings.Contains(up, `hi \u00e9`) {
				t.Errorf("the provider got %s", up)
			}
		}
		var rec core.Record
		for !r.ring.Take(&rec) {
			time.Sleep(time.Millisecond)
		}
		if rec.Usage.In != 3 || rec.Usage.Out != 4 || rec.Status != 200 {
			t.Errorf("recorded %+v", rec)
		}
	})
}

func TestCrossingStream(t *testing.T) {
	const first = "data: {\"candidates\":[{\"content\":{\"role\":\"model\",\"parts\":[{\"text\":\"a\"}]}}]}\r\n\r\n"
	const last = "data: {\"candidates\":[{\"content\":{\"parts\":[{\"text\":\"b\"}]},\"finishReason\":\"STOP\"}],\"usageMetadata\":{\"promptTokenCount\":3,\"candidatesTokenCount\":4}}\r\n\r\n"
	lanes(t, func(t *testing.T, loops int) {
		var stream atomic.Value
		r := crossRig(t, loops, http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) {
			if q.URL.RawQuery != "alt=sse" {
				t.Errorf("asked for %s", q.URL)
			}
			w.Header().Set("Content-Type", "text/event-stream")
			for i, c := range []byte(stream.Load().(string)) {
				w.Write([]byte{c})
				if i%7 == 0 {
					w.(http.Flusher).Flush()
				}
			}
		}))
		f := func(name, sent string, want ...string) {
			t.Helper()
			stream.Store(sent)
			a, body := r.tell(askStream)
			if a.Header.Get("Content-Type") != "text/event-stream" {
				t.Errorf("%s: type %q", name, a.Header.Get("Content-Type"))
			}
			at := 0
			for _, w := range want {
				i := strings.Index(body[at:], w)
				if i < 0 {
					t.Errorf("%s: no %s behind byte %d of %s", name, w, at, body)
					return
				}
				at += i
			}
			if strings.Contains(body, "ERROR") {
				t.Errorf("%s: %s", name, body)
			}
		}
		f("whole", first+last, "event: message_start", "content_block_start", `"text":"a"`, `"text":"b"`, "content_block_stop", `"stop_reason":"end_turn"`, `"output_tokens":4`, "event: message_stop")
		f("garbage between", first+"data: {nonsense\r\n\r\n"+last, `"text":"a"`, `"text":"b"`, "event: message_stop")
		stream.Store(first)
		if _, body := r.tell(askStream); !strings.Contains(body, "event: error") || strings.Contains(body, "message_stop") {
			t.Errorf("a stream without a finish gave %s", body)
		}
	})
}

func TestCrossingFaults(t *testing.T) {
	lanes(t, func(t *testing.T, loops int) {
		r := crossRig(t, loops, http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) {
			b, _ := io.ReadAll(q.Body)
			w.Header().Set("Content-Type", "application/json")
			switch {
			case strings.Contains(string(b), "bad"):
				w.WriteHeader(400)
				io.WriteString(w, `{"error":{"code":400,"message":"no such thing","status":"INVALID_ARGUMENT"}}`)
			case strings.Contains(string(b), "slow down"):
				w.Header().Set("Retry-After", "7")
				w.WriteHeader(429)
				io.WriteString(w, `{"error":{"code":429,"message":"quota","status":"RESOURCE_EXHAUSTED"}}`)
			case strings.Contains(string(b), "later"):
				w.WriteHeader(429)
				io.WriteString(w, `{"error":{"code":429,"message":"quota","status":"RESOURCE_EXHAUSTED","details":[{"retryDelay":"6.5s"}]}}`)
			case strings.Contains(string(b), "cut"):
				w.Header().Set("Content-Length", "1000")
				io.WriteString(w, told[:30])
			default:
				io.WriteString(w, "<html>")
			}
		}))
		f := func(word string, status int, want ...string) {
			t.Helper()
			a, body := r.tell(strings.Replace(ask, "hi", word, 1))
			if a.StatusCode != status || !strings.HasPrefix(body, `{"type":"error","error":{"type":"`) {
				t.Errorf("%s: got %d %s", word, a.StatusCode, body)
			}
			for _, w := range want {
				if !strings.Contains(body, w) {
					t.Errorf("%s: no %s in %s", word, w, body)
				}
			}
			if status == 429 && strings.Join(a.Header["Retry-After"], ",") != "7" {
				t.Errorf("%s: Retry-After %q", word, a.Header.Get("Retry-After"))
			}
		}
		f("bad", 400, "invalid_request_error", "no such thing")
		f("slow down", 429, "rate_limit_error", "quota")
		f("later", 429, "rate_limit_error", "quota")
		f("cut", 502)
		f("html", 502, "cannot be read")
	})
}

// A reply that breaks off before it was whole has reached nobody: the next target is asked.
func TestCrossingAnotherTarget(t *testing.T) {
	lanes(t, func(t *testing.T, loops int) {
		var asked atomic.Int64
		broken := http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) {
			asked.Add(1)
			w.Header().Set("Content-Length", "1000")
			io.WriteString(w, told[:30])
		})
		r := crossRig(t, loops, broken, http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) {
			w.Header().Set("Content-Type", "application/json")
			io.WriteString(w, told)
		}))
		if a, body := r.tell(ask); a.StatusCode != 200 || !strings.Contains(body, "well") || asked.Load() != 1 {
			t.Errorf("got %d %s after %d", a.StatusCode, body, asked.Load())
		}
	})
}

// What one huge conversation grew does not stay for all that follow.
func TestCrossingForgets(t *testing.T) {
	c := newCrossing()
	c.chat.From = anthropic.API
	body := []byte(`{"model":"m","max_tokens":9,"messages":[{"role":"user","content":[` + strings.Repeat(`{"type":"text","text":"a"},`, 9000) + `{"type":"text","text":"a"}]}]}`)
	if f := anthropic.API.Chats[core.OpChat].ParseRequest(&c.chat, body); f != nil {
		t.Fatal(f)
	}
	if c.reset(); c.held() <= maxCrossing {
		t.Errorf("9000 parts leave %d bytes", c.held())
	}
	small := newCrossing()
	if f := anthropic.API.Chats[core.OpChat].ParseRequest(&small.chat, []byte(ask)); f != nil {
		t.Fatal(f)
	}
	if small.reset(); small.held() == 0 || small.held() > maxCrossing {
		t.Errorf("a usual one leaves %d bytes", small.held())
	}
}

// TestCrossingZeroAfterMore is TestZeroAfterMore for a stream that is translated; the client is told what counts, too.
func TestCrossingZeroAfterMore(t *testing.T) {
	lanes(t, func(t *testing.T, loops int) {
		r := crossRig(t, loops, http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) {
			io.Copy(io.Discard, q.Body)
			w.Header().Set("Content-Type", "text/event-stream")
			io.WriteString(w, `data: {"candidates":[{"content":{"role":"model","parts":[{"text":"well"}]},"index":0}],"usageMetadata":{"promptTokenCount":30,"candidatesTokenCount":4,"totalTokenCount":34}}`+"\r\n\r\n"+
				`data: {"candidates":[{"content":{"role":"model","parts":[{"text":"."}]},"finishReason":"STOP","index":0}],"usageMetadata":{"promptTokenCount":0,"candidatesTokenCount":0,"totalTokenCount":0}}`+"\r\n\r\n")
		}))
		_, body := r.tell(askStream)
		if rec := r.record(); rec.Usage != (core.Usage{In: 30, Out: 4, Known: true}) {
			t.Errorf("got %+v", rec.Usage)
		}
		if end := body[strings.LastIndex(body, "message_delta"):]; !strings.Contains(end, `"input_tokens":30`) || !strings.Contains(end, `"output_tokens":4`) {
			t.Errorf("the client was told %s", end)
		}
	})
}

// What a provider says is wrong reaches the client of another format in that format, also if it is compressed,
// though nobody asked for it, or comes with status 200.
func TestOddErrorsCross(t *testing.T) {
	const says = `{"error":{"message":"says it","type":"server_error","code":500}}`
	var z bytes.Buffer
	w := gzip.NewWriter(&z)
	io.WriteString(w, says)
	w.Close()
	asks := map[string]string{"/anthropic/": "anthropic", "/cohere/": "cohere", "/ollama/": "ollama"}
	lanes(t, func(t *testing.T, loops int) {
		for _, c := range []struct {
			status, want    int
			body, coded, is string
		}{
			{500, 500, z.String(), "gzip", "says it"},
			{400, 400, z.String(), "gzip", "says it"},
			{429, 429, z.String(), "gzip", "says it"},
			{400, 400, says, "identity", "says it"},
			{400, 400, says, "br", "p0 answered 400"},
			{500, 500, "\x1f\x8b\x08\x00 cut", "gzip", "p0 answered 500"},
			{500, 500, "event: error\ndata: " + says + "\n\n", "", "says it"},
			{200, 502, says, "", "answered 200 with an error: says it"},
			{200, 502, `{"error":{"message":"Incorrect API key provided: sk-1","code":"invalid_api_key"}}`, "", "!sk-1"},
			{200, 502, `{"choices":7}`, "", "cannot be read"},
		} {
			m := meet(t, loops, faceOf(openai.API), func(w http.ResponseWriter, q *http.Request) {
				w.Header().Set("Content-Type", "application/json")
				if c.coded != "" {
					w.Header().Set("Content-Encoding", c.coded)
				}
				w.WriteHeader(c.status)
				io.WriteString(w, c.body)
			})
			for path, name := range asks {
				for _, stream := range []string{"false", "true"} {
					a, body := m.say(path, `{"model":"m","max_tokens":5,"stream":`+stream+`,"messages":[{"role":"user","content":"u"}]}`)
					if a.StatusCode != c.want || !json.Valid([]byte(body)) || a.Header.Get("Content-Encoding") != "" {
						t.Errorf("%s, %d %s: %d %v %s", name, c.status, c.coded, a.StatusCode, a.Header, body)
					}
					has(t, name, body, c.is, "!\ufffd", `!\u0000`)
				}
			}
		}
	})
}

// A response that has failed is no answer, whatever its status: another target is asked, and if there is none the client is told.
func TestCrossingFailedResponse(t *testing.T) {
	lanes(t, func(t *testing.T, loops int) {
		const failed = `{"id":"r","object":"response","status":"failed","error":{"code":"server_error","message":"it broke"},"output":[],"usage":{"input_tokens":3,"output_tokens":1,"total_tokens":4}}`
		const whole = `{"id":"r","object":"response","status":"completed","output":[{"type":"message","role":"assistant","content":[{"type":"output_text","text":"fine"}]}]}`
		says := func(body string) http.Handler {
			return http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) {
				w.Header().Set("Content-Type", "application/json")
				io.WriteString(w, body)
			})
		}
		f := func(status int, want string, providers ...http.Handler) {
			t.Helper()
			r := crossRig(t, loops, providers...)
			r.change(func(snap *core.Snapshot) {
				for _, tg := range snap.Models["m"].Targets {
					face := &core.Face{Dialect: openai.API}
					face.Paths[core.OpResponses] = "/responses"
					tg.Faces = []*core.Face{face}
				}
			})
			if a, body := r.tell(ask); a.StatusCode != status || !strings.Contains(body, want) {
				t.Errorf("%d %s; want %d with %q", a.StatusCode, body, status, want)
			}
		}
		f(502, "could not answer: it broke", says(failed))
		f(200, `"fine"`, says(failed), says(whole))
	})
}
