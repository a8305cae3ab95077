package adapters

import (
	"asbru/adapters/dialect/anthropic"
	"asbru/adapters/dialect/openai"
	"asbru/core"
)

// fireworks always sends usage with the finish chunk.
//
// Source: https://docs.fireworks.ai/api-reference/post-chatcompletions,
// https://docs.fireworks.ai/tools-sdks/anthropic-compatibility
var fireworks = &Adapter{
	Name: "fireworks",
	Base: "https://api.fireworks.ai/inference/v1",
	Faces: []*core.Face{{
		Dialect: openai.API,
		Paths: [core.NumOps]string{
			core.OpChat:       "/chat/completions",
			core.OpCompletion: "/completions",
			core.OpResponses:  "/responses",
			core.OpEmbed:      "/embeddings",
			core.OpPass:       "/",
		},
	}, {
		Dialect: anthropic.API,
		Vendor:  core.Elsewhere,
		Paths: [core.NumOps]string{
			core.OpChat: "/messages",
		},
		Headers: []byte(anthropicVersion),
	}},
	Serves: []string{"accounts/fireworks/"},
	Env:    "FIREWORKS_API_KEY",
}
