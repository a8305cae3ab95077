package hotpath

import (
	"io"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"

	"asbru/adapters"
	"asbru/adapters/dialect/anthropic"
	"asbru/adapters/dialect/gemini"
	"asbru/adapters/dialect/openai"
	"asbru/core"
)

const (
	sayClaude  = `{"model":"m","max_tokens":9,"messages":[{"role":"user","content":"hi"}]}`
	toldClaude = `{"id":"msg_1","type":"message","role":"assistant","model":"claude","content":[{"type":"text","text":"well"}],"stop_reason":"end_turn","stop_sequence":null,"usage":{"input_tokens":3,"output_tokens":4}}`
	toldOpenAI = `{"id":"c","object":"chat.completion","created":1,"model":"gpt","choices":[{"index":0,"message":{"role":"assistant","content":"well"},"finish_reason":"stop"}],"usage":{"prompt_tokens":3,"completion_tokens":4,"total_tokens":7}}`
)

// The features that a client of Anthropic's asks for in a header go to those who know them.
func TestBetas(t *testing.T) {
	lanes(t, func(t *testing.T, loops int) {
		face := faceOf(anthropic.API)
		m := meet(t, loops, face, answers("application/json", toldClaude))
		f := func(sent, want string) {
			t.Helper()
			m.say("/anthropic/", sayClaude, "Anthropic-Beta", sent)
			if got := strings.Join(m.last().head.Values("Anthropic-Beta"), "|"); got != want {
				t.Errorf("%q became %q, want %q", sent, got, want)
			}
		}
		f("a-2025,b-2025", "a-2025,b-2025")
		face = faceOf(anthropic.API)
		face.Betas = []string{"a-", "c-"}
		m = meet(t, loops, face, answers("application/json", toldClaude))
		f("a-2025,b-2025", "a-2025")
		f(" b-1 , c-1,,  a-1", "c-1,a-1")
		f("b-1", "")
		f("A-1", "")
		m.say("/openai/", chat, "Anthropic-Beta", "b-1,a-2025") // any client may ask Claude for them
		if got := m.last().head.Get("Anthropic-Beta"); got != "a-2025" {
			t.Errorf("a client of another format sent %q on", got)
		}
	})
}

// At Bedrock the same features stand in the body; a header becomes a member, and back.
func TestBetasChangePlaces(t *testing.T) {
	lanes(t, func(t *testing.T, loops int) {
		invoke := faceOf(adapters.Bedrock)
		invoke.Paths[core.OpChat], invoke.Streams[core.OpChat] = "", ""
		m := meet(t, loops, invoke, answers("application/json", toldClaude))
		a, body := m.say("/anthropic/", sayClaude, "Anthropic-Beta", "x-1, y-2")
		if a.StatusCode != 200 {
			t.Fatalf("%d %s", a.StatusCode, body)
		}
		has(t, "as a member", m.last().body, `"anthropic_beta":["x-1","y-2"]`)
		m.say("/anthropic/", sayClaude, "Anthropic-Beta", "x-1", "Anthropic-Beta", "y-2,z-3") // Go's SDK sends a line for each
		has(t, "all lines as a member", m.last().body, `"anthropic_beta":["x-1","y-2","z-3"]`)
		if got := m.last().head.Get("Anthropic-Beta"); got != "" {
			t.Errorf("and the header %q", got)
		}

		face := faceOf(anthropic.API)
		face.Betas = []string{"x-"}
		m = meet(t, loops, face, answers("application/json", toldClaude))
		a, body = m.say("/bedrock/m/invoke", `{"anthropic_version":"bedrock-2023-05-31","anthropic_beta":["y-2","x-1"],"max_tokens":9,"messages":[{"role":"user","content":"hi"}]}`)
		if a.StatusCode != 200 {
			t.Fatalf("%d %s", a.StatusCode, body)
		}
		if got := m.last().head.Get("Anthropic-Beta"); got != "x-1" {
			t.Errorf("the header is %q", got)
		}
		has(t, "no member", m.last().body, "!anthropic_beta", "!anthropic_version")
	})
}

// A client may have any field sent on but those that carry a credential or frame the message.
func TestExtraHeaders(t *testing.T) {
	lanes(t, func(t *testing.T, loops int) {
		for _, face := range []*core.Face{faceOf(openai.API), faceOf(gemini.API)} {
			m := meet(t, loops, face, answers("application/json", told))
			names := append([]string{"X-Bf-Vk", "X-Forwarded-For", "X-Bf-Eh-X"}, kept...)
			fields := []string{"X-Bf-Eh-X-Mine", "yes", "X-BF-EH-Tenant", "7"}
			for _, n := range names {
				fields = append(fields, "X-Bf-Eh-"+n, "evil")
			}
			m.say("/openai/", chat, fields...)
			got := m.last().head
			if got.Get("X-Mine") != "yes" || got.Get("Tenant") != "7" {
				t.Errorf("the provider got %v", got)
			}
			for name, values := range got {
				if strings.HasPrefix(name, "X-Bf") || strings.Contains(strings.Join(values, ""), "evil") {
					t.Errorf("the provider got %s: %q", name, values)
				}
			}
			if got.Get("Authorization") != "Bearer provider-secret" {
				t.Errorf("the provider got %q", got.Get("Authorization"))
			}
		}
	})
}

// Uploads at Google begin with a request whose answer is in the head of the reply.
func TestUploadHeaders(t *testing.T) {
	lanes(t, func(t *testing.T, loops int) {
		m := meet(t, loops, faceOf(gemini.API), func(w http.ResponseWriter, q *http.Request) {
			w.Header().Set("X-Goog-Upload-URL", "https://upload.example/upload/v1beta/files?upload_id=1&upload_protocol=resumable")
			w.Header().Set("X-Goog-Upload-Status", "active")
			w.Header().Set("X-Goog-Other", "1")
		})
		a, _ := m.say("/gemini/files", `{"file":{"display_name":"a"}}`, "X-Goog-Upload-Protocol", "resumable", "X-Goog-Upload-Command", "start", "X-Goog-Upload-Header-Content-Length", "7",
			"X-Goog-Api-Client", "c")
		got := m.last()
		if got.line != "POST /up/v1beta/files" || got.head.Get("X-Goog-Upload-Protocol") != "resumable" || got.head.Get("X-Goog-Upload-Header-Content-Length") != "7" || got.head.Get("X-Goog-Api-Client") != "" {
			t.Errorf("the provider got %s %v", got.line, got.head)
		}
		if h := a.Header; h.Get("X-Goog-Upload-Url") != "http://"+m.addr+"/gemini/files?upload_id=1&upload_protocol=resumable" || h.Get("X-Goog-Upload-Status") != "active" || h.Get("X-Goog-Other") != "" {
			t.Errorf("the client got %v", h)
		}
	})
}

// The head of each answer says whose it is in the words of its reader.
func TestIdentity(t *testing.T) {
	lanes(t, func(t *testing.T, loops int) {
		m := meet(t, loops, faceOf(openai.API), answers("application/json", toldOpenAI))
		const id = "0123456789abcdef0123456789abcdef"
		f := func(path, body, header string) {
			t.Helper()
			a, text := m.say(path, body, "X-Request-Id", id)
			if a.StatusCode != 200 || a.Header.Get("X-Request-Id") != id || header != "" && a.Header.Get(header) != id {
				t.Errorf("%s: %d %v %s", path, a.StatusCode, a.Header, text)
			}
		}
		f("/openai/", chat, "")
		f("/anthropic/", sayClaude, "Request-Id")
		f("/bedrock/m/converse", sayAWS, "X-Amzn-Requestid")
		f("/gemini/m:generateContent", sayGoogle, "")
		f("/cohere/", chat, "")
		a, text := m.say("/anthropic/", `{"max_tokens":9}`, "X-Request-Id", id)
		if a.StatusCode != 400 || a.Header.Get("Request-Id") != id || !strings.Contains(text, id) {
			t.Errorf("refused: %d %v %s", a.StatusCode, a.Header, text)
		}
	})
}

// An error says to whom it is one: AWS's clients read its kind from the head, and those that
// try again are told when that is in vain.
func TestFaultHeaders(t *testing.T) {
	lanes(t, func(t *testing.T, loops int) {
		m := meet(t, loops, faceOf(openai.API), func(w http.ResponseWriter, q *http.Request) {
			b, _ := io.ReadAll(q.Body)
			w.Header().Set("Content-Type", "application/json")
			w.Header().Set("X-Should-Retry", "true")
			if strings.Contains(string(b), "broke") {
				w.WriteHeader(429)
				io.WriteString(w, `{"error":{"message":"pay","type":"insufficient_quota","param":null,"code":"insufficient_quota"}}`)
				return
			}
			w.WriteHeader(429)
			io.WriteString(w, `{"error":{"message":"slow","type":"rate_limit_error","param":null,"code":"rate_limit_exceeded"}}`)
		})
		a, body := m.say("/bedrock/m/converse", sayAWS)
		if a.StatusCode != 429 || a.Header.Get("X-Amzn-Errortype") != "ThrottlingException" || strings.Join(a.Header.Values("X-Should-Retry"), "|") != "true" {
			t.Errorf("%d %v %s", a.StatusCode, a.Header, body)
		}
		if a, body = m.say("/openai/", chat); a.StatusCode != 429 || a.Header.Get("X-Should-Retry") != "true" || !strings.Contains(body, "slow") {
			t.Errorf("as it came: %d %v %s", a.StatusCode, a.Header, body)
		}
		for path, sent := range map[string]string{"/openai/": chat, "/anthropic/": sayClaude, "/bedrock/m/converse": sayAWS, "/gemini/m:generateContent": sayGoogle} {
			a, body = m.say(path, strings.Replace(sent, `hi`, `broke`, 1))
			if a.StatusCode != 429 || strings.Join(a.Header.Values("X-Should-Retry"), "|") != "false" || !strings.Contains(body, "pay") {
				t.Errorf("%s: %d %v %s", path, a.StatusCode, a.Header, body)
			}
		}
	})
}

// A key that signs writes its lines over what is really sent; without a credential the
// provider is not asked.
func TestSigned(t *testing.T) {
	lanes(t, func(t *testing.T, loops int) {
		m := meet(t, loops, faceOf(adapters.Bedrock), answers("application/json", toldAWS))
		var lost atomic.Bool
		m.change(func(snap *core.Snapshot) {
			snap.Only.Targets[0].Keys = []*core.ProviderKey{{Name: "k", Weight: 1, Sign: func(dst []byte, o *core.Outgoing) ([]byte, bool) {
				line := append(append(append([]byte("X-Signed: "), o.Method...), ' '), o.Path...)
				line = append(append(append(append(line, ' '), o.Query...), ' '), o.Type...)
				line = append(append(append(append(append(line, ' '), o.Host...), ' '), o.Body...), "\r\n"...)
				return append(dst, line...), !lost.Load()
			}}}
		})
		a, body := m.say("/bedrock/a:1/converse?x=1", sayAWS)
		got := m.last()
		if want := "POST /up/a%3A1/chat x=1 application/json " + m.snap.Only.Targets[0].Host + " " + sayAWS; a.StatusCode != 200 || got.head.Get("X-Signed") != want {
			t.Errorf("%d %s; signed %q, want %q", a.StatusCode, body, got.head.Get("X-Signed"), want)
		}
		m.say("/openai/", chat, "Content-Type", "application/json; charset=utf-8")
		got = m.last()
		if want := "POST /up/m/chat  application/json " + m.snap.Only.Targets[0].Host + " " + got.body; got.head.Get("X-Signed") != want || got.head.Get("Content-Type") != "application/json" {
			t.Errorf("signed %q, want %q", got.head.Get("X-Signed"), want)
		}
		before := m.asked()
		lost.Store(true)
		a, body = m.say("/anthropic/", sayClaude)
		if a.StatusCode != 502 || m.asked() != before {
			t.Errorf("without a credential: %d %s", a.StatusCode, body)
		}
		has(t, "without a credential", body, `"type":"error"`, "no valid credential for p0")
	})
}
