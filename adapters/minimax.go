package adapters

import (
	"asbru/adapters/dialect/anthropic"
	"asbru/adapters/dialect/openai"
	"asbru/core"
)

// minimax serves the models of MiniMax. China has a domain of its own.
//
// Source: https://platform.minimax.io/docs/api-reference/text-openai-api,
// https://platform.minimax.io/docs/api-reference/text-anthropic-api
var minimax = &Adapter{
	Name: "minimax",
	Base: "https://{domain}",
	Faces: []*core.Face{{
		Dialect: openai.API,
		Paths: [core.NumOps]string{
			core.OpChat: "/v1/chat/completions",
			core.OpPass: "/v1",
		},
		AskUsage: true,
		Quirks:   core.QuirkNoDeveloper,
	}, {
		Dialect: anthropic.API,
		Vendor:  core.Elsewhere,
		Paths: [core.NumOps]string{
			core.OpChat: "/anthropic/v1/messages",
		},
		Headers: []byte(anthropicVersion),
	}},
	Options: []Option{{Name: "domain", Default: "api.minimax.io", Example: "api.minimaxi.com"}},
	Serves:  []string{"MiniMax-"},
	Env:     "MINIMAX_API_KEY",
}
