package hotpath

import (
	"encoding/json"
	"strings"
	"testing"

	"asbru/adapters"
	"asbru/adapters/dialect/cohere"
	"asbru/adapters/dialect/gemini"
	"asbru/adapters/dialect/openai"
	"asbru/core"
)

const (
	sayAWS    = `{"messages":[{"role":"user","content":[{"text":"hi"}]}]}`
	sayGoogle = `{"contents":[{"role":"user","parts":[{"text":"hi"}]}]}`
	toldAWS   = `{"output":{"message":{"role":"assistant","content":[{"text":"well"}]}},"stopReason":"end_turn","usage":{"inputTokens":3,"outputTokens":4,"totalTokens":7}}`
)

// A model that the path names reaches the provider as one segment, or nobody.
func TestNames(t *testing.T) {
	lanes(t, func(t *testing.T, loops int) {
		m := meet(t, loops, faceOf(adapters.Bedrock), answers("application/json", toldAWS))
		f := func(name, want string) {
			t.Helper()
			before := m.asked()
			reply := m.raw("POST /bedrock/" + name + "/converse HTTP/1.1\r\nHost: a\r\nX-Bf-Vk: " + testKey + "\r\nContent-Type: application/json\r\nContent-Length: 56\r\nConnection: close\r\n\r\n" + sayAWS)
			if want == "" {
				has(t, name, reply, "HTTP/1.1 400 ", "x-amzn-errortype: ValidationException", "X-Amzn-Requestid: ", `{"message":"`)
				if m.asked() != before {
					t.Errorf("%s: the provider was asked %s", name, m.last().line)
				}
				return
			}
			has(t, name, reply, "HTTP/1.1 200 ", "X-Amzn-Requestid: ", toldAWS)
			if line := m.last().line; line != "POST /up/"+want+"/chat" {
				t.Errorf("%s: the provider got %s", name, line)
			}
		}
		const arn = "arn%3Aaws%3Abedrock%3Aus-east-1%3A1%3Ainference-profile%2Fus.a-v1%3A0"
		f("a.b-v1:0", "a.b-v1%3A0")
		f(arn, arn)
		f("arn:aws:bedrock:us-east-1:1:inference-profile/us.a-v1:0", arn)
		f("arn%3Aaws%3Abedrock%3Aus-east-1%3A1%3ainference-profile/us.a-v1:0", arn)
		f(strings.Repeat("x", core.MaxModelName), strings.Repeat("x", core.MaxModelName))
		for _, bad := range []string{"..", "%2e%2e", "a/../b", "a%2F..%2Fb", ".", "%2e", "a/./b", "a//b", "%2Fa", "a%252Fb", "a%00b", "a%0d%0ab", "a%20b", "a%22b", "a%5Cb",
			"a%3Fb", "a%23b", "a%C3%A9", "a%7Fb", strings.Repeat("x", core.MaxModelName+1)} {
			f(bad, "")
		}
		for _, broken := range []string{"a%", "a%2", "a%zz"} { // no head at all, so no door either
			has(t, broken, m.raw("POST /bedrock/"+broken+"/converse HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n"), "HTTP/1.1 400 ", "percent sign")
		}
	})
}

// What is no conversation goes on below the provider's address, also where that has no path.
func TestPassedPaths(t *testing.T) {
	lanes(t, func(t *testing.T, loops int) {
		f := func(base, path, want string) {
			t.Helper()
			face := faceOf(cohere.API)
			face.Paths[core.OpPass] = base
			m := meet(t, loops, face, answers("application/json", `{}`))
			if a, body := m.say(path, `{"model":"m"}`); a.StatusCode != 200 || m.last().line != "POST "+want {
				t.Errorf("%s below %q: %d %s, asked %s, want %s", path, base, a.StatusCode, body, m.last().line, want)
			}
		}
		f("/", "/cohere/tokenize", "/v2/tokenize")
		f("/up", "/cohere/tokenize", "/up/v2/tokenize")
		f("/v2", "/cohere/tokenize", "/v2/tokenize")
	})
}

// Dots in a name that a body holds do not become a way through the provider's paths either.
func TestDottedNames(t *testing.T) {
	lanes(t, func(t *testing.T, loops int) {
		m := meet(t, loops, faceOf(adapters.Bedrock), answers("application/json", toldAWS))
		for _, name := range []string{"..", ".", "a/../b", "../x"} {
			a, body := m.say("/openai/", strings.Replace(chat, `"m"`, `"`+name+`"`, 1))
			if a.StatusCode != 400 || !strings.Contains(body, `"param":"model"`) {
				t.Errorf("%s: %d %s", name, a.StatusCode, body)
			}
		}
		if m.asked() > 0 {
			t.Errorf("the provider got %v", m.sent)
		}
		if a, body := m.say("/openai/", strings.Replace(chat, `"m"`, `"a..b/c.d"`, 1)); a.StatusCode != 200 {
			t.Errorf("%d %s", a.StatusCode, body)
		}
	})
}

// A client of Google's that does not ask for events gets one array, whatever the provider sends.
func TestArrayStream(t *testing.T) {
	lanes(t, func(t *testing.T, loops int) {
		whole := "data: " + delta + "\n\ndata: " + finish + "\n\ndata: [DONE]\n\n"
		f := func(name string, provider string, cut bool, query string, check func(list []map[string]any)) {
			t.Helper()
			h := answers("text/event-stream", provider)
			if cut {
				h = breaks("text/event-stream", provider)
			}
			m := meet(t, loops, faceOf(openai.API), h)
			a, body := m.say("/gemini/m:streamGenerateContent"+query, sayGoogle)
			if strings.Contains(query, "?alt=sse") {
				if a.Header.Get("Content-Type") != "text/event-stream" || !strings.HasPrefix(body, "data: {") {
					t.Errorf("%s: %v %s", name, a.Header, body)
				}
				return
			}
			var list []map[string]any
			if err := json.Unmarshal([]byte(body), &list); err != nil || a.Header.Get("Content-Type") != "application/json" {
				t.Errorf("%s: %v in %v %s", name, err, a.Header, body)
				return
			}
			check(list)
		}
		ends := func(list []map[string]any) {
			t.Helper()
			if c, _ := json.Marshal(list[len(list)-1]["candidates"]); !strings.Contains(string(c), `"finishReason":"STOP"`) {
				t.Errorf("ends with %s", c)
			}
		}
		fails := func(list []map[string]any) {
			t.Helper()
			e, _ := list[len(list)-1]["error"].(map[string]any)
			if e == nil || e["code"] == nil || e["status"] == nil {
				t.Errorf("ends with %v", list[len(list)-1])
			}
		}
		f("whole", whole, false, "", ends)
		f("another alt", whole, false, "?xalt=sse&alt=ssex", ends)
		f("events", whole, false, "?alt=sse", nil)
		f("cut", "data: "+delta+"\n\n", true, "", fails)
		f("cut at once", "", true, "", fails)
		f("ends early", "data: "+delta+"\n\n", false, "", fails)
		f("fault", "data: "+delta+"\n\ndata: {\"error\":{\"message\":\"no more\",\"type\":\"server_error\"}}\n\n", false, "", fails)
	})
}

// Between a client and a provider that both speak Google's format an array passes as it is,
// is asked for, and its tokens count.
func TestArrayPasses(t *testing.T) {
	const array = "[" + told + ",\n" + told + "]"
	lanes(t, func(t *testing.T, loops int) {
		m := meet(t, loops, faceOf(gemini.API), answers("application/json", array))
		a, body := m.say("/gemini/g:streamGenerateContent?key=secret-key&foo=1&alt=json", sayGoogle)
		if a.StatusCode != 200 || body != array {
			t.Errorf("got %d %s", a.StatusCode, body)
		}
		if got := m.last(); got.line != "POST /up/g/chat-stream?foo=1" || got.body != sayGoogle {
			t.Errorf("the provider got %s %s", got.line, got.body)
		}
		if rec := m.record(); rec.Usage.In != 3 || rec.Usage.Out != 4 {
			t.Errorf("recorded %+v", rec.Usage)
		}
		m.say("/gemini/g:streamGenerateContent?alt=sse&key=secret-key", sayGoogle)
		if got := m.last().line; got != "POST /up/g/chat-stream?alt=sse" {
			t.Errorf("the provider got %s", got)
		}
	})
}

// What Azure's paths name is what goes on, with the patches that any body gets.
func TestDeployment(t *testing.T) {
	lanes(t, func(t *testing.T, loops int) {
		face := faceOf(openai.API)
		face.AskUsage, face.Cut = true, []string{"store"}
		m := meet(t, loops, face, answers("application/json", toldOpenAI))
		f := func(body, want string) {
			t.Helper()
			if a, text := m.say("/openai/d/deployment", body); a.StatusCode != 200 || m.last().body != want {
				t.Errorf("%s: %d %s; the provider got %s, want %s", body, a.StatusCode, text, m.last().body, want)
			}
		}
		f(`{"messages":[]}`, `{"model":"d","messages":[]}`)
		f(`{ }`, `{"model":"d"}`)
		f(`{"model":"other","messages":[]}`, `{"model":"d","messages":[]}`)
		f(`{"model":"\u0064","messages":[]}`, `{"model":"d","messages":[]}`)
		f(`{"messages":[],"store":true,"fallbacks":["x"]}`, `{"model":"d","messages":[]}`)
		f(`{"stream":true}`, `{"stream_options":{"include_usage":true},"model":"d","stream":true}`)
	})
}
