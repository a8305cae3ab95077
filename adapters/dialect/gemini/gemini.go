// Package gemini is Google's wire format for Gemini, at the Gemini API and at Vertex AI:
// generateContent and its stream, countTokens, embeddings, and the ranking of records.
//
// It reads the few facts that policy needs, and turns requests, replies and events into
// the neutral form and back. Of a form that came from this format it writes what it
// read, in the same spelling, camelCase or snake_case, with what it does not know
// between; only what the form has other than it was read is changed. It checks no field
// it does not read, knows no other format, fetches nothing and does no I/O.
//
// The model and the verb stand in the path, so that bodies name neither.
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

// api is what API points at: the codecs compare with its address, and a variable cannot be
// made of functions that use it.
var api core.Dialect

func made(d *core.Dialect) *core.Dialect {
	*d = core.Dialect{
		Name:              "gemini",
		Peek:              peek,
		Said:              sayings.Of,
		AppendBody:        body.Append,
		AppendFault:       appendFault,
		AppendStreamFault: appendStreamFault,
		ReadUsage:         readUsage,
		ReadEvent:         readEvent,
		ReadFault:         readFault,
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
