package openai

import (
	"fmt"
	"strings"
	"testing"

	"asbru/core"
)

// marks returns the flags of st as letters, and its usage if known.
func marks(st *core.StreamState) string {
	var b strings.Builder
	for _, m := range []struct {
		on bool
		c  byte
	}{{st.Content, 'c'}, {st.Finished, 'f'}, {st.Done, 'd'}, {st.Failed, 'x'}, {st.UsageOnly, 'u'}} {
		if m.on {
			b.WriteByte(m.c)
		}
	}
	if u := st.Usage; u.Known {
		fmt.Fprintf(&b, " %d/%d+%d/%d", u.CachedIn, u.In, u.Reasoning, u.Out)
	}
	return b.String()
}

func TestReadEvent(t *testing.T) {
	f := func(want string, events ...string) {
		t.Helper()
		var st core.StreamState
		for _, e := range events {
			readEvent([]byte(e), &st)
		}
		if got := marks(&st); got != want {
			t.Errorf("%s: got %q, want %q", events, got, want)
		}
	}
	f("", `{"choices":[{"index":0,"delta":{"role":"assistant","content":"","refusal":null},"finish_reason":null}],"usage":null}`)
	f("c", `{"choices":[{"index":0,"delta":{"content":"a"},"finish_reason":null}]}`)
	f("c", `{"choices":[{"delta":{"tool_calls":[{"index":0}]}}]}`)
	f("", `{"choices":[{"delta":{"tool_calls":[],"content":null}}]}`)
	f("c", `{"choices":[{"delta":{"reasoning_content":"hm"}}]}`)
	f("c", `{"choices":[{"delta":{"refusal":"no"}}]}`)
	f("c", `{"choices":[{"delta":{"content":[{"type":"thinking"}]}}]}`)
	f("c", `{"object":"text_completion","choices":[{"text":"a","finish_reason":null}]}`)
	f("f", `{"choices":[{"delta":{},"finish_reason":"stop"}]}`)
	f("f", ` { "choices" : [ { "delta" : { } , "finish_reason" : "stop" } ] } `)
	f("u 0/3+0/4", `{"choices":[],"usage":{"prompt_tokens":3,"completion_tokens":4,"total_tokens":7}}`)
	f(" 0/3+0/4", `{"choices":[],"usage":{"prompt_tokens":3,"completion_tokens":4}}`, `{"choices":[],"prompt_filter_results":[]}`)
	f("f 0/3+0/4", `{"choices":[{"finish_reason":"stop"}],"usage":{"prompt_tokens":3,"completion_tokens":4}}`)
	f("d", `[DONE]`)
	f("d", ` [DONE] `)
	f("x", `{"error":{"message":"m"}}`)
	f("", `{"error":null}`)
	f("x", `{"choices":[{"error":{"code":502},"delta":{}}]}`)
	f(" 2/9+0/1", `{"choices":[{"usage":{"prompt_tokens":9,"completion_tokens":1,"cached_tokens":2},"delta":{}}]}`)
	f(" 0/5+0/6", `{"x_groq":{"id":"r","usage":{"prompt_tokens":5,"completion_tokens":6}},"choices":[{"delta":{}}]}`)

	f("", `{"type":"response.created","response":{"status":"in_progress","usage":null}}`)
	f("c", `{"type":"response.output_text.delta","delta":"a"}`)
	f("", `{"type":"response.output_text.delta","delta":""}`)
	f("c", `{"delta":"{","type":"response.function_call_arguments.delta"}`)
	f("fd 1/2+3/4", `{"response":{"usage":{"input_tokens":2,"input_tokens_details":{"cached_tokens":1},`+
		`"output_tokens":4,"output_tokens_details":{"reasoning_tokens":3},"total_tokens":6}},"type":"response.completed"}`)
	f("fd", `{"type":"response.incomplete","response":{}}`)
	f("dx", `{"type":"response.failed","response":{"error":{"code":"x"}}}`)
	f("x", `{"type":"error","code":"x","message":"m"}`)

	// Text inside strings is not a member.
	f("c", `{"choices":[{"delta":{"content":"\"finish_reason\":\"stop\",\"usage\":{\"prompt_tokens\":1}}]\\"}}]}`)
	f("", `{"id":"\"choices\":[{\"delta\":{\"content\":\"x\"}}]","error":null}`)
	// Malformed data changes nothing.
	f("", ``)
	f("", `{`)
	f("", `{"choices":[{"delta":{"content":"a`)
	f("", `{"choices":`)
	f("", `{"choices":[`)
	f("", `{"choices":[],"usage":`)
	f("", `{"choices":null,"usage":null}`)
	f("", `[1,2]`)
	f("", `nonsense`)
}

func TestReadUsage(t *testing.T) {
	f := func(body string, want core.Usage) {
		t.Helper()
		var got core.Usage
		readUsage([]byte(body), &got, nil)
		if got != want {
			t.Errorf("%s: got %+v, want %+v", body, got, want)
		}
	}
	f(`{"object":"list","usage":{"prompt_tokens":8,"total_tokens":8}}`, core.Usage{In: 8, Known: true})
	f(` `+"\n"+`{"id":"x","usage":{"prompt_tokens":1,"completion_tokens":2,"total_tokens":3}}`, core.Usage{In: 1, Out: 2, Known: true})
	f(`{"usage":{"prompt_tokens":10,"completion_tokens":2,"total_tokens":19,"completion_tokens_details":{"reasoning_tokens":7}}}`,
		core.Usage{In: 10, Out: 9, Reasoning: 7, Known: true}) // xAI
	f(`{"usage":{"prompt_tokens":10,"completion_tokens":9,"total_tokens":19,"completion_tokens_details":{"reasoning_tokens":7}}}`,
		core.Usage{In: 10, Out: 9, Reasoning: 7, Known: true})
	f(`{"usage":{"prompt_tokens":5,"prompt_cache_hit_tokens":4,"completion_tokens":1}}`, core.Usage{In: 5, CachedIn: 4, Out: 1, Known: true})
	f(`{"usage":{"type":"duration","seconds":3}}`, core.Usage{})
	f(`{"usage":null}`, core.Usage{})
	f(`{"object":"list","usage":{"total_tokens":10}}`, core.Usage{In: 10, Known: true}) // Voyage, Jina
	f(`{"usage":{"prompt_tokens":0,"completion_tokens":0,"total_tokens":10}}`, core.Usage{In: 10, Known: true})
	f(`{"usage":{"prompt_tokens":0,"completion_tokens":0,"total_tokens":0}}`, core.Usage{Known: true})
	f(`{"usage":{"prompt_tokens":null,"completion_tokens":4,"total_tokens":10}}`, core.Usage{In: 6, Out: 4, Known: true})
	f(`{"usage":{"prompt_tokens":6,"total_tokens":10}}`, core.Usage{In: 6, Out: 4, Known: true})
	f(`{"usage":{"completion_tokens":4,"total_tokens":3}}`, core.Usage{Out: 4, Known: true})
	f(`{"usage":{"prompt_tokens":true,"completion_tokens":4}}`, core.Usage{Out: 4, Known: true, Bad: true})
	f(`{"usage":{"prompt_tokens":"6","completion_tokens":4}}`, core.Usage{Out: 4, Known: true, Bad: true})
	f(`{"usage":{"prompt_tokens":6,"completion_tokens":[4]}}`, core.Usage{In: 6, Known: true, Bad: true})
	f(`{"usage":{"prompt_tokens":-5,"completion_tokens":1e3}}`, core.Usage{Bad: true})
	f(`{"usage":{"prompt_tokens":9223372036854775807}}`, core.Usage{Bad: true})
	f(`{"usage":{"prompt_tokens":9223372036854775808,"completion_tokens":1}}`, core.Usage{Out: 1, Known: true, Bad: true})
	f(`{"usage":{"prompt_tokens":-5,"completion_tokens":10}}`, core.Usage{Out: 10, Known: true, Bad: true})
	odd := core.Usage{In: 9, Out: 5, Known: true, Odd: true}
	for _, part := range []string{"-4", "1.5", `"4"`, "{}", "true", "1e99"} {
		f(`{"usage":{"prompt_tokens":9,"completion_tokens":5,"prompt_tokens_details":{"cached_tokens":`+part+`}}}`, odd)
		f(`{"usage":{"prompt_tokens":9,"completion_tokens":5,"completion_tokens_details":{"audio_tokens":null,"reasoning_tokens":`+part+`}}}`, odd)
		f(`{"usage":{"prompt_tokens":9,"prompt_cache_hit_tokens":`+part+`,"completion_tokens":5}}`, odd)
	}
	f(`{"usage":{"prompt_tokens":9,"completion_tokens":5,"prompt_tokens_details":{"cached_tokens":null,"other_tokens":-1}}}`, core.Usage{In: 9, Out: 5, Known: true})
	images := core.Usage{In: 50, ImageIn: 30, Out: 9, ImageOut: 8, Known: true}
	f(`{"usage":{"input_tokens":50,"input_tokens_details":{"image_tokens":30,"text_tokens":20},"output_tokens":9,"output_tokens_details":{"image_tokens":8}}}`, images)
	f(`{"usage":`+string(appendUsage(nil, &images))+`}`, images)
	f(`{"usage":`+string(appendSpent(nil, &images))+`}`, images)
	f(`{"choices":[{"message":{"content":"\"usage\":{\"prompt_tokens\":1}"}}]}`, core.Usage{})
	f(``, core.Usage{})
}

// TestOddIsNotLearned holds that a reply whose cached tokens are no count says so each time.
func TestOddIsNotLearned(t *testing.T) {
	var seen core.Forms
	for _, part := range []string{`"4"`, "-4", "1.5", `"4"`} {
		for range 3 {
			var u core.Usage
			readUsage([]byte(`{"id":"x","usage":{"prompt_tokens":9,"completion_tokens":5,"prompt_tokens_details":{"cached_tokens":`+part+`}}}`), &u, &seen)
			if want := (core.Usage{In: 9, Out: 5, Known: true, Odd: true}); u != want {
				t.Errorf("%s: got %+v", part, u)
			}
		}
		var u core.Usage
		readUsage([]byte(`{"id":"x","usage":{"prompt_tokens":9,"completion_tokens":5,"prompt_tokens_details":{"cached_tokens":4}}}`), &u, &seen)
		if want := (core.Usage{In: 9, CachedIn: 4, Out: 5, Known: true}); u != want {
			t.Errorf("after %s: got %+v", part, u)
		}
	}
}

// TestUsageInParts has a stream that counts its prompt first and its answer last, or the other way round.
func TestUsageInParts(t *testing.T) {
	in, out := `{"choices":[],"usage":{"prompt_tokens":9,"prompt_tokens_details":{"cached_tokens":2}}}`, `{"choices":[],"usage":{"completion_tokens":4}}`
	for _, events := range [][2]string{{in, out}, {out, in}} {
		var st core.StreamState
		for _, e := range events {
			readEvent([]byte(e), &st)
		}
		if want := (core.Usage{In: 9, CachedIn: 2, Out: 4, Known: true}); st.Usage != want {
			t.Errorf("%v: %+v, want %+v", events, st.Usage, want)
		}
	}
}

func TestReadEventKeepsUsage(t *testing.T) {
	var st core.StreamState
	readEvent([]byte(`{"choices":[],"usage":{"prompt_tokens":3,"completion_tokens":4}}`), &st)
	readEvent([]byte(`{"choices":[{"delta":{}}],"usage":null}`), &st)
	readEvent([]byte(`{"choices":[{"delta":{}}],"usage":{}}`), &st)
	if want := (core.Usage{In: 3, Out: 4, Known: true}); st.Usage != want || st.UsageOnly {
		t.Errorf("got %+v, want %+v", st, want)
	}
}
