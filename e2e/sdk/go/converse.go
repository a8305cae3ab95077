package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"

	"github.com/aws/aws-sdk-go-v2/aws"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/bedrockruntime"
	"github.com/aws/aws-sdk-go-v2/service/bedrockruntime/document"
	"github.com/aws/aws-sdk-go-v2/service/bedrockruntime/types"
	"github.com/aws/smithy-go"
	"github.com/aws/smithy-go/middleware"
	smithyhttp "github.com/aws/smithy-go/transport/http"
)

// awsConverse signs with a key that nobody knows and puts the virtual key beside it: a
// bearer key the SDK sends over TLS only. It checks both sums of each message.
func awsConverse(p *place) *sdk {
	c := bedrockruntime.New(bedrockruntime.Options{
		Region: "us-east-1", BaseEndpoint: aws.String(p.base + "/bedrock"), RetryMaxAttempts: 1,
		Credentials: credentials.NewStaticCredentialsProvider("AKIDNOBODY", "nothing", ""),
		HTTPClient:  &http.Client{Transport: plainBodies{&http.Transport{}}},
		APIOptions:  []func(*middleware.Stack) error{smithyhttp.AddHeaderValue("X-Bf-Vk", p.key)},
	})
	s := &sdk{
		name: "bedrockruntime", family: "bedrock",
		ask:    func(ctx context.Context, q *talk) (*reply, error) { return converse(ctx, c, q) },
		fault:  awsFault,
		cannot: map[string]string{"one": "Converse cannot forbid parallel calls", "none": "Converse has no such choice"},
	}
	addCounts(p, s, func(ctx context.Context, model string) (int64, error) {
		r, err := c.CountTokens(ctx, &bedrockruntime.CountTokensInput{ModelId: aws.String(model),
			Input: &types.CountTokensInputMemberConverse{Value: types.ConverseTokensRequest{Messages: []types.Message{converseTurn(turn{text: "Hello"})}}}})
		if err != nil {
			return 0, err
		}
		return int64(aws.ToInt32(r.InputTokens)), nil
	})
	return s
}

// plainBodies keeps the SDK's bodies from being read as io.WriterTo. smithy-go closes the body
// as soon as a reply has begun, and its WriteTo then answers io.EOF for an error: net/http, if it
// has not yet looked for more of a body that was sent whole, takes that for a failed request and
// closes the connection under the reply. One answer in a hundred of a fast server is lost so, from
// a provider directly as through a gateway.
type plainBodies struct{ http.RoundTripper }

func (p plainBodies) RoundTrip(q *http.Request) (*http.Response, error) {
	if q.Body != nil {
		q = q.Clone(q.Context())
		q.Body = plainBody{q.Body}
	}
	return p.RoundTripper.RoundTrip(q)
}

type plainBody struct{ io.ReadCloser }

func awsFault(err error) *fault {
	var api smithy.APIError
	var resp *awshttp.ResponseError
	if !errors.As(err, &api) {
		return nil
	}
	f := &fault{kind: api.ErrorCode(), message: api.ErrorMessage()}
	if errors.As(err, &resp) {
		f.status, f.request = resp.HTTPStatusCode(), resp.ServiceRequestID()
	}
	return f
}

func converse(ctx context.Context, c *bedrockruntime.Client, q *talk) (*reply, error) {
	p := converseParams(q)
	tries := func(o *bedrockruntime.Options) { o.RetryMaxAttempts = max(q.attempts, 1) }
	if !q.stream {
		r, err := c.Converse(ctx, p, tries)
		if err != nil {
			return nil, err
		}
		m, ok := r.Output.(*types.ConverseOutputMemberMessage)
		if !ok {
			return nil, fmt.Errorf("no message in %T", r.Output)
		}
		return converseReply(&m.Value, r.StopReason, r.Usage)
	}
	r, err := c.ConverseStream(ctx, &bedrockruntime.ConverseStreamInput{ModelId: p.ModelId, Messages: p.Messages, System: p.System, InferenceConfig: p.InferenceConfig,
		ToolConfig: p.ToolConfig, OutputConfig: p.OutputConfig, AdditionalModelRequestFields: p.AdditionalModelRequestFields}, tries)
	if err != nil {
		return nil, err
	}
	s := r.GetStream()
	defer s.Close()
	var g gathering
	for e := range s.Events() {
		if err := g.add(e); err != nil {
			return nil, err
		}
		if _, ok := e.(*types.ConverseStreamOutputMemberContentBlockDelta); ok && q.onDelta != nil {
			q.onDelta()
		}
	}
	switch {
	case s.Err() != nil:
		return nil, s.Err()
	case ctx.Err() != nil:
		return nil, ctx.Err()
	case g.stop == "" || g.usage == nil:
		return nil, errors.New("the stream ended without messageStop and metadata")
	}
	return converseReply(&g.message, g.stop, g.usage)
}

func converseParams(q *talk) *bedrockruntime.ConverseInput {
	p := &bedrockruntime.ConverseInput{ModelId: aws.String(q.model)}
	if q.system != "" {
		p.System = []types.SystemContentBlock{&types.SystemContentBlockMemberText{Value: q.system}}
	}
	for _, t := range q.turns {
		p.Messages = append(p.Messages, converseTurn(t))
	}
	if len(q.tools) > 0 {
		p.ToolConfig = &types.ToolConfiguration{}
	}
	for _, t := range q.tools {
		p.ToolConfig.Tools = append(p.ToolConfig.Tools, &types.ToolMemberToolSpec{Value: types.ToolSpecification{Name: aws.String(t.name), Description: aws.String(t.help),
			InputSchema: &types.ToolInputSchemaMemberJson{Value: document.NewLazyDocument(t.schema)}}})
	}
	switch q.choice {
	case "":
	case "any":
		p.ToolConfig.ToolChoice = &types.ToolChoiceMemberAny{}
	default:
		p.ToolConfig.ToolChoice = &types.ToolChoiceMemberTool{Value: types.SpecificToolChoice{Name: aws.String(q.choice[1:])}}
	}
	if len(q.stops) > 0 {
		p.InferenceConfig = &types.InferenceConfiguration{StopSequences: q.stops}
	}
	extra := map[string]any{}
	if q.think {
		extra["thinking"] = map[string]any{"type": "enabled", "budget_tokens": 2048}
	}
	if q.extra {
		extra["x_probe"] = "kept"
	}
	if len(extra) > 0 {
		p.AdditionalModelRequestFields = document.NewLazyDocument(extra)
	}
	if q.schema != nil {
		b, err := json.Marshal(q.schema)
		if err != nil {
			panic(err) // schemas here can be written
		}
		p.OutputConfig = &types.OutputConfig{TextFormat: &types.OutputFormat{Type: types.OutputFormatTypeJsonSchema,
			Structure: &types.OutputFormatStructureMemberJsonSchema{Value: types.JsonSchemaDefinition{Name: aws.String("place"), Schema: aws.String(string(b))}}}}
	}
	return p
}

func converseTurn(t turn) types.Message {
	if t.said != nil {
		return *t.said.own.(*types.Message)
	}
	m := types.Message{Role: types.ConversationRoleUser}
	for _, r := range t.results {
		m.Content = append(m.Content, &types.ContentBlockMemberToolResult{Value: types.ToolResultBlock{ToolUseId: aws.String(r.call.id),
			Content: []types.ToolResultContentBlock{&types.ToolResultContentBlockMemberText{Value: r.text}}}})
	}
	if t.text != "" {
		m.Content = append(m.Content, &types.ContentBlockMemberText{Value: t.text})
	}
	for _, f := range t.files {
		if f.kind == "application/pdf" {
			m.Content = append(m.Content, &types.ContentBlockMemberDocument{Value: types.DocumentBlock{Name: aws.String("doc"), Format: types.DocumentFormatPdf,
				Source: &types.DocumentSourceMemberBytes{Value: f.data}}})
		} else {
			m.Content = append(m.Content, &types.ContentBlockMemberImage{Value: types.ImageBlock{Format: types.ImageFormatPng, Source: &types.ImageSourceMemberBytes{Value: f.data}}})
		}
	}
	return m
}

func converseReply(m *types.Message, stop types.StopReason, u *types.TokenUsage) (*reply, error) {
	out := &reply{own: m, thought: -1, cached: int64(aws.ToInt32(u.CacheReadInputTokens)), written: int64(aws.ToInt32(u.CacheWriteInputTokens)), out: int64(aws.ToInt32(u.OutputTokens))}
	out.in = int64(aws.ToInt32(u.InputTokens)) + out.cached + out.written
	if int64(aws.ToInt32(u.TotalTokens)) != out.in+out.out {
		return nil, fmt.Errorf("totalTokens is %d for %d and %d", aws.ToInt32(u.TotalTokens), out.in, out.out)
	}
	out.finish = map[types.StopReason]string{"end_turn": "stop", "max_tokens": "length", "tool_use": "tool", "stop_sequence": "sequence", "content_filtered": "refuse",
		"guardrail_intervened": "refuse"}[stop]
	if out.finish == "" {
		out.finish = string(stop)
	}
	if out.finish == "refuse" {
		out.refusal = "yes"
	}
	for _, b := range m.Content {
		switch b := b.(type) {
		case *types.ContentBlockMemberText:
			out.text += b.Value
		case *types.ContentBlockMemberReasoningContent:
			switch r := b.Value.(type) {
			case *types.ReasoningContentBlockMemberReasoningText:
				out.think, out.sign = out.think+aws.ToString(r.Value.Text), aws.ToString(r.Value.Signature)
			case *types.ReasoningContentBlockMemberRedactedContent:
				out.sign = string(r.Value)
			}
		case *types.ContentBlockMemberToolUse:
			raw, err := b.Value.Input.MarshalSmithyDocument()
			if err != nil {
				return nil, fmt.Errorf("input: %w", err)
			}
			args := map[string]any{}
			if err := json.Unmarshal(raw, &args); err != nil {
				return nil, fmt.Errorf("input %s: %w", raw, err)
			}
			out.calls = append(out.calls, call{aws.ToString(b.Value.ToolUseId), aws.ToString(b.Value.Name), args})
		}
	}
	return out, nil
}
