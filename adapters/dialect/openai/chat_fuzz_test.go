package openai

import (
	"bytes"
	"encoding/json"
	"runtime"
	"testing"

	"asbru/bench/corpus"
	"asbru/core"
)

// grown runs f and reports whether it allocated more than 64 KiB and 64 bytes for each of n bytes of input. A
// part, which may come from a few bytes, takes about 400.
func grown(n int, f func()) bool {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	f()
	runtime.ReadMemStats(&after)
	return after.TotalAlloc-before.TotalAlloc > 64<<10+uint64(n)*2048
}

// seedCases adds recordings, if they are available.
func seedCases(f *testing.F, add func(c *corpus.Case)) {
	if corpus.Dir() == "" {
		return
	}
	for _, c := range corpus.Cases(f, func(c *corpus.Case) bool { return c.API == "chat" && len(c.Bytes()) < 8000 }) {
		add(c)
	}
}

// FuzzChatRequest parses and writes requests twice, which must give the same, for the same family and for
// another.
func FuzzChatRequest(f *testing.F) {
	f.Add([]byte(toolTalk))
	f.Add([]byte(`{"model":"m","messages":[{"role":"assistant","content":["a",{"type":"thinking","thinking":[{}]}],"reasoning_details":[{"type":"reasoning.text"}],"tool_calls":[{"function":{"arguments":{}}}]}]}`))
	seedCases(f, func(c *corpus.Case) {
		if c.Request != nil && c.Request.Body != nil {
			f.Add([]byte(c.Request.Body))
		}
	})
	f.Fuzz(func(t *testing.T, body []byte) {
		var p core.Peek
		if fields.Peek(body, core.OpChat, &p) != nil {
			return
		}
		for _, own := range []bool{true, false} {
			var once []byte
			var fault *core.Fault
			if grown(len(body), func() { once, fault = rewrite(body, own) }) {
				t.Errorf("too much memory for %d bytes", len(body))
			}
			if fault != nil {
				return
			}
			if !json.Valid(once) {
				t.Fatalf("own %v: %q became %q", own, body, once)
			}
			if own {
				var q core.Peek
				if f := fields.Peek(once, core.OpChat, &q); f != nil {
					t.Fatalf("%q became %q: %v", body, once, f)
				}
			}
			twice, fault := rewrite(once, own)
			if fault != nil {
				t.Fatalf("own %v: %q became %q, which is refused: %v", own, body, once, fault)
			}
			if own {
				if d := corpus.Diff(twice, once); d != "" {
					t.Fatalf("%q became %q, then %q: %s", body, once, twice, d)
				}
			}
		}
	})
}

func rewrite(body []byte, own bool) ([]byte, *core.Fault) {
	c := core.NewChat()
	if f := parseChat(c, body); f != nil {
		return nil, f
	}
	s := &core.Send{Model: []byte("m"), Stream: c.Stream}
	if !own {
		c.From = nil
		s.Face = &core.Face{Quirks: core.QuirkShortIDs | core.QuirkNoEffort}
	}
	return appendChat(nil, c, s)
}

func FuzzChatReply(f *testing.F) {
	f.Add([]byte(toolReply))
	f.Add([]byte(`{"choices":[{}}}`))
	f.Add([]byte(`{"choices":[{"text":"a"},{"delta":{}},{"message":{"audio":{"id":"x"},"images":[{"image_url":{"url":"data:a;base64,b"}}]}}],"usage":{"prompt_tokens":1}}`))
	seedCases(f, func(c *corpus.Case) {
		if c.Response.Body != nil {
			f.Add([]byte(c.Response.Body))
		}
	})
	f.Fuzz(func(t *testing.T, body []byte) {
		r := core.NewCompletion()
		var err error
		if grown(len(body), func() { err = parseReply(r, body) }) {
			t.Errorf("too much memory for %d bytes", len(body))
		}
		if soundReply(body) != (err == nil) && json.Valid(body) { // neither finds every fault in malformed JSON
			t.Errorf("sound is %v, read gives %v: %q", soundReply(body), err, body)
		}
		var u core.Usage
		readUsage(body, &u, nil)
		readFault(body, &core.Fault{})
		if err != nil || !json.Valid(body) {
			return
		}
		out := appendReply(nil, r, nil)
		if !json.Valid(out) {
			t.Fatalf("%q became %q", body, out)
		}
		r.From = nil
		if out = appendReply(nil, r, nil); !json.Valid(out) {
			t.Fatalf("for another, %q became %q", body, out)
		}
		if out = appendCompletionReply(nil, r, nil); !json.Valid(out) {
			t.Fatalf("as a completion, %q became %q", body, out)
		}
	})
}

// FuzzChatStream reads lines as the data of events. For any input, the events must be in order, and the stream
// that is written must read the same.
func FuzzChatStream(f *testing.F) {
	f.Add([]byte(toolStream[0] + "\n" + toolStream[2] + "\n" + toolStream[4] + "\n" + toolStream[5] + "\n[DONE]"))
	f.Add([]byte(`{"choices":[{"delta":{"tool_calls":[{"id":"a","function":{"name":"f","arguments":"{}"}},{"function":{"name":"g"}}],"content":"x"}}]}`))
	seedCases(f, func(c *corpus.Case) {
		var r frameReader
		var lines []byte
		r.feed([]byte(c.Response.SSE), func(_, data []byte) { lines = append(append(lines, data...), '\n') })
		f.Add(lines)
	})
	f.Fuzz(func(t *testing.T, lines []byte) {
		var sse []byte
		for line := range bytes.SplitSeq(lines, []byte{'\n'}) {
			sse = append(append(append(sse, "data: "...), line...), "\n\n"...)
			if len(line) > 0 && line[0] == '{' && !json.Valid(line) {
				return // the writer copies text, so that malformed JSON stays malformed
			}
		}
		var first *telling
		var out []byte
		if grown(8*len(sse), func() { first, out = tell([][]byte{sse}, nil) }) {
			t.Errorf("too much memory for %d bytes", len(sse))
		}
		if first.problem != "" && !onlyRefused(first.problem) {
			t.Fatalf("%q: %s", lines, first.problem)
		}
		var r frameReader
		r.feed(out, func(_, data []byte) {
			if string(data) != "[DONE]" && !json.Valid(data) {
				t.Fatalf("%q became %q", lines, data)
			}
		})
	})
}

// onlyRefused reports whether the only problem was that the reader refused the input.
func onlyRefused(problem string) bool {
	for _, err := range []error{errEvent, errLate, errHeld, errMany, errChoices} {
		problem = string(bytes.ReplaceAll([]byte(problem), []byte(err.Error()+"; "), nil))
	}
	return problem == ""
}
