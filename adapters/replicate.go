package adapters

import (
	"asbru/adapters/dialect/openai"
	"asbru/core"
)

// replicate runs predictions, which are jobs that clients poll. Its own format is relayed unchanged.
//
// Source: https://replicate.com/docs/reference/http
var replicate = &Adapter{
	Name: "replicate",
	Base: "https://api.replicate.com/v1",
	Faces: []*core.Face{{
		Dialect: openai.API,
		Paths: [core.NumOps]string{
			core.OpPass: "/",
		},
	}},
	Env: "REPLICATE_API_TOKEN",
}
