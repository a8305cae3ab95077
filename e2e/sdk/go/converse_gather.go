package main

import (
	"encoding/json"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/bedrockruntime/document"
	"github.com/aws/aws-sdk-go-v2/service/bedrockruntime/types"
)

// A gathering makes a message of the events of a stream, as every user of the SDK has to.
type gathering struct {
	message types.Message
	stop    types.StopReason
	usage   *types.TokenUsage

	tool        *types.ToolUseBlockStart
	text, think string
	sign, args  string
	redacted    []byte
}

func (g *gathering) add(e types.ConverseStreamOutput) error {
	switch e := e.(type) {
	case *types.ConverseStreamOutputMemberMessageStart:
		g.message.Role = e.Value.Role
	case *types.ConverseStreamOutputMemberContentBlockStart:
		if s, ok := e.Value.Start.(*types.ContentBlockStartMemberToolUse); ok {
			g.tool = &s.Value
		}
	case *types.ConverseStreamOutputMemberContentBlockDelta:
		return g.delta(e.Value.Delta)
	case *types.ConverseStreamOutputMemberContentBlockStop:
		return g.end()
	case *types.ConverseStreamOutputMemberMessageStop:
		g.stop = e.Value.StopReason
	case *types.ConverseStreamOutputMemberMetadata:
		g.usage = e.Value.Usage
	default:
		return fmt.Errorf("an event that the SDK does not know: %T", e)
	}
	return nil
}

func (g *gathering) delta(d types.ContentBlockDelta) error {
	switch d := d.(type) {
	case *types.ContentBlockDeltaMemberText:
		g.text += d.Value
	case *types.ContentBlockDeltaMemberToolUse:
		g.args += aws.ToString(d.Value.Input)
	case *types.ContentBlockDeltaMemberReasoningContent:
		switch r := d.Value.(type) {
		case *types.ReasoningContentBlockDeltaMemberText:
			g.think += r.Value
		case *types.ReasoningContentBlockDeltaMemberSignature:
			g.sign += r.Value
		case *types.ReasoningContentBlockDeltaMemberRedactedContent:
			g.redacted = append(g.redacted, r.Value...)
		}
	case *types.ContentBlockDeltaMemberCitation:
	default:
		return fmt.Errorf("a delta that the SDK does not know: %T", d)
	}
	return nil
}

// end closes a block.
func (g *gathering) end() error {
	switch {
	case g.tool != nil:
		args := map[string]any{}
		if g.args != "" {
			if err := json.Unmarshal([]byte(g.args), &args); err != nil {
				return fmt.Errorf("input %q: %w", g.args, err)
			}
		}
		g.message.Content = append(g.message.Content, &types.ContentBlockMemberToolUse{Value: types.ToolUseBlock{
			Name: g.tool.Name, ToolUseId: g.tool.ToolUseId, Input: document.NewLazyDocument(args)}})
	case g.redacted != nil:
		g.message.Content = append(g.message.Content, &types.ContentBlockMemberReasoningContent{
			Value: &types.ReasoningContentBlockMemberRedactedContent{Value: g.redacted}})
	case g.think != "" || g.sign != "":
		r := types.ReasoningTextBlock{Text: aws.String(g.think)}
		if g.sign != "" {
			r.Signature = aws.String(g.sign)
		}
		g.message.Content = append(g.message.Content, &types.ContentBlockMemberReasoningContent{Value: &types.ReasoningContentBlockMemberReasoningText{Value: r}})
	case g.text != "":
		g.message.Content = append(g.message.Content, &types.ContentBlockMemberText{Value: g.text})
	}
	g.tool, g.text, g.think, g.sign, g.args, g.redacted = nil, "", "", "", "", nil
	return nil
}
