package adapters

import (
	"asbru/adapters/dialect/openai"
	"asbru/core"
)

// openRouter routes to many providers under vendor/model names.
//
// Source: https://openrouter.ai/docs/api-reference/overview
var openRouter = &Adapter{
	Name: "openrouter",
	Base: "https://openrouter.ai/api/v1",
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
	Env: "OPENROUTER_API_KEY",
}
