package main

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"

	"github.com/openai/openai-go/v3"
	"github.com/openai/openai-go/v3/option"
	"github.com/openai/openai-go/v3/packages/param"
	"github.com/openai/openai-go/v3/responses"
	"github.com/openai/openai-go/v3/shared"
)

func openaiResponses(p *place) *sdk {
	c := openai.NewClient(option.WithBaseURL(p.base+"/openai/v1/"), option.WithAPIKey(p.key))
	s := &sdk{
		name: "openai-go responses", family: "responses",
		ask:    func(ctx context.Context, q *talk) (*reply, error) { return respond(ctx, &c, q) },
		fault:  openaiFault,
		cannot: map[string]string{"stop": "Responses has no stop sequences"},
	}
	addCounts(p, s, func(ctx context.Context, model string) (int64, error) {
		r, err := c.Responses.InputTokens.Count(ctx, responses.InputTokenCountParams{Model: openai.String(model),
			Input: responses.InputTokenCountParamsInputUnion{OfString: openai.String("Hello")}}, option.WithMaxRetries(0))
		if err != nil {
			return 0, err
		}
		return r.InputTokens, nil
	})
	openaiKept(p, s, &c)
	return s
}

func respond(ctx context.Context, c *openai.Client, q *talk) (*reply, error) {
	opts := []option.RequestOption{option.WithMaxRetries(max(q.attempts-1, 0))}
	if q.extra {
		opts = append(opts, option.WithJSONSet("x_probe", "kept"))
	}
	if !q.stream {
		r, err := c.Responses.New(ctx, responseParams(q), opts...)
		if err != nil {
			return nil, err
		}
		return responseReply(r)
	}
	s := c.Responses.NewStreaming(ctx, responseParams(q), opts...)
	defer s.Close()
	var last *responses.Response
	text, next := "", int64(0)
	for s.Next() {
		e := s.Current()
		if e.SequenceNumber != next {
			return nil, fmt.Errorf("event %s has number %d, want %d", e.Type, e.SequenceNumber, next)
		}
		next++
		switch v := e.AsAny().(type) {
		case responses.ResponseTextDeltaEvent:
			text += v.Delta
			if q.onDelta != nil {
				q.onDelta()
			}
		case responses.ResponseCompletedEvent:
			last = &v.Response
		case responses.ResponseIncompleteEvent:
			last = &v.Response
		case responses.ResponseFailedEvent:
			return nil, fmt.Errorf("failed: %s %s", v.Response.Error.Code, v.Response.Error.Message)
		case responses.ResponseErrorEvent:
			return nil, fmt.Errorf("error event: %s %s", v.Code, v.Message)
		case nil:
			return nil, fmt.Errorf("an event that the SDK does not know: %s", e.RawJSON())
		}
	}
	if s.Err() != nil {
		return nil, s.Err()
	}
	if last == nil {
		return nil, fmt.Errorf("the stream ended without its last event")
	}
	if last.OutputText() != text {
		return nil, fmt.Errorf("the deltas say %q, the response %q", text, last.OutputText())
	}
	return responseReply(last)
}

func responseParams(q *talk) responses.ResponseNewParams {
	p := responses.ResponseNewParams{Model: q.model, Store: openai.Bool(false)}
	if q.system != "" {
		p.Instructions = openai.String(q.system)
	}
	for _, t := range q.turns {
		p.Input.OfInputItemList = append(p.Input.OfInputItemList, responseTurn(t)...)
	}
	for _, t := range q.tools {
		p.Tools = append(p.Tools, responses.ToolUnionParam{OfFunction: &responses.FunctionToolParam{
			Name: t.name, Description: openai.String(t.help), Parameters: t.schema, Strict: openai.Bool(false)}})
	}
	switch q.choice {
	case "":
	case "none":
		p.ToolChoice.OfToolChoiceMode = param.NewOpt(responses.ToolChoiceOptionsNone)
	case "any":
		p.ToolChoice.OfToolChoiceMode = param.NewOpt(responses.ToolChoiceOptionsRequired)
	default:
		p.ToolChoice.OfFunctionTool = &responses.ToolChoiceFunctionParam{Name: q.choice[1:]}
	}
	if q.one {
		p.ParallelToolCalls = openai.Bool(false)
	}
	if q.schema != nil {
		p.Text.Format = responses.ResponseFormatTextConfigUnionParam{OfJSONSchema: &responses.ResponseFormatTextJSONSchemaConfigParam{
			Name: "place", Schema: q.schema, Strict: openai.Bool(true)}}
	}
	if q.think {
		p.Reasoning = shared.ReasoningParam{Effort: shared.ReasoningEffortMedium, Summary: shared.ReasoningSummaryAuto}
		p.Include = []responses.ResponseIncludable{responses.ResponseIncludableReasoningEncryptedContent}
	}
	return p
}

func responseTurn(t turn) (all []responses.ResponseInputItemUnionParam) {
	switch {
	case t.said != nil:
		for _, it := range t.said.own.(*responses.Response).Output {
			switch v := it.AsAny().(type) {
			case responses.ResponseOutputMessage:
				m := v.ToParam()
				all = append(all, responses.ResponseInputItemUnionParam{OfOutputMessage: &m})
			case responses.ResponseFunctionToolCall:
				m := v.ToParam()
				all = append(all, responses.ResponseInputItemUnionParam{OfFunctionCall: &m})
			case responses.ResponseReasoningItem:
				m := v.ToParam()
				all = append(all, responses.ResponseInputItemUnionParam{OfReasoning: &m})
			}
		}
		return all
	case len(t.results) > 0:
		for _, r := range t.results {
			it := responses.ResponseInputItemParamOfFunctionCallOutput(r.text)
			it.OfFunctionCallOutput.CallID = openai.String(r.call.id)
			all = append(all, it)
		}
		return all
	case len(t.files) == 0:
		return append(all, responses.ResponseInputItemParamOfMessage(t.text, responses.EasyInputMessageRoleUser))
	}
	parts := responses.ResponseInputMessageContentListParam{responses.ResponseInputContentParamOfInputText(t.text)}
	for _, f := range t.files {
		url := "data:" + f.kind + ";base64," + base64.StdEncoding.EncodeToString(f.data)
		if f.kind == "application/pdf" {
			parts = append(parts, responses.ResponseInputContentUnionParam{OfInputFile: &responses.ResponseInputFileParam{
				FileData: openai.String(url), Filename: openai.String("doc.pdf")}})
		} else {
			parts = append(parts, responses.ResponseInputContentUnionParam{OfInputImage: &responses.ResponseInputImageParam{
				ImageURL: openai.String(url), Detail: responses.ResponseInputImageDetailAuto}})
		}
	}
	return append(all, responses.ResponseInputItemParamOfMessage(parts, responses.EasyInputMessageRoleUser))
}

func responseReply(r *responses.Response) (*reply, error) {
	out := &reply{text: r.OutputText(), own: r, finish: string(r.Status), in: r.Usage.InputTokens, out: r.Usage.OutputTokens,
		cached: r.Usage.InputTokensDetails.CachedTokens, written: -1, thought: r.Usage.OutputTokensDetails.ReasoningTokens}
	if r.ID == "" || r.Usage.TotalTokens != out.in+out.out {
		return nil, fmt.Errorf("no id, or total_tokens %d for %d and %d", r.Usage.TotalTokens, out.in, out.out)
	}
	switch {
	case r.Status == responses.ResponseStatusCompleted:
		out.finish = "stop"
	case r.IncompleteDetails.Reason == "max_output_tokens":
		out.finish = "length"
	case r.IncompleteDetails.Reason == "content_filter":
		out.finish = "refuse"
	}
	for _, it := range r.Output {
		switch v := it.AsAny().(type) {
		case responses.ResponseOutputMessage:
			for _, c := range v.Content {
				if c.Type == "refusal" {
					out.refusal, out.finish = c.Refusal, "refuse"
				}
			}
		case responses.ResponseFunctionToolCall:
			args := map[string]any{}
			if err := json.Unmarshal([]byte(v.Arguments), &args); err != nil {
				return nil, fmt.Errorf("arguments %q: %w", v.Arguments, err)
			}
			out.calls, out.finish = append(out.calls, call{v.CallID, v.Name, args}), "tool"
		case responses.ResponseReasoningItem:
			for _, s := range v.Summary {
				out.think += s.Text
			}
			for _, s := range v.Content {
				out.think += s.Text
			}
			out.sign = v.EncryptedContent
		}
	}
	return out, nil
}
