package standin

import (
	"fmt"
	"strings"
)

const responseID = "resp_standin"

// response returns the object that all events of the life cycle contain.
func response(ex *exchange, a *answer, status string, output []any, final bool) obj {
	var u, details any
	if final {
		u = obj{"input_tokens", a.usage.in, "input_tokens_details", obj{"cached_tokens", a.usage.cached}, "output_tokens", a.usage.out,
			"output_tokens_details", obj{"reasoning_tokens", a.usage.thought}, "total_tokens", a.usage.in + a.usage.out}
		if a.end == "length" {
			details = obj{"reason", "max_output_tokens"}
		}
	}
	d := ex.d
	return obj{"id", responseID, "object", "response", "created_at", created, "status", status, "background", false, "error", nil,
		"incomplete_details", details, "instructions", d["instructions"], "max_output_tokens", d["max_output_tokens"], "max_tool_calls", nil,
		"model", ex.q.model, "output", output, "parallel_tool_calls", !ex.q.one, "previous_response_id", d["previous_response_id"],
		"prompt_cache_key", nil, "reasoning", obj{"effort", at(d, "reasoning", "effort"), "summary", at(d, "reasoning", "summary")},
		"safety_identifier", nil, "service_tier", "default", "store", d["store"] != false, "temperature", 1.0,
		"text", obj{"format", obj{"type", "text"}, "verbosity", "medium"}, "tool_choice", "auto", "tools", []any{},
		"top_logprobs", 0, "top_p", 1.0, "truncation", "disabled", "usage", u, "user", nil, "metadata", obj{}}
}

func responsesStatus(a *answer) string {
	if a.end == "length" {
		return "incomplete"
	}
	return "completed"
}

// reasoningItem has encrypted content only if the request asked for it.
func reasoningItem(ex *exchange, a *answer, done bool) obj {
	var secret, summary any = omitted{}, []any{}
	if strings.Contains(string(encode(ex.d["include"])), "reasoning.encrypted_content") && done {
		secret = a.sign
	}
	if done {
		summary = []any{obj{"type", "summary_text", "text", a.think}}
	}
	return obj{"id", "rs_standin", "type", "reasoning", "encrypted_content", secret, "summary", summary}
}

func messageItem(status string, content []any) obj {
	return obj{"id", "msg_standin", "type", "message", "status", status, "content", content, "role", "assistant"}
}

func textPart(a *answer, text string, done bool) obj {
	if a.end == "refuse" {
		return obj{"type", "refusal", "refusal", text}
	}
	notes := []any{}
	if a.cite && done {
		notes = []any{responsesCitation()}
	}
	return obj{"type", "output_text", "annotations", notes, "logprobs", []any{}, "text", text}
}

func responsesCitation() obj {
	return obj{"type", "url_citation", "start_index", 0, "end_index", len([]rune(citeText)), "title", citeTitle, "url", citeURL}
}

func callItem(c call, status, args string) obj {
	return obj{"id", fmt.Sprintf("fc_si%06d", c.n), "type", "function_call", "status", status, "arguments", args, "call_id", fmt.Sprintf("call_si%06d", c.n), "name", c.name}
}

func responsesOutput(ex *exchange, a *answer) []any {
	out := []any{}
	if a.think != "" {
		out = append(out, reasoningItem(ex, a, true))
	}
	if len(a.text) > 0 {
		out = append(out, messageItem(responsesStatus(a), []any{textPart(a, a.whole(), true)}))
	}
	for _, c := range a.calls {
		out = append(out, callItem(c, "completed", string(c.args)))
	}
	return out
}

func wholeResponses(ex *exchange, a *answer) []byte {
	return encode(response(ex, a, responsesStatus(a), responsesOutput(ex, a), true))
}

// A teller numbers the events of one stream.
type teller struct {
	out   [][]byte
	n     int
	index int // of the output item
}

func (t *teller) say(kind string, members ...any) {
	o := append(obj{"type", "response." + kind, "sequence_number", t.n}, members...)
	t.out = append(t.out, fmt.Appendf(nil, "event: response.%s\ndata: %s\n\n", kind, encode(o)))
	t.n++
}

func eventsResponses(ex *exchange, a *answer) [][]byte {
	t := &teller{}
	begun := response(ex, a, "in_progress", []any{}, false)
	t.say("created", "response", begun)
	t.say("in_progress", "response", begun)
	if a.think != "" {
		t.reasons(ex, a)
	}
	if len(a.text) > 0 {
		t.writes(a)
	}
	for _, c := range a.calls {
		t.calls(c)
	}
	t.say(responsesStatus(a), "response", response(ex, a, responsesStatus(a), responsesOutput(ex, a), true))
	return t.out
}

func (t *teller) reasons(ex *exchange, a *answer) {
	t.say("output_item.added", "output_index", t.index, "item", reasoningItem(ex, a, false))
	at := []any{"item_id", "rs_standin", "output_index", t.index, "summary_index", 0}
	t.say("reasoning_summary_part.added", append(at, "part", obj{"type", "summary_text", "text", ""})...)
	for _, s := range thought {
		t.say("reasoning_summary_text.delta", append(at, "delta", s)...)
	}
	t.say("reasoning_summary_text.done", append(at, "text", a.think)...)
	t.say("reasoning_summary_part.done", append(at, "part", obj{"type", "summary_text", "text", a.think})...)
	t.say("output_item.done", "output_index", t.index, "item", reasoningItem(ex, a, true))
	t.index++
}

func (t *teller) writes(a *answer) {
	t.say("output_item.added", "output_index", t.index, "item", messageItem("in_progress", []any{}))
	at := []any{"item_id", "msg_standin", "output_index", t.index, "content_index", 0}
	t.say("content_part.added", append(at, "part", textPart(a, "", false))...)
	name, done := "output_text", "text"
	if a.end == "refuse" {
		name, done = "refusal", "refusal"
	}
	for _, s := range a.text {
		if a.end == "refuse" {
			t.say(name+".delta", append(at, "delta", s)...)
		} else {
			t.say(name+".delta", append(at, "delta", s, "logprobs", []any{}, "obfuscation", "aB3")...)
		}
	}
	if a.cite {
		t.say("output_text.annotation.added", append(at, "annotation_index", 0, "annotation", responsesCitation())...)
	}
	t.say(name+".done", append(at, done, a.whole())...)
	t.say("content_part.done", append(at, "part", textPart(a, a.whole(), true))...)
	t.say("output_item.done", "output_index", t.index, "item", messageItem(responsesStatus(a), []any{textPart(a, a.whole(), true)}))
	t.index++
}

func (t *teller) calls(c call) {
	t.say("output_item.added", "output_index", t.index, "item", callItem(c, "in_progress", ""))
	at := []any{"item_id", fmt.Sprintf("fc_si%06d", c.n), "output_index", t.index}
	for _, s := range halves(string(c.args)) {
		t.say("function_call_arguments.delta", append(at, "delta", s, "obfuscation", "aB3")...)
	}
	t.say("function_call_arguments.done", append(at, "arguments", string(c.args))...)
	t.say("output_item.done", "output_index", t.index, "item", callItem(c, "completed", string(c.args)))
	t.index++
}

func brokenResponses() []byte {
	e := openaiError(fixed(503))
	return fmt.Appendf(nil, "event: error\ndata: %s\n\n", encode(obj{"type", "error", "sequence_number", 99, "code", "server_error", "message", e[1], "param", nil}))
}
