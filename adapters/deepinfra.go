package adapters

import (
	"asbru/adapters/dialect/anthropic"
	"asbru/adapters/dialect/openai"
	"asbru/core"
)

// deepInfra serves open models under their Hugging Face names.
//
// Source: https://deepinfra.com/docs/openai_api,
// https://deepinfra.com/docs/anthropic_api
var deepInfra = &Adapter{
	Name: "deepinfra",
	Base: "https://api.deepinfra.com",
	Faces: []*core.Face{{
		Dialect: openai.API,
		Paths: [core.NumOps]string{
			core.OpChat:       "/v1/openai/chat/completions",
			core.OpCompletion: "/v1/openai/completions",
			core.OpEmbed:      "/v1/openai/embeddings",
			core.OpPass:       "/v1/openai",
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
	Env: "DEEPINFRA_API_KEY",
}
