package adapters

import (
	"asbru/adapters/dialect/openai"
	"asbru/core"
)

// perplexity sends cumulative usage with every chunk and often no [DONE]. Its embeddings are base64 of
// 8-bit integers, which no client of OpenAI expects, so they are only relayed.
//
// Source: https://docs.perplexity.ai/api-reference/chat-completions-post
var perplexity = &Adapter{
	Name: "perplexity",
	Base: "https://api.perplexity.ai",
	Faces: []*core.Face{{
		Dialect: openai.API,
		Paths: [core.NumOps]string{
			core.OpChat: "/chat/completions",
			core.OpPass: "/",
		},
		Rename: [][2]string{{"max_completion_tokens", "max_tokens"}},
		Quirks: core.QuirkNoDeveloper | core.QuirkMaxTokens | core.QuirkNoTools | core.QuirkUserFirst,
	}},
	Serves: []string{"sonar"},
	Env:    "PERPLEXITY_API_KEY",
}
