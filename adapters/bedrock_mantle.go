package adapters

import (
	"asbru/adapters/dialect/anthropic"
	"asbru/adapters/dialect/openai"
	"asbru/core"
)

// bedrockMantle is the part of Bedrock that speaks the formats of OpenAI and Anthropic; OpenAI's newer
// models have a path of their own. Signatures are for the service bedrock.
//
// Source: https://docs.aws.amazon.com/bedrock/latest/userguide/bedrock-mantle.html,
// https://docs.aws.amazon.com/bedrock/latest/userguide/inference-messages-api.html
var bedrockMantle = &Adapter{
	Name: "bedrock-mantle",
	Base: "https://bedrock-mantle.{region}.api.aws",
	Faces: []*core.Face{{
		Dialect: openai.API,
		Paths: [core.NumOps]string{
			core.OpChat:      "/openai/v1/chat/completions",
			core.OpResponses: "/openai/v1/responses",
		},
		For:      []string{"openai.gpt-5"},
		AskUsage: true,
	}, {
		Dialect: openai.API,
		Paths: [core.NumOps]string{
			core.OpChat:      "/v1/chat/completions",
			core.OpResponses: "/v1/responses",
			core.OpPass:      "/v1",
		},
		AskUsage: true,
	}, {
		Dialect: anthropic.API,
		Paths: [core.NumOps]string{
			core.OpChat: "/anthropic/v1/messages",
			core.OpPass: "/anthropic/v1",
		},
		For:     []string{"anthropic."},
		Headers: []byte(anthropicVersion),
	}},
	Auth:    Auth{Kind: AuthAWS, Service: "bedrock"},
	Options: []Option{{Name: "region", Example: "us-east-1"}},
	Env:     "AWS_BEARER_TOKEN_BEDROCK",
}
