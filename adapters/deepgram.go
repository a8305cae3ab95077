package adapters

import (
	"asbru/adapters/dialect/openai"
	"asbru/core"
)

// deepgram synthesizes and transcribes speech. Its own format is relayed unchanged.
//
// Source: https://developers.deepgram.com/reference/deepgram-api-overview
var deepgram = &Adapter{
	Name: "deepgram",
	Base: "https://api.deepgram.com/v1",
	Faces: []*core.Face{{
		Dialect: openai.API,
		Paths: [core.NumOps]string{
			core.OpPass: "/",
		},
	}},
	Auth: Auth{Scheme: "Token"},
	Env:  "DEEPGRAM_API_KEY",
}
