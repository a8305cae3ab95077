package adapters

import (
	"asbru/adapters/dialect/anthropic"
	"asbru/adapters/dialect/gemini"
	"asbru/adapters/dialect/openai"
	"asbru/core"
)

// openCodeZen is opencode's gateway, billed by use. Each family of models is served only in its own
// format.
//
// Source: https://opencode.ai/docs/zen
var openCodeZen = &Adapter{
	Name: "opencode-zen",
	Base: "https://opencode.ai/zen/v1",
	Faces: []*core.Face{{
		Dialect: anthropic.API,
		Paths: [core.NumOps]string{
			core.OpChat: "/messages",
		},
		For:     []string{"claude-"},
		Headers: []byte(anthropicVersion),
	}, {
		Dialect: gemini.API,
		Paths: [core.NumOps]string{
			core.OpChat: "/models/{model}:generateContent",
		},
		Streams: [core.NumOps]string{
			core.OpChat: "/models/{model}:streamGenerateContent?alt=sse",
		},
		For: []string{"gemini-"},
	}, {
		Dialect: openai.API,
		Paths: [core.NumOps]string{
			core.OpResponses: "/responses",
		},
		For: []string{"gpt-"},
	}, {
		Dialect: openai.API,
		Paths: [core.NumOps]string{
			core.OpChat: "/chat/completions",
			core.OpPass: "/",
		},
		AskUsage: true,
	}},
	Env: "OPENCODE_API_KEY",
}
