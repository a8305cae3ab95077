package adapters

import (
	"asbru/adapters/dialect/openai"
	"asbru/core"
)

// groq repeats usage in x_groq, sends errors as events of a stream with status 200, and answers 400
// to unknown fields.
//
// Source: https://console.groq.com/docs/api-reference
var groq = &Adapter{
	Name: "groq",
	Base: "https://api.groq.com/openai/v1",
	Faces: []*core.Face{{
		Dialect: openai.API,
		Paths: [core.NumOps]string{
			core.OpChat:      "/chat/completions",
			core.OpResponses: "/responses",
			core.OpPass:      "/",
		},
		AskUsage: true,
		Cut:      bookkeeping,
		Quirks:   core.QuirkReasoningField,
	}},
	Env: "GROQ_API_KEY",
}
