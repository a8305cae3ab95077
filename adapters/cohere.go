package adapters

import (
	"asbru/adapters/dialect/cohere"
	"asbru/core"
)

// cohereAPI serves Command, Embed and Rerank in version 2 of its format. Its endpoint in the format of
// OpenAI has neither citations nor documents and is not used.
//
// Source: https://docs.cohere.com/reference/chat,
// https://docs.cohere.com/reference/embed,
// https://docs.cohere.com/reference/rerank
var cohereAPI = &Adapter{
	Name: "cohere",
	Base: "https://api.cohere.com",
	Faces: []*core.Face{{
		Dialect: cohere.API,
		Paths: [core.NumOps]string{
			core.OpChat:   "/v2/chat",
			core.OpEmbed:  "/v2/embed",
			core.OpRerank: "/v2/rerank",
			core.OpPass:   "/",
		},
	}},
	Serves: []string{"command-", "c4ai-", "embed-english-", "embed-multilingual-", "embed-v", "rerank-english-", "rerank-multilingual-", "rerank-v"},
	Env:    "COHERE_API_KEY",
}
