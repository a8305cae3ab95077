package adapters

import (
	"asbru/adapters/dialect/openai"
	"asbru/core"
)

// nebius serves open models under their Hugging Face names, with the deviations of vLLM. Its former
// address was api.studio.nebius.ai.
//
// Source: https://docs.tokenfactory.nebius.com/api-reference
var nebius = &Adapter{
	Name: "nebius",
	Base: "https://api.tokenfactory.nebius.com/v1",
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
	Env: "NEBIUS_API_KEY",
}
