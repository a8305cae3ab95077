package adapters

import (
	"asbru/adapters/dialect/openai"
	"asbru/core"
)

// doubleword serves open models, at lower prices in batches.
//
// Source: https://docs.doubleword.ai/inference-api
var doubleword = &Adapter{
	Name: "doubleword",
	Base: "https://api.doubleword.ai/v1",
	Faces: []*core.Face{{
		Dialect: openai.API,
		Paths: [core.NumOps]string{
			core.OpChat:       "/chat/completions",
			core.OpCompletion: "/completions",
			core.OpResponses:  "/responses",
			core.OpEmbed:      "/embeddings",
			core.OpPass:       "/",
		},
		AskUsage: true,
	}},
	Env:      "DOUBLEWORD_API_KEY",
	Unproven: []core.Op{core.OpCompletion, core.OpResponses},
}
