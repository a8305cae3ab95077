package bedrock

import (
	"asbru/adapters/body"
	"asbru/core"
	"asbru/core/scan"
)

// An invoke is InvokeModel for Claude: Anthropic's bodies without model and stream, but with a version and the
// beta features, and its events in frames of Bedrock's. Anthropic's codec treats the forms as its own family's.
//
// Source: https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-anthropic-claude-messages.html
type invoke struct {
	messages *core.Dialect
	codec    *core.ChatCodec
}

const version = `"anthropic_version":"bedrock-2023-05-31",`

// Members of Anthropic's bodies that InvokeModel has in the path, and members of InvokeModel's bodies that
// Anthropic has in headers.
var (
	notHere  = []string{"model", "stream", "anthropic_version", "anthropic_beta"}
	notThere = []string{"anthropic_version", "anthropic_beta"}
)

func (v *invoke) face() *core.ChatCodec {
	return &core.ChatCodec{
		Framing:       core.FramingEventStream,
		ParseRequest:  v.parseRequest,
		AppendRequest: v.appendRequest,
		ParseReply:    v.parseReply,
		AppendReply:   v.appendReply,
		ParseEvent:    v.parseEvent,
		AppendEvent:   v.appendEvent,
	}
}

// parseRequest reads a body for Claude. Bodies for models of other vendors can only be relayed.
func (v *invoke) parseRequest(c *core.Chat, raw []byte) *core.Fault {
	if get(raw, "anthropic_version") == nil {
		return body.Invalid("anthropic_version",
			"cannot translate this InvokeModel body: only those of Claude, which have anthropic_version, are understood",
			"use Converse, or a target at Bedrock")
	}
	c.Betas = get(raw, "anthropic_beta")
	plain := c.Took(scan.AppendEdited(c.Room(), raw, nil, notThere, nil))
	c.From, c.Op = v.messages, core.OpChat
	return v.codec.ParseRequest(c, plain)
}

// appendRequest writes Anthropic's body and then changes the members that differ here.
func (v *invoke) appendRequest(dst []byte, c *core.Chat, s *core.Send) ([]byte, *core.Fault) {
	at := len(dst)
	dst, f := v.codec.AppendRequest(dst, c, s)
	if f != nil {
		return dst, f
	}
	end := len(dst)
	dst = append(dst, version...)
	if opens(c.Betas, '[') {
		dst = append(append(append(dst, `"anthropic_beta":`...), c.Betas...), ',')
	}
	first := len(dst)
	dst = scan.AppendEdited(dst, dst[at:end:end], dst[end:first:first], notHere, nil)
	n := copy(dst[at:], dst[first:])
	return dst[:at+n], nil
}

func (v *invoke) parseReply(r *core.Completion, raw []byte) error {
	r.From, r.Op = v.messages, core.OpChat
	return v.codec.ParseReply(r, raw)
}

func (v *invoke) appendReply(dst []byte, r *core.Completion, x *core.Crossing) []byte {
	if x == nil {
		return v.codec.AppendReply(dst, r, nil)
	}
	as := v.as(x)
	dst = v.codec.AppendReply(dst, r, x)
	as.undo(x)
	return dst
}

// ends are the dialects that are read and written.
type ends struct {
	from, to     *core.Dialect
	fromOp, toOp core.Op
}

// as changes x so that Anthropic's codec takes the sides that are InvokeModel for its own, and returns the
// previous dialects.
func (v *invoke) as(x *core.Crossing) ends {
	e := ends{x.From, x.To, x.FromOp, x.ToOp}
	if ours(x.From) && x.FromOp == core.OpInvoke {
		x.From, x.FromOp = v.messages, core.OpChat
	}
	if ours(x.To) && x.ToOp == core.OpInvoke {
		x.To, x.ToOp = v.messages, core.OpChat
	}
	return e
}

func (e ends) undo(x *core.Crossing) {
	x.From, x.To, x.FromOp, x.ToOp = e.from, e.to, e.fromOp, e.toOp
}
