package adapters

import (
	"asbru/adapters/dialect/anthropic"
	"asbru/core"
)

// anthropicAPI serves Claude. Its endpoint in the format of OpenAI is not used: it has no prompt
// caching and no signed thinking and ignores strict tools, all of which our translation keeps.
//
// Source: https://docs.claude.com/en/api/messages,
// https://docs.claude.com/en/api/openai-sdk
var anthropicAPI = &Adapter{
	Name: "anthropic",
	Base: "https://api.anthropic.com/v1",
	Faces: []*core.Face{{
		Dialect: anthropic.API,
		Paths: [core.NumOps]string{
			core.OpChat:  "/messages",
			core.OpCount: "/messages/count_tokens",
			core.OpPass:  "/",
		},
		Headers: []byte(anthropicVersion),
	}},
	Auth:   Auth{Header: "x-api-key"},
	Serves: []string{"claude-"},
	Env:    "ANTHROPIC_API_KEY",
}
