package adapters

import (
	"asbru/adapters/dialect/openai"
	"asbru/core"
)

// together serves open models under their Hugging Face names. Its successful replies have retry-after
// too.
//
// Source: https://docs.together.ai/reference/chat-completions-1,
// https://docs.together.ai/reference/rerank-1
var together = &Adapter{
	Name: "together",
	Base: "https://api.together.xyz/v1",
	Faces: []*core.Face{{
		Dialect: openai.API,
		Paths: [core.NumOps]string{
			core.OpChat:       "/chat/completions",
			core.OpCompletion: "/completions",
			core.OpEmbed:      "/embeddings",
			core.OpRerank:     "/rerank",
			core.OpPass:       "/",
		},
		AskUsage: true,
	}},
	Env: "TOGETHER_API_KEY",
}
