package adapters

import (
	"asbru/adapters/dialect/openai"
	"asbru/core"
)

// ollama is a local Ollama through its OpenAI-compatible endpoints.
//
// Source: https://docs.ollama.com/api/openai-compatibility
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
	}},
	Local: true,
}
