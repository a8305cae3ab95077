package adapters

import (
	"asbru/adapters/dialect/openai"
	"asbru/core"
)

// scaleway serves open models from data centres in Europe; for a dedicated deployment, set base_url.
//
// Source: https://www.scaleway.com/en/docs/generative-apis/api-cli/using-chat-api,
// https://www.scaleway.com/en/docs/generative-apis/reference-content/openai-compatibility/
var scaleway = &Adapter{
	Name: "scaleway",
	Base: "https://api.scaleway.ai/v1",
	Faces: []*core.Face{{
		Dialect: openai.API,
		Paths: [core.NumOps]string{
			core.OpChat:      "/chat/completions",
			core.OpResponses: "/responses",
			core.OpEmbed:     "/embeddings",
			core.OpPass:      "/",
		},
		AskUsage: true,
	}},
	Env: "SCW_SECRET_KEY",
}
