package main

import (
	"cmp"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/anthropics/anthropic-sdk-go"
	"github.com/anthropics/anthropic-sdk-go/bedrock"
	"github.com/anthropics/anthropic-sdk-go/option"
	"github.com/aws/aws-sdk-go-v2/aws"
)

func anthropicMessages(p *place) *sdk {
	c := anthropic.NewClient(option.WithBaseURL(p.base+"/anthropic/"), option.WithAPIKey(p.key))
	s := messagesOver("anthropic-sdk-go", "anthropic", &c)
	s.others = anthropicOthers(&c)
	messageCounts(p, s, &c)
	anthropicKept(s, &c)
	return s
}

// anthropicBedrock speaks InvokeModel: a body of Anthropic's, event streams of AWS's. Behind a
// base URL with a path the SDK does not know its own paths again, so this one has none.
func anthropicBedrock(p *place) *sdk {
	cfg := aws.Config{Region: "us-east-1", BearerAuthTokenProvider: bedrock.NewStaticBearerTokenProvider(p.key)}
	c := anthropic.NewClient(bedrock.WithConfig(cfg), option.WithBaseURL(p.base+"/"))
	return messagesOver("anthropic-sdk-go bedrock", "bedrock", &c)
}

func messagesOver(name, family string, c *anthropic.Client) *sdk {
	return &sdk{
		name: name, family: family,
		ask: func(ctx context.Context, q *talk) (*reply, error) { return message(ctx, c, q) },
		fault: func(err error) *fault {
			var e *anthropic.Error
			if !errors.As(err, &e) {
				return nil
			}
			var b struct {
				Message string // of AWS
				Error   struct{ Message string }
			}
			json.Unmarshal([]byte(e.RawJSON()), &b)
			id := e.RequestID
			if id == "" && family == "bedrock" {
				id = e.Response.Header.Get("X-Amzn-Requestid")
			}
			return &fault{e.StatusCode, string(e.Type()), cmp.Or(b.Error.Message, b.Message), id}
		},
	}
}

func message(ctx context.Context, c *anthropic.Client, q *talk) (*reply, error) {
	opts := []option.RequestOption{option.WithMaxRetries(max(q.attempts-1, 0))}
	if q.extra {
		opts = append(opts, option.WithJSONSet("x_probe", "kept"))
	}
	if !q.stream {
		m, err := c.Messages.New(ctx, messageParams(q), opts...)
		if err != nil {
			return nil, err
		}
		return messageReply(m)
	}
	s := c.Messages.NewStreaming(ctx, messageParams(q), opts...)
	defer s.Close()
	m := anthropic.Message{}
	ended := false
	for s.Next() {
		e := s.Current()
		if err := m.Accumulate(e); err != nil {
			return nil, fmt.Errorf("the accumulator refuses %s: %w", e.RawJSON(), err)
		}
		ended = ended || e.Type == "message_stop"
		if q.onDelta != nil && e.Type == "content_block_delta" {
			q.onDelta()
		}
	}
	if s.Err() != nil {
		return nil, s.Err()
	}
	if !ended {
		return nil, errors.New("the stream ended without message_stop")
	}
	return messageReply(&m)
}

func messageParams(q *talk) anthropic.MessageNewParams {
	p := anthropic.MessageNewParams{Model: q.model, MaxTokens: 8000, StopSequences: q.stops}
	if q.system != "" {
		p.System = []anthropic.TextBlockParam{{Text: q.system}}
	}
	for _, t := range q.turns {
		p.Messages = append(p.Messages, messageTurn(t))
	}
	for _, t := range q.tools {
		u := anthropic.ToolUnionParamOfTool(anthropic.ToolInputSchemaParam{Properties: t.schema["properties"],
			Required: t.schema["required"].([]string), ExtraFields: map[string]any{"additionalProperties": false}}, t.name)
		u.OfTool.Description = anthropic.String(t.help)
		p.Tools = append(p.Tools, u)
	}
	switch q.choice {
	case "":
	case "none":
		p.ToolChoice.OfNone = &anthropic.ToolChoiceNoneParam{}
	case "any":
		p.ToolChoice.OfAny = &anthropic.ToolChoiceAnyParam{}
	default:
		p.ToolChoice = anthropic.ToolChoiceParamOfTool(q.choice[1:])
	}
	if q.one {
		p.ToolChoice.OfAuto = &anthropic.ToolChoiceAutoParam{DisableParallelToolUse: anthropic.Bool(true)}
	}
	if q.schema != nil {
		p.OutputConfig.Format = anthropic.JSONOutputFormatParam{Schema: q.schema}
	}
	if q.think {
		p.Thinking = anthropic.ThinkingConfigParamOfEnabled(2048)
	}
	return p
}

func messageTurn(t turn) anthropic.MessageParam {
	switch {
	case t.said != nil:
		return t.said.own.(*anthropic.Message).ToParam()
	case len(t.results) > 0:
		var all []anthropic.ContentBlockParamUnion
		for _, r := range t.results {
			all = append(all, anthropic.NewToolResultBlock(r.call.id, r.text, false))
		}
		return anthropic.NewUserMessage(all...)
	}
	all := []anthropic.ContentBlockParamUnion{anthropic.NewTextBlock(t.text)}
	for _, f := range t.files {
		data := base64.StdEncoding.EncodeToString(f.data)
		if f.kind == "application/pdf" {
			all = append(all, anthropic.NewDocumentBlock(anthropic.Base64PDFSourceParam{Data: data}))
		} else {
			all = append(all, anthropic.NewImageBlockBase64(f.kind, data))
		}
	}
	return anthropic.NewUserMessage(all...)
}

func messageReply(m *anthropic.Message) (*reply, error) {
	if m.ID == "" || m.Type != "message" || m.Role != "assistant" {
		return nil, fmt.Errorf("no message: id %q, type %q, role %q", m.ID, m.Type, m.Role)
	}
	u := m.Usage
	out := &reply{own: m, in: u.InputTokens + u.CacheReadInputTokens + u.CacheCreationInputTokens, out: u.OutputTokens,
		cached: u.CacheReadInputTokens, written: u.CacheCreationInputTokens, thought: -1}
	out.finish = map[anthropic.StopReason]string{"end_turn": "stop", "max_tokens": "length", "tool_use": "tool", "stop_sequence": "sequence", "refusal": "refuse"}[m.StopReason]
	if out.finish == "" {
		out.finish = string(m.StopReason)
	}
	if out.finish == "refuse" {
		out.refusal = "yes"
	}
	for _, b := range m.Content {
		switch b.Type {
		case "text":
			out.text += b.Text
		case "thinking":
			out.think, out.sign = out.think+b.Thinking, b.Signature
		case "redacted_thinking":
			out.sign = b.Data
		case "tool_use":
			args := map[string]any{}
			if err := json.Unmarshal(b.Input, &args); err != nil {
				return nil, fmt.Errorf("input %q: %w", b.Input, err)
			}
			out.calls = append(out.calls, call{b.ID, b.Name, args})
		}
	}
	return out, nil
}

func messageCounts(p *place, s *sdk, c *anthropic.Client) {
	addCounts(p, s, func(ctx context.Context, model string) (int64, error) {
		r, err := c.Messages.CountTokens(ctx, anthropic.MessageCountTokensParams{Model: model,
			Messages: []anthropic.MessageParam{anthropic.NewUserMessage(anthropic.NewTextBlock("Hello"))}}, option.WithMaxRetries(0))
		if err != nil {
			return 0, err
		}
		return r.InputTokens, nil
	})
}

func anthropicOthers(c *anthropic.Client) map[string]func(ctx context.Context) error {
	return map[string]func(ctx context.Context) error{
		"models list": func(ctx context.Context) error {
			seen := 0
			for it := c.Models.ListAutoPaging(ctx, anthropic.ModelListParams{}); it.Next(); seen++ {
				if it.Current().ID == "" || it.Current().Type != "model" {
					return fmt.Errorf("no model: %s", it.Current().RawJSON())
				}
			}
			if seen == 0 {
				return errors.New("the list is empty")
			}
			return nil
		},
		"models get": func(ctx context.Context) error {
			m, err := c.Models.Get(ctx, "fast-anthropic", anthropic.ModelGetParams{})
			if err == nil && m.ID != "fast-anthropic" {
				err = fmt.Errorf("got %s", m.RawJSON())
			}
			return err
		},
	}
}
