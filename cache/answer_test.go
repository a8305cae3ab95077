package cache

import (
	"strings"
	"testing"

	"asbru/core"
)

// said reads an answer in its own format and returns its text, its finish and its usage.
func said(t *testing.T, q asked, body string) (text string, finish core.Finish, u core.Usage) {
	t.Helper()
	r, x := core.NewCompletion(), core.NewCrossing()
	rec := &recording{from: q.d, op: q.op, stream: q.stream, array: q.array, bytes: []byte(body)}
	if _, err := completion(rec, r, x); err != nil {
		t.Fatalf("%v in %s", err, body)
	}
	for i := range r.Parts {
		text += string(r.Parts[i].Text)
	}
	return text, r.Choices[0].Finish, r.Usage
}

// One answer, whoever was given it first and however, serves every format, as a reply and
// as a stream.
func TestOneAnswerForAllFormats(t *testing.T) {
	for _, first := range []asked{{body: hello}, {body: hello, stream: true}} {
		r := newRig(t, Options{})
		body := greeted
		if first.stream {
			body = streamed
		}
		r.leads(r.exchange(first), body, 37)
		r.idle()
		for _, g := range tongues {
			for _, stream := range []bool{false, true} {
				if g.array && !stream || g.name == "anthropic" {
					continue // it asks for a limit that the others do not ask for
				}
				q := asked{d: g.d, op: g.op, body: g.ask, stream: stream, array: g.array}
				got := r.hits(q)
				text, finish, u := said(t, q, got)
				if text != `Hi \"you\"` || finish != core.FinishStop {
					t.Errorf("%s, stream %v: %q ended by %v: %s", g.name, stream, text, finish, got)
				}
				if (!stream || g.name != "chat") && (u.In != 8 || u.Out != 3) {
					t.Errorf("%s, stream %v: usage %+v in %s", g.name, stream, u, got)
				}
			}
		}
		if n := r.Counts(); n.Kept != 1 || n.Missed != 1 || n.Exact != 13 {
			t.Errorf("%+v", n)
		}
	}
}

// Every answer has an id of its own and says when it was given.
func TestFreshIDs(t *testing.T) {
	r := newRig(t, Options{})
	r.leads(r.exchange(asked{body: hello}), greeted, 1<<20)
	r.idle()
	for _, stream := range []bool{false, true} {
		a, b := r.hits(asked{body: hello, stream: stream}), r.hits(asked{body: hello, stream: stream})
		id := func(s string) string {
			_, s, _ = strings.Cut(s, `"id":"`)
			s, _, _ = strings.Cut(s, `"`)
			return s
		}
		if id(a) == id(b) || id(a) == "chatcmpl-7" || id(a) == "" || strings.Contains(a, "1763720000") {
			t.Errorf("%s\n%s", a, b)
		}
	}
}

// An answer of a provider's Responses API keeps the id by which the provider knows it.
func TestStatefulIDs(t *testing.T) {
	for _, stream := range []bool{false, true} {
		r := newRig(t, Options{})
		q := asked{op: core.OpResponses, body: `{"model":"fast","input":"hello"}`, stream: stream}
		lead := r.exchange(q)
		r.start(lead)
		tape := upstream(q)
		lead.Watch.Saw(lead, []byte(tape[:len(tape)/2]))
		lead.Watch.Sure(lead)
		along := r.exchange(q)
		verdict := r.look(along)
		lead.Watch.Saw(lead, []byte(tape[len(tape)/2:]))
		r.end(lead)
		if stream {
			if got := r.poured(along); verdict != core.Answer || !strings.Contains(got, `"id":"resp_1"`) {
				t.Errorf("%v %s", verdict, got)
			}
		}
		r.end(along)
		r.idle()
		if got := r.hits(q); !strings.Contains(got, `"id":"resp_1"`) {
			t.Error(got)
		}
		if got := r.hits(asked{body: hello}); strings.Contains(got, "resp_1") || !strings.Contains(got, "Hi ") {
			t.Error(got)
		}
	}
}

// An answer that cannot be decoded is removed, also when a similar question found it.
func TestGarbledAnswerIsRemoved(t *testing.T) {
	r := newRig(t, Options{Like: Likeness{On: true}})
	r.leads(r.exchange(says("How do I convert 5 miles to kilometers?")), greeted, 1<<20)
	r.idle()
	like := says("Please, how can I convert 5 miles to kilometers?")
	r.hits(like)
	r.mem.Each(func(i *keptItem) { i.Value.data = i.Value.data[:len(i.Value.data)-4] })
	r.misses(like)
	r.mem.Each(func(*keptItem) { t.Error("it is still there") })
}

// An answer that the provider was told not to store is not given to those who may want to continue from it.
func TestForgottenAnswers(t *testing.T) {
	r := newRig(t, Options{})
	forgotten := asked{op: core.OpResponses, body: `{"model":"fast","input":"hello","store":false}`}
	r.leads(r.exchange(forgotten), upstream(forgotten), 1<<20)
	r.idle()
	r.hits(forgotten)
	r.misses(asked{op: core.OpResponses, body: `{"model":"fast","input":"hello"}`})
	r.misses(asked{op: core.OpResponses, body: `{"model":"fast","input":"hello","store":true}`})
}

// The head and the body say where an answer is from.
func TestToldWhere(t *testing.T) {
	r := newRig(t, Options{})
	x := r.exchange(asked{body: hello})
	r.start(x)
	if string(x.Reply.Fields) != "X-Cache: miss\r\n" {
		t.Errorf("%q", x.Reply.Fields)
	}
	x.Watch.Saw(x, []byte(greeted))
	r.end(x)
	r.idle()
	x = r.exchange(asked{body: hello})
	body, _ := r.answered(x)
	if h := string(x.Reply.Fields); !strings.HasPrefix(h, "X-Cache: exact\r\nAge: 0\r\nX-Cache-Id: ") || !strings.HasSuffix(h, "\r\n") {
		t.Errorf("%q", h)
	}
	for _, want := range []string{`"extra_fields":{"request_type":"chat_completion","provider":"openai"`, `"cache_debug":{"cache_hit":true,"hit_type":"direct","cache_id":"`,
		`"requested_provider":"openai","requested_model":"fast","provider_used":"openai","model_used":"gpt-4o","input_tokens":8}}`} {
		if !strings.Contains(body, want) {
			t.Errorf("no %s in %s", want, body)
		}
	}
	r.end(x)
	r.snap.Limits.NoExtras = true
	if body := r.hits(asked{body: hello}); strings.Contains(body, "extra_fields") {
		t.Error(body)
	}
}

// What is not a whole answer is not kept.
func TestWhatIsNotKept(t *testing.T) {
	f := func(why string, q asked, body string) {
		t.Helper()
		r := newRig(t, Options{})
		r.leads(r.exchange(q), body, 100)
		r.idle()
		if n := r.Counts(); n.Refused[why] != 1 || n.Kept != 0 || n.Tapes != 0 {
			t.Errorf("%s: %v, %d kept, %d bytes of tape", why, n.Refused, n.Kept, n.Tapes)
		}
		r.misses(q)
	}
	one := asked{body: hello}
	str := asked{body: hello, stream: true}
	f("incomplete", one, greeted[:200])
	f("incomplete", one, "{}")
	f("incomplete", str, streamed[:len(streamed)-len("data: [DONE]\n\n")-220])
	f("incomplete", str, chunk(`{"content":"x"}`, "null")+"data: {\"error\":{\"message\":\"boom\"}}\n\ndata: [DONE]\n\n")
	f("empty", one, strings.Replace(greeted, `"Hi \"you\""`, `""`, 1))
	f("empty", one, strings.Replace(greeted, `"Hi \"you\""`, `null`, 1))
	f("empty", str, chunk(`{"role":"assistant","content":""}`, "null")+chunk("{}", `"stop"`)+"data: [DONE]\n\n")
	f("finish", one, strings.Replace(greeted, `"stop"`, `"length"`, 1))
	f("finish", one, strings.Replace(greeted, `"stop"`, `"content_filter"`, 1))
	f("finish", one, strings.Replace(greeted, `"refusal":null`, `"refusal":"no"`, 1))
	f("finish", str, strings.Replace(streamed, `"stop"`, `"length"`, 1))
	calls := strings.Replace(greeted, `"refusal":null`, `"tool_calls":[{"id":"c","type":"function","function":{"name":"f","arguments":"{}"}}]`, 1)
	f("tool_calls", one, strings.Replace(calls, `"stop"`, `"tool_calls"`, 1))

	r := newRig(t, Options{ToolCalls: true})
	r.leads(r.exchange(one), strings.Replace(calls, `"stop"`, `"tool_calls"`, 1), 100)
	r.idle()
	if body := r.hits(asked{body: hello, stream: true}); !strings.Contains(body, `"name":"f"`) {
		t.Error(body)
	}

	r = newRig(t, Options{})
	x := r.exchange(one) // a fallback answers
	r.look(x)
	x.Begin(r.target, nil).Status = 503
	x.Begin(r.route.Targets[1], nil).Status = 200
	x.Face, x.As = r.face, x.Op
	x.Watch.Anew(x)
	x.Watch.Saw(x, []byte(greeted))
	x.Watch.Sure(x)
	r.end(x)
	r.idle()
	if n := r.Counts(); n.Refused["fallback"] != 1 || n.Kept != 0 {
		t.Errorf("%v", n.Refused)
	}
	r.misses(one)

	x = r.exchange(one) // the provider refuses
	r.look(x)
	x.Begin(r.target, nil).Status = 400
	x.Watch.Saw(x, []byte(greeted))
	r.end(x)
	r.misses(one)
}

// What another target said before it was replaced is no part of the answer.
func TestReplacedTarget(t *testing.T) {
	r := newRig(t, Options{})
	x := r.exchange(asked{body: hello, stream: true})
	r.start(x)
	x.Watch.Saw(x, []byte(chunk(`{"role":"assistant"}`, "null")))
	x.Watch.Anew(x)
	x.Watch.Saw(x, []byte(streamed))
	x.Watch.Sure(x)
	r.end(x)
	r.idle()
	if text, _, _ := said(t, asked{d: x.From, op: core.OpChat}, r.hits(asked{body: hello})); text != `Hi \"you\"` {
		t.Errorf("%q", text)
	}
}

// What is no UTF-8 is not kept: clients of other formats could not read it.
func TestBrokenTextIsNotKept(t *testing.T) {
	for _, first := range []asked{{body: hello}, {body: hello, stream: true}} {
		r := newRig(t, Options{})
		body := greeted
		if first.stream {
			body = streamed
		}
		broken := strings.Replace(body, "Hi", "H\xff", 1)
		if broken == body {
			t.Fatalf("nothing is broken in %s", body)
		}
		r.leads(r.exchange(first), broken, 37)
		r.idle()
		if n := r.Counts(); n.Kept != 0 || n.Missed != 1 {
			t.Errorf("stream %v: %+v", first.stream, n)
		}
	}
}
