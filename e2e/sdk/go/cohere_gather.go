package main

import (
	"fmt"

	cohere "github.com/cohere-ai/cohere-go/v2"
)

// A cohereGathering makes a message of the events of a stream, as every user of the SDK has to.
type cohereGathering struct {
	id      string
	message *cohere.AssistantMessageResponse
	end     *cohere.ChatMessageEndEventDelta
}

func (g *cohereGathering) add(e *cohere.V2ChatStreamResponse) error {
	m := g.message
	switch e.Type {
	case "message-start":
		g.id = *e.MessageStart.Id
	case "content-start":
		c := e.ContentStart.Delta.Message.Content
		switch {
		case c.Text != nil:
			m.Content = append(m.Content, &cohere.AssistantMessageResponseContentItem{Type: "text", Text: &cohere.ChatTextContent{Text: *c.Text}})
		case c.Thinking != nil:
			m.Content = append(m.Content, &cohere.AssistantMessageResponseContentItem{Type: "thinking", Thinking: &cohere.ChatThinkingContent{Thinking: *c.Thinking}})
		default:
			return fmt.Errorf("content-start has neither text nor thinking: %s", e.ContentStart)
		}
	case "content-delta":
		if *e.ContentDelta.Index != len(m.Content)-1 {
			return fmt.Errorf("content-delta of index %d; %d was begun last", *e.ContentDelta.Index, len(m.Content)-1)
		}
		last, c := m.Content[len(m.Content)-1], e.ContentDelta.Delta.Message.Content
		switch {
		case c.Text != nil && last.Text != nil:
			last.Text.Text += *c.Text
		case c.Thinking != nil && last.Thinking != nil:
			last.Thinking.Thinking += *c.Thinking
		default:
			return fmt.Errorf("content-delta does not go on with what was begun: %s", e.ContentDelta)
		}
	case "tool-call-start":
		m.ToolCalls = append(m.ToolCalls, e.ToolCallStart.Delta.Message.ToolCalls)
	case "tool-call-delta":
		*m.ToolCalls[len(m.ToolCalls)-1].Function.Arguments += *e.ToolCallDelta.Delta.Message.ToolCalls.Function.Arguments
	case "tool-plan-delta":
		plan := *e.ToolPlanDelta.Delta.Message.ToolPlan
		if m.ToolPlan != nil {
			plan = *m.ToolPlan + plan
		}
		m.ToolPlan = &plan
	case "message-end":
		g.end = e.MessageEnd.Delta
	case "content-end", "tool-call-end", "citation-start", "citation-end", "debug":
	default:
		return fmt.Errorf("an event that the SDK does not know: %q", e.Type)
	}
	return nil
}
