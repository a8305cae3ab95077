package adapters

import (
	"asbru/adapters/dialect/openai"
	"asbru/core"
)

// fal runs models for images, video and sound at fal.run/vendor/model. Its own format is relayed
// unchanged.
//
// Source: https://docs.fal.ai/model-apis/model-endpoints/synchronous-requests
var fal = &Adapter{
	Name: "fal",
	Base: "https://fal.run",
	Faces: []*core.Face{{
		Dialect: openai.API,
		Paths: [core.NumOps]string{
			core.OpPass: "/",
		},
	}},
	Auth: Auth{Scheme: "Key"},
	Env:  "FAL_KEY",
}
