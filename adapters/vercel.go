package adapters

import (
	"asbru/adapters/dialect/anthropic"
	"asbru/adapters/dialect/openai"
	"asbru/core"
)

// vercel is Vercel's AI gateway, with vendor/model names.
//
// Source: https://vercel.com/docs/ai-gateway/openai-compat,
// https://vercel.com/docs/ai-gateway/anthropic-compat
var vercel = &Adapter{
	Name: "vercel",
	Base: "https://ai-gateway.vercel.sh/v1",
	Faces: []*core.Face{{
		Dialect: openai.API,
		Paths: [core.NumOps]string{
			core.OpChat:      "/chat/completions",
			core.OpResponses: "/responses",
			core.OpEmbed:     "/embeddings",
			core.OpPass:      "/",
		},
		AskUsage: true,
	}, {
		Dialect: anthropic.API,
		Paths: [core.NumOps]string{
			core.OpChat: "/messages",
		},
		Headers: []byte(anthropicVersion),
	}},
	Env: "AI_GATEWAY_API_KEY",
}
