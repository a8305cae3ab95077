package adapters

import (
	"asbru/adapters/dialect/anthropic"
	"asbru/adapters/dialect/openai"
	"asbru/core"
)

// ollama is a local Ollama with its OpenAI-compatible endpoints. Its own format is relayed if base_url
// has no path.
//
// Source: https://docs.ollama.com/api/openai-compatibility,
// https://docs.ollama.com/api/anthropic-compatibility
var ollama = &Adapter{
	Name: "ollama",
	Base: "http://127.0.0.1:11434/v1",
	Faces: []*core.Face{{
		Dialect: openai.API,
		Paths: [core.NumOps]string{
			core.OpChat:       "/chat/completions",
			core.OpCompletion: "/completions",
			core.OpResponses:  "/responses",
			core.OpEmbed:      "/embeddings",
			core.OpPass:       "/",
		},
		AskUsage: true,
		Quirks:   core.QuirkReasoningField,
	}, {
		Dialect: anthropic.API,
		Vendor:  core.Elsewhere,
		Paths: [core.NumOps]string{
			core.OpChat: "/messages",
		},
		Headers: []byte(anthropicVersion),
	}},
	Local: true,
}
