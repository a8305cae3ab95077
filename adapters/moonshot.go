package adapters

import (
	"asbru/adapters/dialect/openai"
	"asbru/core"
)

// moonshot serves Kimi and counts cached tokens as cached_tokens.
//
// Source: https://platform.moonshot.ai/docs/api/chat
var moonshot = &Adapter{
	Name:    "moonshot",
	Dialect: openai.Chat,
	Base:    "https://api.moonshot.ai/v1",
	Paths: [core.NumOps]string{
		core.OpChat: "/chat/completions",
		core.OpPass: "/",
	},
	AskUsage: true,
	Serves:   []string{"kimi-", "moonshot-"},
	Env:      "MOONSHOT_API_KEY",
}
