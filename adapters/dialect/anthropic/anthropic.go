// Package anthropic is Anthropic's wire format: messages, with their streams, and counting
// tokens. Claude is served in it on most platforms, and other providers have endpoints for it.
//
// It converts requests and replies to and from the neutral form. Texts, arguments and
// schemas are copied, never decoded. It refuses requests with features that the format does
// not have if the answer depends on them; others are left out and recorded as dropped. It
// does no I/O, and does not read the legacy /v1/complete, batches and files, which are
// relayed unchanged.
//
// Source: https://docs.anthropic.com/en/api/messages
package anthropic

import (
	"asbru/adapters/body"
	"asbru/core"
)

// API is the dialect.
var API = newDialect()

// A family is the codec's reference to its own dialect: what came from there is written again
// unchanged.
type family struct{ api *core.Dialect }

// sayings are the ways to write a turn of the user's: as most clients do, as Python writes JSON, and in
// the order of the letters.
var sayings = body.Sayings{
	{After: `"}]`, Before: []string{`{"role":"user","content":"`, `{"role": "user", "content": "`}},
	{After: `"}]}]`, Before: []string{`{"role":"user","content":[{"type":"text","text":"`, `{"role": "user", "content": [{"type": "text", "text": "`}},
	{After: `","role":"user"}]`, Before: []string{`{"content":"`}},
	{After: `","type":"text"}],"role":"user"}]`, Before: []string{`{"content":[{"text":"`}},
}

func newDialect() *core.Dialect {
	fields := body.NewFields(true, []string{"max_tokens"}, nil, "messages")
	d := &core.Dialect{
		Name:              "anthropic",
		Peek:              fields.Peek,
		Said:              sayings.Of,
		AppendBody:        body.Append,
		AppendFault:       appendFault,
		AppendStreamFault: appendStreamFault,
		ReadUsage:         func(body []byte, u *core.Usage, _ *core.Forms) { readUsage(body, u) },
		ReadEnd:           body.Ending(readUsage, "usage"),
		ReadEvent:         readEvent,
		ReadFault:         body.Heard(readFault),
		Prefills:          prefills,
		IDHeader:          "Request-Id",
		Forward:           []string{"anthropic-beta"},
		Leads:             []core.Lead{{Path: "/messages/batches", Member: "results_url"}},
		Extras:            true,
	}
	d.Ends[core.OpChat] = "event: message_stop\ndata: {\"type\":\"message_stop\"}\n\n"
	f := family{d}
	d.Chats[core.OpChat] = &core.ChatCodec{
		Framing:       core.FramingSSE,
		ParseRequest:  f.parseRequest,
		AppendRequest: f.appendRequest,
		ParseReply:    f.parseReply,
		AppendReply:   f.appendReply,
		ParseEvent:    parseEvent,
		AppendEvent:   f.appendEvent,
	}
	d.Counts = &core.CountCodec{
		ParseRequest:  f.parseRequest,
		AppendRequest: f.appendCount,
		ParseReply:    parseCount,
		AppendReply:   appendCounted,
	}
	return d
}
