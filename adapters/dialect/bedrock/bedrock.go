// Package bedrock is the wire format of Amazon Bedrock's runtime: Converse and
// ConverseStream, InvokeModel for Claude, embeddings of Titan and Cohere, rerank and
// count-tokens.
//
// The model's name stands in the path and not in the body. Streams are AWS event streams;
// see core/eventstream. It signs nothing and does no I/O; it refuses what Converse has no
// words for and would change the answer: several choices, logprobs, media by URL, other
// vendors' hosted tools.
//
// Source: https://docs.aws.amazon.com/bedrock/latest/APIReference/API_Operations_Amazon_Bedrock_Runtime.html
package bedrock

import (
	"asbru/adapters/body"
	"asbru/core"
)

// name tells this family: the forms it has filled say it in From.Name. It is not compared
// by address because a value of the dialect is made with New.
const name = "bedrock"

// New returns the dialect. messages is Anthropic's, whose conversations InvokeModel
// carries for Claude in frames of its own; nil: there is no InvokeModel. A program makes
// one, since dialects are compared by address.
func New(messages *core.Dialect) *core.Dialect {
	d := &core.Dialect{
		Name:              name,
		Peek:              peek,
		Said:              sayings.Of,
		AppendBody:        body.Append,
		AppendFault:       appendFault,
		FaultHeader:       faultHeader,
		AppendStreamFault: appendStreamFault,
		ReadUsage:         readUsage,
		ReadEvent:         readEvent,
		ReadFault:         readFault,
		IDHeader:          "X-Amzn-Requestid",
		Embeds:            embeds(),
		Reranks:           reranks(),
	}
	d.Chats[core.OpChat] = converse()
	var carried *invoke
	if messages != nil {
		carried = &invoke{messages: messages, codec: messages.Chats[core.OpChat]}
		d.Chats[core.OpInvoke] = carried.face()
	}
	d.Counts = counts(carried)
	return d
}

// converse is the face for conversations.
func converse() *core.ChatCodec {
	return &core.ChatCodec{
		Framing:       core.FramingEventStream,
		ParseRequest:  parseRequest,
		AppendRequest: appendRequest,
		ParseReply:    parseReply,
		AppendReply:   appendReply,
		ParseEvent:    parseEvent,
		AppendEvent:   appendEvent,
	}
}

// ours reports whether a form was filled from this family.
func ours(d *core.Dialect) bool { return d != nil && d.Name == name }
