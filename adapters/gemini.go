package adapters

import (
	"asbru/adapters/dialect/gemini"
	"asbru/core"
)

// geminiAPI serves Gemini at Google AI Studio. Its endpoint in the format of OpenAI is left
// alone: it wants the key elsewhere and has no thought signatures outside of extra_content.
//
// Source: https://ai.google.dev/api/generate-content,
// https://ai.google.dev/api/embeddings,
// https://ai.google.dev/api/tokens
var geminiAPI = &Adapter{
	Name: "gemini",
	Base: "https://generativelanguage.googleapis.com/v1beta",
	Faces: []*core.Face{{
		Dialect: gemini.API,
		Paths: [core.NumOps]string{
			core.OpChat:  "/models/{model}:generateContent",
			core.OpEmbed: "/models/{model}:batchEmbedContents",
			core.OpCount: "/models/{model}:countTokens",
			core.OpPass:  "/",
		},
		Streams: [core.NumOps]string{
			core.OpChat: "/models/{model}:streamGenerateContent?alt=sse",
		},
	}},
	Auth:   Auth{Header: "x-goog-api-key"},
	Serves: []string{"gemini-", "imagen-", "veo-", "learnlm-"},
	Env:    "GEMINI_API_KEY",
}
