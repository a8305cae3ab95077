package gemini

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"asbru/bench/corpus"
	"asbru/core"
)

func replied(t *testing.T, doc string) *core.Completion {
	t.Helper()
	r := core.NewCompletion()
	if err := parseReply(r, []byte(doc)); err != nil {
		t.Fatalf("%s: %v", doc, err)
	}
	return r
}

// show is what a reply says, in short.
func show(r *core.Completion) string {
	var b strings.Builder
	for _, ch := range r.Choices {
		fmt.Fprintf(&b, "#%d finish %d %s", ch.Index, ch.Finish, ch.Native)
		for i := ch.From; i < ch.To; i++ {
			p := &r.Parts[i]
			fmt.Fprintf(&b, " [%d %s%s%s%s", p.Kind, p.Text, p.Name, p.Args, p.Data)
			if p.Sign != nil {
				fmt.Fprintf(&b, " %s:%s", p.Vendor, p.Sign)
			}
			for n := p.Cites; n != 0; {
				var c core.Cite
				c, n = r.Cited(n)
				fmt.Fprintf(&b, " %d-%d %s", c.Start, c.End, c.URL)
			}
			b.WriteString("]")
		}
		if ch.Logprobs != nil {
			b.WriteString(" " + string(ch.Logprobs))
		}
	}
	return b.String()
}

func TestReplies(t *testing.T) {
	f := func(doc, want string) {
		t.Helper()
		r := replied(t, doc)
		if got := show(r); got != want {
			t.Errorf("%s\n got %s\nwant %s", doc, got, want)
		}
		if d := corpus.Diff(appendReply(nil, r, nil), []byte(doc)); d != "" {
			t.Errorf("%s: %s", doc, d)
		}
	}
	one := func(parts, finish string) string {
		return `{"candidates":[{"content":{"role":"model","parts":[` + parts + `]},"finishReason":"` + finish + `","avgLogprobs":-1}],"x":1}`
	}
	f(one(`{"text":"hi"}`, "STOP"), `#0 finish 1 STOP [0 hi]`)
	f(one(`{"text":"hm","thought":true},{"text":"hi","thoughtSignature":"S"}`, "MAX_TOKENS"), `#0 finish 3 MAX_TOKENS [7 hm] [0 hi] [7  google:S]`)
	f(one(`{"text":"","thoughtSignature":"S"}`, "STOP"), `#0 finish 1 STOP [7  google:S]`)
	f(one(`{"functionCall":{"name":"f","args":{"a":1}},"thoughtSignature":"S"}`, "STOP"), `#0 finish 4 STOP [5 f{"a":1} google:S]`)
	f(one(`{"inlineData":{"mimeType":"image/png","data":"AA"}},{"inlineData":{"mimeType":"audio/L16","data":"BB"}}`, "STOP"), `#0 finish 1 STOP [1 AA] [3 BB]`)
	f(one(`{"executableCode":{"code":"x"}}`, "OTHER"), `#0 finish 7 OTHER [10 ]`)
	for _, word := range []string{"SAFETY", "RECITATION", "LANGUAGE", "BLOCKLIST", "PROHIBITED_CONTENT", "SPII", "IMAGE_SAFETY", "MODEL_ARMOR"} {
		f(`{"candidates":[{"finishReason":"`+word+`"}]}`, `#0 finish 5 `+word)
	}
	for _, word := range []string{"MALFORMED_FUNCTION_CALL", "UNEXPECTED_TOOL_CALL", "NO_IMAGE", "A_NEW_ONE"} {
		f(`{"candidates":[{"finishReason":"`+word+`"}]}`, `#0 finish 7 `+word)
	}
	f(`{"promptFeedback":{"blockReason":"SAFETY"}}`, `#0 finish 5 SAFETY`)
	f(`{"candidates":[{"content":{"parts":[{"text":"a"}]},"index":0},{"content":{"parts":[{"text":"b"}]},"index":1,"finishReason":1}]}`, `#0 finish 1  [0 a]#1 finish 1 STOP [0 b]`)
	f(`{"candidates":[{"content":{"parts":[{"text":"Hé"}]},"finishReason":"STOP","logprobsResult":{"chosenCandidates":[{"token":"H","logProbability":-0.5},{"token":"é"}],"topCandidates":[{"candidates":[{"token":"H","logProbability":-0.5}]}]}}]}`,
		`#0 finish 1 STOP [0 Hé] [{"token":"H","logprob":-0.5,"bytes":null,"top_logprobs":[{"token":"H","logprob":-0.5,"bytes":null}]},{"token":"é","logprob":0,"bytes":null,"top_logprobs":[]}]`)
	// Places count bytes at Google, characters here.
	f(`{"candidates":[{"content":{"parts":[{"text":"é\n\u00e9\ud83d\ude00x"}]},"finishReason":"STOP","groundingMetadata":{"groundingChunks":[{"web":{"uri":"u0"}},{"web":{"uri":"u1"}}],"groundingSupports":[{"segment":{"startIndex":2,"endIndex":9},"groundingChunkIndices":[1,0]}]},"citationMetadata":{"citationSources":[{"endIndex":3,"uri":"u2"}]}}]}`,
		`#0 finish 1 STOP [0 é\n\u00e9\ud83d\ude00x 1-4 u1 1-4 u0 0-2 u2]`)
}

func TestReplyIDs(t *testing.T) {
	const doc = `{"candidates":[{"content":{"parts":[{"functionCall":{"name":"f"}},{"functionCall":{"id":"own","name":"f"}},{"functionCall":{"name":"f"}}]}}],"responseId":"`
	a, b := replied(t, doc+`r1"}`), replied(t, doc+`r2"}`)
	if string(a.Parts[1].ID) != "own" || string(a.Parts[0].ID) == string(a.Parts[2].ID) || string(a.Parts[0].ID) == string(b.Parts[0].ID) || !madeUp(a.Parts[0].ID) {
		t.Errorf("got %q %q %q", a.Parts[0].ID, a.Parts[2].ID, b.Parts[0].ID)
	}
}

func TestReplyUsage(t *testing.T) {
	r := replied(t, `{"candidates":[],"usageMetadata":{"promptTokenCount":10,"cachedContentTokenCount":4,"candidatesTokenCount":5,"thoughtsTokenCount":7,"toolUsePromptTokenCount":3,"totalTokenCount":25,"candidatesTokensDetails":[{"modality":"AUDIO","tokenCount":2}]}}`)
	want := core.Usage{In: 13, CachedIn: 4, Out: 12, Reasoning: 7, AudioOut: 2, Known: true}
	if r.Usage != want {
		t.Errorf("got %+v, want %+v", r.Usage, want)
	}
	var again core.Usage
	readTokens(appendUsage(nil, &want), &again)
	if again != want {
		t.Errorf("written and read: %+v, want %+v", again, want)
	}
	readTokens(appendUsage(nil, &core.Usage{In: 1, Out: 2, Reasoning: 9, Known: true}), &again)
	if again.Out != 2 || again.Reasoning != 2 {
		t.Errorf("more thoughts than tokens: %+v", again)
	}
}

func TestRepliesOfAnother(t *testing.T) {
	f := func(want string, fill func(r *core.Completion)) {
		t.Helper()
		r := core.NewCompletion()
		r.From, r.Model, r.ID = &other, text("m"), text("id")
		fill(r)
		x := core.NewCrossing()
		x.Extra = func(dst []byte) []byte { return append(dst, `"extra_fields":{}`...) }
		out := appendReply(nil, r, x)
		want = `{"candidates":[` + want + `],"modelVersion":"m","responseId":"id","extra_fields":{}}`
		if d := corpus.Diff(out, []byte(want)); d != "" {
			t.Errorf("%s: %s", d, out)
		}
	}
	answer := func(r *core.Completion, finish core.Finish, parts ...core.Part) {
		n := r.Begin(0)
		for _, p := range parts {
			r.Add(p)
		}
		r.End(n)
		r.Choices[n].Finish = finish
	}
	one := func(parts, finish string) string {
		return `{"content":{"role":"model","parts":[` + parts + `]},"finishReason":"` + finish + `","index":0}`
	}
	f(one(`{"text":"hi"}`, "STOP"), func(r *core.Completion) { answer(r, core.FinishStopped, said("hi")) })
	f(one(`{"text":""}`, "SAFETY"), func(r *core.Completion) { answer(r, core.FinishFiltered) })
	f(one(`{"functionCall":{"id":"c","name":"f","args":{"a":1}}}`, "STOP"), func(r *core.Completion) { answer(r, core.FinishCalls, called("c", "f", `{\"a\":1}`)) })
	f(one(`{"text":"no"}`, "MAX_TOKENS"), func(r *core.Completion) {
		answer(r, core.FinishLength, core.Part{Kind: core.PartRefusal, Text: text("no")})
	})
	// Another vendor's signatures come back as they went, in base64 as the SDKs want it.
	signs := []core.Part{{Kind: core.PartThought, Text: text("hm"), Sign: text(`a/b+c==`), Vendor: core.Anthropic}, {Kind: core.PartVeiled, Sign: text("V"), Vendor: core.Anthropic}}
	r := core.NewCompletion()
	r.From = &other
	answer(r, core.FinishStop, signs...)
	back := replied(t, string(appendReply(nil, r, nil)))
	if got, want := show(back), `#0 finish 1 STOP [7 hm anthropic:a/b+c==] [8  anthropic:V]`; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	probs := `[{"token":"a","logprob":-1,"bytes":[97],"top_logprobs":[{"token":"a","logprob":-1,"bytes":null}]}]`
	f(`{"content":{"role":"model","parts":[{"text":"a"}]},"finishReason":"STOP","index":0,"logprobsResult":{"chosenCandidates":[{"token":"a","logProbability":-1}],"topCandidates":[{"candidates":[{"token":"a","logProbability":-1}]}]},
		"citationMetadata":{"citationSources":[{"startIndex":0,"endIndex":1,"uri":"u","title":"t"}]}}`, func(r *core.Completion) {
		answer(r, core.FinishStop, said("a"))
		r.Choices[0].Logprobs = []byte(probs)
		r.Cite(&r.Parts[0].Cites, core.Cite{Start: 0, End: 1, URL: text("u"), Title: text("t")})
	})
}

// What a guard changed in a reply is what the client gets.
func TestEditedReply(t *testing.T) {
	r := replied(t, `{"candidates":[{"content":{"parts":[{"text":"secret"},{"text":"b"}],"role":"model"},"finishReason":"STOP","avgLogprobs":-1}],"responseId":"r"}`)
	r.Parts[0].Text = text("***")
	r.Choices[0].Finish = core.FinishFiltered
	const want = `{"candidates":[{"content":{"parts":[{"text":"***"},{"text":"b"}],"role":"model"},"finishReason":"SAFETY","avgLogprobs":-1}],"responseId":"r"}`
	if d := corpus.Diff(appendReply(nil, r, nil), []byte(want)); d != "" {
		t.Error(d)
	}
}

func TestBadReplies(t *testing.T) {
	for _, doc := range []string{``, `null`, `[]`, `{`, `{"a":1}`, `{"candidates":[{]}`, `{"error":{"message":"no"}}`} {
		if err := parseReply(core.NewCompletion(), []byte(doc)); err == nil {
			t.Errorf("%q passed", doc)
		}
	}
}

func TestFaults(t *testing.T) {
	f := func(doc string, want core.Fault) {
		t.Helper()
		var got core.Fault
		readFault([]byte(doc), &got)
		if got != want {
			t.Errorf("%s: got %+v, want %+v", doc, got, want)
		}
	}
	f(`{"error":{"code":400,"message":"API \"key\"","status":"INVALID_ARGUMENT","details":[{"@type":"x","reason":"API_KEY_INVALID"}]}}`, core.Fault{Message: `API "key"`, Kind: "API_KEY_INVALID", BadKey: true})
	f(`[{"error":{"message":"m","status":"NOT_FOUND","details":[{"fieldViolations":[{"field":"contents","description":"d"}]}]}}]`, core.Fault{Message: "m", Kind: "NOT_FOUND", Param: "contents"})
	for delay, want := range map[string]int{"7s": 7, "0.5s": 1, "12.000s": 12, "s": 0, "7": 0, "-7s": 0, "99999999999s": 0, "86401s": 0} {
		f(`{"error":{"message":"m","status":"RESOURCE_EXHAUSTED","details":[{"@type":"type.googleapis.com/google.rpc.RetryInfo","retryDelay":"`+delay+`"}]}}`, core.Fault{Message: "m", Kind: "RESOURCE_EXHAUSTED", Retry: want})
	}
	f(`{"error":"text"}`, core.Fault{Message: "text"})
	f(`<html>`, core.Fault{})
	for status, word := range map[int]string{400: "INVALID_ARGUMENT", 401: "UNAUTHENTICATED", 402: "FAILED_PRECONDITION", 403: "PERMISSION_DENIED", 404: "NOT_FOUND", 413: "INVALID_ARGUMENT",
		429: "RESOURCE_EXHAUSTED", 500: "INTERNAL", 503: "UNAVAILABLE", 504: "DEADLINE_EXCEEDED"} {
		out := appendFault(nil, &core.Fault{Code: core.Invalid, Status: status, Message: "m\n", Hint: "h", Param: "p"}, []byte("id"))
		var got struct {
			Error struct {
				Code            int
				Message, Status string
				Details         []map[string]any
			}
		}
		if err := json.Unmarshal(out, &got); err != nil || got.Error.Code != status || got.Error.Status != word || got.Error.Message != "m\n; hint: h" || len(got.Error.Details) != 2 {
			t.Errorf("%d: %v: %s", status, err, out)
		}
	}
	for _, c := range recordedFaults(t) {
		var got core.Fault
		if readFault(c.Bytes(), &got); got.Message == "" || got.Kind == "" {
			t.Errorf("%s: %+v", c.ID, got)
		}
	}
}

func recordedFaults(t *testing.T) (out []*corpus.Case) {
	if corpus.Dir() == "" {
		return nil
	}
	for _, c := range recorded(t, "generateContent") {
		if c.Response.Status >= 400 {
			out = append(out, c)
		}
	}
	return out
}
