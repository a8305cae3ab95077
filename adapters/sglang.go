package adapters

import (
	"asbru/adapters/dialect/openai"
	"asbru/core"
)

// sgLang is an SGLang server.
//
// Source: https://docs.sglang.ai/basic_usage/openai_api.html
var sgLang = &Adapter{
	Name: "sglang",
	Base: "http://127.0.0.1:30000/v1",
	Faces: []*core.Face{{
		Dialect: openai.API,
		Paths: [core.NumOps]string{
			core.OpChat:       "/chat/completions",
			core.OpCompletion: "/completions",
			core.OpResponses:  "/responses",
			core.OpEmbed:      "/embeddings",
			core.OpRerank:     "/rerank",
			core.OpPass:       "/",
		},
		AskUsage: true,
	}},
	Local:    true,
	Unproven: []core.Op{core.OpResponses, core.OpRerank},
}
