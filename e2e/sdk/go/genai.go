package main

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"

	"google.golang.org/genai"
)

func googleGenAI(p *place) *sdk {
	return genaiOver("genai", p, &genai.ClientConfig{APIKey: p.key, Backend: genai.BackendGeminiAPI, HTTPOptions: genai.HTTPOptions{BaseURL: p.base + "/genai/"}})
}

func genaiOver(name string, p *place, config *genai.ClientConfig) *sdk {
	once := int32(1)
	config.HTTPOptions.RetryOptions = &genai.HTTPRetryOptions{Attempts: &once}
	c, err := genai.NewClient(context.Background(), config)
	s := &sdk{
		name: name, family: "gemini",
		ask: func(ctx context.Context, q *talk) (*reply, error) {
			if err != nil {
				return nil, err
			}
			return generate(ctx, c, q)
		},
		fault: func(err error) *fault {
			var e genai.APIError
			if !errors.As(err, &e) {
				return nil
			}
			return &fault{status: e.Code, kind: e.Status, message: e.Message}
		},
		cannot: map[string]string{"one": "generateContent cannot forbid parallel calls"},
		others: genaiOthers(p, c),
	}
	addCounts(p, s, func(ctx context.Context, model string) (int64, error) {
		r, err := c.Models.CountTokens(ctx, model, genai.Text("Hello"), nil)
		if err != nil {
			return 0, err
		}
		return int64(r.TotalTokens), nil
	})
	return s
}

func generate(ctx context.Context, c *genai.Client, q *talk) (*reply, error) {
	config, contents := generateParams(q)
	if !q.stream {
		r, err := c.Models.GenerateContent(ctx, q.model, contents, config)
		if err != nil {
			return nil, err
		}
		return generateReply([]*genai.GenerateContentResponse{r})
	}
	var all []*genai.GenerateContentResponse
	for r, err := range c.Models.GenerateContentStream(ctx, q.model, contents, config) {
		if err != nil {
			return nil, err
		}
		all = append(all, r)
		if q.onDelta != nil {
			q.onDelta()
		}
	}
	return generateReply(all)
}

func generateParams(q *talk) (*genai.GenerateContentConfig, []*genai.Content) {
	c := &genai.GenerateContentConfig{StopSequences: q.stops}
	if q.extra {
		c.HTTPOptions = &genai.HTTPOptions{ExtraBody: map[string]any{"x_probe": "kept"}}
	}
	if q.attempts > 0 {
		n, first := int32(q.attempts), 0.1
		c.HTTPOptions = &genai.HTTPOptions{RetryOptions: &genai.HTTPRetryOptions{Attempts: &n, InitialDelay: &first}}
	}
	if q.system != "" {
		c.SystemInstruction = genai.NewContentFromText(q.system, genai.RoleUser)
	}
	if len(q.tools) > 0 {
		t := &genai.Tool{}
		for _, f := range q.tools {
			t.FunctionDeclarations = append(t.FunctionDeclarations, &genai.FunctionDeclaration{Name: f.name, Description: f.help, ParametersJsonSchema: f.schema})
		}
		c.Tools = []*genai.Tool{t}
	}
	if q.choice != "" {
		f := &genai.FunctionCallingConfig{Mode: genai.FunctionCallingConfigModeNone}
		if q.choice != "none" {
			f.Mode = genai.FunctionCallingConfigModeAny
		}
		if name, ok := strings.CutPrefix(q.choice, "="); ok {
			f.AllowedFunctionNames = []string{name}
		}
		c.ToolConfig = &genai.ToolConfig{FunctionCallingConfig: f}
	}
	if q.schema != nil {
		c.ResponseMIMEType, c.ResponseJsonSchema = "application/json", q.schema
	}
	if q.think {
		budget := int32(2048)
		c.ThinkingConfig = &genai.ThinkingConfig{IncludeThoughts: true, ThinkingBudget: &budget}
	}
	var contents []*genai.Content
	for _, t := range q.turns {
		contents = append(contents, generateTurn(t))
	}
	return c, contents
}

func generateTurn(t turn) *genai.Content {
	if t.said != nil {
		return t.said.own.(*genai.Content)
	}
	var parts []*genai.Part
	for _, r := range t.results {
		p := genai.NewPartFromFunctionResponse(r.call.name, map[string]any{"output": r.text})
		p.FunctionResponse.ID = r.call.id
		parts = append(parts, p)
	}
	if t.text != "" {
		parts = append(parts, genai.NewPartFromText(t.text))
	}
	for _, f := range t.files {
		parts = append(parts, genai.NewPartFromBytes(f.data, f.kind))
	}
	return genai.NewContentFromParts(parts, genai.RoleUser)
}

// generateReply joins the pieces of a stream as the documentation of the SDK says: parts
// one after the other.
func generateReply(all []*genai.GenerateContentResponse) (*reply, error) {
	whole := &genai.Content{Role: genai.RoleModel}
	out := &reply{own: whole, written: -1, finish: "no finishReason"}
	for _, r := range all {
		if u := r.UsageMetadata; u != nil {
			out.in, out.out, out.cached = int64(u.PromptTokenCount), int64(u.CandidatesTokenCount+u.ThoughtsTokenCount), int64(u.CachedContentTokenCount)
			out.thought = int64(u.ThoughtsTokenCount)
			if u.TotalTokenCount > 0 && int64(u.TotalTokenCount) != out.in+out.out {
				return nil, fmt.Errorf("totalTokenCount is %d for %d and %d", u.TotalTokenCount, out.in, out.out)
			}
		}
		if len(r.Candidates) == 0 {
			continue
		}
		c := r.Candidates[0]
		if c.FinishReason != "" {
			out.finish = string(c.FinishReason)
		}
		if c.Content == nil {
			continue
		}
		for _, p := range c.Content.Parts {
			whole.Parts = append(whole.Parts, p)
			generatePart(out, p)
		}
	}
	if f, ok := map[string]string{"STOP": "stop", "MAX_TOKENS": "length", "SAFETY": "refuse", "PROHIBITED_CONTENT": "refuse"}[out.finish]; ok {
		out.finish = f
	}
	if out.finish == "refuse" {
		out.refusal = "yes"
	}
	if len(out.calls) > 0 && out.finish == "stop" {
		out.finish = "tool"
	}
	return out, nil
}

func generatePart(out *reply, p *genai.Part) {
	switch {
	case p.FunctionCall != nil:
		out.calls = append(out.calls, call{p.FunctionCall.ID, p.FunctionCall.Name, p.FunctionCall.Args})
	case p.Thought:
		out.think += p.Text
	default:
		out.text += p.Text
	}
	if len(p.ThoughtSignature) > 0 {
		out.sign = base64.StdEncoding.EncodeToString(p.ThoughtSignature)
	}
}

func genaiOthers(p *place, c *genai.Client) map[string]func(ctx context.Context) error {
	embed := func(family string) func(ctx context.Context) error {
		return func(ctx context.Context) error {
			texts := []*genai.Content{genai.NewContentFromText("one", genai.RoleUser), genai.NewContentFromText("two", genai.RoleUser)}
			r, err := c.Models.EmbedContent(ctx, p.models[family]+"text", texts, nil)
			if err != nil {
				return err
			}
			if len(r.Embeddings) != 2 {
				return fmt.Errorf("got %d vectors, want 2", len(r.Embeddings))
			}
			v := make([]float64, len(r.Embeddings[1].Values))
			for i, f := range r.Embeddings[1].Values {
				v[i] = float64(f)
			}
			return sameVector(v, 1)
		}
	}
	return map[string]func(ctx context.Context) error{
		"embed gemini": embed("gemini"), "embed openai": embed("openai"), "embed cohere": embed("cohere"),
		"models list": func(ctx context.Context) error {
			seen := 0
			for m, err := range c.Models.All(ctx) {
				if err != nil {
					return err
				}
				if !strings.HasPrefix(m.Name, "models/") {
					return fmt.Errorf("a model named %q", m.Name)
				}
				seen++
			}
			if seen == 0 {
				return errors.New("the list is empty")
			}
			return nil
		},
	}
}
