package adapters

import (
	"asbru/adapters/dialect/openai"
	"asbru/core"
)

// huggingFace is the router of Hugging Face. Details of its answers depend on the provider that it
// chooses. A model may end in :provider or :fastest.
//
// Source: https://huggingface.co/docs/inference-providers/tasks/chat-completion,
// https://huggingface.co/docs/inference-providers/guides/responses-api
var huggingFace = &Adapter{
	Name: "huggingface",
	Base: "https://router.huggingface.co/v1",
	Faces: []*core.Face{{
		Dialect: openai.API,
		Paths: [core.NumOps]string{
			core.OpChat:      "/chat/completions",
			core.OpResponses: "/responses",
			core.OpPass:      "/",
		},
		AskUsage: true,
	}},
	Env: "HF_TOKEN",
}
