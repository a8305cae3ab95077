package adapters

import (
	"asbru/adapters/dialect/openai"
	"asbru/core"
)

// deepInfra serves open models under their Hugging Face names.
//
// Source: https://deepinfra.com/docs/openai_api
var deepInfra = &Adapter{
	Name: "deepinfra",
	Base: "https://api.deepinfra.com/v1/openai",
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
	Env: "DEEPINFRA_API_KEY",
}
