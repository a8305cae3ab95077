package adapters

import (
	"asbru/adapters/dialect/openai"
	"asbru/core"
)

// cloudflare is the Workers AI of one account.
//
// Source: https://developers.cloudflare.com/workers-ai/configuration/open-ai-compatibility/,
// https://developers.cloudflare.com/workers-ai/models/gpt-oss-120b/
var cloudflare = &Adapter{
	Name: "cloudflare",
	Base: "https://api.cloudflare.com/client/v4/accounts/{account}/ai/v1",
	Faces: []*core.Face{{
		Dialect: openai.API,
		Paths: [core.NumOps]string{
			core.OpChat:      "/chat/completions",
			core.OpResponses: "/responses",
			core.OpEmbed:     "/embeddings",
			core.OpPass:      "/",
		},
		AskUsage: true,
		Rename:   [][2]string{{"max_completion_tokens", "max_tokens"}},
		Quirks:   core.QuirkNoDeveloper | core.QuirkMaxTokens,
	}},
	Options: []Option{{Name: "account", Example: "0123456789abcdef0123456789abcdef"}},
	Serves:  []string{"@cf/", "@hf/"},
	Env:     "CLOUDFLARE_API_TOKEN",
}
