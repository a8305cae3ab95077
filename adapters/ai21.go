package adapters

import (
	"asbru/adapters/dialect/openai"
	"asbru/core"
)

// ai21 serves Jamba.
//
// Source: https://docs.ai21.com/reference/jamba-1-6-api-ref
var ai21 = &Adapter{
	Name: "ai21",
	Base: "https://api.ai21.com/studio/v1",
	Faces: []*core.Face{{
		Dialect: openai.API,
		Paths: [core.NumOps]string{
			core.OpChat: "/chat/completions",
			core.OpPass: "/",
		},
		Rename: [][2]string{{"max_completion_tokens", "max_tokens"}},
		Quirks: core.QuirkNoDeveloper | core.QuirkMaxTokens,
	}},
	Serves: []string{"jamba-"},
	Env:    "AI21_API_KEY",
}
