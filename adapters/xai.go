package adapters

import (
	"asbru/adapters/dialect/openai"
	"asbru/core"
)

// xai serves Grok. It does not count reasoning tokens as part of the completion, answers 400 to a wrong
// key, and refuses metadata.
//
// Source: https://docs.x.ai/docs/api-reference
var xai = &Adapter{
	Name: "xai",
	Base: "https://api.x.ai/v1",
	Faces: []*core.Face{{
		Dialect: openai.API,
		Paths: [core.NumOps]string{
			core.OpChat:      "/chat/completions",
			core.OpResponses: "/responses",
			core.OpPass:      "/",
			core.OpRealtime:  "/realtime?model={model}",
		},
		AskUsage: true,
		Cut:      []string{"metadata"},
		Quirks:   core.QuirkReasoningTotal,
	}},
	Serves: []string{"grok-"},
	Env:    "XAI_API_KEY",
}
