package bedrock

import (
	"asbru/adapters/body"
	"asbru/core"
	"asbru/core/scan"
)

// An invoke is InvokeModel for Claude: Anthropic's own bodies, without the model and
// without stream, with a version and the features asked for in the body, and with its
// events in frames of Bedrock's. To Anthropic's codec the forms are of its own family.
//
// Source: https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-anthropic-claude-messages.html
type invoke struct {
	messages *core.Dialect
	codec    *core.ChatCodec
}

const version = `"anthropic_version":"bedrock-2023-05-31",`

// Members that Anthropic's API has in the path of InvokeModel or in headers, and the other
// way round.
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

// parseRequest reads a body of Claude's. Those of other vendors reach Bedrock as they came
// or not at all.
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

// appendRequest writes Anthropic's body and then changes what is different here.
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

// ends are who is read and who is written.
type ends struct {
	from, to     *core.Dialect
	fromOp, toOp core.Op
}

// as makes x one that Anthropic's codec takes for its own on the sides that are InvokeModel.
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
