package adapters

import (
	"asbru/adapters/dialect/openai"
	"asbru/core"
)

// runware makes pictures and film: a list of tasks in, a list of results out, relayed as it
// is.
//
// Source: https://runware.ai/docs/en/getting-started/how-to-connect
var runware = &Adapter{
	Name: "runware",
	Base: "https://api.runware.ai/v1",
	Faces: []*core.Face{{
		Dialect: openai.API,
		Paths: [core.NumOps]string{
			core.OpPass: "/",
		},
	}},
	Env: "RUNWARE_API_KEY",
}
