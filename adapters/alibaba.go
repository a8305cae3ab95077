package adapters

import (
	"asbru/adapters/dialect/anthropic"
	"asbru/adapters/dialect/openai"
	"asbru/core"
)

// alibaba serves Qwen from Model Studio, internationally from Singapore; China and the United States
// have domains of their own.
//
// Source: https://www.alibabacloud.com/help/en/model-studio/use-qwen-by-calling-api,
// https://www.alibabacloud.com/help/en/model-studio/anthropic-api-messages
var alibaba = &Adapter{
	Name: "alibaba",
	Base: "https://{domain}",
	Faces: []*core.Face{{
		Dialect: openai.API,
		Paths: [core.NumOps]string{
			core.OpChat:       "/compatible-mode/v1/chat/completions",
			core.OpCompletion: "/compatible-mode/v1/completions",
			core.OpEmbed:      "/compatible-mode/v1/embeddings",
			core.OpPass:       "/compatible-mode/v1",
		},
		AskUsage: true,
		Rename:   [][2]string{{"max_completion_tokens", "max_tokens"}},
		Quirks:   core.QuirkNoDeveloper | core.QuirkMaxTokens,
	}, {
		Dialect: anthropic.API,
		Vendor:  core.Elsewhere,
		Paths: [core.NumOps]string{
			core.OpChat: "/apps/anthropic/v1/messages",
		},
		Headers: []byte(anthropicVersion),
	}},
	Options: []Option{{Name: "domain", Default: "dashscope-intl.aliyuncs.com", Example: "dashscope.aliyuncs.com"}},
	Serves:  []string{"qwen-", "qwen2", "qwen3", "qwq-", "qvq-"},
	Env:     "DASHSCOPE_API_KEY",
}
