package adapters

import (
	"asbru/adapters/dialect/openai"
	"asbru/core"
)

// parasail serves open models with vLLM.
//
// Source: https://docs.parasail.io/parasail-docs/serverless/serverless
var parasail = &Adapter{
	Name: "parasail",
	Base: "https://api.parasail.io/v1",
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
	Env:      "PARASAIL_API_KEY",
	Unproven: []core.Op{core.OpCompletion},
}
