// Package bedrock is the wire format of Amazon Bedrock's runtime: Converse and
// ConverseStream, InvokeModel for Claude, embeddings of Titan and Cohere, rerank and
// count-tokens.
//
// The model's name is in the path and not in the body. Streams are AWS event streams; see
// core/eventstream. It signs nothing and does no I/O. It refuses features that Converse does not
// have and that the answer depends on: several choices, logprobs, media by URL, other vendors'
// hosted tools.
//
// Source: https://docs.aws.amazon.com/bedrock/latest/APIReference/API_Operations_Amazon_Bedrock_Runtime.html
package bedrock

import (
	"asbru/adapters/body"
	"asbru/core"
)

// name identifies this family: forms read from it have it in From.Name. Addresses cannot be compared,
// because New makes several values of the dialect.
const name = "bedrock"

// New returns the dialect. messages is Anthropic's dialect, which InvokeModel carries for Claude in frames of
// its own; nil: InvokeModel is left out. A program should make only one, since dialects are compared by
// address.
func New(messages *core.Dialect) *core.Dialect {
	d := &core.Dialect{
		Name:              name,
		Peek:              peek,
		Said:              sayings.Of,
		AppendBody:        body.Append,
		AppendFault:       appendFault,
		FaultHeader:       faultHeader,
		AppendStreamFault: appendStreamFault,
		ReadUsage:         func(body []byte, u *core.Usage, _ *core.Forms) { readUsage(body, u) },
		ReadEnd:           body.Ending(readUsage, "usage"),
		ReadEvent:         readEvent,
		ReadFault:         body.Heard(readFault),
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

// ours reports whether d is a dialect of this family. d may be nil.
func ours(d *core.Dialect) bool { return d != nil && d.Name == name }
