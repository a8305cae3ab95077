package adapters

import (
	"asbru/adapters/dialect/openai"
	"asbru/core"
)

// elevenLabs synthesizes and transcribes speech. Its own format is relayed unchanged.
//
// Source: https://elevenlabs.io/docs/api-reference/introduction
var elevenLabs = &Adapter{
	Name: "elevenlabs",
	Base: "https://api.elevenlabs.io/v1",
	Faces: []*core.Face{{
		Dialect: openai.API,
		Paths: [core.NumOps]string{
			core.OpPass: "/",
		},
	}},
	Auth:   Auth{Header: "xi-api-key"},
	Serves: []string{"eleven_", "scribe_"},
	Env:    "ELEVENLABS_API_KEY",
}
