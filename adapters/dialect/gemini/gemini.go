// Package gemini is Google's wire format for Gemini, at the Gemini API and at Vertex AI:
// generateContent and its stream, countTokens, embeddings, and the ranking of records.
//
// It reads the few facts that policy needs, and converts requests, replies and events to and from
// the neutral form. A form that came from this format is written again with its original bytes,
// including unknown members and the spelling in camelCase or snake_case, except for what was
// changed in the form. It checks no field that it does not read, fetches nothing and does no I/O.
//
// The model and the verb are in the path and not in bodies.
//
// Source: https://ai.google.dev/api/generate-content,
// https://cloud.google.com/vertex-ai/generative-ai/docs/model-reference/inference
package gemini

import (
	"asbru/adapters/body"
	"asbru/core"
)

// API is the dialect of the Gemini API and of Google's models at Vertex AI.
var API = made(&api)

// api is the value that API points to. The codecs compare its address; they cannot refer to API, which is initialized with
// them.
var api core.Dialect

func made(d *core.Dialect) *core.Dialect {
	*d = core.Dialect{
		Name:              "gemini",
		Peek:              peek,
		Said:              sayings.Of,
		AppendBody:        body.Append,
		AppendFault:       appendFault,
		AppendStreamFault: appendStreamFault,
		ReadUsage:         func(body []byte, u *core.Usage, _ *core.Forms) { readUsage(body, u) },
		ReadEnd:           body.Ending(readUsage, "usageMetadata"),
		ReadEvent:         readEvent,
		ReadFault:         body.Heard(readFault),
		CutQuery:          []string{"key", "alt", "asbru-permit"},
		Forward:           uploads("command", "file-name", "header-content-length", "header-content-type", "offset", "protocol"),
		Answered:          uploads("chunk-granularity", "control-url", "size-received", "status", "url"),
		Leads:             []core.Lead{{Field: "x-goog-upload-url"}, {Field: "x-goog-upload-control-url"}},
		Redo:              [core.NumOps]bool{core.OpEmbed: true},
		Chats:             [core.NumOps]*core.ChatCodec{core.OpChat: chat},
		Embeds:            embeds,
		Counts:            counts,
		Reranks:           reranks,
		Sockets:           live,
	}
	return d
}

// uploads are the headers of resumable uploads.
//
// Source: https://ai.google.dev/gemini-api/docs/files
func uploads(names ...string) []string {
	for i, name := range names {
		names[i] = "x-goog-upload-" + name
	}
	return names
}

var chat = &core.ChatCodec{
	Framing:       core.FramingSSE,
	ParseRequest:  parseRequest,
	AppendRequest: appendRequest,
	ParseReply:    parseReply,
	AppendReply:   appendReply,
	ParseEvent:    parseEvent,
	AppendEvent:   appendEvent,
}
