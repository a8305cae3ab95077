package adapters

import (
	"asbru/adapters/dialect/openai"
	"asbru/core"
)

// gladia transcribes speech. Its own format is relayed unchanged.
//
// Source: https://docs.gladia.io/api-reference
var gladia = &Adapter{
	Name: "gladia",
	Base: "https://api.gladia.io/v2",
	Faces: []*core.Face{{
		Dialect: openai.API,
		Paths: [core.NumOps]string{
			core.OpPass: "/",
		},
	}},
	Auth: Auth{Header: "x-gladia-key"},
	Env:  "GLADIA_API_KEY",
}
