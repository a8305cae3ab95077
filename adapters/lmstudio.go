package adapters

import (
	"asbru/adapters/dialect/anthropic"
	"asbru/adapters/dialect/openai"
	"asbru/core"
)

// lmStudio is the local server of LM Studio.
//
// Source: https://lmstudio.ai/docs/developer/openai-compat,
// https://lmstudio.ai/docs/developer/anthropic-compat
var lmStudio = &Adapter{
	Name: "lmstudio",
	Base: "http://127.0.0.1:1234/v1",
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
	}, {
		Dialect: anthropic.API,
		Vendor:  core.Elsewhere,
		Paths: [core.NumOps]string{
			core.OpChat: "/messages",
		},
		Headers: []byte(anthropicVersion),
	}},
	Local: true,
}
