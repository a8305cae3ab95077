package main

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/openai/openai-go/v3"
	"github.com/openai/openai-go/v3/azure"
	"github.com/openai/openai-go/v3/option"
	"github.com/openai/openai-go/v3/shared"
)

func openaiChat(p *place) *sdk {
	c := openai.NewClient(option.WithBaseURL(p.base+"/v1/"), option.WithAPIKey(p.key))
	s := chatOver("openai-go chat", &c)
	s.others = openaiOthers(p, &c)
	return s
}

// openaiAzure speaks to Azure's paths: the model is a deployment in the path.
func openaiAzure(p *place) *sdk {
	c := openai.NewClient(azure.WithEndpoint(p.base+"/openai", "2024-10-21"), azure.WithAPIKey(p.key), azure.WithUnsafeAllowHTTP())
	return chatOver("openai-go azure", &c)
}

func chatOver(name string, c *openai.Client) *sdk {
	return &sdk{
		name: name, family: "openai",
		ask:   func(ctx context.Context, q *talk) (*reply, error) { return chat(ctx, c, q) },
		fault: openaiFault,
	}
}

func openaiFault(err error) *fault {
	var e *openai.Error
	if !errors.As(err, &e) {
		return nil
	}
	return &fault{e.StatusCode, e.Type, e.Message, e.Response.Header.Get("X-Request-Id")}
}

func chat(ctx context.Context, c *openai.Client, q *talk) (*reply, error) {
	opts := []option.RequestOption{option.WithMaxRetries(max(q.attempts-1, 0))}
	if q.extra {
		opts = append(opts, option.WithJSONSet("x_probe", "kept"))
	}
	if !q.stream {
		r, err := c.Chat.Completions.New(ctx, chatParams(q), opts...)
		if err != nil {
			return nil, err
		}
		return chatReply(&chatSaid{turn: r}, wholeMessage(r))
	}
	params := chatParams(q)
	params.StreamOptions = openai.ChatCompletionStreamOptionsParam{IncludeUsage: openai.Bool(true)}
	s := c.Chat.Completions.NewStreaming(ctx, params, opts...)
	defer s.Close()
	acc := openai.ChatCompletionAccumulator{}
	said := &chatSaid{turn: &acc.ChatCompletion}
	for s.Next() {
		if !acc.AddChunk(s.Current()) {
			return nil, fmt.Errorf("the accumulator refuses %s", s.Current().RawJSON())
		}
		for _, c := range s.Current().Choices {
			if err := said.read(c.Delta.RawJSON()); err != nil {
				return nil, err
			}
		}
		if q.onDelta != nil {
			q.onDelta()
		}
	}
	if s.Err() != nil {
		return nil, s.Err()
	}
	return chatReply(said, "{}")
}

// wholeMessage is the raw JSON of the only choice's message.
func wholeMessage(r *openai.ChatCompletion) string {
	if len(r.Choices) != 1 {
		return "{}"
	}
	return r.Choices[0].Message.RawJSON()
}

func chatParams(q *talk) openai.ChatCompletionNewParams {
	p := openai.ChatCompletionNewParams{Model: q.model}
	if q.system != "" {
		p.Messages = append(p.Messages, openai.SystemMessage(q.system))
	}
	for _, t := range q.turns {
		p.Messages = append(p.Messages, chatTurn(t)...)
	}
	for _, t := range q.tools {
		p.Tools = append(p.Tools, openai.ChatCompletionFunctionTool(shared.FunctionDefinitionParam{
			Name: t.name, Description: openai.String(t.help), Parameters: t.schema}))
	}
	switch {
	case q.choice == "none" || q.choice == "":
		if q.choice != "" {
			p.ToolChoice.OfAuto = openai.String("none")
		}
	case q.choice == "any":
		p.ToolChoice.OfAuto = openai.String("required")
	default:
		p.ToolChoice = openai.ToolChoiceOptionFunctionToolChoice(openai.ChatCompletionNamedToolChoiceFunctionParam{Name: q.choice[1:]})
	}
	if q.one {
		p.ParallelToolCalls = openai.Bool(false)
	}
	if q.schema != nil {
		p.ResponseFormat.OfJSONSchema = &shared.ResponseFormatJSONSchemaParam{
			JSONSchema: shared.ResponseFormatJSONSchemaJSONSchemaParam{Name: "place", Schema: q.schema, Strict: openai.Bool(true)}}
	}
	if q.think {
		p.ReasoningEffort = shared.ReasoningEffortMedium
	}
	if len(q.stops) > 0 {
		p.Stop.OfStringArray = q.stops
	}
	return p
}

func chatTurn(t turn) (all []openai.ChatCompletionMessageParamUnion) {
	switch {
	case t.said != nil:
		return append(all, t.said.own.(*chatSaid).param())
	case len(t.results) > 0:
		for _, r := range t.results {
			all = append(all, openai.ToolMessage(r.text, r.call.id))
		}
		return all
	case len(t.files) == 0:
		return append(all, openai.UserMessage(t.text))
	}
	parts := []openai.ChatCompletionContentPartUnionParam{openai.TextContentPart(t.text)}
	for _, f := range t.files {
		url := "data:" + f.kind + ";base64," + base64.StdEncoding.EncodeToString(f.data)
		if f.kind == "application/pdf" {
			parts = append(parts, openai.FileContentPart(openai.ChatCompletionContentPartFileFileParam{FileData: openai.String(url), Filename: openai.String("doc.pdf")}))
		} else {
			parts = append(parts, openai.ImageContentPart(openai.ChatCompletionContentPartImageImageURLParam{URL: url}))
		}
	}
	return append(all, openai.UserMessage(parts))
}

// chatReply is what was said, once what remains of it is read.
func chatReply(s *chatSaid, rest string) (*reply, error) {
	if err := s.read(rest); err != nil {
		return nil, err
	}
	r := s.turn
	if len(r.Choices) != 1 || r.ID == "" || r.Object != "chat.completion" && r.Object != "chat.completion.chunk" {
		return nil, fmt.Errorf("no completion with one choice: %s", r.RawJSON())
	}
	c := r.Choices[0]
	out := &reply{text: c.Message.Content, refusal: c.Message.Refusal, think: s.reasoning, own: s, in: r.Usage.PromptTokens, out: r.Usage.CompletionTokens,
		cached: r.Usage.PromptTokensDetails.CachedTokens, written: -1, thought: r.Usage.CompletionTokensDetails.ReasoningTokens}
	out.finish = map[string]string{"stop": "stop", "length": "length", "tool_calls": "tool", "content_filter": "refuse"}[c.FinishReason]
	if out.finish == "" {
		out.finish = c.FinishReason
	}
	if out.refusal != "" && out.finish == "stop" {
		out.finish = "refuse"
	}
	if r.Usage.TotalTokens != r.Usage.PromptTokens+r.Usage.CompletionTokens {
		return nil, fmt.Errorf("total_tokens is %d, prompt %d, completion %d", r.Usage.TotalTokens, r.Usage.PromptTokens, r.Usage.CompletionTokens)
	}
	for _, t := range c.Message.ToolCalls {
		args := map[string]any{}
		if err := json.Unmarshal([]byte(t.Function.Arguments), &args); err != nil {
			return nil, fmt.Errorf("arguments %q: %w", t.Function.Arguments, err)
		}
		out.calls = append(out.calls, call{t.ID, t.Function.Name, args})
	}
	return out, nil
}

func openaiOthers(p *place, c *openai.Client) map[string]func(ctx context.Context) error {
	embed := func(family string) func(ctx context.Context) error {
		return func(ctx context.Context) error {
			model := p.models[family] + "text"
			if family == "bedrock" {
				model = "bedrock/amazon.titan-embed-text-v2:0"
			}
			texts := []string{"one", "two"}
			r, err := c.Embeddings.New(ctx, openai.EmbeddingNewParams{Model: model, Input: openai.EmbeddingNewParamsInputUnion{OfArrayOfStrings: texts}}, option.WithMaxRetries(0))
			if err != nil {
				return err
			}
			if len(r.Data) != 2 || r.Data[0].Index != 0 || r.Data[1].Index != 1 {
				return fmt.Errorf("want two vectors in order, got %s", r.RawJSON())
			}
			return sameVector(r.Data[1].Embedding, 1)
		}
	}
	return map[string]func(ctx context.Context) error{
		"embed openai": embed("openai"), "embed gemini": embed("gemini"), "embed cohere": embed("cohere"),
		"models list": func(ctx context.Context) error {
			seen := 0
			for it := c.Models.ListAutoPaging(ctx); it.Next(); seen++ {
				if it.Current().ID == "" || it.Current().Object != "model" {
					return fmt.Errorf("no model: %s", it.Current().RawJSON())
				}
			}
			if seen == 0 {
				return errors.New("the list is empty")
			}
			return nil
		},
		"models get": func(ctx context.Context) error {
			m, err := c.Models.Get(ctx, "fast-anthropic")
			if err == nil && m.ID != "fast-anthropic" {
				err = fmt.Errorf("got %s", m.RawJSON())
			}
			return err
		},
	}
}

// sameVector compares with the i-th vector of the stand-in.
func sameVector(got []float64, i int) error {
	if len(got) != 8 {
		return fmt.Errorf("a vector of %d, want 8", len(got))
	}
	for j, v := range got {
		if want := float64(i+1)/8 - float64(j)/16; v != want {
			return fmt.Errorf("vector[%d][%d] is %v, want %v", i, j, v, want)
		}
	}
	return nil
}
