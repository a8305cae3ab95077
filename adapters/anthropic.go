package adapters

import (
	"asbru/adapters/dialect/openai"
	"asbru/core"
)

// anthropic serves Claude through its OpenAI-compatible endpoint: chat only, without
// prompt caching and other things of its own format.
//
// Source: https://docs.anthropic.com/en/api/openai-sdk
var anthropic = &Adapter{
	Name: "anthropic",
	Base: "https://api.anthropic.com/v1",
	Faces: []*core.Face{{
		Dialect: openai.API,
		Paths: [core.NumOps]string{
			core.OpChat: "/chat/completions",
		},
		AskUsage: true,
	}},
	Serves: []string{"claude-"},
	Env:    "ANTHROPIC_API_KEY",
}
