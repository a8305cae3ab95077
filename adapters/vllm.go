package adapters

import (
	"asbru/adapters/dialect/anthropic"
	"asbru/adapters/dialect/openai"
	"asbru/core"
)

// vllm is a vLLM server.
//
// Source: https://docs.vllm.ai/en/latest/serving/openai_compatible_server.html
var vllm = &Adapter{
	Name: "vllm",
	Base: "http://127.0.0.1:8000/v1",
	Faces: []*core.Face{{
		Dialect: openai.API,
		Paths: [core.NumOps]string{
			core.OpChat:       "/chat/completions",
			core.OpCompletion: "/completions",
			core.OpResponses:  "/responses",
			core.OpEmbed:      "/embeddings",
			core.OpRerank:     "/rerank",
			core.OpPass:       "/",
			core.OpRealtime:   "/realtime?model={model}",
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
