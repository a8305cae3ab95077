package adapters

import (
	"asbru/adapters/dialect/openai"
	"asbru/core"
)

// novita serves open models under their Hugging Face names.
//
// Source: https://novita.ai/docs/api-reference/model-apis-llm-create-chat-completion
var novita = &Adapter{
	Name: "novita",
	Base: "https://api.novita.ai/v3/openai",
	Faces: []*core.Face{{
		Dialect: openai.API,
		Paths: [core.NumOps]string{
			core.OpChat:       "/chat/completions",
			core.OpCompletion: "/completions",
			core.OpEmbed:      "/embeddings",
			core.OpPass:       "/",
		},
		AskUsage: true,
	}},
	Env: "NOVITA_API_KEY",
}
