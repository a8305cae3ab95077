package adapters

import (
	"asbru/adapters/dialect/openai"
	"asbru/core"
)

// baseten serves open models at a shared endpoint; for a deployment of your own, set base_url.
//
// Source: https://docs.baseten.co/reference/inference-api/chat-completions
var baseten = &Adapter{
	Name: "baseten",
	Base: "https://inference.baseten.co/v1",
	Faces: []*core.Face{{
		Dialect: openai.API,
		Paths: [core.NumOps]string{
			core.OpChat: "/chat/completions",
			core.OpPass: "/",
		},
		AskUsage: true,
	}},
	Env: "BASETEN_API_KEY",
}
