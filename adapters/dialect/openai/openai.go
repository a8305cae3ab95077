// Package openai is OpenAI's wire format: chat completions, legacy completions,
// responses and embeddings, and the envelope of everything else below /v1.
//
// It reads the few facts that policy needs and patches the few bytes that must
// differ upstream; all else passes as it came. Conversations it can also read into
// the neutral form and write from it. It refuses bodies that two readers
// could read differently. It checks no field it does not read, and does no I/O.
//
// Source: https://platform.openai.com/docs/api-reference
package openai

import (
	"asbru/adapters/body"
	"asbru/core"
)

var fields = body.NewFields(true,
	[]string{"max_tokens", "max_completion_tokens", "max_output_tokens"}, []string{"n", "best_of"})

// api is what API points at: the codecs compare with its address, which API's own
// initializer could not name through them.
var api core.Dialect

// API is the dialect. Every OpenAI-compatible provider shares this one value.
var API = fill(&api)

func fill(d *core.Dialect) *core.Dialect {
	*d = core.Dialect{
		Name:              "openai",
		Peek:              fields.Peek,
		AppendBody:        body.Append,
		AppendFault:       appendFault,
		AppendStreamFault: appendStreamFault,
		ReadUsage:         readUsage,
		ReadEvent:         readEvent,
		Chats: [core.NumOps]*core.ChatCodec{
			core.OpResponses: responses,
		},
	}
	return d
}
