package selftest

import (
	"fmt"
	"strings"
)

func toldResponses(d doc) *said {
	s := newSaid()
	s.ended = true
	if d["object"] != "response" || text(d["id"]) == "" {
		s.bad(fmt.Sprintf("object %v, id %v", d["object"], d["id"]))
	}
	s.response(d)
	return s
}

// response reads the object that holds it all.
func (s *said) response(d doc) {
	finish := "stop"
	for _, v := range list(d["output"]) {
		it := object(v)
		switch kind := text(it["type"]); kind {
		case "message":
			s.responsesMessage(it)
			for _, p := range list(it["content"]) {
				if at(p, "type") == "refusal" {
					finish = "stop"
				}
			}
		case "reasoning":
			s.responsesThought(it)
		case "function_call":
			finish = "tool"
			if text(it["id"]) == "" || it["status"] != "completed" {
				s.bad(fmt.Sprintf("a call with id %v and status %v", it["id"], it["status"]))
			}
			s.call(text(it["call_id"]), text(it["name"]), text(it["arguments"]))
		default:
			s.bad("an item of type " + kind)
		}
	}
	switch reason := text(at(d, "incomplete_details", "reason")); {
	case d["status"] == "incomplete" && reason == "max_output_tokens":
		finish = "length"
	case d["status"] == "incomplete" && reason == "content_filter":
		finish = "refuse"
	case d["status"] != "completed":
		s.bad(fmt.Sprintf("status %v", d["status"]))
	}
	s.set("finish", finish)
	u := object(d["usage"])
	s.set("usage in", number(u["input_tokens"]))
	s.set("usage out", number(u["output_tokens"]))
	s.count("cached", at(u, "input_tokens_details", "cached_tokens"))
	s.count("written", at(u, "input_tokens_details", "cache_write_tokens"))
	s.count("thought", at(u, "output_tokens_details", "reasoning_tokens"))
	s.replay = d["output"]
}

func (s *said) responsesMessage(it doc) {
	if text(it["id"]) == "" || it["role"] != "assistant" {
		s.bad(fmt.Sprintf("a message with id %v and role %v", it["id"], it["role"]))
	}
	for _, p := range list(it["content"]) {
		switch text(at(p, "type")) {
		case "output_text":
			s.item("text", "%s", text(at(p, "text")))
			for _, a := range list(at(p, "annotations")) {
				s.item("cite", "%s %s", text(at(a, "url")), text(at(a, "title")))
			}
		case "refusal":
			s.item("refusal", "%s", text(at(p, "refusal")))
		default:
			s.bad(fmt.Sprintf("a part %s", encode(p)))
		}
	}
}

// heardResponses follows the life cycle: numbers without gaps, items added before and done after what is
// said of them, deltas that add up to what is done, and the whole response at the end.
func heardResponses(r *reply) *said {
	s := newSaid()
	frames, rest := sseFrames(r.body)
	if strings.TrimSpace(rest) != "" && r.broken == nil {
		s.bad("an event that does not end: " + rest)
	}
	deltas := map[string]string{}
	open := map[string]bool{}
	for i, f := range frames {
		kind := text(f.d["type"])
		if kind == "" || f.name != "" && f.name != kind {
			s.bad(fmt.Sprintf("event %q of type %q", f.name, kind))
		}
		if n := number(f.d["sequence_number"]); n != fmt.Sprint(i) && kind != "error" {
			s.bad(fmt.Sprintf("event %d has the number %q", i, n))
		}
		if i == 0 && kind != "response.created" && kind != "error" {
			s.bad("the first event is " + kind)
		}
		if s.ended {
			s.bad("something follows the end: " + kind)
		}
		s.responsesEvent(kind, f.d, deltas, open)
	}
	return s
}

func (s *said) responsesEvent(kind string, d doc, deltas map[string]string, open map[string]bool) {
	item := number(d["output_index"])
	place := item + "/" + number(d["content_index"]) + number(d["summary_index"])
	switch {
	case kind == "response.output_item.added":
		open[item] = true
	case kind == "response.output_item.done":
		if !open[item] {
			s.bad("an item is done that was not added")
		}
		delete(open, item)
	case strings.HasSuffix(kind, ".delta"):
		if !open[item] {
			s.bad("a delta of an item that is not open")
		}
		deltas[strings.TrimSuffix(kind, ".delta")+place] += text(d["delta"])
	case strings.HasSuffix(kind, "part.done"), strings.HasSuffix(kind, "part.added"), strings.HasSuffix(kind, "annotation.added"):
	case strings.HasSuffix(kind, ".done"):
		whole := text(d["text"]) + text(d["arguments"]) + text(d["refusal"])
		if got := deltas[strings.TrimSuffix(kind, ".done")+place]; got != whole {
			s.bad(fmt.Sprintf("%s says %q, the deltas %q", kind, whole, got))
		}
	case kind == "response.completed", kind == "response.incomplete":
		s.ended = true
		if len(open) > 0 {
			s.bad("the response ends with open items")
		}
		s.response(object(d["response"]))
	case kind == "response.failed":
		e := object(at(d, "response", "error"))
		s.fault = &fault{kind: text(e["code"]), message: text(e["message"])}
	case kind == "error":
		e := d
		if inner := object(d["error"]); inner != nil {
			e = inner
		}
		s.fault = &fault{kind: text(e["code"]), message: text(e["message"])}
	case kind != "response.created" && kind != "response.in_progress":
		s.bad("an event of type " + kind)
	}
}
