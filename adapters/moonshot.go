package adapters

import (
	"asbru/adapters/dialect/openai"
	"asbru/core"
)

// moonshot serves Kimi and counts cached tokens as cached_tokens.
//
// Source: https://platform.moonshot.ai/docs/api/chat
var moonshot = &Adapter{
	Name: "moonshot",
	Base: "https://api.moonshot.ai/v1",
	Faces: []*core.Face{{
		Dialect: openai.API,
		Paths: [core.NumOps]string{
			core.OpChat: "/chat/completions",
			core.OpPass: "/",
		},
		AskUsage: true,
	}},
	Serves: []string{"kimi-", "moonshot-"},
	Env:    "MOONSHOT_API_KEY",
}
