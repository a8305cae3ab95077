// Package openai is OpenAI's wire format: chat completions, legacy completions,
// responses and embeddings, and the envelope of everything else below /v1.
//
// It reads the few facts that policy needs and patches the few bytes that must
// differ upstream; all else passes as it came. It refuses bodies that two readers
// could read differently. It does not translate to other formats, checks no field
// it does not read, and does no I/O.
//
// Source: https://platform.openai.com/docs/api-reference
package openai

import "asbru/core"

// Chat is the dialect. Every OpenAI-compatible provider shares this one value.
var Chat = &core.Dialect{
	Name:              "openai",
	Peek:              peek,
	AppendBody:        appendBody,
	AppendFault:       appendFault,
	AppendStreamFault: appendStreamFault,
	ReadUsage:         readUsage,
	ReadEvent:         readEvent,
}
