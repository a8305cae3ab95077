package adapters

import (
	"asbru/adapters/dialect/openai"
	"asbru/core"
)

// runware generates images and video. A request is a list of tasks, an answer a list of results, both
// relayed unchanged.
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
