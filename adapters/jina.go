package adapters

import (
	"asbru/adapters/dialect/openai"
	"asbru/core"
)

// jina computes embeddings and reranks documents.
//
// Source: https://api.jina.ai/redoc,
// https://jina.ai/reranker
var jina = &Adapter{
	Name: "jina",
	Base: "https://api.jina.ai/v1",
	Faces: []*core.Face{{
		Dialect: openai.API,
		Paths: [core.NumOps]string{
			core.OpEmbed:  "/embeddings",
			core.OpRerank: "/rerank",
			core.OpPass:   "/",
		},
		Cut: []string{"user"},
	}},
	Serves: []string{"jina-"},
	Env:    "JINA_API_KEY",
}
