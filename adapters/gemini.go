package adapters

import (
	"asbru/adapters/dialect/gemini"
	"asbru/core"
)

// geminiAPI serves Gemini at Google AI Studio. Its endpoint in the format of OpenAI is not used: it
// takes the key elsewhere and has no thought signatures outside of extra_content.
//
// Source: https://ai.google.dev/api/generate-content,
// https://ai.google.dev/api/embeddings,
// https://ai.google.dev/api/tokens,
// https://ai.google.dev/api/files
var geminiAPI = &Adapter{
	Name: "gemini",
	Base: "https://generativelanguage.googleapis.com",
	Faces: []*core.Face{{
		Dialect: gemini.API,
		Paths: [core.NumOps]string{
			core.OpChat:     "/v1beta/models/{model}:generateContent",
			core.OpEmbed:    "/v1beta/models/{model}:batchEmbedContents",
			core.OpCount:    "/v1beta/models/{model}:countTokens",
			core.OpPass:     "/",
			core.OpRealtime: "/ws/google.ai.generativelanguage.v1beta.GenerativeService.BidiGenerateContent",
		},
		Streams: [core.NumOps]string{
			core.OpChat: "/v1beta/models/{model}:streamGenerateContent?alt=sse",
		},
	}},
	Auth:   Auth{Header: "x-goog-api-key"},
	Serves: []string{"gemini-", "imagen-", "veo-", "learnlm-"},
	Env:    "GEMINI_API_KEY",
}
