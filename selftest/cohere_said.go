package selftest

import (
	"fmt"
	"strings"
)

func toldCohere(d doc) *said {
	s := newSaid()
	s.ended = true
	if text(d["id"]) == "" {
		s.bad("no id")
	}
	s.cohereMessage(object(d["message"]))
	s.cohereFinish(d)
	return s
}

func (s *said) cohereMessage(m doc) {
	if m["role"] != "assistant" {
		s.bad(fmt.Sprintf("role %v", m["role"]))
	}
	s.cohereTurn("text", m)
	for _, c := range list(m["citations"]) {
		for _, v := range list(at(c, "sources")) {
			s.item("cite", "%s %s", text(at(v, "document", "url")), text(at(v, "document", "title")))
		}
	}
	s.replay = m
}

func (s *said) cohereFinish(d doc) {
	word, ok := map[string]string{"COMPLETE": "stop", "STOP_SEQUENCE": "stop", "MAX_TOKENS": "length", "TOOL_CALL": "tool", "ERROR_TOXIC": "refuse"}[text(d["finish_reason"])]
	if !ok {
		s.bad(fmt.Sprintf("finish_reason %v", d["finish_reason"]))
	}
	s.set("finish", word)
	u := object(d["usage"])
	s.set("usage in", number(at(u, "tokens", "input_tokens")))
	s.set("usage out", number(at(u, "tokens", "output_tokens")))
	s.count("cached", u["cached_tokens"])
	s.count("thought", at(u, "tokens", "reasoning_tokens"))
}

// heardCohere follows a stream: what begins ends, message-end is last but for [DONE].
func heardCohere(r *reply) *said {
	s := newSaid()
	frames, rest := sseFrames(r.body)
	if strings.TrimSpace(rest) != "" && r.broken == nil {
		s.bad("an event that does not end: " + rest)
	}
	m := doc{"role": "assistant"}
	open := ""
	for i, f := range frames {
		kind := text(f.d["type"])
		switch {
		case string(f.data) == "[DONE]":
			if !s.ended {
				s.bad("[DONE] without an end")
			}
			continue
		case kind == "" || f.name != kind:
			s.bad(fmt.Sprintf("event %q of type %q", f.name, kind))
		case i == 0 && kind != "message-start":
			s.bad("the first event is " + kind)
		case s.ended:
			s.bad("something follows message-end: " + kind)
		}
		what, verb, _ := strings.Cut(kind, "-")
		if strings.HasPrefix(kind, "tool-call") {
			what, verb = "tool-call", strings.TrimPrefix(kind, "tool-call-")
		}
		place := what + number(f.d["index"])
		switch {
		case verb == "start" && (what == "content" || what == "tool-call"):
			if open != "" {
				s.bad(kind + " while " + open + " is open")
			}
			open = place
		case (verb == "delta" || verb == "end") && (what == "content" || what == "tool-call"):
			if open != place {
				s.bad(kind + " of " + place + " while " + open + " is open")
			}
			if verb == "end" {
				open = ""
			}
		}
		s.cohereEvent(kind, f.d, m)
	}
	if s.fault == nil || len(m) > 1 {
		s.cohereMessage(m)
	}
	return s
}

func (s *said) cohereEvent(kind string, d, m doc) {
	delta := object(at(d, "delta", "message"))
	switch kind {
	case "message-start":
		if delta["role"] != "assistant" {
			s.bad(fmt.Sprintf("role %v", delta["role"]))
		}
	case "content-start":
		m["content"] = append(list(m["content"]), delta["content"])
	case "content-delta":
		last := object(list(m["content"])[len(list(m["content"]))-1])
		for name, v := range object(delta["content"]) {
			if name != "type" {
				last[name] = text(last[name]) + text(v)
			}
		}
	case "tool-plan-delta":
		m["tool_plan"] = text(m["tool_plan"]) + text(delta["tool_plan"])
	case "tool-call-start":
		m["tool_calls"] = append(list(m["tool_calls"]), delta["tool_calls"])
	case "tool-call-delta":
		calls := list(m["tool_calls"])
		put(object(calls[len(calls)-1]), "signature", at(delta["tool_calls"], "signature"))
		f := object(at(calls[len(calls)-1], "function"))
		f["arguments"] = text(f["arguments"]) + text(at(delta["tool_calls"], "function", "arguments"))
	case "citation-start":
		m["citations"] = append(list(m["citations"]), delta["citations"])
	case "message-end":
		end := object(d["delta"])
		if end["finish_reason"] == "ERROR" {
			s.fault = &fault{kind: "ERROR", message: text(end["error"])}
			return
		}
		s.ended = true
		s.cohereFinish(end)
	case "content-end", "tool-call-end", "citation-end":
	default:
		s.bad("an event of type " + kind)
	}
}

func failedCohere(r *reply) *fault {
	d, err := r.object()
	if err != nil || d["message"] == nil {
		return nil
	}
	return &fault{message: text(d["message"])}
}
