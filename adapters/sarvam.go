package adapters

import (
	"asbru/adapters/dialect/openai"
	"asbru/core"
)

// sarvam serves models for the languages of India; speech and translation are relayed.
//
// Source: https://docs.sarvam.ai/api-reference-docs/chat/chat-completions
var sarvam = &Adapter{
	Name: "sarvam",
	Base: "https://api.sarvam.ai",
	Faces: []*core.Face{{
		Dialect: openai.API,
		Paths: [core.NumOps]string{
			core.OpChat: "/v1/chat/completions",
			core.OpPass: "/",
		},
		Rename: [][2]string{{"max_completion_tokens", "max_tokens"}},
		Quirks: core.QuirkNoDeveloper | core.QuirkMaxTokens,
	}},
	Auth:   Auth{Header: "api-subscription-key"},
	Serves: []string{"sarvam-"},
	Env:    "SARVAM_API_KEY",
}
