package adapters

import (
	"asbru/adapters/dialect/anthropic"
	"asbru/adapters/dialect/openai"
	"asbru/core"
)

// openRouter routes to many providers under vendor/model names, and sends their thoughts in reasoning.
//
// Source: https://openrouter.ai/docs/api-reference/overview,
// https://openrouter.ai/docs/guides/community/anthropic-agent-sdk
var openRouter = &Adapter{
	Name: "openrouter",
	Base: "https://openrouter.ai/api/v1",
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
		Quirks:   core.QuirkReasoningField,
	}, {
		Dialect: anthropic.API,
		Paths: [core.NumOps]string{
			core.OpChat: "/messages",
		},
		Headers: []byte(anthropicVersion),
	}},
	Env: "OPENROUTER_API_KEY",
}
