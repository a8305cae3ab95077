package adapters

import (
	"asbru/adapters/dialect/openai"
	"asbru/core"
)

// groq repeats usage under x_groq and sends errors as events of a 200 stream.
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
	}},
	Env: "GROQ_API_KEY",
}
