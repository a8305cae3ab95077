package adapters

import (
	"asbru/adapters/dialect/openai"
	"asbru/core"
)

// nvidia serves the NIM catalogue.
//
// Source: https://docs.api.nvidia.com/nim/reference/llm-apis
var nvidia = &Adapter{
	Name: "nvidia",
	Base: "https://integrate.api.nvidia.com/v1",
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
	Env: "NVIDIA_API_KEY",
}
