package adapters

import (
	"asbru/adapters/dialect/openai"
	"asbru/core"
)

// mistral refuses stream_options and unknown fields, and always sends usage with the finish chunk.
//
// Source: https://docs.mistral.ai/api
var mistral = &Adapter{
	Name: "mistral",
	Base: "https://api.mistral.ai/v1",
	Faces: []*core.Face{{
		Dialect: openai.API,
		Paths: [core.NumOps]string{
			core.OpChat:  "/chat/completions",
			core.OpEmbed: "/embeddings",
			core.OpPass:  "/",
		},
		Cut:    []string{"stream_options", "store", "user", "service_tier", "safety_identifier", "prompt_cache_retention"},
		Rename: [][2]string{{"max_completion_tokens", "max_tokens"}, {"seed", "random_seed"}},
		Quirks: core.QuirkNoDeveloper | core.QuirkMaxTokens | core.QuirkShortIDs | core.QuirkAnyChoice,
	}, {
		Dialect: openai.Mistral,
		Paths: [core.NumOps]string{
			core.OpChat:  "/chat/completions",
			core.OpEmbed: "/embeddings",
			core.OpPass:  "/",
		},
	}},
	Serves: []string{"mistral-", "ministral-", "magistral-", "codestral-", "devstral-", "pixtral-", "voxtral-", "open-mistral-", "open-mixtral-"},
	Env:    "MISTRAL_API_KEY",
}
