package adapters

import (
	"asbru/adapters/dialect/openai"
	"asbru/core"
)

// perplexity sends cumulative usage on every chunk and often no [DONE].
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
	}},
	Serves: []string{"sonar"},
	Env:    "PERPLEXITY_API_KEY",
}
