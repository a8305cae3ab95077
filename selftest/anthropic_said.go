package selftest

import (
	"encoding/json"
	"fmt"
	"strings"
)

func toldAnthropic(d doc) *said {
	s := newSaid()
	s.ended = true
	if d["type"] != "message" || d["role"] != "assistant" || text(d["id"]) == "" {
		s.bad(fmt.Sprintf("type %v, role %v, id %v", d["type"], d["role"], d["id"]))
	}
	s.anthropicContent(list(d["content"]))
	s.anthropicStop(d)
	s.anthropicUsage(object(d["usage"]))
	return s
}

// anthropicContent reads blocks. Neighbouring texts are one: citations cut them.
func (s *said) anthropicContent(blocks []any) {
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
	for _, v := range blocks {
		b := object(v)
		switch kind := text(b["type"]); kind {
		case "text":
			whole += text(b["text"])
			for _, c := range list(b["citations"]) {
				cites = append(cites, text(at(c, "url"))+" "+text(at(c, "title")))
			}
		case "thinking", "redacted_thinking", "tool_use":
			flush()
			s.anthropicBlock("assistant", b)
		default:
			s.bad("a block of type " + kind)
		}
	}
	flush()
	s.replay = blocks
}

func (s *said) anthropicStop(d doc) {
	word, ok := map[string]string{"end_turn": "stop", "max_tokens": "length", "tool_use": "tool", "stop_sequence": "stop", "refusal": "refuse"}[text(d["stop_reason"])]
	if !ok {
		s.bad(fmt.Sprintf("stop_reason %v", d["stop_reason"]))
	}
	s.set("finish", word)
	s.set("stop_sequence", text(d["stop_sequence"]))
}

func (s *said) anthropicUsage(u doc) {
	in, _ := u["input_tokens"].(float64)
	read, _ := u["cache_read_input_tokens"].(float64)
	written, _ := u["cache_creation_input_tokens"].(float64)
	if _, ok := u["input_tokens"]; ok {
		s.set("usage in", fmt.Sprint(in+read+written))
	}
	s.set("usage out", number(u["output_tokens"]))
	s.count("cached", u["cache_read_input_tokens"])
	s.count("written", u["cache_creation_input_tokens"])
	s.count("thought", at(u, "output_tokens_details", "thinking_tokens"))
}

func heardAnthropic(r *reply) *said {
	frames, rest := sseFrames(r.body)
	s := newSaid()
	if strings.TrimSpace(rest) != "" && r.broken == nil {
		s.bad("an event that does not end: " + rest)
	}
	for _, f := range frames {
		if f.name != text(f.d["type"]) {
			s.bad(fmt.Sprintf("event %q of type %v", f.name, f.d["type"]))
		}
	}
	s.messageEvents(frames)
	return s
}

// A blockReader puts the blocks of a stream together.
type blockReader struct {
	blocks []any
	args   string
	open   bool
	usage  doc
	begun  bool
	ending bool
}

// messageEvents follows the events of a message: one block at a time, numbered from 0, the stop
// reason after the last, message_stop at the end.
func (s *said) messageEvents(frames []frame) {
	b := &blockReader{usage: doc{}}
	for _, f := range frames {
		kind := text(f.d["type"])
		switch {
		case kind == "ping":
			continue
		case kind == "error":
			s.fault = &fault{kind: text(at(f.d, "error", "type")), message: text(at(f.d, "error", "message"))}
			continue
		case s.ended:
			s.bad("something follows message_stop: " + kind)
		case !b.begun && kind != "message_start":
			s.bad("the first event is " + kind)
		}
		s.messageEvent(b, kind, f.d)
	}
	if b.open && s.ended {
		s.bad("the message ends with an open block")
	}
	s.anthropicContent(b.blocks)
	if b.begun {
		s.anthropicUsage(b.usage)
	}
}

func (s *said) messageEvent(b *blockReader, kind string, d doc) {
	index := number(d["index"])
	switch kind {
	case "message_start":
		m := object(d["message"])
		if b.begun || m["role"] != "assistant" || m["type"] != "message" || text(m["id"]) == "" {
			s.bad(fmt.Sprintf("message_start %s", encode(m)))
		}
		b.begun = true
		for name, v := range object(m["usage"]) {
			b.usage[name] = v
		}
	case "content_block_start":
		if b.open || b.ending || index != fmt.Sprint(len(b.blocks)) {
			s.bad("content_block_start " + index + fmt.Sprintf(" after %d blocks, open %v", len(b.blocks), b.open))
		}
		b.open, b.args = true, ""
		b.blocks = append(b.blocks, object(d["content_block"]))
	case "content_block_delta":
		if !b.open || index != fmt.Sprint(len(b.blocks)-1) {
			s.bad("a delta of block " + index)
			return
		}
		s.blockDelta(b, object(b.blocks[len(b.blocks)-1]), object(d["delta"]))
	case "content_block_stop":
		if !b.open || index != fmt.Sprint(len(b.blocks)-1) {
			s.bad("content_block_stop " + index)
			return
		}
		b.open = false
		if last := object(b.blocks[len(b.blocks)-1]); last["type"] == "tool_use" && b.args != "" {
			var input any
			if err := json.Unmarshal([]byte(b.args), &input); err != nil {
				s.bad("the input of a call is no JSON: " + b.args)
			}
			last["input"] = input
		}
	case "message_delta":
		if b.open || b.ending {
			s.bad("message_delta comes twice or in a block")
		}
		b.ending = true
		s.anthropicStop(object(d["delta"]))
		for name, v := range object(d["usage"]) {
			b.usage[name] = v
		}
	case "message_stop":
		if !b.ending {
			s.bad("message_stop without message_delta")
		}
		s.ended = true
	default:
		s.bad("an event of type " + kind)
	}
}

func (s *said) blockDelta(b *blockReader, block, d doc) {
	add := func(name string) { block[name] = text(block[name]) + text(d[name]) }
	switch kind := text(block["type"]) + " " + text(d["type"]); kind {
	case "text text_delta":
		add("text")
	case "thinking thinking_delta":
		add("thinking")
	case "thinking signature_delta":
		add("signature")
	case "tool_use input_json_delta":
		b.args += text(d["partial_json"])
	case "text citations_delta":
		block["citations"] = append(list(block["citations"]), d["citation"])
	default:
		s.bad("a delta of " + kind)
	}
}

func failedAnthropic(r *reply) *fault {
	d, err := r.object()
	if err != nil || d["type"] != "error" {
		return nil
	}
	return &fault{kind: text(at(d, "error", "type")), message: text(at(d, "error", "message")), id: text(d["request_id"])}
}
