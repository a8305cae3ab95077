package adapters

import (
	"asbru/adapters/dialect/anthropic"
	"asbru/adapters/dialect/openai"
	"asbru/core"
)

// liteLLM is a LiteLLM proxy.
//
// Source: https://docs.litellm.ai/docs/providers_openai,
// https://docs.litellm.ai/docs/anthropic_unified,
// https://docs.litellm.ai/docs/rerank
var liteLLM = &Adapter{
	Name: "litellm",
	Base: "http://127.0.0.1:4000/v1",
	Faces: []*core.Face{{
		Dialect: openai.API,
		Paths: [core.NumOps]string{
			core.OpChat:       "/chat/completions",
			core.OpCompletion: "/completions",
			core.OpResponses:  "/responses",
			core.OpEmbed:      "/embeddings",
			core.OpRerank:     "/rerank",
			core.OpPass:       "/",
		},
		AskUsage: true,
	}, {
		Dialect: anthropic.API,
		Paths: [core.NumOps]string{
			core.OpChat:  "/messages",
			core.OpCount: "/messages/count_tokens",
		},
		Headers: []byte(anthropicVersion),
	}},
	Local: true,
}
