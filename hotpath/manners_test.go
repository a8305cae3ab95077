package hotpath

import (
	"io"
	"net/http"
	"strings"
	"testing"

	"asbru/adapters/dialect/openai"
	"asbru/core"
)

// Providers have manners that no format knows. Each was seen in recordings.
func TestManners(t *testing.T) {
	const (
		spoken  = `{"id":"c","object":"chat.completion","created":1,"model":"m","choices":[{"index":0,"message":{"role":"assistant","content":"well"},"finish_reason":"stop"}],"usage":{"prompt_tokens":3,"completion_tokens":4,"total_tokens":7}}`
		counted = `data: {"choices":[],"usage":{"prompt_tokens":3,"completion_tokens":4,"total_tokens":7}}` + "\n\ndata: [DONE]\n\n"
	)

	paths := func(stream bool) map[string]string {
		if stream {
			return map[string]string{"/openai/": streamed, "/openai/responses": responded, "/anthropic/": streamed, "/ollama/": streamed, "/cohere/": streamed,
				"/gemini/m:streamGenerateContent": sayGoogle, "/bedrock/m/converse-stream": sayAWS}
		}
		return map[string]string{"/openai/": chat, "/anthropic/": sayClaude, "/gemini/m:generateContent": sayGoogle, "/bedrock/m/converse": sayAWS}
	}
	lanes(t, func(t *testing.T, loops int) {
		f := func(name string, stream bool, kind string, pieces []string, fault core.Code, want ...string) {
			t.Helper()
			m := meet(t, loops, faceOf(openai.API), func(w http.ResponseWriter, q *http.Request) {
				io.Copy(io.Discard, q.Body)
				w.Header().Set("Content-Type", kind)
				w.Header().Set("Retry-After", "7") // as Anthropic and Together say in answers
				for _, p := range pieces {
					io.WriteString(w, p)
					w.(http.Flusher).Flush()
				}
			})
			notes := m.told()
			n := 0
			for path, ask := range paths(stream) {
				_, got := m.say(path, ask)
				has(t, name+path, got, append(want, "!BROKEN")...)
				if strings.HasPrefix(path, "/ollama") || strings.HasPrefix(path, "/bedrock") {
					has(t, name+path, got, "!PROCESSING") // there are no comments in lines and messages
				}
				rec := m.record()
				if rec.Fault != fault || fault == core.None && (rec.Usage.In != 3 || rec.Usage.Out != 4) {
					t.Errorf("%s%s: recorded %v, %+v", name, path, rec.Fault, rec.Usage)
				}
				n++
				eventually(t, "the route is told", func() bool { all := notes(); return len(all) >= n && all[len(all)-1].Phase > core.PhaseContent })
			}
			for _, a := range notes() {
				if a.RetryAfter != 0 {
					t.Errorf("%s: an answer benches its key: %+v", name, a)
				}
			}
		}
		f("white space", false, "application/json", []string{"\n         \n", "\n\n         ", "\r\n", spoken, "\n"}, core.None, "well")
		f("comments", true, "text/event-stream", []string{": OPENROUTER PROCESSING\n\n", ": OPENROUTER PROCESSING\n\n", "data: " + saidOf("well") + "\n\n", ": OPENROUTER PROCESSING\n\n", counted}, core.None, "well")
		f("an event called error", true, "text/event-stream", []string{"data: " + strings.Replace(saidOf("well"), `"stop"`, `null`, 1) + "\n\n", "event: error\ndata: {\"error\":{\"message\":\"cannot call\",\"type\":\"invalid_request_error\",\"code\":\"tool_use_failed\",\"failed_generation\":\"x\"}}\n\n"}, core.UpstreamFailed, "well", "cannot call")
	})
}
