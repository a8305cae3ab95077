package adapters

import (
	"asbru/adapters/dialect/anthropic"
	"asbru/adapters/dialect/openai"
	"asbru/core"
)

// moonshot serves Kimi and counts cached tokens as cached_tokens. China has a domain of its
// own.
//
// Source: https://platform.moonshot.ai/docs/api/chat,
// https://platform.moonshot.ai/docs/guide/agent-support
var moonshot = &Adapter{
	Name: "moonshot",
	Base: "https://{domain}",
	Faces: []*core.Face{{
		Dialect: openai.API,
		Paths: [core.NumOps]string{
			core.OpChat: "/v1/chat/completions",
			core.OpPass: "/v1",
		},
		AskUsage: true,
		Quirks:   core.QuirkNoDeveloper | core.QuirkThinkingSwitch,
	}, {
		Dialect: anthropic.API,
		Vendor:  core.Elsewhere,
		Paths: [core.NumOps]string{
			core.OpChat: "/anthropic/v1/messages",
		},
		Headers: []byte(anthropicVersion),
	}},
	Options: []Option{{Name: "domain", Default: "api.moonshot.ai", Example: "api.moonshot.cn"}},
	Serves:  []string{"kimi-", "moonshot-"},
	Env:     "MOONSHOT_API_KEY",
}
