package main

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"

	cohere "github.com/cohere-ai/cohere-go/v2"
	"github.com/cohere-ai/cohere-go/v2/client"
	"github.com/cohere-ai/cohere-go/v2/core"
	"github.com/cohere-ai/cohere-go/v2/option"
)

func cohereChat(p *place) *sdk {
	c := client.NewClient(client.WithBaseURL(p.base+"/cohere"), client.WithToken(p.key), client.WithHTTPClient(&http.Client{Transport: lineByLine{&http.Transport{}}}))
	return &sdk{
		name: "cohere-go", family: "cohere",
		ask:   func(ctx context.Context, q *talk) (*reply, error) { return cohereAsk(ctx, c, q) },
		fault: cohereFault,
		cannot: map[string]string{"one": "chat cannot forbid parallel calls", "named": "chat cannot name the tool",
			"pdf": "chat has no files but images", "replay": "chat has no signatures"},
		others: cohereOthers(p, c),
	}
}

func cohereFault(err error) *fault {
	var e *core.APIError
	if !errors.As(err, &e) {
		return nil
	}
	f := &fault{status: e.StatusCode, kind: fmt.Sprintf("%T", err), message: err.Error()}
	if u := e.Unwrap(); u != nil {
		f.message = u.Error()
	}
	return f
}

func cohereAsk(ctx context.Context, c *client.Client, q *talk) (*reply, error) {
	r, err := cohereRequest(q)
	if err != nil {
		return nil, err
	}
	opts := []option.RequestOption{option.WithMaxAttempts(uint(max(q.attempts, 1)))}
	if q.extra {
		opts = append(opts, option.WithBodyProperties(map[string]any{"x_probe": "kept"}))
	}
	if !q.stream {
		a, err := c.V2.Chat(ctx, r, opts...)
		if err != nil {
			return nil, err
		}
		return cohereReply(a)
	}
	b, err := json.Marshal(r)
	if err != nil {
		return nil, err
	}
	sr := &cohere.V2ChatStreamRequest{}
	if err := json.Unmarshal(b, sr); err != nil {
		return nil, err
	}
	s, err := c.V2.ChatStream(ctx, sr, opts...)
	if err != nil {
		return nil, err
	}
	defer s.Close()
	g := cohereGathering{message: &cohere.AssistantMessageResponse{}}
	for {
		e, err := s.Recv()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, err
		}
		if err := g.add(&e); err != nil {
			return nil, err
		}
		if q.onDelta != nil && e.ContentDelta != nil {
			q.onDelta()
		}
	}
	if g.end == nil {
		return nil, errors.New("the stream ended without message-end")
	}
	return cohereReply(&cohere.V2ChatResponse{Id: g.id, FinishReason: *g.end.FinishReason, Message: g.message, Usage: g.end.Usage})
}

func cohereRequest(q *talk) (*cohere.V2ChatRequest, error) {
	r := &cohere.V2ChatRequest{Model: q.model, StopSequences: q.stops}
	if q.system != "" {
		r.Messages = append(r.Messages, &cohere.ChatMessageV2{Role: "system", System: &cohere.SystemMessageV2{Content: &cohere.SystemMessageV2Content{String: q.system}}})
	}
	for _, t := range q.turns {
		m, err := cohereTurn(t)
		if err != nil {
			return nil, err
		}
		r.Messages = append(r.Messages, m...)
	}
	for _, t := range q.tools {
		kind := "function"
		r.Tools = append(r.Tools, &cohere.ToolV2{Type: &kind, Function: &cohere.ToolV2Function{Name: t.name, Description: &t.help, Parameters: t.schema}})
	}
	switch q.choice {
	case "none":
		r.ToolChoice = cohere.V2ChatRequestToolChoiceNone.Ptr()
	case "any":
		r.ToolChoice = cohere.V2ChatRequestToolChoiceRequired.Ptr()
	}
	if q.schema != nil {
		r.ResponseFormat = &cohere.ResponseFormatV2{Type: "json_object", JsonObject: &cohere.JsonResponseFormatV2{JsonSchema: q.schema}}
	}
	if q.think {
		budget := 2048
		r.Thinking = &cohere.Thinking{Type: cohere.ThinkingTypeEnabled, TokenBudget: &budget}
	}
	return r, nil
}

func cohereTurn(t turn) (all []*cohere.ChatMessageV2, err error) {
	switch {
	case t.said != nil: // the reply's message is the request's, but for its type
		b, err := json.Marshal(t.said.own)
		if err != nil {
			return nil, err
		}
		m := &cohere.AssistantMessage{}
		if err := json.Unmarshal(b, m); err != nil {
			return nil, err
		}
		return append(all, &cohere.ChatMessageV2{Role: "assistant", Assistant: m}), nil
	case len(t.results) > 0:
		for _, r := range t.results {
			all = append(all, &cohere.ChatMessageV2{Role: "tool", Tool: &cohere.ToolMessageV2{ToolCallId: r.call.id, Content: &cohere.ToolMessageV2Content{String: r.text}}})
		}
		return all, nil
	}
	content := &cohere.UserMessageV2Content{String: t.text}
	if len(t.files) > 0 {
		content = &cohere.UserMessageV2Content{ContentList: []*cohere.Content{{Type: "text", Text: &cohere.ChatTextContent{Text: t.text}}}}
	}
	for _, f := range t.files {
		url := "data:" + f.kind + ";base64," + base64.StdEncoding.EncodeToString(f.data)
		content.ContentList = append(content.ContentList, &cohere.Content{Type: "image_url", ImageUrl: &cohere.ImageContent{ImageUrl: &cohere.ImageUrl{Url: url}}})
	}
	return append(all, &cohere.ChatMessageV2{Role: "user", User: &cohere.UserMessageV2{Content: content}}), nil
}

func cohereReply(r *cohere.V2ChatResponse) (*reply, error) {
	if r.Id == "" || r.Message == nil || r.Usage == nil || r.Usage.Tokens == nil {
		return nil, fmt.Errorf("no id, message or usage: %s", r)
	}
	out := &reply{own: r.Message, cached: -1, written: -1, thought: -1, in: int64(*r.Usage.Tokens.InputTokens), out: int64(*r.Usage.Tokens.OutputTokens)}
	out.finish = map[cohere.ChatFinishReason]string{"COMPLETE": "stop", "MAX_TOKENS": "length", "TOOL_CALL": "tool", "STOP_SEQUENCE": "sequence", "ERROR_TOXIC": "refuse", "ERROR": "refuse"}[r.FinishReason]
	if out.finish == "" {
		out.finish = string(r.FinishReason)
	}
	if out.finish == "refuse" {
		out.refusal = "yes"
	}
	for _, c := range r.Message.Content {
		switch {
		case c.Text != nil:
			out.text += c.Text.Text
		case c.Thinking != nil:
			out.think += c.Thinking.Thinking
		}
	}
	for _, t := range r.Message.ToolCalls {
		args := map[string]any{}
		if err := json.Unmarshal([]byte(*t.Function.Arguments), &args); err != nil {
			return nil, fmt.Errorf("arguments %q: %w", *t.Function.Arguments, err)
		}
		out.calls = append(out.calls, call{*t.Id, *t.Function.Name, args})
	}
	return out, nil
}

func cohereOthers(p *place, c *client.Client) map[string]func(ctx context.Context) error {
	embed := func(family string) func(ctx context.Context) error {
		return func(ctx context.Context) error {
			r, err := c.V2.Embed(ctx, &cohere.V2EmbedRequest{Model: p.models[family] + "text", Texts: []string{"one", "two"},
				InputType: cohere.EmbedInputTypeSearchDocument, EmbeddingTypes: []cohere.EmbeddingType{cohere.EmbeddingTypeFloat}}, option.WithMaxAttempts(1))
			if err != nil {
				return err
			}
			if len(r.Embeddings.Float) != 2 {
				return fmt.Errorf("want two vectors, got %s", r)
			}
			return sameVector(r.Embeddings.Float[1], 1)
		}
	}
	return map[string]func(ctx context.Context) error{
		"embed cohere": embed("cohere"), "embed openai": embed("openai"), "embed gemini": embed("gemini"),
		"rerank": func(ctx context.Context) error {
			r, err := c.V2.Rerank(ctx, &cohere.V2RerankRequest{Model: p.models["cohere"] + "text", Query: "q", Documents: []string{"a", "b", "c"}}, option.WithMaxAttempts(1))
			if err == nil && (len(r.Results) != 3 || r.Results[0].Index != 2 || r.Results[0].RelevanceScore != 0.5) {
				err = fmt.Errorf("got %s", r)
			}
			return err
		},
		"models list": func(ctx context.Context) error {
			r, err := c.Models.List(ctx, &cohere.ModelsListRequest{}, option.WithMaxAttempts(1))
			if err == nil && (len(r.Models) == 0 || r.Models[0].Name == nil) {
				err = fmt.Errorf("got %s", r)
			}
			return err
		},
	}
}
