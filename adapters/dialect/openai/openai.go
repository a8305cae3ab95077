// Package openai is OpenAI's wire format: chat completions, legacy completions,
// responses and embeddings, and the envelope of everything else below /v1.
//
// It reads the few facts that policy needs and patches the few bytes that must differ
// upstream; everything else passes unchanged. It can also convert conversations to and from
// the neutral form. It refuses bodies that two readers could read differently. It checks
// no field that it does not read, and does no I/O.
//
// Source: https://platform.openai.com/docs/api-reference
package openai

import (
	"asbru/adapters/body"
	"asbru/core"
)

var fields = body.NewFields(true,
	[]string{"max_tokens", "max_completion_tokens", "max_output_tokens"}, []string{"n", "best_of"}, "messages", "input")

// sayings are the ways to write a turn of the user's: as most clients do, as Python writes JSON, and in
// the order of the letters.
var sayings = body.Sayings{
	{After: `"}]`, Before: []string{`{"role":"user","content":"`, `{"role": "user", "content": "`}},
	{After: `"}]}]`, Before: []string{`{"role":"user","content":[{"type":"text","text":"`, `{"role": "user", "content": [{"type": "text", "text": "`}},
	{After: `","role":"user"}]`, Before: []string{`{"content":"`}},
	{After: `", "role": "user"}]`, Before: []string{`{"content": "`}},
}

// inputs are sayings for responses.
var inputs = body.Sayings{
	{After: `"`, Before: []string{`"`}},
	{After: `"}]`, Before: []string{`{"role":"user","content":"`, `{"role": "user", "content": "`}},
	{After: `"}]}]`, Before: []string{`{"role":"user","content":[{"type":"input_text","text":"`, `{"role": "user", "content": [{"type": "input_text", "text": "`}},
	{After: `","role":"user"}]`, Before: []string{`{"content":"`}},
}

// saidLast is the dialect's Said.
func saidLast(doc []byte, op core.Op, p *core.Peek) []byte {
	if op == core.OpResponses {
		return inputs.Of(doc, op, p)
	}
	return sayings.Of(doc, op, p)
}

// API is the dialect. Every OpenAI-compatible provider shares this one value.
var API = assemble()

// dialect is the value that API points to. The codecs compare its address to recognize
// their own family; they cannot refer to API, because it is initialized with them.
var dialect core.Dialect

func assemble() *core.Dialect {
	dialect = core.Dialect{
		Name:              "openai",
		Peek:              fields.Peek,
		Said:              saidLast,
		AppendBody:        body.Append,
		AppendFault:       appendFault,
		AppendStreamFault: appendStreamFault,
		ReadUsage:         readUsage,
		ReadEnd:           body.Ending(readAlone, "usage"),
		ReadEvent:         readEvent,
		ReadFault:         body.Heard(readFault),
		Chats: [core.NumOps]*core.ChatCodec{
			core.OpChat:       chat,
			core.OpCompletion: completion,
			core.OpResponses:  responses,
		},
		Ends: [core.NumOps]string{
			core.OpChat:       "data: [DONE]\n\n",
			core.OpCompletion: "data: [DONE]\n\n",
		},
		Extras:  true,
		Counts:  counts,
		Embeds:  embeds,
		Sockets: realtime,
		Reranks: reranks,
	}
	return &dialect
}
