package adapters

import (
	"asbru/adapters/dialect/openai"
	"asbru/core"
)

// hyperbolic serves open models under their Hugging Face names.
//
// Source: https://docs.hyperbolic.xyz/docs/rest-api
var hyperbolic = &Adapter{
	Name: "hyperbolic",
	Base: "https://api.hyperbolic.xyz/v1",
	Faces: []*core.Face{{
		Dialect: openai.API,
		Paths: [core.NumOps]string{
			core.OpChat:       "/chat/completions",
			core.OpCompletion: "/completions",
			core.OpPass:       "/",
		},
		AskUsage: true,
	}},
	Env: "HYPERBOLIC_API_KEY",
}
