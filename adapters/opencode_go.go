package adapters

import (
	"asbru/adapters/dialect/anthropic"
	"asbru/adapters/dialect/openai"
	"asbru/core"
)

// openCodeGo is opencode's gateway with a monthly plan. It requires a header x-opencode-session, to be
// set under headers.
//
// Source: https://opencode.ai/docs/go
var openCodeGo = &Adapter{
	Name: "opencode-go",
	Base: "https://opencode.ai/zen/go/v1",
	Faces: []*core.Face{{
		Dialect: anthropic.API,
		Vendor:  core.Elsewhere,
		Paths: [core.NumOps]string{
			core.OpChat: "/messages",
		},
		For:     []string{"minimax-"},
		Headers: []byte(anthropicVersion),
	}, {
		Dialect: openai.API,
		Paths: [core.NumOps]string{
			core.OpResponses: "/responses",
		},
		For: []string{"grok-"},
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
