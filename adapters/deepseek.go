package adapters

import (
	"asbru/adapters/dialect/anthropic"
	"asbru/adapters/dialect/openai"
	"asbru/core"
)

// deepSeek counts cached tokens as prompt_cache_hit_tokens and answers 402 if the balance is spent.
// Its only response_format is json_object.
//
// Source: https://api-docs.deepseek.com/api/create-chat-completion,
// https://api-docs.deepseek.com/guides/anthropic_api
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
		Rename:   [][2]string{{"max_completion_tokens", "max_tokens"}},
		Quirks:   core.QuirkNoDeveloper | core.QuirkNoSchema | core.QuirkMaxTokens | core.QuirkThinkingSwitch,
	}, {
		Dialect: anthropic.API,
		Vendor:  core.Elsewhere,
		Paths: [core.NumOps]string{
			core.OpChat: "/anthropic/v1/messages",
		},
		Headers: []byte(anthropicVersion),
	}},
	Serves: []string{"deepseek-"},
	Env:    "DEEPSEEK_API_KEY",
}
