package adapters

import (
	"asbru/adapters/dialect/openai"
	"asbru/core"
)

// heroku is Heroku's managed inference; the key belongs to one attached model.
//
// Source: https://devcenter.heroku.com/articles/heroku-inference-api-v1-chat-completions
var heroku = &Adapter{
	Name: "heroku",
	Base: "https://{region}.inference.heroku.com/v1",
	Faces: []*core.Face{{
		Dialect: openai.API,
		Paths: [core.NumOps]string{
			core.OpChat:  "/chat/completions",
			core.OpEmbed: "/embeddings",
			core.OpPass:  "/",
		},
		AskUsage: true,
	}},
	Options: []Option{{Name: "region", Default: "us", Example: "eu"}},
	Env:     "INFERENCE_KEY",
}
