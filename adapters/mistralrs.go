package adapters

import (
	"asbru/adapters/dialect/openai"
	"asbru/core"
)

// mistralRS is the server of mistral.rs.
//
// Source: https://github.com/EricLBuehler/mistral.rs/blob/master/docs/HTTP.md
var mistralRS = &Adapter{
	Name: "mistralrs",
	Base: "http://127.0.0.1:1234/v1",
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
	}},
	Local: true,
}
