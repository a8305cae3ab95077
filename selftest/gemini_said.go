package selftest

import (
	"bytes"
	"fmt"
	"strings"
)

func toldGemini(d doc) *said {
	s := newSaid()
	parts := []any{}
	s.geminiChunk(d, &parts)
	s.geminiEnds(parts)
	if s.values["finish"] == "" {
		s.bad("no finishReason")
	}
	s.ended = s.values["finish"] != ""
	return s
}

// geminiChunk reads one response; parts gathers what they say.
func (s *said) geminiChunk(d doc, parts *[]any) {
	candidates := list(d["candidates"])
	if len(candidates) != 1 && d["promptFeedback"] == nil && d["usageMetadata"] == nil {
		s.bad(fmt.Sprintf("%d candidates", len(candidates)))
	}
	for _, c := range candidates {
		if role := at(c, "content", "role"); role != "model" && at(c, "content") != nil {
			s.bad(fmt.Sprintf("role %v", role))
		}
		*parts = append(*parts, list(at(c, "content", "parts"))...)
		for _, g := range list(at(c, "groundingMetadata", "groundingChunks")) {
			s.item("cite", "%s %s", text(at(g, "web", "uri")), text(at(g, "web", "title")))
		}
		for _, g := range list(at(c, "citationMetadata", "citationSources")) {
			s.item("cite", "%s %s", text(at(g, "uri")), text(at(g, "title")))
		}
		if r := text(at(c, "finishReason")); r != "" {
			if s.values["finish"] != "" {
				s.bad("two finishes")
			}
			word, ok := map[string]string{"STOP": "stop", "MAX_TOKENS": "length", "SAFETY": "refuse"}[r]
			if !ok {
				s.bad("finishReason " + r)
			}
			s.set("finish", word)
		}
	}
	if u := object(d["usageMetadata"]); u != nil {
		s.geminiUsage(u)
	}
}

func (s *said) geminiUsage(u doc) {
	prompt, _ := u["promptTokenCount"].(float64)
	used, _ := u["toolUsePromptTokenCount"].(float64)
	out, _ := u["candidatesTokenCount"].(float64)
	thought, _ := u["thoughtsTokenCount"].(float64)
	if total, ok := u["totalTokenCount"].(float64); ok && total != prompt+used+out+thought {
		s.bad(fmt.Sprintf("totalTokenCount %v of %v, %v, %v and %v", total, prompt, used, out, thought))
	}
	s.set("usage in", fmt.Sprint(prompt+used))
	s.set("usage out", fmt.Sprint(out+thought))
	s.count("cached", u["cachedContentTokenCount"])
	s.count("thought", u["thoughtsTokenCount"])
}

// geminiEnds joins neighbouring parts of text and notes what they say; calls end with STOP here.
func (s *said) geminiEnds(parts []any) {
	var joined []any
	for _, v := range parts {
		p := object(v)
		if len(joined) > 0 {
			last := object(joined[len(joined)-1])
			_, a := p["text"]
			_, b := last["text"]
			if a && b && p["thought"] == last["thought"] && last["thoughtSignature"] == nil {
				last["text"] = text(last["text"]) + text(p["text"])
				put(last, "thoughtSignature", p["thoughtSignature"])
				continue
			}
		}
		joined = append(joined, p)
	}
	cites := s.items
	s.items = nil
	for _, v := range joined {
		s.geminiPart("text", object(v), nil)
		if object(v)["functionCall"] != nil {
			s.values["finish"] = "tool"
		}
	}
	s.items = append(s.items, cites...)
	s.replay = doc{"role": "model", "parts": joined}
}

func heardGemini(r *reply) *said {
	s := newSaid()
	if bytes.Contains(r.body, []byte("[DONE]")) {
		s.bad("[DONE] is not Google's")
	}
	frames, rest := sseFrames(r.body)
	if strings.TrimSpace(rest) != "" && r.broken == nil {
		s.bad("an event that does not end: " + rest)
	}
	parts := []any{}
	for _, f := range frames {
		if e := object(f.d["error"]); e != nil {
			s.fault = &fault{kind: text(e["status"]), message: text(e["message"])}
			continue
		}
		if f.d == nil || f.name != "" {
			s.bad(fmt.Sprintf("event %q: %.200s", f.name, f.data))
		}
		s.geminiChunk(f.d, &parts)
	}
	s.ended = s.values["finish"] != ""
	s.geminiEnds(parts)
	if !s.ended {
		delete(s.values, "finish")
	}
	return s
}

func failedGemini(r *reply) *fault {
	d, err := r.object()
	e := object(at(d, "error"))
	if err != nil || e == nil || number(e["code"]) != fmt.Sprint(r.status) {
		return nil
	}
	return &fault{kind: text(e["status"]), message: text(e["message"])}
}
