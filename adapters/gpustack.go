package adapters

import (
	"asbru/adapters/dialect/openai"
	"asbru/core"
)

// gpuStack is a GPUStack cluster.
//
// Source: https://docs.gpustack.ai/latest/user-guide/openai-compatible-apis/
var gpuStack = &Adapter{
	Name: "gpustack",
	Base: "http://127.0.0.1/v1",
	Faces: []*core.Face{{
		Dialect: openai.API,
		Paths: [core.NumOps]string{
			core.OpChat:       "/chat/completions",
			core.OpCompletion: "/completions",
			core.OpEmbed:      "/embeddings",
			core.OpRerank:     "/rerank",
			core.OpPass:       "/",
		},
		AskUsage: true,
	}},
	Local: true,
}
