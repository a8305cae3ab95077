package adapters

import (
	"asbru/adapters/dialect/openai"
	"asbru/core"
)

// writer serves Palmyra. Its path of chats is shorter than elsewhere; streams have no [DONE] and always
// have usage.
//
// Source: https://dev.writer.com/api-reference/completion-api/chat-completion
var writer = &Adapter{
	Name: "writer",
	Base: "https://api.writer.com/v1",
	Faces: []*core.Face{{
		Dialect: openai.API,
		Paths: [core.NumOps]string{
			core.OpChat:       "/chat",
			core.OpCompletion: "/completions",
			core.OpPass:       "/",
		},
		Rename: [][2]string{{"max_completion_tokens", "max_tokens"}},
		Quirks: core.QuirkNoDeveloper | core.QuirkMaxTokens,
	}},
	Serves: []string{"palmyra-"},
	Env:    "WRITER_API_KEY",
}
