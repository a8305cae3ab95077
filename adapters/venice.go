package adapters

import (
	"asbru/adapters/dialect/openai"
	"asbru/core"
)

// venice serves open models and stores no requests; venice_parameters is a field of its own.
//
// Source: https://docs.venice.ai/api-reference/api-spec
var venice = &Adapter{
	Name: "venice",
	Base: "https://api.venice.ai/api/v1",
	Faces: []*core.Face{{
		Dialect: openai.API,
		Paths: [core.NumOps]string{
			core.OpChat:  "/chat/completions",
			core.OpEmbed: "/embeddings",
			core.OpPass:  "/",
		},
		AskUsage: true,
	}},
	Serves: []string{"venice-"},
	Env:    "VENICE_API_KEY",
}
