package selftest

import (
	"fmt"
	"strings"
)

func toldOpenAI(d doc) *said {
	s := newSaid()
	s.ended = true
	if d["object"] != "chat.completion" || text(d["id"]) == "" {
		s.bad(fmt.Sprintf("object %v, id %v", d["object"], d["id"]))
	}
	choices := list(d["choices"])
	if len(choices) != 1 {
		s.bad(fmt.Sprintf("%d choices", len(choices)))
		return s
	}
	c := object(choices[0])
	s.openaiMessage(object(c["message"]))
	s.openaiFinish(c["finish_reason"])
	s.openaiUsage(d)
	return s
}

func (s *said) openaiMessage(m doc) {
	if m["role"] != "assistant" {
		s.bad(fmt.Sprintf("role %v", m["role"]))
	}
	behind := s.openaiThoughts(m)
	if t := openaiText(m["content"]); t != "" {
		s.item("text", "%s", t)
	}
	s.signs(behind)
	if t := text(m["refusal"]); t != "" {
		s.item("refusal", "%s", t)
	}
	for _, v := range list(m["annotations"]) {
		s.item("cite", "%s %s", text(at(v, "url_citation", "url")), text(at(v, "url_citation", "title")))
	}
	for _, v := range list(m["tool_calls"]) {
		if t := text(at(v, "extra_content", "google", "thought_signature")); t != "" {
			s.sign(t)
		}
		if text(at(v, "type")) != "function" {
			s.bad("a call of type " + text(at(v, "type")))
		}
		s.call(text(at(v, "id")), text(at(v, "function", "name")), text(at(v, "function", "arguments")))
	}
	s.replay = m
}

func (s *said) openaiFinish(v any) {
	word, ok := map[string]string{"stop": "stop", "length": "length", "tool_calls": "tool", "content_filter": "refuse"}[text(v)]
	if !ok {
		s.bad(fmt.Sprintf("finish_reason %v", v))
	}
	s.set("finish", word)
}

func (s *said) openaiUsage(d doc) {
	u := object(d["usage"])
	s.set("usage in", number(u["prompt_tokens"]))
	s.set("usage out", number(u["completion_tokens"]))
	if a, _ := u["prompt_tokens"].(float64); u != nil && fmt.Sprint(a) != "" {
		b, _ := u["completion_tokens"].(float64)
		if c, _ := u["total_tokens"].(float64); c != a+b {
			s.bad(fmt.Sprintf("total_tokens %v of %v and %v", c, a, b))
		}
	}
	s.count("cached", at(u, "prompt_tokens_details", "cached_tokens"))
	s.count("written", at(u, "prompt_tokens_details", "cache_write_tokens"))
	s.count("thought", at(u, "completion_tokens_details", "reasoning_tokens"))
}

// count notes a counter that is not 0.
func (f *facts) count(name string, v any) {
	if n := number(v); n != "" && n != "0" {
		f.set("usage "+name, n)
	}
}

// An openaiStream is a stream of chunks as far as it was read.
type openaiStream struct {
	*said
	m        doc // the message, put together
	id       string
	finished bool
}

// heardOpenAI follows a stream of chunks: a role first, one finish, usage after it, [DONE] at
// the end of a stream that is whole and nowhere else.
func heardOpenAI(r *reply) *said {
	s := &openaiStream{said: newSaid(), m: doc{}}
	frames, rest := sseFrames(r.body)
	if strings.TrimSpace(rest) != "" && r.broken == nil {
		s.bad("an event that does not end: " + rest)
	}
	for i, f := range frames {
		if string(f.data) == "[DONE]" {
			if i+1 != len(frames) {
				s.bad("something follows [DONE]")
			}
			s.ended = true
			break
		}
		s.chunk(f)
	}
	if s.finished || len(s.m) > 0 {
		s.openaiMessage(s.m)
	}
	return s.said
}

func (s *openaiStream) chunk(f frame) {
	if e := object(f.d["error"]); e != nil {
		s.fault = &fault{kind: text(e["type"]), message: text(e["message"])}
		return
	}
	if f.d == nil || f.d["object"] != "chat.completion.chunk" {
		s.bad(fmt.Sprintf("no chunk: %.200s", f.data))
		return
	}
	if s.id == "" {
		s.id = text(f.d["id"])
	}
	if s.id == "" || s.id != text(f.d["id"]) {
		s.bad(fmt.Sprintf("id %v after %q", f.d["id"], s.id))
	}
	if f.d["usage"] != nil {
		s.openaiUsage(f.d)
		if !s.finished {
			s.bad("usage before the finish")
		}
	}
	for _, c := range list(f.d["choices"]) {
		s.choice(object(at(c, "delta")), at(c, "finish_reason"))
	}
}

// choice reads the delta of a chunk, and why the answer ends with it; nil: it does not.
func (s *openaiStream) choice(delta doc, finish any) {
	if s.finished && finish == nil && len(delta) > 0 {
		s.bad("a delta after the finish")
	}
	s.openaiDelta(s.m, delta)
	if finish == nil {
		return
	}
	if s.finished {
		s.bad("two finishes")
	}
	s.finished = true
	s.openaiFinish(finish)
}

// openaiDelta adds a delta to the message m.
func (s *said) openaiDelta(m, d doc) {
	if len(m) == 0 && d["role"] != "assistant" && len(d) > 0 {
		s.bad("the first delta has no role")
	}
	for name, v := range d {
		switch name {
		case "role", "extra_content":
			m[name] = v
		case "content", "refusal", "reasoning_content", "reasoning":
			if t := text(v); t != "" {
				m[name] = text(m[name]) + t
			}
		case "annotations":
			m[name] = append(list(m[name]), list(v)...)
		case "reasoning_details":
			s.openaiDetails(m, list(v))
		case "tool_calls":
			for _, c := range list(v) {
				s.openaiCallDelta(m, object(c))
			}
		default:
			s.bad("a delta of " + name)
		}
	}
}

// openaiDetails joins what belongs to the same entry, as OpenRouter's clients do.
func (s *said) openaiDetails(m doc, more []any) {
	all := list(m["reasoning_details"])
	for _, v := range more {
		d := object(v)
		joined := false
		for _, w := range all {
			o := object(w)
			if o["index"] != d["index"] || o["type"] != d["type"] || d["index"] == nil {
				continue
			}
			joined = true
			for name, x := range d {
				if name == "text" || name == "summary" || name == "data" || name == "signature" {
					o[name] = text(o[name]) + text(x)
				} else {
					o[name] = x
				}
			}
		}
		if !joined {
			all = append(all, d)
		}
	}
	m["reasoning_details"] = all
}

func (s *said) openaiCallDelta(m, c doc) {
	calls := list(m["tool_calls"])
	i, ok := c["index"].(float64)
	switch {
	case !ok || int(i) > len(calls):
		s.bad(fmt.Sprintf("a call with the index %v after %d calls", c["index"], len(calls)))
		return
	case int(i) == len(calls):
		if text(c["id"]) == "" || text(at(c, "function", "name")) == "" {
			s.bad("the first delta of a call has no id or name")
		}
		n := doc{"id": c["id"], "type": c["type"], "function": doc{"name": at(c, "function", "name"), "arguments": text(at(c, "function", "arguments"))}}
		put(n, "extra_content", c["extra_content"])
		m["tool_calls"] = append(calls, n)
		return
	}
	n := object(calls[int(i)])
	put(n, "extra_content", c["extra_content"])
	f := object(n["function"])
	f["arguments"] = text(f["arguments"]) + text(at(c, "function", "arguments"))
	if int(i)+1 < len(calls) {
		s.bad("the delta of a call that is not the last")
	}
}

func failedOpenAI(r *reply) *fault {
	d, err := r.object()
	e := object(at(d, "error"))
	if err != nil || e == nil {
		return nil
	}
	return &fault{kind: text(e["type"]), message: text(e["message"])}
}
