package adapters

import (
	"asbru/adapters/dialect/anthropic"
	"asbru/adapters/dialect/openai"
	"asbru/core"
)

// azure is a resource of Azure with the v1 API, where the name of a deployment is the model. A
// resource of Foundry (domain: services.ai.azure.com) has Claude too. OpenAI's models take the key in
// api-key, Claude takes it in x-api-key.
//
// Source: https://learn.microsoft.com/azure/ai-foundry/openai/api-version-lifecycle,
// https://docs.claude.com/en/docs/build-with-claude/claude-in-microsoft-foundry
var azure = &Adapter{
	Name: "azure",
	Base: "https://{resource}.{domain}",
	Faces: []*core.Face{{
		Dialect: openai.API,
		Vendor:  core.OpenAI,
		Paths: [core.NumOps]string{
			core.OpChat:       "/openai/v1/chat/completions",
			core.OpCompletion: "/openai/v1/completions",
			core.OpResponses:  "/openai/v1/responses",
			core.OpEmbed:      "/openai/v1/embeddings",
			core.OpPass:       "/openai/v1",
			core.OpRealtime:   "/openai/v1/realtime?model={model}",
		},
		Not:      []string{"claude-"},
		AskUsage: true,
	}, {
		Dialect: anthropic.API,
		Paths: [core.NumOps]string{
			core.OpChat:  "/anthropic/v1/messages",
			core.OpCount: "/anthropic/v1/messages/count_tokens",
			core.OpPass:  "/anthropic/v1",
		},
		For:     []string{"claude-"},
		Headers: []byte(anthropicVersion),
	}},
	Auth: Auth{Kind: AuthEntra, Header: "api-key", Also: []string{"x-api-key"}, Service: "https://cognitiveservices.azure.com/.default"},
	Options: []Option{
		{Name: "resource", Example: "contoso"},
		{Name: "domain", Default: "openai.azure.com", Example: "services.ai.azure.com"},
	},
	Env: "AZURE_OPENAI_API_KEY",
}
