package adapters

import (
	"asbru/adapters/dialect/openai"
	"asbru/core"
)

// openAI is OpenAI itself.
//
// Source: https://platform.openai.com/docs/api-reference
var openAI = &Adapter{
	Name: "openai",
	Base: "https://api.openai.com/v1",
	Faces: []*core.Face{{
		Dialect: openai.API,
		Vendor:  core.OpenAI,
		Paths: [core.NumOps]string{
			core.OpChat:       "/chat/completions",
			core.OpCompletion: "/completions",
			core.OpResponses:  "/responses",
			core.OpEmbed:      "/embeddings",
			core.OpCount:      "/responses/input_tokens",
			core.OpPass:       "/",
			core.OpRealtime:   "/realtime?model={model}",
		},
		AskUsage: true,
	}},
	Serves: []string{"gpt-", "chatgpt-", "o1", "o3", "o4", "codex-", "text-embedding-", "davinci-002", "babbage-002", "omni-moderation-", "tts-", "whisper-", "dall-e-", "sora-"},
	Env:    "OPENAI_API_KEY",
}
