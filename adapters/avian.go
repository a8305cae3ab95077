package adapters

import (
	"asbru/adapters/dialect/openai"
	"asbru/core"
)

// avian serves a few open models.
//
// Source: https://avian.io/docs
var avian = &Adapter{
	Name: "avian",
	Base: "https://api.avian.io/v1",
	Faces: []*core.Face{{
		Dialect: openai.API,
		Paths: [core.NumOps]string{
			core.OpChat: "/chat/completions",
			core.OpPass: "/",
		},
		AskUsage: true,
	}},
	Env: "AVIAN_API_KEY",
}
