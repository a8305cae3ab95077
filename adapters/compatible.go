package adapters

import (
	"asbru/adapters/dialect/openai"
	"asbru/core"
)

// compatible is any server that follows OpenAI's format; its base must be configured.
//
// Source: https://platform.openai.com/docs/api-reference
var compatible = &Adapter{
	Name: "openai-compatible",
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
	}},
	Unproven: []core.Op{core.OpChat, core.OpCompletion, core.OpResponses, core.OpEmbed, core.OpRerank, core.OpPass, core.OpRealtime},
}
