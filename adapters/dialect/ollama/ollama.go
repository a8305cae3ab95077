// Package ollama is the native API of Ollama: /api/chat, /api/generate and
// /api/embed. With it Ollama's clients work with any provider, and its servers with any
// client.
//
// Its streams are lines of JSON, and are the default. Calls are always complete, with
// arguments as objects; images are always bytes. The package does not manage models, and
// leaves state between requests (context, keep_alive) to the server.
//
// Source: https://docs.ollama.com/api
package ollama

import (
	"asbru/adapters/body"
	"asbru/core"
)

var fields = body.NewFields(true, nil, nil, "messages")

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
		Name:              "ollama",
		Peek:              peek,
		Said:              sayings.Of,
		AppendBody:        body.Append,
		AppendFault:       appendFault,
		AppendStreamFault: appendStreamFault,
		ReadUsage:         func(body []byte, u *core.Usage, _ *core.Forms) { readUsage(body, u) },
		ReadEnd:           body.Ending(readUsage, "prompt_eval_count", "eval_count"),
		ReadEvent:         readEvent,
		ReadFault:         body.Heard(readFault),
		Embeds: &core.EmbedCodec{
			ParseRequest: parseEmbed, AppendRequest: appendEmbed,
			ParseReply: parseVectors, AppendReply: appendVectors,
		},
	}
	d.Chats[core.OpChat] = &core.ChatCodec{
		Framing:      core.FramingLines,
		ParseRequest: parseRequest, AppendRequest: appendRequest,
		ParseReply: parseReply, AppendReply: appendReply,
		ParseEvent: parseEvent, AppendEvent: appendEvent,
	}
	d.Chats[core.OpCompletion] = &core.ChatCodec{
		Framing:      core.FramingLines,
		ParseRequest: parseGenerate, AppendRequest: appendGenerate,
		ParseReply: parseGenerated, AppendReply: appendReply,
		ParseEvent: parseEvent, AppendEvent: appendEvent,
	}
	return d
}
