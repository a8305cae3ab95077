package adapters

import (
	"asbru/adapters/dialect/openai"
	"asbru/core"
)

// crusoe serves open models in Crusoe's cloud.
//
// Source: https://docs.crusoecloud.com/managed-inference/overview
var crusoe = &Adapter{
	Name: "crusoe",
	Base: "https://api.inference.crusoecloud.com/v1",
	Faces: []*core.Face{{
		Dialect: openai.API,
		Paths: [core.NumOps]string{
			core.OpChat:       "/chat/completions",
			core.OpCompletion: "/completions",
			core.OpPass:       "/",
		},
		AskUsage: true,
	}},
	Env:      "CRUSOE_API_KEY",
	Unproven: []core.Op{core.OpCompletion},
}
