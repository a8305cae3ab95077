package anthropic

import (
	"strings"
	"testing"

	"asbru/bench/corpus"
	"asbru/core"
)

// answered returns the message for parts of another family's answer.
func answered(finish core.Finish, parts ...core.Part) string {
	r := core.NewCompletion()
	r.ID, r.Model = core.Text("chatcmpl-1"), core.Text("gpt")
	r.Usage = core.Usage{In: 10, CachedIn: 4, WrittenIn: 3, Out: 7, Reasoning: 2, Known: true}
	i := r.Begin(0)
	for _, p := range parts {
		r.Add(p)
	}
	r.End(i)
	r.Choices[i].Finish = finish
	return string(API.Chats[core.OpChat].AppendReply(nil, r, nil))
}

func TestReplyOfOthers(t *testing.T) {
	f := func(want string, parts ...core.Part) {
		t.Helper()
		members(t, want, answered(core.FinishStop, parts...), `{"id":"chatcmpl-1","type":"message","role":"assistant","model":"gpt","stop_sequence":null,
			"usage":{"input_tokens":3,"cache_read_input_tokens":4,"cache_creation_input_tokens":3,"output_tokens":7,"output_tokens_details":{"thinking_tokens":2}},"content":[`+want+`]}`)
	}
	f(``)
	f(`{"type":"text","text":"a"}`, say1("a"))
	f(`{"type":"text","text":"no"},{"type":"text","text":"b"}`, core.Part{Kind: core.PartRefusal, Text: core.Text("no")}, say1(""), say1("b"))
	f(`{"type":"thinking","thinking":"hm","signature":""}`, core.Part{Kind: core.PartThought, Text: core.Text("hm")})
	f(`{"type":"thinking","thinking":"hm","signature":"asbru.openai.enc"},{"type":"redacted_thinking","data":"asbru.openai.e2"}`,
		core.Part{Kind: core.PartThought, Text: core.Text("hm"), Sign: core.Text("enc"), Vendor: core.OpenAI}, core.Part{Kind: core.PartVeiled, Sign: core.Text("e2"), Vendor: core.OpenAI})
	f(`{"type":"thinking","thinking":"","signature":"asbru.google.g"},{"type":"tool_use","id":"a","name":"f","input":{"x":1}},{"type":"tool_use","id":"b","name":"f","input":{}}`,
		core.Part{Kind: core.PartCall, ID: core.Text("a"), Name: core.Text("f"), Args: []byte(`{\"x\":1}`), Wraps: true, Sign: core.Text("g"), Vendor: core.Google},
		core.Part{Kind: core.PartCall, ID: core.Text("b"), Name: core.Text("f")})
	f(`{"type":"image","source":{"type":"base64","media_type":"image/png","data":"iVBORw"}},{"type":"text","text":"spoken"}`,
		core.Part{Kind: core.PartImage, Data: core.Text("iVBORw")}, core.Part{Kind: core.PartOther, Raw: []byte(`{}`)},
		core.Part{Kind: core.PartAudio, Text: core.Text("spoken")}, core.Part{Kind: core.PartVideo})
	x := core.NewCrossing()
	x.Request[0] = 0xab
	x.Model = []byte("asked")
	x.Extra = func(dst []byte) []byte { return append(dst, `"extra_fields":{"a":1}`...) }
	got := string(API.Chats[core.OpChat].AppendReply(nil, core.NewCompletion(), x))
	members(t, "empty", got, `{"id":"msg_ab000000000000000000000000000000","model":"asked","content":[],"stop_reason":"end_turn","extra_fields":{"a":1}}`)
}

func TestCitesOfOthers(t *testing.T) {
	f := func(c core.Cite, want string) {
		t.Helper()
		if d := corpus.Diff(appendCite(nil, &c, false), []byte(want)); d != "" {
			t.Errorf("%s: %s", want, d)
		}
		back := citation([]byte(want))
		if back.Unit != c.Unit && c.Unit != core.CiteNowhere || string(back.Title) != string(c.Title) || back.From != c.From || back.Source != c.Source {
			t.Errorf("%s: read as %+v", want, back)
		}
	}
	q := core.Text("q")
	f(core.Cite{URL: core.Text("u"), Title: core.Text("t"), Quote: q, Source: -1, From: -1, To: -1, Unit: core.CiteWeb},
		`{"type":"web_search_result_location","cited_text":"q","url":"u","title":"t","encrypted_index":""}`)
	f(core.Cite{URL: core.Text("u"), Source: -1, From: -1, Raw: []byte(`{"foreign":1}`)},
		`{"type":"web_search_result_location","cited_text":"","url":"u","title":null,"encrypted_index":""}`)
	f(core.Cite{Quote: q, Title: core.Text("t"), Source: 1, From: 2, To: 3, Unit: core.CiteChars},
		`{"type":"char_location","cited_text":"q","document_index":1,"document_title":"t","start_char_index":2,"end_char_index":3}`)
	f(core.Cite{Quote: q, Source: 1, From: 2, To: 3, Unit: core.CitePages},
		`{"type":"page_location","cited_text":"q","document_index":1,"document_title":null,"start_page_number":2,"end_page_number":3}`)
	f(core.Cite{Quote: q, URL: core.Text("u"), Source: 1, From: 2, To: 3, Unit: core.CiteSearch},
		`{"type":"search_result_location","cited_text":"q","search_result_index":1,"source":"u","title":null,"start_block_index":2,"end_block_index":3}`)
}

func TestReasons(t *testing.T) {
	f := func(finish core.Finish, calls, declined bool, want string) {
		t.Helper()
		if got := reasonOf(finish, calls, declined); got != want {
			t.Errorf("%d %t %t: got %s, want %s", finish, calls, declined, got, want)
		}
	}
	f(core.FinishUnsaid, false, false, "end_turn")
	f(core.FinishStop, false, false, "end_turn")
	f(core.FinishStop, true, false, "tool_use")
	f(core.FinishStopped, false, false, "stop_sequence")
	f(core.FinishStop, false, true, "refusal")
	f(core.FinishLength, false, true, "max_tokens")
	f(core.FinishLength, true, false, "max_tokens")
	f(core.FinishCalls, false, false, "tool_use")
	f(core.FinishFiltered, false, false, "refusal")
	f(core.FinishPaused, false, false, "pause_turn")
	f(core.FinishFailed, false, false, "end_turn")
	for word, want := range map[string]core.Finish{"end_turn": core.FinishStop, "stop_sequence": core.FinishStopped, "max_tokens": core.FinishLength,
		"model_context_window_exceeded": core.FinishLength, "tool_use": core.FinishCalls, "refusal": core.FinishFiltered, "pause_turn": core.FinishPaused,
		"": core.FinishUnsaid, "new": core.FinishStop} {
		if got := finishOf(core.Text(word)); got != want {
			t.Errorf("%s: got %d, want %d", word, got, want)
		}
	}
}

func TestUsage(t *testing.T) {
	f := func(want core.Usage, raws ...string) {
		t.Helper()
		var u core.Usage
		for _, raw := range raws {
			tokens([]byte(raw), &u)
		}
		if u != want {
			t.Errorf("%s: got %+v, want %+v", raws, u, want)
		}
	}
	f(core.Usage{In: 10, CachedIn: 4, WrittenIn: 3, Out: 7, Reasoning: 2, Known: true},
		`{"cache_read_input_tokens":4,"cache_creation_input_tokens":3,"input_tokens":3,"output_tokens":7,"output_tokens_details":{"thinking_tokens":2}}`)
	f(core.Usage{In: 10, CachedIn: 4, WrittenIn: 3, Out: 9, Known: true},
		`{"cache_read_input_tokens":4,"cache_creation_input_tokens":3,"input_tokens":3,"output_tokens":1}`, `{"output_tokens":9}`)
	f(core.Usage{In: 32, Out: 16, Known: true}, `{"input_tokens":0,"output_tokens":0,"cache_read_input_tokens":null}`, `{"input_tokens":32,"output_tokens":16}`)
	f(core.Usage{Bad: true}, `{}`, `[]`, `{"input_tokens":-1,"output_tokens":1e99}`)
	f(core.Usage{}, `{}`, `[]`, `{"input_tokens":null,"output_tokens":"7"}`)
	for _, part := range []string{"-4", "1.5", `"4"`, "{}"} {
		odd := core.Usage{In: 3, Out: 7, Known: true, Odd: true}
		f(odd, `{"input_tokens":3,"output_tokens":7,"cache_read_input_tokens":`+part+`}`)
		f(odd, `{"input_tokens":3,"output_tokens":7,"cache_creation_input_tokens":`+part+`}`)
		f(odd, `{"input_tokens":3,"output_tokens":7,"output_tokens_details":{"thinking_tokens":`+part+`}}`)
	}
	long := core.Usage{In: 10, WrittenIn: 6, KeptIn: 4, Out: 7, Known: true}
	f(long, `{"cache_creation_input_tokens":6,"input_tokens":4,"output_tokens":7,"cache_creation":{"ephemeral_5m_input_tokens":2,"ephemeral_1h_input_tokens":4}}`)
	f(long, string(appendUsage(nil, &long)))
	if got := string(appendUsage(nil, &core.Usage{In: 1, CachedIn: 5})); !strings.HasPrefix(got, `{"input_tokens":0,`) {
		t.Errorf("got %s", got)
	}
}

func TestFaults(t *testing.T) {
	f := func(status int, want string) {
		t.Helper()
		got := appendFault(nil, &core.Fault{Code: core.Invalid, Status: status, Message: "m\"", Hint: "h"}, []byte("0af3"))
		if d := corpus.Diff(got, []byte(`{"type":"error","error":{"type":"`+want+`","message":"m\"; hint: h"},"request_id":"0af3"}`)); d != "" {
			t.Errorf("%d: %s", status, d)
		}
	}
	for status, want := range map[int]string{400: "invalid_request_error", 401: "authentication_error", 402: "billing_error", 403: "permission_error",
		404: "not_found_error", 405: "invalid_request_error", 408: "timeout_error", 413: "request_too_large", 422: "invalid_request_error",
		429: "rate_limit_error", 500: "api_error", 502: "api_error", 503: "overloaded_error", 504: "timeout_error", 529: "overloaded_error"} {
		f(status, want)
	}
	if got := string(appendStreamFault(nil, &core.Fault{Code: core.Overloaded, Message: "m"}, nil)); got !=
		"event: error\ndata: {\"type\":\"error\",\"error\":{\"type\":\"overloaded_error\",\"message\":\"m\",\"retryable\":true},\"request_id\":\"\"}\n\n" {
		t.Errorf("got %s", got)
	}
	g := func(body, message, kind, param string) {
		t.Helper()
		var f core.Fault
		readFault([]byte(body), &f)
		if f.Message != message || f.Kind != kind || f.Param != param {
			t.Errorf("%s: got %q %q %q", body, f.Message, f.Kind, f.Param)
		}
	}
	g(`{"type":"error","error":{"type":"invalid_request_error","message":"temperature: range: 0..1"}}`, "temperature: range: 0..1", "invalid_request_error", "temperature")
	g(`{"type":"error","error":{"type":"api_error","message":"temperature: \"x\""}}`, `temperature: "x"`, "api_error", "")
	g(`[{"error":{"code":429,"message":"Quota: no","status":"RESOURCE_EXHAUSTED"}}]`, "Quota: no", "RESOURCE_EXHAUSTED", "")
	var quota core.Fault
	if readFault([]byte(`{"error":{"code":429,"message":"Quota","status":"RESOURCE_EXHAUSTED","details":[{"retryDelay":"3.2s"}]}}`), &quota); quota.Retry != 4 {
		t.Errorf("Google's delay is %d s", quota.Retry)
	}
	g(`{"error":{"code":"DeploymentNotFound","message":"gone"}}`, "gone", "DeploymentNotFound", "")
	g(`{"error":"text"}`, "text", "", "")
	g(`{"detail":"text"}`, "text", "", "")
	g(`<html>`, "", "", "")
	got := string(appendFault(nil, &core.Fault{Code: core.Invalid, Param: "previous_response_id", Message: "m"}, []byte("i")))
	if want := `{"type":"error","error":{"type":"invalid_request_error","message":"m","details":{"error_code":"thread_unsupported_request","unsupported":["thread"]}},"request_id":"i"}`; got != want {
		t.Errorf("got %s", got)
	}
}
