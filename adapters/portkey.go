package adapters

import (
	"asbru/adapters/dialect/anthropic"
	"asbru/adapters/dialect/openai"
	"asbru/core"
)

// portkey is another gateway. The header x-portkey-provider or x-portkey-config, set under headers,
// chooses its provider.
//
// Source: https://portkey.ai/docs/api-reference/inference-api/chat
var portkey = &Adapter{
	Name: "portkey",
	Base: "https://api.portkey.ai/v1",
	Faces: []*core.Face{{
		Dialect: openai.API,
		Paths: [core.NumOps]string{
			core.OpChat:       "/chat/completions",
			core.OpCompletion: "/completions",
			core.OpResponses:  "/responses",
			core.OpEmbed:      "/embeddings",
			core.OpPass:       "/",
		},
		AskUsage: true,
	}, {
		Dialect: anthropic.API,
		Paths: [core.NumOps]string{
			core.OpChat:  "/messages",
			core.OpCount: "/messages/count_tokens",
		},
		Headers: []byte(anthropicVersion),
	}},
	Auth: Auth{Header: "x-portkey-api-key"},
	Env:  "PORTKEY_API_KEY",
}
