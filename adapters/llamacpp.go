package adapters

import (
	"asbru/adapters/dialect/anthropic"
	"asbru/adapters/dialect/openai"
	"asbru/core"
)

// llamaCpp is the server of llama.cpp.
//
// Source: https://github.com/ggml-org/llama.cpp/tree/master/tools/server
var llamaCpp = &Adapter{
	Name: "llamacpp",
	Base: "http://127.0.0.1:8080/v1",
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
	}, {
		Dialect: anthropic.API,
		Vendor:  core.Elsewhere,
		Paths: [core.NumOps]string{
			core.OpChat:  "/messages",
			core.OpCount: "/messages/count_tokens",
		},
		Headers: []byte(anthropicVersion),
	}},
	Local: true,
}
