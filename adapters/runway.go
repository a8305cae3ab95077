package adapters

import (
	"asbru/adapters/dialect/openai"
	"asbru/core"
)

// runway generates video in jobs. Its own format is relayed unchanged.
//
// Source: https://docs.dev.runwayml.com/api/
var runway = &Adapter{
	Name: "runway",
	Base: "https://api.dev.runwayml.com/v1",
	Faces: []*core.Face{{
		Dialect: openai.API,
		Paths: [core.NumOps]string{
			core.OpPass: "/",
		},
		Headers: []byte("X-Runway-Version: 2024-11-06\r\n"),
	}},
	Env: "RUNWAYML_API_SECRET",
}
