package mock

import (
	"strings"
	"testing"
	"time"
)

func TestScriptWords(t *testing.T) {
	f := func(model string, want func(*script) bool) {
		t.Helper()
		s, err := Options{}.script()
		if err == nil {
			err = s.play(model)
		}
		if err != nil || !want(&s) {
			t.Errorf("%s: %v, %+v", model, err, s)
		}
	}
	f("mock-latency-200ms", func(s *script) bool { return s.latency == int64(200*time.Millisecond) })
	f("mock-ttft-1s", func(s *script) bool { return s.ttft == int64(time.Second) })
	f("mock-gap-20ms", func(s *script) bool { return s.gap == int64(20*time.Millisecond) })
	f("mock-tps-50", func(s *script) bool { return s.chunkGap(10, 5) == int64(40*time.Millisecond) })
	f("mock-tokens-500+chunks-50", func(s *script) bool { return s.tokens == 500 && s.chunks == 50 })
	f("openai/mock-tokens-500+mock-stamp", func(s *script) bool { return s.tokens == 500 && s.has(stamp) })
	f("mock-bytes-10000", func(s *script) bool { return s.bytes == 10000 })
	f("mock-retry-after-2", func(s *script) bool { return s.retryAfter == 2 && s.status == 429 })
	f("mock-status-503+retry-after-2", func(s *script) bool { return s.retryAfter == 2 && s.status == 503 })
	f("mock-cut-3+stall-4", func(s *script) bool { return s.cut == 3 && s.stall == 4 })
	f("mock-error-event", func(s *script) bool { return s.fail == 1 })
	f("mock-error-event-4", func(s *script) bool { return s.fail == 4 })
	f("mock-slow-head", func(s *script) bool { return s.has(slowHead) && s.drip == int64(dripTime) })
	f("mock-slow-head-40ms", func(s *script) bool { return s.drip == int64(40*time.Millisecond) })
	f("mock-small", func(s *script) bool { return s.faults == 0 })
	f("gpt-4+mock-hang", func(s *script) bool { return s.faults == 0 })
}

func TestScriptMistakes(t *testing.T) {
	for _, model := range []string{"mock-latency-abc", "mock-latency-2h", "mock-tokens", "mock-tokens--1", "mock-status-200",
		"mock-tool+cutt-3", "mock-hang-3", "mock-tps-0", "mock-tps-NaN", "mock-bytes-99999999999", "mock-tokens-3+"} {
		status, body := bodyOf(t, Options{}, chat(model, false))
		if status != 400 || !strings.Contains(body, model) {
			t.Errorf("%s: got %d %s, want a 400 that quotes it", model, status, body)
		}
	}
}

func TestOptionsMistakes(t *testing.T) {
	for _, o := range []Options{{Latency: -1}, {TTFT: time.Hour}, {Tokens: -1}, {ReplyBytes: maxReply + 1}, {ErrorRate: 1.5},
		{ErrorStatus: 200}, {Fault: "nonsense"}, {Fault: "cut-x"}, {Shards: -1}, {TokensPerSecond: -2}} {
		if _, err := o.script(); err == nil || !strings.HasPrefix(err.Error(), "cannot ") {
			t.Errorf("%+v: got %v, want an error", o, err)
		}
	}
}

func TestErrorShapes(t *testing.T) {
	status, body := bodyOf(t, Options{}, chat("mock-status-429", true))
	equal(t, "status", status, 429)
	equal(t, "code", dig(t, object(t, body), "error", "code"), "rate_limit_exceeded")
	status, body = bodyOf(t, Options{}, request("/v1/messages", `{"model":"mock-status-529"}`))
	equal(t, "status", status, 529)
	equal(t, "type", dig(t, object(t, body), "error", "type"), "overloaded_error")
	out, _ := offline(t, Options{}, chat("mock-retry-after-7", false), 1<<20)
	if !strings.HasPrefix(out, "HTTP/1.1 429 ") || !strings.Contains(out, "\r\nRetry-After: 7\r\n") {
		t.Errorf("no Retry-After in %q", out)
	}
	for body, want := range map[string]string{`{"model":`: "parse", `{}`: "no model", `{"model":"` + strings.Repeat("x", 300) + `"}`: "192",
		"": "parse", `{"model":"m"}}`: "parse", `{"model":"m"}{}`: "parse"} {
		status, got := bodyOf(t, Options{}, request("/v1/chat/completions", body))
		if status != 400 || !strings.Contains(got, want) {
			t.Errorf("%q: got %d %s", body, status, got)
		}
	}
}

func TestErrorRate(t *testing.T) {
	one := request("/v1/chat/completions", `{"model":"m"}`)
	out, _ := offline(t, Options{ErrorRate: 0.25, ErrorStatus: 503}, strings.Repeat(one, 100), 1<<20)
	equal(t, "failed", strings.Count(out, "HTTP/1.1 503 "), 25)
	equal(t, "answered", strings.Count(out, "HTTP/1.1 200 "), 75)
}

// TestFaults tells the faults by the bytes on the wire.
func TestFaults(t *testing.T) {
	const chunk = `"object":"chat.completion.chunk"`
	f := func(model string, stream bool, phase phase, ending ending, want, not string, chunks int) {
		t.Helper()
		out, s := offline(t, Options{Tokens: 6}, chat(model, stream), 1<<20)
		if s.phase != phase || s.ending != ending {
			t.Errorf("%s: phase %d ending %d, want %d and %d", model, s.phase, s.ending, phase, ending)
		}
		if !strings.Contains(out, want) || not != "" && strings.Contains(out, not) {
			t.Errorf("%s: want %q and not %q in %q", model, want, not, out)
		}
		if got := strings.Count(out, chunk); got != chunks {
			t.Errorf("%s: %d chunks, want %d", model, got, chunks)
		}
	}
	f("mock-cut-3", true, ended, endClose, "200 OK", "0\r\n\r\n", 1+3)
	f("mock-cut-0", true, ended, endClose, "200 OK", "data:", 0)
	f("mock-cut-3", false, ended, endClose, "200 OK", "fp_mock", 0)
	f("mock-stall-2", true, silent, endNone, "200 OK", "[DONE]", 1+2)
	f("mock-stall-2", false, silent, endNone, "200 OK", "fp_mock", 0)
	f("mock-no-done", true, readHead, endNone, "\n\n\r\n0\r\n\r\n", "[DONE]", 1+6+2)
	f("mock-no-usage", true, readHead, endNone, "[DONE]", `"usage":`, 1+6+1)
	f("mock-usage-0", false, readHead, endNone, `"total_tokens":0`, "", 0)
	f("mock-garbage", true, readHead, endNone, "no colon \xff\xfe", "", 1+6+2)
	f("mock-garbage", false, readHead, endNone, "}]garbage", "", 0)
	f("mock-error-event-2", true, readHead, endNone, `data: {"error":`, "[DONE]", 1+2)
	f("mock-error-event", false, readHead, endNone, `{"error":`, "choices", 0)
	f("mock-hang", true, silent, endNone, "", "HTTP", 0)
	f("mock-reset", false, ended, endReset, "", "HTTP", 0)
	f("mock-html", true, readHead, endNone, "text/html", "data:", 0)
	f("mock-redirect", false, readHead, endNone, "Location: /v1/redirected", "", 0)
	f("mock-empty", true, readHead, endNone, "Content-Length: 0\r\n", "data:", 0)
	f("mock-slow-head-40ms", true, readHead, endNone, "[DONE]", "", 1+6+2)
	f("mock-slow-head-40ms", false, readHead, endNone, `"total_tokens"`, "", 0)
	f("mock-stamp", true, readHead, endNone, `"sent_ns":"`, "", 1+6+2)
	f("mock-id-77", false, readHead, endNone, "chatcmpl-mock-000000000077", "", 0)
}

func TestFaultsElsewhere(t *testing.T) {
	_, body := bodyOf(t, Options{}, request("/v1/messages", `{"model":"mock-error-event-2","stream":true}`))
	evs := events(t, body)
	equal(t, "last event", evs[len(evs)-1][0], "error")
	equal(t, "error", dig(t, object(t, evs[len(evs)-1][1]), "error", "type"), "api_error")
	_, body = bodyOf(t, Options{}, request("/v1/responses", `{"model":"mock-error-event-0","stream":true,"input":"x"}`))
	evs = events(t, body)
	equal(t, "only event", evs[0][0], "error")
	equal(t, "events", len(evs), 1)
}

// TestPace checks when the parts of a stream are due, on the session's own clock.
func TestPace(t *testing.T) {
	const ms = int64(time.Millisecond)
	srv, err := newServer(Options{Latency: 5 * time.Millisecond, TTFT: 7 * time.Millisecond, ChunkGap: 3 * time.Millisecond, Tokens: 4})
	if err != nil {
		t.Fatal(err)
	}
	s, w := &session{srv: srv}, &work{now: 1000 * ms, in: []byte(chat("m", true))}
	var steps []int64
	for s.advance(w); s.wake > 0; s.advance(w) {
		steps = append(steps, s.wake/ms-1000)
		w.now = s.wake
	}
	equal(t, "times", steps, []int64{5, 12, 15, 18, 21})
	if s.phase != readHead || !strings.HasSuffix(string(w.out), "[DONE]\n\n\r\n0\r\n\r\n") {
		t.Errorf("the stream did not end: phase %d, %q", s.phase, w.out)
	}
}
