package adapters

import (
	"asbru/adapters/dialect/anthropic"
	"asbru/adapters/dialect/openai"
	"asbru/core"
)

// zai serves GLM. Chunks have no object, and a tool call comes in one chunk. China has a domain of its
// own; for the coding plan, which has other paths, set base_url https://api.z.ai/api/coding.
//
// Source: https://docs.z.ai/api-reference/llm/chat-completion,
// https://docs.z.ai/devpack/tool/claude
var zai = &Adapter{
	Name: "zai",
	Base: "https://{domain}/api",
	Faces: []*core.Face{{
		Dialect: openai.API,
		Paths: [core.NumOps]string{
			core.OpChat: "/paas/v4/chat/completions",
			core.OpPass: "/paas/v4",
		},
		Rename: [][2]string{{"max_completion_tokens", "max_tokens"}},
		Quirks: core.QuirkNoDeveloper | core.QuirkNoSchema | core.QuirkMaxTokens | core.QuirkThinkingSwitch,
	}, {
		Dialect: anthropic.API,
		Vendor:  core.Elsewhere,
		Paths: [core.NumOps]string{
			core.OpChat: "/anthropic/v1/messages",
		},
		Headers: []byte(anthropicVersion),
	}},
	Options: []Option{{Name: "domain", Default: "api.z.ai", Example: "open.bigmodel.cn"}},
	Serves:  []string{"glm-"},
	Env:     "ZAI_API_KEY",
}
