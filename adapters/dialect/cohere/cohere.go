// Package cohere is Cohere's wire format, version 2 of its API: chat, embeddings
// and rerank, the latter also in version 1.
//
// It converts conversations to and from the neutral form, and reads the few facts that
// policy needs if bytes are relayed. Version 1 of the chat API, which has its own history
// and streams of lines, is only relayed. It does not repair what a model wrote, and does
// no I/O.
//
// Source: https://docs.cohere.com/reference/chat
package cohere

import (
	"asbru/adapters/body"
	"asbru/core"
)

var fields = body.NewFields(true, []string{"max_tokens"}, nil, "messages")

// sayings are the ways to write a turn of the user's: as most clients do, and as Python writes JSON.
var sayings = body.Sayings{
	{After: `"}]`, Before: []string{`{"role":"user","content":"`, `{"role": "user", "content": "`}},
}

// self is the value that API points to. The functions below refer to it, since they
// cannot refer to API, which is initialized with them.
var self core.Dialect

// API is the dialect.
var API = assemble(&self)

func assemble(d *core.Dialect) *core.Dialect {
	*d = core.Dialect{
		Name:              "cohere",
		Peek:              fields.Peek,
		Said:              sayings.Of,
		AppendBody:        body.Append,
		AppendFault:       appendFault,
		AppendStreamFault: appendStreamFault,
		ReadUsage:         func(body []byte, u *core.Usage, _ *core.Forms) { readUsage(body, u) },
		ReadEnd:           body.Ending(readUsage, "usage", "meta"),
		ReadEvent:         readEvent,
		ReadFault:         body.Heard(func(b []byte, f *core.Fault) { readFault(b, f) }),
		Sleepers:          true, // cohere 7.0, _retry_timeout; cohere-ai 8.1, requestWithRetries
		Extras:            true,
		Embeds: &core.EmbedCodec{
			ParseRequest: parseEmbed, AppendRequest: appendEmbed,
			ParseReply: parseVectors, AppendReply: appendVectors,
		},
		Reranks: &core.RerankCodec{
			ParseRequest: parseRerank, AppendRequest: appendRerank,
			ParseReply: parseRanking, AppendReply: appendRanking,
		},
	}
	d.Chats[core.OpChat] = &core.ChatCodec{
		Framing:      core.FramingSSE,
		ParseRequest: parseRequest, AppendRequest: appendRequest,
		ParseReply: parseReply, AppendReply: appendReply,
		ParseEvent: parseEvent, AppendEvent: appendEvent,
	}
	return d
}
