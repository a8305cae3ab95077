package hotpath

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"asbru/adapters"
	"asbru/adapters/dialect/anthropic"
	"asbru/adapters/dialect/cohere"
	"asbru/adapters/dialect/gemini"
	"asbru/adapters/dialect/ollama"
	"asbru/adapters/dialect/openai"
	"asbru/core"
	"asbru/core/eventstream"
)

const (
	streamed  = `{"model":"m","stream":true,"max_tokens":9,"messages":[{"role":"user","content":"hi"}]}`
	responded = `{"model":"m","stream":true,"input":"hi"}`
)

// awsStream is a stream of Converse of the given events: name and payload in turn.
func awsStream(events ...string) string {
	var b []byte
	for i := 0; i+1 < len(events); i += 2 {
		b = eventstream.Append(b, eventstream.Event, events[i], []byte(events[i+1]))
	}
	return string(b)
}

var (
	awsBegin = awsStream("messageStart", `{"role":"assistant"}`, "contentBlockDelta", `{"contentBlockIndex":0,"delta":{"text":"well"}}`)
	awsRest  = awsStream("contentBlockStop", `{"contentBlockIndex":0}`, "messageStop", `{"stopReason":"end_turn"}`, "metadata", `{"usage":{"inputTokens":3,"outputTokens":4,"totalTokens":7},"metrics":{"latencyMs":1}}`)

	claudeBegin = "event: message_start\ndata: {\"type\":\"message_start\",\"message\":{\"id\":\"msg_1\",\"type\":\"message\",\"role\":\"assistant\",\"model\":\"claude\",\"content\":[],\"stop_reason\":null,\"usage\":{\"input_tokens\":3,\"output_tokens\":1}}}\n\n" +
		"event: content_block_start\ndata: {\"type\":\"content_block_start\",\"index\":0,\"content_block\":{\"type\":\"text\",\"text\":\"\"}}\n\n" +
		"event: content_block_delta\ndata: {\"type\":\"content_block_delta\",\"index\":0,\"delta\":{\"type\":\"text_delta\",\"text\":\"well\"}}\n\n"
	claudeRest = "event: content_block_stop\ndata: {\"type\":\"content_block_stop\",\"index\":0}\n\n" +
		"event: message_delta\ndata: {\"type\":\"message_delta\",\"delta\":{\"stop_reason\":\"end_turn\",\"stop_sequence\":null},\"usage\":{\"output_tokens\":4}}\n\n" +
		"event: message_stop\ndata: {\"type\":\"message_stop\"}\n\n"
)

// messages are the events of a binary stream as lines of kind, name and payload.
func messages(t *testing.T, b string) string {
	t.Helper()
	var out strings.Builder
	for raw := []byte(b); len(raw) > 0; {
		n, err := eventstream.Size(raw)
		if err != nil || n > len(raw) {
			t.Fatalf("%v, %d bytes of %d left in %q", err, n, len(raw), b)
		}
		m, err := eventstream.Read(raw[:n])
		if err != nil {
			t.Fatalf("%v in %q", err, b)
		}
		kind := map[eventstream.Kind]string{eventstream.Event: "event ", eventstream.Exception: "exception "}[m.Kind]
		out.WriteString(kind + string(m.Type) + " " + string(m.Payload) + "\n")
		raw = raw[n:]
	}
	return out.String()
}

// A stream in binary messages becomes events for who reads those, whole or cut.
func TestMessagesToEvents(t *testing.T) {
	lanes(t, func(t *testing.T, loops int) {
		const kind = "application/vnd.amazon.eventstream"
		m := meet(t, loops, faceOf(adapters.Bedrock), answers(kind, awsBegin+awsRest))
		_, body := m.say("/openai/", streamed)
		has(t, "openai", body, `"content":"well"`, `"finish_reason":"stop"`, "data: [DONE]", "!BROKEN")
		_, body = m.say("/anthropic/", streamed)
		has(t, "anthropic", body, "event: message_start", `"text":"well"`, `"stop_reason":"end_turn"`, `"output_tokens":4`, "event: message_stop", "!BROKEN")
		_, body = m.say("/openai/responses", responded)
		has(t, "responses", body, "event: response.created", `"delta":"well"`, "event: response.completed", "!BROKEN")
		m.record()
		m.record()
		if rec := m.record(); rec.Usage.In != 3 || rec.Usage.Out != 4 {
			t.Errorf("recorded %+v", rec.Usage)
		}

		cuts := map[string]http.HandlerFunc{"cut": breaks(kind, awsBegin), "cut in a message": breaks(kind, awsBegin+awsRest[:20]), "ended": answers(kind, awsBegin),
			"exception": answers(kind, awsBegin+string(eventstream.Append(nil, eventstream.Exception, "throttlingException", []byte(`{"message":"slow"}`)))),
			"garbage":   answers(kind, awsBegin+strings.Repeat("x", 64))}
		for name, h := range cuts {
			m := meet(t, loops, faceOf(adapters.Bedrock), h)
			_, body := m.say("/openai/", streamed)
			has(t, name, body, `"content":"well"`, `data: {"error":{`, "![DONE]", "!BROKEN")
			_, body = m.say("/anthropic/", streamed)
			has(t, name, body, `"text":"well"`, "event: error\n", "!message_stop", "!BROKEN")
			_, body = m.say("/openai/responses", responded)
			has(t, name, body, `"delta":"well"`, "event: ", `"error":{`, "!response.completed", "!BROKEN")
		}
	})
}

// Events become binary messages for AWS's clients, whole or cut.
func TestEventsToMessages(t *testing.T) {
	lanes(t, func(t *testing.T, loops int) {
		for _, path := range []string{"/bedrock/m/converse-stream", "/bedrock/m/invoke-with-response-stream"} {
			body := sayAWS
			if strings.Contains(path, "invoke") {
				body = `{"anthropic_version":"bedrock-2023-05-31","max_tokens":9,"messages":[{"role":"user","content":"hi"}]}`
			}
			m := meet(t, loops, faceOf(anthropic.API), answers("text/event-stream", claudeBegin+claudeRest))
			a, got := m.say(path, body)
			if a.StatusCode != 200 || a.Header.Get("Content-Type") != "application/vnd.amazon.eventstream" {
				t.Fatalf("%s: %d %v %s", path, a.StatusCode, a.Header, got)
			}
			if path == "/bedrock/m/converse-stream" {
				has(t, path, messages(t, got), "event messageStart ", `"text":"well"`, "event contentBlockStop ", "event messageStop ", "end_turn", "event metadata ", `"outputTokens":4`, "!exception")
			} else {
				has(t, path, messages(t, got), "event chunk ", "!exception")
			}
			for name, h := range map[string]http.HandlerFunc{"cut": breaks("text/event-stream", claudeBegin), "ended": answers("text/event-stream", claudeBegin),
				"fault": answers("text/event-stream", claudeBegin+"event: error\ndata: {\"type\":\"error\",\"error\":{\"type\":\"overloaded_error\",\"message\":\"later\"}}\n\n")} {
				m := meet(t, loops, faceOf(anthropic.API), h)
				_, got := m.say(path, body)
				has(t, path+" "+name, messages(t, got), "event ", "exception ", `{"message":"`, "!BROKEN")
			}
		}
	})
}

// A stream that passes as it came tells of its end in its own framing, too.
func TestCutWithoutTranslation(t *testing.T) {
	lanes(t, func(t *testing.T, loops int) {
		m := meet(t, loops, faceOf(adapters.Bedrock), breaks("application/vnd.amazon.eventstream", awsBegin+awsRest[:20]))
		_, got := m.say("/bedrock/m/converse-stream", sayAWS)
		has(t, "messages", messages(t, got), "event messageStart", `"text":"well"`, "exception modelStreamErrorException {\"message\":")

		m = meet(t, loops, faceOf(ollama.API), breaks("application/x-ndjson", `{"model":"l","message":{"role":"assistant","content":"well"},"done":false}`+"\n"+`{"mod`))
		_, got = m.say("/ollama/", streamed)
		lines := strings.Split(strings.TrimSpace(got), "\n")
		if len(lines) != 2 || !strings.HasPrefix(lines[1], `{"error":`) {
			t.Errorf("lines: %q", got)
		}

		m = meet(t, loops, faceOf(openai.API), breaks("text/event-stream", "event: response.output_text.delta\ndata: {\"type\":\"response.output_text.delta\",\"delta\":\"well\"}\n\n"))
		_, got = m.say("/openai/responses", responded)
		has(t, "responses", got, `"delta":"well"`, "event: ", `"error"`, "!BROKEN")
		for _, line := range strings.Split(got, "\n") {
			if data, ok := strings.CutPrefix(line, "data: "); ok && !json.Valid([]byte(data)) {
				t.Errorf("responses: %s", line)
			}
		}
	})
}

// The last event of a stream may lack its blank line; half an event is none.
func TestNoLastBlankLine(t *testing.T) {
	const text = "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"well }\"},\"finish_reason\":null}]}\n\n"
	const end = "data: {\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"length\"}],\"usage\":{\"prompt_tokens\":3,\"completion_tokens\":4}}"
	lanes(t, func(t *testing.T, loops int) {
		for _, tail := range []string{end, end + "\n", end + "\r\n", end + "\n\ndata: [DONE]", end + "\n\ndata:[DONE]\n"} {
			m := meet(t, loops, faceOf(openai.API), answers("text/event-stream", text+tail))
			_, got := m.say("/openai/", streamed)
			has(t, "passed", got, `"well }"`, `"length"`, "\n\ndata:", "[DONE]", "\n\n", "!error")
			if n := strings.Count(got, "[DONE]"); n != 1 {
				t.Errorf("%d terminators in %q", n, got)
			}
			_, got = m.say("/anthropic/", streamed)
			has(t, "translated", got, `"text":"well }"`, `"stop_reason":"max_tokens"`, `"output_tokens":4`, "event: message_stop", "!event: error")
			m.record()
			if rec := m.record(); rec.Usage.In != 3 || rec.Usage.Out != 4 {
				t.Errorf("%q: recorded %+v", tail, rec.Usage)
			}
		}
		m := meet(t, loops, faceOf(openai.API), answers("text/event-stream", text+end[:len(end)-1]))
		_, got := m.say("/openai/", streamed)
		has(t, "half passed", got, `"well }"`, `"error"`, "!length", "![DONE]")
		_, got = m.say("/anthropic/", streamed)
		has(t, "half translated", got, `"text":"well }"`, "event: error", "!message_stop")
	})
}

// Ollama's clients read lines, and stream unless they say not to.
func TestLines(t *testing.T) {
	lanes(t, func(t *testing.T, loops int) {
		m := meet(t, loops, faceOf(openai.API), func(w http.ResponseWriter, q *http.Request) {
			b, _ := io.ReadAll(q.Body)
			if strings.Contains(string(b), `"stream":true`) {
				sse(w, delta, finish, usage, "[DONE]")
				return
			}
			w.Header().Set("Content-Type", "application/json")
			io.WriteString(w, toldOpenAI)
		})
		for _, body := range []string{chat, streamed} {
			a, got := m.say("/ollama/", body)
			lines := strings.Split(strings.TrimSpace(got), "\n")
			for _, l := range lines {
				if !json.Valid([]byte(l)) {
					t.Errorf("the line %s in %s", l, got)
				}
			}
			if a.Header.Get("Content-Type") != "application/x-ndjson" || len(lines) < 2 {
				t.Errorf("%v %s", a.Header, got)
			}
			has(t, "stream", got, `"content":"hi"`, `"done":false`, `"done":true`)
		}
		a, got := m.say("/ollama/", strings.Replace(chat, `{`, `{"stream":false,`, 1))
		if a.Header.Get("Content-Type") != "application/json" || strings.Count(got, `"done"`) != 1 {
			t.Errorf("%v %s", a.Header, got)
		}
		m = meet(t, loops, faceOf(openai.API), breaks("text/event-stream", "data: "+delta+"\n\n"))
		_, got = m.say("/ollama/", streamed)
		has(t, "cut", got, `"content":"hi"`, "\n{\"error\":", "!BROKEN", `!"done":true`)
	})
}

// A provider that answers a request for a stream as a whole is heard as if it had streamed.
func TestReplayed(t *testing.T) {
	lanes(t, func(t *testing.T, loops int) {
		m := meet(t, loops, faceOf(gemini.API), answers("application/json", told))
		f := func(path, body, kind string, want ...string) {
			t.Helper()
			a, got := m.say(path, body)
			if a.StatusCode != 200 || a.Header.Get("Content-Type") != kind {
				t.Errorf("%s: %d %v %s", path, a.StatusCode, a.Header, got)
			}
			if kind == "application/vnd.amazon.eventstream" {
				got = messages(t, got)
			}
			has(t, path, got, want...)
		}
		f("/openai/", streamed, "text/event-stream", `"content":"well \u00e9"`, `"finish_reason":"stop"`, "data: [DONE]")
		f("/anthropic/", streamed, "text/event-stream", "event: message_start", `well \u00e9`, `"stop_reason":"end_turn"`, "event: message_stop")
		f("/openai/responses", responded, "text/event-stream", "event: response.created", `well \u00e9`, "event: response.completed")
		f("/bedrock/m/converse-stream", sayAWS, "application/vnd.amazon.eventstream", "event messageStart", `well \u00e9`, "event messageStop")
		f("/cohere/", streamed, "text/event-stream", `well \u00e9`, "message-end")
		f("/ollama/", chat, "application/x-ndjson", `well \u00e9`, `"done":true`)
		m = meet(t, loops, faceOf(cohere.API), answers("application/json", `{"id":"1","finish_reason":"COMPLETE","message":{"role":"assistant","content":[{"type":"text","text":"well"}]},"usage":{"tokens":{"input_tokens":3,"output_tokens":4}}}`))
		f("/gemini/m:streamGenerateContent", sayGoogle, "application/json", "[", `"text":"well"`, `"finishReason":"STOP"`, "]")
		f("/gemini/m:streamGenerateContent?alt=sse", sayGoogle, "text/event-stream", "data: {", `"text":"well"`, `"finishReason":"STOP"`)
	})
}

// What is translated as a whole is bounded; the client hears of that and not of a lost connection.
func TestLongReply(t *testing.T) {
	piece := []byte(strings.Repeat("x", 1<<20))
	lanes(t, func(t *testing.T, loops int) {
		m := meet(t, loops, faceOf(gemini.API), func(w http.ResponseWriter, q *http.Request) {
			w.Header().Set("Content-Type", "application/json")
			io.WriteString(w, `{"candidates":[{"content":{"parts":[{"text":"`)
			for range maxGather>>20 + 1 {
				if _, err := w.Write(piece); err != nil {
					return
				}
			}
		})
		a, body := m.say("/openai/", chat)
		if a.StatusCode != 502 {
			t.Errorf("%d %.300s", a.StatusCode, body)
		}
		has(t, "long", body, "p0: the provider's reply is longer than 64 MiB", "hint: ")
		eventually(t, "every buffer is back", func() bool { return m.srv.Buffers() == 0 })
	})
}

// A stream has one answer. A second one behind its end reaches nobody, and neither it nor an error
// there changes what the first one costs and how it went.
func TestBehindTheEnd(t *testing.T) {
	said := func(text string, in, out int) string {
		return fmt.Sprintf(`{"model":"m","message":{"role":"assistant","content":%q},"done":false}`+"\n"+
			`{"model":"m","message":{"role":"assistant","content":""},"done":true,"done_reason":"stop","prompt_eval_count":%d,"eval_count":%d}`+"\n", text, in, out)
	}
	more := strings.NewReplacer(`"well"`, `"more"`, `:3`, `:3000`, `:4`, `:4000`)
	awsMore := awsStream("messageStart", `{"role":"assistant"}`, "contentBlockDelta", `{"contentBlockIndex":0,"delta":{"text":"more"}}`,
		"messageStop", `{"stopReason":"end_turn"}`, "metadata", `{"usage":{"inputTokens":3000,"outputTokens":4000,"totalTokens":7000}}`)
	chunks := "data: " + saidOf("well") + "\n\ndata: {\"choices\":[],\"usage\":{\"prompt_tokens\":3,\"completion_tokens\":4,\"total_tokens\":7}}\n\ndata: [DONE]\n\n"
	lanes(t, func(t *testing.T, loops int) {
		f := func(d *core.Dialect, kind, body string, own, sent string) {
			t.Helper()
			m := meet(t, loops, faceOf(d), answers(kind, body))
			for path, ask := range map[string]string{own: sent, "/openai/responses": responded} {
				_, got := m.say(path, ask)
				has(t, d.Name+path, got, "well", "!more", "!BROKEN", "!ERROR")
				if rec := m.record(); rec.Usage.In != 3 || rec.Usage.Out != 4 || rec.Fault != core.None {
					t.Errorf("%s%s: recorded %+v, %v", d.Name, path, rec.Usage, rec.Fault)
				}
			}
		}
		f(anthropic.API, "text/event-stream", claudeBegin+claudeRest+more.Replace(claudeBegin+claudeRest), "/anthropic/", streamed)
		f(anthropic.API, "text/event-stream", claudeBegin+claudeRest+"event: error\ndata: {\"type\":\"error\",\"error\":{\"type\":\"api_error\",\"message\":\"more\"}}\n\n", "/anthropic/", streamed)
		f(openai.API, "text/event-stream", chunks+more.Replace(chunks), "/openai/", strings.Replace(streamed, `"stream":true`, `"stream":true,"stream_options":{"include_usage":true}`, 1))
		f(ollama.API, "application/x-ndjson", said("well", 3, 4)+said("more", 3000, 4000), "/ollama/", streamed)
		f(adapters.Bedrock, "application/vnd.amazon.eventstream", awsBegin+awsRest+awsMore, "/bedrock/m/converse-stream", sayAWS)
	})
}

func saidOf(text string) string {
	return `{"id":"c","object":"chat.completion.chunk","created":1,"model":"m","choices":[{"index":0,"delta":{"role":"assistant","content":"` + text + `"},"finish_reason":"stop"}]}`
}
