package standin

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"hash/crc32"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// dialect is how a test asks in one format; the %s is a model's name.
type dialect struct{ name, path, streamPath, body, streamBody string }

var dialects = []dialect{
	{"openai", "/v1/chat/completions", "/v1/chat/completions", `{"model":%q,"messages":[{"role":"user","content":"hi"}],"tools":[{"type":"function","function":{"name":"f","parameters":{"type":"object","properties":{"city":{"type":"string"}}}}}]}`, `"stream":true,"stream_options":{"include_usage":true}`},
	{"responses", "/v1/responses", "/v1/responses", `{"model":%q,"input":"hi","include":["reasoning.encrypted_content"],"tools":[{"type":"function","name":"f","parameters":{"type":"object","properties":{"city":{"type":"string"}}},"strict":false}]}`, `"stream":true`},
	{"anthropic", "/v1/messages", "/v1/messages", `{"model":%q,"max_tokens":9,"messages":[{"role":"user","content":"hi"}],"tools":[{"name":"f","input_schema":{"type":"object","properties":{"city":{"type":"string"}}}}]}`, `"stream":true`},
	{"gemini", "/v1beta/models/%s:generateContent", "/v1beta/models/%s:streamGenerateContent?alt=sse", `{"contents":[{"role":"user","parts":[{"text":"hi"}]}],"generationConfig":{"thinkingConfig":{"includeThoughts":true}},"tools":[{"functionDeclarations":[{"name":"f","parameters":{"type":"OBJECT","properties":{"city":{"type":"STRING"}}}}]}]}`, ""},
	{"array", "/v1beta/models/%s:generateContent", "/v1beta/models/%s:streamGenerateContent", `{"contents":[{"role":"user","parts":[{"text":"hi"}]}]}`, ""},
	{"converse", "/model/%s/converse", "/model/%s/converse-stream", `{"messages":[{"role":"user","content":[{"text":"hi"}]}],"toolConfig":{"tools":[{"toolSpec":{"name":"f","inputSchema":{"json":{"type":"object","properties":{"city":{"type":"string"}}}}}}]}}`, ""},
	{"invoke", "/model/%s/invoke", "/model/%s/invoke-with-response-stream", `{"anthropic_version":"bedrock-2023-05-31","max_tokens":9,"messages":[{"role":"user","content":"hi"}],"tools":[{"name":"f","input_schema":{"type":"object","properties":{"city":{"type":"string"}}}}]}`, ""},
	{"cohere", "/v2/chat", "/v2/chat", `{"model":%q,"messages":[{"role":"user","content":"hi"}],"tools":[{"type":"function","function":{"name":"f","parameters":{"type":"object","properties":{"city":{"type":"string"}}}}}]}`, `"stream":true`},
	{"ollama", "/api/chat", "/api/chat", `{"model":%q,"messages":[{"role":"user","content":"hi"}],"stream":false,"tools":[{"type":"function","function":{"name":"f","parameters":{"type":"object","properties":{"city":{"type":"string"}}}}}]}`, `"stream":true`},
}

func (d dialect) send(t *testing.T, base, model string, stream bool) (status int, head http.Header, body []byte, cut bool) {
	t.Helper()
	path, text := d.path, d.body
	if stream {
		path = d.streamPath
		if d.streamBody != "" {
			text = strings.Replace(text, `"stream":false,`, "", 1)
			text = text[:len(text)-1] + "," + d.streamBody + "}"
		}
	}
	if strings.Contains(path, "%s") {
		path = fmt.Sprintf(path, model)
	} else {
		text = fmt.Sprintf(text, model)
	}
	resp, err := http.Post(base+path, "application/json", strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err = io.ReadAll(resp.Body)
	return resp.StatusCode, resp.Header, body, err != nil
}

func start(t *testing.T, o Options) (*Server, string) {
	t.Helper()
	s := New(o)
	h := httptest.NewServer(s)
	h.Config.ErrorLog = nil
	t.Cleanup(h.Close)
	return s, h.URL
}

// Every format tells every scenario, and what it tells can be read.
func TestScenarios(t *testing.T) {
	s, base := start(t, Options{Open: true})
	for _, d := range dialects {
		for _, name := range []string{"text", "tool", "tools", "think", "think-tool", "usage", "length", "stop", "refuse", "cite", "schema", "image", "cut-clean"} {
			for _, stream := range []bool{false, true} {
				status, head, body, cut := d.send(t, base, "x-"+name, stream)
				if status != 200 || cut || len(body) == 0 {
					t.Errorf("%s %s stream=%v: %d %s", d.name, name, stream, status, body)
				}
				if why := unreadable(head.Get("Content-Type"), body); why != "" && name != "cut-clean" {
					t.Errorf("%s %s stream=%v: %s: %s", d.name, name, stream, why, body)
				}
				if r := s.Take(); len(r) != 1 || r[0].Model != "x-"+name || r[0].Stream != stream {
					t.Errorf("%s %s: it remembers %+v", d.name, name, r)
				}
			}
		}
	}
}

// unreadable says what is wrong with a body of that type.
func unreadable(kind string, body []byte) string {
	switch {
	case strings.HasPrefix(kind, "application/json"):
		if !json.Valid(body) {
			return "no JSON"
		}
	case strings.HasPrefix(kind, "application/vnd.amazon"):
		for len(body) > 0 {
			if len(body) < 16 || int(binary.BigEndian.Uint32(body)) > len(body) {
				return "a short message"
			}
			m := body[:binary.BigEndian.Uint32(body)]
			if crc32.ChecksumIEEE(m[:8]) != binary.BigEndian.Uint32(m[8:]) || crc32.ChecksumIEEE(m[:len(m)-4]) != binary.BigEndian.Uint32(m[len(m)-4:]) {
				return "a wrong sum"
			}
			if h := binary.BigEndian.Uint32(m[4:]); !json.Valid(m[12+h : len(m)-4]) {
				return "a payload that is no JSON"
			}
			body = body[len(m):]
		}
	case strings.HasPrefix(kind, "text/event-stream"), strings.HasPrefix(kind, "application/x-ndjson"):
		for line := range bytes.Lines(body) {
			line = bytes.TrimSpace(bytes.TrimPrefix(line, []byte("data: ")))
			if len(line) > 0 && !bytes.HasPrefix(line, []byte("event: ")) && !bytes.Equal(line, []byte("[DONE]")) && !json.Valid(line) {
				return fmt.Sprintf("no JSON: %s", line)
			}
		}
	default:
		return "of type " + kind
	}
	return ""
}

func TestFailures(t *testing.T) {
	_, base := start(t, Options{Open: true})
	for _, d := range dialects {
		status, head, body, _ := d.send(t, base, "m-error-429", false)
		if status != 429 || d.name != "gemini" && d.name != "array" && head.Get("Retry-After") != "7" || !json.Valid(body) {
			t.Errorf("%s: %d %v %s", d.name, status, head, body)
		}
		if status, _, body, _ = d.send(t, base, "error-529", true); status != 529 || !json.Valid(body) {
			t.Errorf("%s: %d %s", d.name, status, body)
		}
		for _, stream := range []bool{false, true} {
			if _, _, body, cut := d.send(t, base, "cut", stream); !cut {
				t.Errorf("%s: stream=%v is not cut: %s", d.name, stream, body)
			}
		}
		if status, _, body, _ = d.send(t, base, "error-stream", true); status != 200 || !bytes.Contains(body, []byte("verloaded")) {
			t.Errorf("%s: %d %s", d.name, status, body)
		}
	}
}

func TestSplits(t *testing.T) {
	_, whole := start(t, Options{Open: true, Split: Whole})
	_, bytewise := start(t, Options{Open: true, Split: ByByte})
	for _, d := range dialects {
		_, _, a, _ := d.send(t, whole, "think-tool", true)
		_, _, b, _ := d.send(t, bytewise, "think-tool", true)
		if !bytes.Equal(a, b) {
			t.Errorf("%s: %s and %s", d.name, a, b)
		}
	}
}

func TestCredentials(t *testing.T) {
	s, base := start(t, Options{})
	f := func(path, header string, want int) {
		t.Helper()
		body := `{"model":"m","max_tokens":1,"messages":[{"role":"user","content":"hi"}]}`
		if strings.Contains(path, "countTokens") {
			body = `{"contents":[{"parts":[{"text":"hi"}]}]}`
		}
		r, err := http.NewRequest("POST", base+path, strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		for _, h := range strings.Split(header, "\n") {
			if name, value, ok := strings.Cut(h, ": "); ok {
				r.Header.Set(name, value)
			}
		}
		resp, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		if resp.StatusCode != want {
			t.Errorf("%s with %q: %d, want %d", path, header, resp.StatusCode, want)
		}
	}
	f("/v1/chat/completions", "", 401)
	f("/v1/chat/completions", "Authorization: Bearer wrong", 401)
	f("/v1/chat/completions", "Authorization: Bearer k", 200)
	f("/v1/messages", "X-Api-Key: k", 400)
	f("/v1/messages", "X-Api-Key: k\nAnthropic-Version: 2023-06-01", 200)
	f("/v1beta/models/m:countTokens", "", 403)
	f("/v1beta/models/m:countTokens", "X-Goog-Api-Key: wrong", 400)
	f("/v1beta/models/m:countTokens", "X-Goog-Api-Key: k", 200)
	f("/nowhere", "Authorization: Bearer k", 404)
	resp, err := http.Get(base + "/__requests")
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	var seen []struct {
		Path   string
		Status int
	}
	if err := json.NewDecoder(resp.Body).Decode(&seen); err != nil || len(seen) != 9 || seen[0].Status != 401 || seen[8].Path != "/nowhere" {
		t.Errorf("%v %+v", err, seen)
	}
	if left := s.Take(); len(left) != 0 {
		t.Errorf("%d are left", len(left))
	}
}
