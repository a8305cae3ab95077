package adapters

import (
	"asbru/adapters/dialect/openai"
	"asbru/core"
)

// deepSeek counts cached tokens as prompt_cache_hit_tokens and answers 402 without balance.
//
// Source: https://api-docs.deepseek.com/api/create-chat-completion
var deepSeek = &Adapter{
	Name: "deepseek",
	Base: "https://api.deepseek.com",
	Faces: []*core.Face{{
		Dialect: openai.API,
		Paths: [core.NumOps]string{
			core.OpChat:      "/chat/completions",
			core.OpResponses: "/responses",
			core.OpPass:      "/",
		},
		AskUsage: true,
	}},
	Serves: []string{"deepseek-"},
	Env:    "DEEPSEEK_API_KEY",
}
