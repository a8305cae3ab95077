package selftest

import (
	"encoding/json"
	"fmt"
)

func toldConverse(d doc) *said {
	s := newSaid()
	s.ended = true
	m := object(at(d, "output", "message"))
	if m["role"] != "assistant" {
		s.bad(fmt.Sprintf("role %v", m["role"]))
	}
	s.converseContent(m)
	s.converseStop(d["stopReason"])
	s.converseUsage(object(d["usage"]))
	return s
}

// converseContent reads blocks. Neighbouring texts are one: citations cut them.
func (s *said) converseContent(m doc) {
	whole := ""
	var cites []string
	flush := func() {
		if whole != "" {
			s.item("text", "%s", whole)
		}
		for _, c := range cites {
			s.item("cite", "%s", c)
		}
		whole, cites = "", nil
	}
	cite := func(l []any) {
		for _, c := range l {
			cites = append(cites, text(at(c, "location", "web", "url"))+" "+text(at(c, "title")))
		}
	}
	for _, v := range list(m["content"]) {
		b := object(v)
		switch {
		case b["text"] != nil:
			whole += text(b["text"])
			cite(list(b["citations"])) // of a stream
		case b["citationsContent"] != nil:
			whole += openaiText(at(b, "citationsContent", "content"))
			cite(list(at(b, "citationsContent", "citations")))
		case b["toolUse"] != nil, b["reasoningContent"] != nil:
			flush()
			s.converseBlock("assistant", b)
		default:
			s.bad(fmt.Sprintf("a block %s", encode(b)))
		}
	}
	flush()
	s.replay = m
}

func (s *said) converseStop(v any) {
	word, ok := map[string]string{"end_turn": "stop", "max_tokens": "length", "tool_use": "tool", "stop_sequence": "stop", "content_filtered": "refuse", "guardrail_intervened": "refuse"}[text(v)]
	if !ok {
		s.bad(fmt.Sprintf("stopReason %v", v))
	}
	s.set("finish", word)
}

func (s *said) converseUsage(u doc) {
	in, _ := u["inputTokens"].(float64)
	read, _ := u["cacheReadInputTokens"].(float64)
	written, _ := u["cacheWriteInputTokens"].(float64)
	out, _ := u["outputTokens"].(float64)
	if total, _ := u["totalTokens"].(float64); u != nil && total != in+out+read+written {
		s.bad(fmt.Sprintf("totalTokens %v of %v, %v, %v and %v", total, in, out, read, written))
	}
	if u != nil {
		s.set("usage in", fmt.Sprint(in+read+written))
	}
	s.set("usage out", number(u["outputTokens"]))
	s.count("cached", u["cacheReadInputTokens"])
	s.count("written", u["cacheWriteInputTokens"])
}

// heardConverse follows a stream: blocks one after the other, calls announced, the end, then the usage.
func heardConverse(r *reply) *said {
	s := newSaid()
	frames, err := awsFrames(r.body)
	if err != nil && r.broken == nil {
		s.bad(err.Error())
	}
	c := &converseReader{}
	for i, f := range frames {
		if len(f.name) > 0 && f.name[0] == '!' {
			s.fault = &fault{kind: f.name[1:], message: text(f.d["message"])}
			continue
		}
		if i == 0 && (f.name != "messageStart" || f.d["role"] != "assistant") {
			s.bad("the first event is " + f.name)
		}
		s.converseEvent(c, f)
	}
	s.converseContent(doc{"role": "assistant", "content": c.blocks})
	return s
}

type converseReader struct {
	blocks []any
	args   string
	open   bool
	stop   bool
}

func (s *said) converseEvent(c *converseReader, f frame) {
	index := number(f.d["contentBlockIndex"])
	switch f.name {
	case "messageStart":
	case "contentBlockStart":
		if c.open || index != fmt.Sprint(len(c.blocks)) {
			s.bad("contentBlockStart " + index + fmt.Sprintf(" after %d blocks", len(c.blocks)))
		}
		c.open, c.args = true, ""
		c.blocks = append(c.blocks, doc{"toolUse": object(at(f.d, "start", "toolUse"))})
	case "contentBlockDelta":
		if !c.open && index == fmt.Sprint(len(c.blocks)) {
			c.open = true
			c.blocks = append(c.blocks, doc{})
		}
		if !c.open || index != fmt.Sprint(len(c.blocks)-1) {
			s.bad("a delta of block " + index)
			return
		}
		s.converseDelta(c, object(c.blocks[len(c.blocks)-1]), object(f.d["delta"]))
	case "contentBlockStop":
		if !c.open || index != fmt.Sprint(len(c.blocks)-1) {
			s.bad("contentBlockStop " + index)
			return
		}
		c.open = false
		if u := object(object(c.blocks[len(c.blocks)-1])["toolUse"]); u != nil {
			var input any = doc{}
			if err := json.Unmarshal([]byte(c.args), &input); err != nil && c.args != "" {
				s.bad("the input of a call is no JSON: " + c.args)
			}
			u["input"] = input
		}
	case "messageStop":
		if c.open || c.stop {
			s.bad("messageStop comes twice or in a block")
		}
		c.stop = true
		s.converseStop(f.d["stopReason"])
	case "metadata":
		if !c.stop {
			s.bad("metadata before messageStop")
		}
		s.ended = true
		s.converseUsage(object(f.d["usage"]))
	default:
		s.bad("an event " + f.name)
	}
}

func (s *said) converseDelta(c *converseReader, block, d doc) {
	switch r := object(d["reasoningContent"]); {
	case d["text"] != nil:
		block["text"] = text(block["text"]) + text(d["text"])
	case d["toolUse"] != nil:
		c.args += text(at(d, "toolUse", "input"))
	case d["citation"] != nil:
		block["citations"] = append(list(block["citations"]), d["citation"])
	case r["redactedContent"] != nil:
		block["reasoningContent"] = doc{"redactedContent": r["redactedContent"]}
	case r != nil:
		old := object(at(block, "reasoningContent", "reasoningText"))
		if old == nil {
			old = doc{}
			block["reasoningContent"] = doc{"reasoningText": old}
		}
		for _, name := range []string{"text", "signature"} {
			if r[name] != nil {
				old[name] = text(old[name]) + text(r[name])
			}
		}
	default:
		s.bad(fmt.Sprintf("a delta %s", encode(d)))
	}
}

// failedBedrock reads an error: its kind is in the head.
func failedBedrock(r *reply) *fault {
	d, err := r.object()
	if err != nil || d["message"] == nil {
		return nil
	}
	return &fault{kind: r.head.Get("X-Amzn-Errortype"), message: text(d["message"])}
}
