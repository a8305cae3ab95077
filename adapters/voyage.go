package adapters

import (
	"asbru/adapters/dialect/openai"
	"asbru/core"
)

// voyage computes embeddings and reranks documents. Its fields for dimensions and counts have names of
// their own.
//
// Source: https://docs.voyageai.com/reference/embeddings-api,
// https://docs.voyageai.com/reference/reranker-api
var voyage = &Adapter{
	Name: "voyage",
	Base: "https://api.voyageai.com/v1",
	Faces: []*core.Face{{
		Dialect: openai.API,
		Paths: [core.NumOps]string{
			core.OpEmbed:  "/embeddings",
			core.OpRerank: "/rerank",
			core.OpPass:   "/",
		},
		Cut:    []string{"user"},
		Rename: [][2]string{{"dimensions", "output_dimension"}, {"top_n", "top_k"}},
	}},
	Serves: []string{"voyage-"},
	Env:    "VOYAGE_API_KEY",
}
