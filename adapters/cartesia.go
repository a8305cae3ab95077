package adapters

import (
	"asbru/adapters/dialect/openai"
	"asbru/core"
)

// cartesia synthesizes and transcribes speech. Its own format is relayed unchanged.
//
// Source: https://docs.cartesia.ai/api-reference/tts/bytes
var cartesia = &Adapter{
	Name: "cartesia",
	Base: "https://api.cartesia.ai",
	Faces: []*core.Face{{
		Dialect: openai.API,
		Paths: [core.NumOps]string{
			core.OpPass: "/",
		},
		Headers: []byte("Cartesia-Version: 2025-04-16\r\n"),
	}},
	Env: "CARTESIA_API_KEY",
}
