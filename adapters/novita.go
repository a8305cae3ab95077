package adapters

import (
	"asbru/adapters/dialect/anthropic"
	"asbru/adapters/dialect/openai"
	"asbru/core"
)

// novita serves open models under their Hugging Face names.
//
// Source: https://novita.ai/docs/api-reference/model-apis-llm-create-chat-completion,
// https://novita.ai/docs/guides/claude-code
var novita = &Adapter{
	Name: "novita",
	Base: "https://api.novita.ai",
	Faces: []*core.Face{{
		Dialect: openai.API,
		Paths: [core.NumOps]string{
			core.OpChat:       "/v3/openai/chat/completions",
			core.OpCompletion: "/v3/openai/completions",
			core.OpEmbed:      "/v3/openai/embeddings",
			core.OpPass:       "/v3/openai",
		},
		AskUsage: true,
	}, {
		Dialect: anthropic.API,
		Vendor:  core.Elsewhere,
		Paths: [core.NumOps]string{
			core.OpChat: "/anthropic/v1/messages",
		},
		Headers: []byte(anthropicVersion),
	}},
	Env: "NOVITA_API_KEY",
}
