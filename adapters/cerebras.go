package adapters

import (
	"asbru/adapters/dialect/openai"
	"asbru/core"
)

// cerebras always sends usage with the finish chunk, and its streams have no [DONE].
//
// Source: https://inference-docs.cerebras.ai/api-reference/chat-completions
var cerebras = &Adapter{
	Name: "cerebras",
	Base: "https://api.cerebras.ai/v1",
	Faces: []*core.Face{{
		Dialect: openai.API,
		Paths: [core.NumOps]string{
			core.OpChat:       "/chat/completions",
			core.OpCompletion: "/completions",
			core.OpPass:       "/",
		},
		Cut:    bookkeeping,
		Quirks: core.QuirkReasoningField,
	}},
	Env: "CEREBRAS_API_KEY",
}
