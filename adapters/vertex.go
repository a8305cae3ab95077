package adapters

import (
	"asbru/adapters/dialect/anthropic"
	"asbru/adapters/dialect/gemini"
	"asbru/adapters/dialect/openai"
	"asbru/core"
)

// vertex is Vertex AI. Google's own models, Claude, Mistral's and the open ones each have paths of
// their own below one project and location. Bodies for Claude have a version and no model, except for
// counting tokens, which needs the model.
//
// Source: https://cloud.google.com/vertex-ai/generative-ai/docs/model-reference/inference,
// https://docs.claude.com/en/api/claude-on-vertex-ai,
// https://cloud.google.com/vertex-ai/generative-ai/docs/partner-models/mistral,
// https://cloud.google.com/vertex-ai/generative-ai/docs/maas/call-open-model-apis
var vertex = &Adapter{
	Name: "vertex",
	Base: "https://{host}/v1/projects/{project}/locations/{region}",
	Faces: []*core.Face{{
		Dialect: anthropic.API,
		Paths: [core.NumOps]string{
			core.OpChat: "/publishers/anthropic/models/{model}:rawPredict",
		},
		Streams: [core.NumOps]string{
			core.OpChat: "/publishers/anthropic/models/{model}:streamRawPredict",
		},
		For:    []string{"claude-"},
		Insert: []byte(`"anthropic_version":"vertex-2023-10-16",`),
		Cut:    []string{"model", "anthropic_version"},
		Betas:  vertexBetas,
	}, {
		Dialect: anthropic.API,
		Paths: [core.NumOps]string{
			core.OpCount: "/publishers/anthropic/models/count-tokens:rawPredict",
		},
		For:    []string{"claude-"},
		Insert: []byte(`"anthropic_version":"vertex-2023-10-16",`),
		Cut:    []string{"anthropic_version"},
	}, {
		Dialect: openai.API,
		Paths: [core.NumOps]string{
			core.OpChat: "/publishers/mistralai/models/{model}:rawPredict",
		},
		Streams: [core.NumOps]string{
			core.OpChat: "/publishers/mistralai/models/{model}:streamRawPredict",
		},
		For:    []string{"mistral-", "codestral-", "ministral-"},
		Cut:    []string{"stream_options", "store", "user", "service_tier", "safety_identifier", "prompt_cache_retention"},
		Rename: [][2]string{{"max_completion_tokens", "max_tokens"}, {"seed", "random_seed"}},
		Quirks: core.QuirkNoDeveloper | core.QuirkMaxTokens | core.QuirkShortIDs | core.QuirkAnyChoice,
	}, {
		Dialect: openai.API,
		Paths: [core.NumOps]string{
			core.OpChat: "/endpoints/openapi/chat/completions",
		},
		For:      []string{"meta/", "deepseek-ai/", "qwen/", "openai/", "moonshotai/", "minimaxai/", "zai-org/", "google/", "xai/"},
		AskUsage: true,
	}, {
		Dialect: gemini.API,
		Paths: [core.NumOps]string{
			core.OpChat:     "/publishers/google/models/{model}:generateContent",
			core.OpEmbed:    "/publishers/google/models/{model}:predict",
			core.OpCount:    "/publishers/google/models/{model}:countTokens",
			core.OpPass:     "/",
			core.OpRealtime: "/ws/google.cloud.aiplatform.v1beta1.LlmBidiService/BidiGenerateContent",
		},
		Streams: [core.NumOps]string{
			core.OpChat: "/publishers/google/models/{model}:streamGenerateContent?alt=sse",
		},
		Deep:  true,
		Shelf: "/publishers/google",
		Whole: "projects/{project}/locations/{region}/publishers/google/models/{model}",
		For:   []string{"gemini-", "gemma-", "text-embedding-", "text-multilingual-embedding-", "multimodalembedding", "imagen-", "imagegeneration", "veo-", "lyria-", "learnlm-", "medlm-"},
	}},
	Auth: Auth{Kind: AuthGoogle, Header: "x-goog-api-key", Service: "https://www.googleapis.com/auth/cloud-platform"},
	Options: []Option{
		{Name: "project", Example: "my-project"},
		{Name: "region", Default: "global", Example: "europe-west4"},
	},
	Host: vertexHost,
}

// vertexBetas are the prefixes of the beta features that Claude has at Vertex, which answers 400 to
// unknown names.
var vertexBetas = []string{
	"computer-use-", "context-1m-", "context-management-", "fine-grained-tool-streaming-", "interleaved-thinking-",
	"tool-search-tool-", "web-search-",
}

// vertexHost returns the host of a location: global has the plain name, the two
// multi-regions have names of their own, and each region has its own.
func vertexHost(options map[string]string) string {
	switch region := options["region"]; region {
	case "global":
		return "aiplatform.googleapis.com"
	case "us", "eu":
		return "aiplatform." + region + ".rep.googleapis.com"
	default:
		return region + "-aiplatform.googleapis.com"
	}
}
