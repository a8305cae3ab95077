package openai

import (
	"encoding/json"
	"strings"
	"testing"

	"asbru/bench/corpus"
	"asbru/core"
)

// request is the id of the exchange in these tests, and hexed that id in the ids of items.
var request = [16]byte{0: 0xab, 15: 0x01}

const hexed = "ab000000000000000000000000000001"

// answered writes the answer that build makes, as if it came from another family.
func answered(build func(r *core.Completion)) string {
	r := core.NewCompletion()
	n := r.Begin(0)
	build(r)
	r.End(n)
	x := core.NewCrossing()
	x.Request, x.Wall = request, 7
	return string(appendResponse(nil, r, x))
}

func TestResponsesForeignReply(t *testing.T) {
	f := func(name, status, output string, build func(r *core.Completion)) {
		t.Helper()
		body := answered(build)
		var got struct {
			ID, Object, Status string
			Created            int64                   `json:"created_at"`
			Incomplete         struct{ Reason string } `json:"incomplete_details"`
			Error              struct{ Message string }
			Output             json.RawMessage
		}
		if err := json.Unmarshal([]byte(body), &got); err != nil {
			t.Errorf("%s: %v in %s", name, err, body)
			return
		}
		if s := strings.TrimSpace(got.Status + " " + got.Incomplete.Reason); s != status || got.Object != "response" || got.Created != 7 || got.ID != "resp_"+hexed {
			t.Errorf("%s: %+v", name, got)
		}
		if (got.Status == "failed") != (got.Error.Message != "") {
			t.Errorf("%s: error %+v", name, got.Error)
		}
		if d := corpus.Diff(got.Output, []byte(output)); d != "" {
			t.Errorf("%s: %s\ngot %s", name, d, got.Output)
		}
	}
	add := func(parts ...core.Part) func(r *core.Completion) {
		return func(r *core.Completion) {
			for _, p := range parts {
				r.Add(p)
			}
		}
	}
	f("nothing", "completed", `[]`, add())
	f("texts", "completed", `[{"id":"msg_`+hexed+`_0","type":"message","status":"completed","role":"assistant","content":[
		{"type":"output_text","text":"a","annotations":[],"logprobs":[]},{"type":"refusal","refusal":"b"}]}]`,
		add(core.Part{Text: core.Text("a")}, core.Part{Kind: core.PartRefusal, Text: core.Text("b")}))
	f("a call between", "completed", `[
		{"id":"rs_`+hexed+`_0","type":"reasoning","summary":[{"type":"summary_text","text":"hm"}],"encrypted_content":"asbru.anthropic.S"},
		{"id":"msg_`+hexed+`_1","type":"message","status":"completed","role":"assistant","content":[{"type":"output_text","text":"a","annotations":[],"logprobs":[]}]},
		{"id":"rs_`+hexed+`_2","type":"reasoning","summary":[],"encrypted_content":"asbru.google.G"},
		{"id":"fc_`+hexed+`_3","type":"function_call","status":"completed","arguments":"{\"a\":\"\\\"\"}","call_id":"c","name":"f"},
		{"id":"fc_`+hexed+`_4","type":"function_call","status":"completed","arguments":"{}","call_id":"call_`+hexed+`_4","name":"g"}]`,
		add(core.Part{Kind: core.PartThought, Text: core.Text("hm"), Sign: core.Text("S"), Vendor: core.Anthropic},
			core.Part{Text: core.Text("a")},
			core.Part{Kind: core.PartCall, ID: core.Text("c"), Name: core.Text("f"), Args: []byte(`{"a":"\""}`), Sign: core.Text("G"), Vendor: core.Google},
			core.Part{Kind: core.PartCall, Name: core.Text("g"), Wraps: true},
			core.Part{Kind: core.PartThought}, core.Part{Kind: core.PartOther, Type: core.Text("server_tool_use"), Raw: []byte(`{}`)}))
	f("veiled", "completed", `[{"id":"rs_`+hexed+`_0","type":"reasoning","summary":[],"encrypted_content":"E"}]`,
		add(core.Part{Kind: core.PartVeiled, Sign: core.Text("E"), Vendor: core.OpenAI}))
	f("picture", "completed", `[{"id":"ig_`+hexed+`_0","type":"image_generation_call","status":"completed","result":"QQ=="}]`,
		add(core.Part{Kind: core.PartImage, Media: core.Text("image/png"), Data: core.Text("QQ==")}))
	f("cited, with logprobs", "completed", `[{"id":"msg_`+hexed+`_0","type":"message","status":"completed","role":"assistant","content":[
		{"type":"output_text","text":"a","annotations":[{"type":"url_citation","start_index":0,"end_index":1,"url":"u","title":"t"}],"logprobs":[{"token":"a"}]}]}]`,
		func(r *core.Completion) {
			p := core.Part{Text: core.Text("a")}
			r.Cite(&p.Cites, core.Cite{Start: 0, End: 1, URL: core.Text("u"), Title: core.Text("t")})
			r.Cite(&p.Cites, core.Cite{Start: -1, End: -1, Source: 2})
			r.Add(p)
			r.Choices[0].Logprobs = []byte(`[{"token":"a"}]`)
		})
	ends := func(finish core.Finish) func(r *core.Completion) {
		return func(r *core.Completion) { r.Choices[0].Finish = finish }
	}
	f("stop", "completed", `[]`, ends(core.FinishStopped))
	f("length", "incomplete max_output_tokens", `[]`, ends(core.FinishLength))
	f("filter", "incomplete content_filter", `[]`, ends(core.FinishFiltered))
	f("failed", "failed", `[]`, ends(core.FinishFailed))
}

func TestResponsesReplyUsage(t *testing.T) {
	body := answered(func(r *core.Completion) {
		r.Usage = core.Usage{In: 10, CachedIn: 3, WrittenIn: 2, Out: 5, Reasoning: 4, Known: true}
	})
	want := `"usage":{"input_tokens":10,"input_tokens_details":{"cached_tokens":3,"cache_write_tokens":2},"output_tokens":5,"output_tokens_details":{"reasoning_tokens":4},"total_tokens":15}`
	if !strings.Contains(body, want) {
		t.Errorf("got %s, want %s", body, want)
	}
	r := core.NewCompletion()
	if err := parseResponse(r, []byte(body)); err != nil {
		t.Fatal(err)
	}
	if want := (core.Usage{In: 10, CachedIn: 3, WrittenIn: 2, Out: 5, Reasoning: 4, Known: true}); r.Usage != want {
		t.Errorf("got %+v, want %+v", r.Usage, want)
	}
}

// Members that are not part of the format come at the end.
func TestResponsesReplyExtra(t *testing.T) {
	x := core.NewCrossing()
	x.Model = append(x.Model, "shown"...)
	x.Extra = func(dst []byte) []byte { return append(dst, `"extra_fields":{"a":1}`...) }
	f := func(r *core.Completion) {
		t.Helper()
		var got struct {
			Model string
			Extra struct{ A int } `json:"extra_fields"`
		}
		body := appendResponse(nil, r, x)
		if err := json.Unmarshal(body, &got); err != nil || got.Extra.A != 1 || got.Model != "shown" {
			t.Errorf("%v: %s", err, body)
		}
	}
	f(core.NewCompletion())
	r := core.NewCompletion()
	if err := parseResponse(r, []byte(`{"model":"m","output":[]}`)); err != nil {
		t.Fatal(err)
	}
	f(r)
}

func TestResponsesReplyParse(t *testing.T) {
	f := func(body string, finish core.Finish, native string) {
		t.Helper()
		r := core.NewCompletion()
		if err := parseResponse(r, []byte(body)); err != nil {
			t.Errorf("%s: %v", body, err)
			return
		}
		if c := r.Choices[0]; c.Finish != finish || string(c.Native) != native {
			t.Errorf("%s: got %d %q, want %d %q", body, c.Finish, c.Native, finish, native)
		}
		if d := corpus.Diff(appendResponse(nil, r, nil), []byte(body)); d != "" {
			t.Errorf("%s: %s", body, d)
		}
	}
	f(`{"output":[],"status":"completed"}`, core.FinishStop, "completed")
	f(`{"output":[{"type":"function_call","call_id":"c","name":"f","arguments":""}],"status":"completed"}`, core.FinishCalls, "completed")
	f(`{"output":[],"status":"incomplete","incomplete_details":{"reason":"max_output_tokens"}}`, core.FinishLength, "max_output_tokens")
	f(`{"output":[],"status":"incomplete","incomplete_details":{"reason":"content_filter"}}`, core.FinishFiltered, "content_filter")
	f(`{"output":[],"status":"incomplete","incomplete_details":null}`, core.FinishLength, "incomplete")
	f(`{"output":[],"status":"failed","error":{"code":"x"}}`, core.FinishFailed, "failed")
	f(`{"output":[],"status":"queued"}`, core.FinishUnsaid, "queued")
	f(`{"output":[{"type":"message","role":"assistant","content":[]},{"type":"message","role":"assistant","id":"b","content":[{"type":"output_text","text":"x"}]},{"type":"web_search_call","id":"w"}]}`,
		core.FinishUnsaid, "")
	for body, why := range map[string]string{
		`{"output":[],"status":"failed","error":{"code":"server_error","message":"it broke"}}`:                       "it broke",
		`{"output":[],"status":"failed","error":null}`:                                                               unfinished,
		`{"output":[],"status":"incomplete"}`:                                                                        "",
		`{"output":[{"type":"message","role":"assistant","content":[]}],"status":"failed","error":{"message":"it"}}`: "", // it has something
	} {
		r := core.NewCompletion()
		if err := parseResponse(r, []byte(body)); err != nil || (r.Fault == nil) != (why == "") || r.Fault != nil && r.Fault.Message != why {
			t.Errorf("%s: %v, %+v; want %q", body, err, r.Fault, why)
		}
	}
	for _, body := range []string{``, `[]`, `null`, `{}`, `{"error":{"message":"m"}}`, `{"output":null}`, `{"output":{}}`} {
		if err := parseResponse(core.NewCompletion(), []byte(body)); err == nil {
			t.Errorf("%s passed", body)
		}
	}
}
