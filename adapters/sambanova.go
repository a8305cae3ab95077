package adapters

import (
	"asbru/adapters/dialect/openai"
	"asbru/core"
)

// sambaNova serves open models on its own hardware.
//
// Source: https://docs.sambanova.ai/cloud/api-reference/overview
var sambaNova = &Adapter{
	Name: "sambanova",
	Base: "https://api.sambanova.ai/v1",
	Faces: []*core.Face{{
		Dialect: openai.API,
		Paths: [core.NumOps]string{
			core.OpChat:       "/chat/completions",
			core.OpCompletion: "/completions",
			core.OpEmbed:      "/embeddings",
			core.OpPass:       "/",
		},
		AskUsage: true,
	}},
	Env:      "SAMBANOVA_API_KEY",
	Unproven: []core.Op{core.OpCompletion},
}
