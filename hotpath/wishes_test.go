package hotpath

import (
	"encoding/json"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"

	"asbru/adapters/dialect/anthropic"
	"asbru/adapters/dialect/gemini"
	"asbru/adapters/dialect/openai"
	"asbru/core"
)

// extras are the extra_fields of an answer.
func extras(t *testing.T, body string) map[string]json.RawMessage {
	t.Helper()
	var a struct {
		Extra map[string]json.RawMessage `json:"extra_fields"`
	}
	if err := json.Unmarshal([]byte(body), &a); err != nil {
		t.Fatalf("%v in %s", err, body)
	}
	return a.Extra
}

const picky = `{"model":"m","messages":[{"role":"user","content":"hi"}],"logit_bias":{"1":2},"seed":7,"my_own":{"a":1}}`

// What is left out of a translation is told twice: beside the answer and in its head.
func TestExtras(t *testing.T) {
	lanes(t, func(t *testing.T, loops int) {
		m := meet(t, loops, faceOf(anthropic.API), answers("application/json", toldClaude))
		var price atomic.Pointer[core.Price]
		m.change(func(s *core.Snapshot) {
			s.Only.Targets[0].Price = func(*core.Exchange, *core.ProviderKey, []byte) *core.Price { return price.Load() }
		})
		a, body := m.say("/openai/", picky)
		x := extras(t, body)
		want := map[string]string{"request_type": `"chat_completion"`, "provider": `"p0"`, "original_model_requested": `"m"`, "model_requested": `"m"`, "resolved_model_used": `"m"`, "model_deployment": `"m"`}
		for name, value := range want {
			if string(x[name]) != value {
				t.Errorf("%s is %s, want %s", name, x[name], value)
			}
		}
		has(t, "dropped", string(x["dropped_params"]), `"seed"`)
		if x["cost"] != nil {
			t.Errorf("nobody knows a price, and it costs %s", x["cost"])
		}
		price.Store(&core.Price{Rates: core.Rates{In: 1e9, Out: 2e9}})
		if _, body := m.say("/openai/", picky); string(extras(t, body)["cost"]) != "0.000011" {
			t.Errorf("it costs %s, want %s", extras(t, body)["cost"], "0.000011")
		}
		has(t, "dropped", a.Header.Get("X-Bf-Dropped-Params"), "seed")
		if x["raw_request"] != nil || x["raw_response"] != nil {
			t.Errorf("nobody asked for %s", body)
		}

		m.change(func(s *core.Snapshot) { s.Limits.NoExtras = true })
		a, body = m.say("/openai/", picky)
		if extras(t, body) != nil || a.Header.Get("X-Bf-Dropped-Params") == "" {
			t.Errorf("switched off: %v %s", a.Header, body)
		}
		m.change(func(s *core.Snapshot) { s.Limits.NoExtras = false })

		m = meet(t, loops, faceOf(openai.API), answers("application/json", toldOpenAI))
		if _, body = m.say("/openai/", picky); body != toldOpenAI {
			t.Errorf("between equals bytes pass, got %s", body)
		}
		if _, body = m.say("/gemini/m:generateContent", sayGoogle); strings.Contains(body, "extra_fields") {
			t.Errorf("Google's clients do not bear %s", body)
		}
	})
}

// The names are there in a stream too, when the request has long been given back.
func TestExtrasOfStreams(t *testing.T) {
	lanes(t, func(t *testing.T, loops int) {
		m := meet(t, loops, faceOf(gemini.API), func(w http.ResponseWriter, q *http.Request) {
			sse(w, strings.Replace(told, `,"finishReason":"STOP"`, "", 1), told, told)
		})
		_, body := m.say("/openai/", strings.Replace(picky, `"m"`, `"m","stream":true,"stream_options":{"include_usage":true}`, 1))
		has(t, "stream", body, `"extra_fields":{"request_type":"chat_completion_stream"`, `"provider":"p0"`, `"model_requested":"m"`, `"resolved_model_used":"m","model_deployment":"m"`, "data: [DONE]")
	})
}

// What the target cannot express is refused by name, or taken out for who wants that.
func TestDropParams(t *testing.T) {
	lanes(t, func(t *testing.T, loops int) {
		m := meet(t, loops, faceOf(anthropic.API), answers("application/json", toldClaude))
		sent := strings.Replace(picky, `"seed"`, `"n":3,"seed"`, 1)
		a, body := m.say("/openai/", sent)
		if a.StatusCode != 400 || m.asked() != 0 {
			t.Errorf("%d %s", a.StatusCode, body)
		}
		has(t, "refused", body, `"param":"n"`)
		for _, wish := range []string{"true", `["should_drop_params"]`, `["*"]`} {
			a, body = m.say("/openai/", sent, "X-Bf-Compat", wish)
			if a.StatusCode != 200 || strings.Contains(m.last().body, `"n"`) {
				t.Errorf("%s: %d %s; the provider got %s", wish, a.StatusCode, body, m.last().body)
			}
			has(t, wish, string(extras(t, body)["dropped_params"]), `"n"`)
		}
		if a, body = m.say("/openai/", sent, "X-Bf-Compat", `["other"]`); a.StatusCode != 400 {
			t.Errorf("another wish: %d %s", a.StatusCode, body)
		}
		// What the request is made of is never taken out.
		a, body = m.say("/openai/", strings.Replace(sent, `"content":"hi"`, `"content":[{"type":"input_audio","input_audio":{"data":"AAAA","format":"wav"}}]`, 1), "X-Bf-Compat", "true")
		if a.StatusCode != 400 {
			t.Errorf("audio: %d %s", a.StatusCode, body)
		}
	})
}

func TestPassthroughExtraParams(t *testing.T) {
	lanes(t, func(t *testing.T, loops int) {
		m := meet(t, loops, faceOf(anthropic.API), answers("application/json", toldClaude))
		m.say("/openai/", picky)
		has(t, "not asked for", m.last().body, "!my_own")
		_, body := m.say("/openai/", picky, "X-Bf-Passthrough-Extra-Params", "true")
		has(t, "asked for", m.last().body, `"my_own":{"a":1}`)
		has(t, "asked for", string(extras(t, body)["dropped_params"]), "!my_own")
		if !json.Valid([]byte(m.last().body)) {
			t.Errorf("the provider got %s", m.last().body)
		}
	})
}

func TestSendBackRaw(t *testing.T) {
	lanes(t, func(t *testing.T, loops int) {
		m := meet(t, loops, faceOf(anthropic.API), answers("application/json", toldClaude))
		_, body := m.say("/openai/", picky, "X-Bf-Send-Back-Raw-Request", "true", "X-Bf-Send-Back-Raw-Response", "TRUE")
		if x := extras(t, body); string(x["raw_request"]) != m.last().body || string(x["raw_response"]) != toldClaude {
			t.Errorf("%s, %s", x["raw_request"], x["raw_response"])
		}
		_, body = m.say("/openai/", picky, "X-Bf-Send-Back-Raw-Response", "true")
		if x := extras(t, body); x["raw_request"] != nil || string(x["raw_response"]) != toldClaude {
			t.Errorf("%s, %s", x["raw_request"], x["raw_response"])
		}
	})
}

// A text completion asks some things that no conversation can.
func TestNeeds(t *testing.T) {
	lanes(t, func(t *testing.T, loops int) {
		m := meet(t, loops, faceOf(anthropic.API), answers("application/json", toldClaude))
		if a, body := m.say("/openai/completions", `{"model":"m","prompt":"once","max_tokens":5}`); a.StatusCode != 200 || !strings.Contains(body, `"text":"well"`) {
			t.Errorf("%d %s", a.StatusCode, body)
		}
		before := m.asked()
		for _, param := range []string{`"suffix":"end"`, `"echo":true`, `"best_of":3`} {
			a, body := m.say("/openai/completions", `{"model":"m","prompt":"once","max_tokens":5,`+param+`}`)
			name, _, _ := strings.Cut(param, ":")
			if a.StatusCode != 400 || m.asked() != before {
				t.Errorf("%s: %d %s", param, a.StatusCode, body)
			}
			has(t, param, body, "p0", `"param":`+name)
		}
	})
}

// A head stays short whatever the client calls its members.
func TestDroppedHeadIsShort(t *testing.T) {
	for _, names := range [][]string{{strings.Repeat("k", 1<<20)}, strings.Split(strings.Repeat("member ", 5000), " ")} {
		c := crossing{dropped: append([]string{"seed"}, names...)}
		if h := string(c.appendDropped(nil)); len(h) > 2*maxDroppedHead || !strings.HasPrefix(h, "X-Bf-Dropped-Params: seed, ") || !strings.HasSuffix(h, "and more\r\n") {
			t.Errorf("%d bytes: %.60s", len(h), h)
		}
	}
}
