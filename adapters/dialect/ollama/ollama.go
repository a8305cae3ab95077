// Package ollama is the native API of Ollama: /api/chat, /api/generate and
// /api/embed, so that its own clients work with any provider, and its servers with
// any client.
//
// Its streams are lines of JSON, and are the default. Calls hold their arguments as
// objects and come whole; pictures are bytes only. It does not manage models, and
// leaves what the server keeps between requests (context, keep_alive) to the server.
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

// self is what API points at. The functions below name it, because a variable
// that holds them cannot be named by them.
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
		ReadUsage:         readUsage,
		ReadEvent:         readEvent,
		ReadFault:         readFault,
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
