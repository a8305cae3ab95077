package main

import (
	"encoding/json"
	"fmt"

	"github.com/openai/openai-go/v3"
)

// chatSaid is a model's turn with what Chat Completions has no members for: the SDK gives
// those as raw JSON, and an application sends them back with the turn.
type chatSaid struct {
	turn      *openai.ChatCompletion
	reasoning string
	details   []map[string]any
	signs     map[int]json.RawMessage // extra_content of the calls, by their numbers
}

// read adds the raw JSON of a message, or of the next piece of one.
func (s *chatSaid) read(raw string) error {
	var m struct {
		Reasoning string           `json:"reasoning_content"`
		Details   []map[string]any `json:"reasoning_details"`
		Calls     []struct {
			Index *int            `json:"index"`
			Extra json.RawMessage `json:"extra_content"`
		} `json:"tool_calls"`
	}
	if err := json.Unmarshal([]byte(raw), &m); err != nil {
		return fmt.Errorf("cannot read the message %.200s: %w", raw, err)
	}
	s.reasoning += m.Reasoning
	for _, d := range m.Details {
		s.detail(d)
	}
	for i, c := range m.Calls {
		if c.Index != nil {
			i = *c.Index
		}
		if c.Extra != nil {
			if s.signs == nil {
				s.signs = map[int]json.RawMessage{}
			}
			s.signs[i] = c.Extra
		}
	}
	return nil
}

// detail adds an entry of reasoning_details, or more of one.
func (s *chatSaid) detail(d map[string]any) {
	for _, have := range s.details {
		if have["index"] != d["index"] || have["type"] != d["type"] {
			continue
		}
		for _, name := range []string{"text", "data", "summary", "signature"} {
			if more, ok := d[name].(string); ok {
				before, _ := have[name].(string)
				have[name] = before + more
			}
		}
		return
	}
	s.details = append(s.details, d)
}

// param is the turn as it goes back.
func (s *chatSaid) param() openai.ChatCompletionMessageParamUnion {
	p := s.turn.Choices[0].Message.ToParam()
	extra := map[string]any{}
	if s.reasoning != "" {
		extra["reasoning_content"] = s.reasoning
	}
	if len(s.details) > 0 {
		extra["reasoning_details"] = s.details
	}
	if len(extra) > 0 {
		p.OfAssistant.SetExtraFields(extra)
	}
	for i, raw := range s.signs {
		if i < len(p.OfAssistant.ToolCalls) {
			p.OfAssistant.ToolCalls[i].OfFunction.SetExtraFields(map[string]any{"extra_content": raw})
		}
	}
	return p
}
