package cohere

import (
	"strings"
	"testing"

	"asbru/bench/corpus"
	"asbru/core"
)

func TestReadReply(t *testing.T) {
	r := core.NewCompletion()
	if err := chat.ParseReply(r, sampleReply); err != nil {
		t.Fatal(err)
	}
	ch := r.Choices[0]
	if want := `[{"token":"It","logprob":-0.5,"bytes":null,"top_logprobs":[]},{"token":" is","logprob":-0.75,"bytes":null,"top_logprobs":[]}]`; string(ch.Logprobs) != want {
		t.Errorf("logprobs %s", ch.Logprobs)
	}
	p := r.Parts[1]
	if p.Cites == 0 {
		t.Fatal("no citation")
	}
	c, more := r.Cited(p.Cites)
	if c.Start != 6 || c.End != 11 || c.Source != 1 || string(c.Title) != "T" || string(c.Quote) != "20 degrees" || more != 0 {
		t.Errorf("citation %+v", c)
	}
}

func TestWriteReply(t *testing.T) {
	f := func(fill func(r *core.Completion), finish core.Finish, want string) {
		t.Helper()
		r := core.NewCompletion()
		r.ID = text("x1")
		i := r.Begin(0)
		fill(r)
		r.End(i)
		r.Choices[0].Finish = finish
		r.Usage = core.Usage{In: 9, CachedIn: 4, Out: 3, Reasoning: 1, Known: true}
		x := core.NewCrossing()
		x.Extra = func(dst []byte) []byte { return append(dst, `"extra_fields":{}`...) }
		want = `{"id":"x1","message":{"role":"assistant",` + want + `,"usage":{"billed_units":{"input_tokens":9,"output_tokens":3},"tokens":{"input_tokens":9,"output_tokens":3,"reasoning_tokens":1},"cached_tokens":4},"extra_fields":{}}`
		if got := chat.AppendReply(nil, r, x); corpus.Diff(got, []byte(want)) != "" {
			t.Errorf("%s: %s", corpus.Diff(got, []byte(want)), got)
		}
	}
	say := func(s string) func(r *core.Completion) {
		return func(r *core.Completion) { r.Add(core.Part{Text: text(s)}) }
	}
	const a = `"content":[{"type":"text","text":"a"}]}`
	f(say("a"), core.FinishStop, a+`,"finish_reason":"COMPLETE"`)
	f(say("a"), core.FinishUnsaid, a+`,"finish_reason":"COMPLETE"`)
	f(say("a"), core.FinishPaused, a+`,"finish_reason":"COMPLETE"`)
	f(say("a"), core.FinishStopped, a+`,"finish_reason":"STOP_SEQUENCE"`)
	f(say("a"), core.FinishLength, a+`,"finish_reason":"MAX_TOKENS"`)
	f(say("a"), core.FinishFiltered, a+`,"finish_reason":"ERROR"`)
	f(func(r *core.Completion) {}, core.FinishStop, `"content":[]},"finish_reason":"COMPLETE"`)
	f(func(r *core.Completion) {
		r.Add(core.Part{Kind: core.PartThought, Text: text("t"), Vendor: core.Elsewhere})
		r.Add(core.Part{Kind: core.PartCall, ID: text("1"), Name: text("f"), Args: []byte(`{"a":1}`)})
		r.Add(core.Part{Kind: core.PartCall, Name: text("g")})
	}, core.FinishStop, `"content":[{"type":"thinking","thinking":"t"}],"tool_calls":[{"id":"1","type":"function","function":{"name":"f","arguments":"{\"a\":1}"}},{"id":"call_1","type":"function","function":{"name":"g","arguments":"{}"}}]},"finish_reason":"TOOL_CALL"`)
	f(func(r *core.Completion) {
		i := r.Add(core.Part{Text: text(`é\u00e9\ud83d\ude00\nabc`)})
		r.Cite(&r.Parts[i].Cites, core.Cite{Start: 2, End: 5, Source: 1, Title: text("T"), URL: text("https:\\/\\/u")})
		r.Cite(&r.Parts[i].Cites, core.Cite{Start: -1, End: -1, Source: -1, Quote: text("q")})
	}, core.FinishStop, `"content":[{"type":"text","text":"éé😀\nabc"}],"citations":[{"start":2,"end":5,"text":"😀\na","sources":[{"type":"document","id":"doc:1","document":{"title":"T","text":"","url":"https://u"}}],"content_index":0,"type":"TEXT_CONTENT"},`+
		`{"start":0,"end":7,"text":"éé😀\nabc","sources":[{"type":"document","id":"doc:0","document":{"title":"","text":"q"}}],"content_index":0,"type":"TEXT_CONTENT"}]},"finish_reason":"COMPLETE"`)
}

func TestReplyID(t *testing.T) {
	x := core.NewCrossing()
	for i := range x.Request {
		x.Request[i] = byte(i * 17)
	}
	r := core.NewCompletion()
	if got := string(chat.AppendReply(nil, r, x)); !strings.HasPrefix(got, `{"id":"00112233-4455-6677-8899-aabbccddeeff",`) {
		t.Errorf("got %s", got)
	}
	x.ID = append(x.ID, "up"...)
	if got := string(chat.AppendReply(nil, r, x)); !strings.HasPrefix(got, `{"id":"up",`) {
		t.Errorf("got %s", got)
	}
}

func TestBadReplies(t *testing.T) {
	for _, body := range []string{``, `[]`, `{}`, `{"message":1}`, `{"message":{"content":1}}`, `{"message":{"content":[1]}}`, `{"message":{}`, `{"message":{"tool_calls":[{}]}}`} {
		if err := chat.ParseReply(core.NewCompletion(), []byte(body)); err == nil {
			t.Errorf("%s: taken", body)
		}
	}
}

func TestUsage(t *testing.T) {
	f := func(body string, want core.Usage) {
		t.Helper()
		var u core.Usage
		if API.ReadUsage([]byte(body), &u, nil); u != want {
			t.Errorf("%s: got %+v", body, u)
		}
	}
	f(`{"usage":{"billed_units":{"input_tokens":5,"output_tokens":1},"tokens":{"input_tokens":50,"output_tokens":2},"cached_tokens":60}}`, core.Usage{In: 50, Out: 2, CachedIn: 50, Known: true})
	f(`{"usage":{"billed_units":{"input_tokens":5,"output_tokens":1}}}`, core.Usage{In: 5, Out: 1, Known: true})
	f(`{"meta":{"billed_units":{"input_tokens":5.0,"image_tokens":2}}}`, core.Usage{In: 7, Known: true})
	f(`{"meta":{"billed_units":{"search_units":1}}}`, core.Usage{Searches: 1})
	f(`{"meta":{"billed_units":{"search_units":-1}}}`, core.Usage{})
	f(`{"meta":{"tokens":{"input_tokens":7},"billed_units":{"search_units":2}}}`, core.Usage{In: 7, Searches: 2, Known: true})
	f(`{"usage":{}}`, core.Usage{})
	for _, part := range []string{"-4", "1.5", `"4"`, "{}"} {
		f(`{"usage":{"tokens":{"input_tokens":5,"output_tokens":2},"cached_tokens":`+part+`}}`, core.Usage{In: 5, Out: 2, Known: true, Odd: true})
		f(`{"usage":{"billed_units":{"input_tokens":5,"output_tokens":2,"reasoning_tokens":`+part+`}}}`, core.Usage{In: 5, Out: 2, Known: true, Odd: true})
	}
	f(`{"usage":{"tokens":{"input_tokens":-1,"output_tokens":99999999999999}}}`, core.Usage{Bad: true})
	f(`{"text":"\"usage\":{\"tokens\":{\"input_tokens\":1}}"}`, core.Usage{})
}

func TestFaults(t *testing.T) {
	f := &core.Fault{Code: core.RateLimited, Message: `too "fast"`, Hint: "wait"}
	if got, want := string(API.AppendFault(nil, f, []byte("1f"))), `{"message":"too \"fast\"; hint: wait","id":"1f"}`; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	var back core.Fault
	API.ReadFault([]byte(`{"error_type":"TOO_MANY_TOKENS","id":"1","message":"too \u0041"}`), &back)
	if back.Message != "too A" || back.Kind != "TOO_MANY_TOKENS" {
		t.Errorf("got %+v", back)
	}
	f.Kind = "k"
	stream := API.AppendStreamFault(nil, f, []byte("1f"))
	events := read(t, [][]byte{stream}, core.NewCrossing(), nil)
	if got, want := strings.Join(events, "|"), `0 1f|9 too "fast"; hint: wait k|10`; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	var st core.StreamState
	new(blocks).feed(stream, func(_, data []byte) { API.ReadEvent(data, &st) })
	if !st.Failed || !st.Done {
		t.Errorf("scanned %+v", st)
	}
}
