package adapters

import (
	"asbru/adapters/dialect/openai"
	"asbru/core"
)

// bedrockRuntime is Amazon Bedrock: Converse for every model, InvokeModel in the format of the
// model's vendor, and the format of OpenAI for OpenAI's models.
//
// Source: https://docs.aws.amazon.com/bedrock/latest/APIReference/API_Operations_Amazon_Bedrock_Runtime.html,
// https://docs.aws.amazon.com/bedrock/latest/userguide/inference-chat-completions.html
var bedrockRuntime = &Adapter{
	Name: "bedrock",
	Base: "https://bedrock-runtime.{region}.amazonaws.com",
	Faces: []*core.Face{{
		Dialect: openai.API,
		Paths: [core.NumOps]string{
			core.OpChat:      "/openai/v1/chat/completions",
			core.OpResponses: "/openai/v1/responses",
		},
		For:      []string{"openai."},
		AskUsage: true,
	}, {
		Dialect: Bedrock,
		Paths: [core.NumOps]string{
			core.OpChat:   "/model/{model}/converse",
			core.OpEmbed:  "/model/{model}/invoke",
			core.OpInvoke: "/model/{model}/invoke",
			core.OpCount:  "/model/{model}/count-tokens",
			core.OpPass:   "/",
		},
		Streams: [core.NumOps]string{
			core.OpChat:   "/model/{model}/converse-stream",
			core.OpInvoke: "/model/{model}/invoke-with-response-stream",
		},
	}},
	Auth:    Auth{Kind: AuthAWS, Service: "bedrock"},
	Options: []Option{{Name: "region", Example: "us-east-1"}},
	Serves:  []string{"arn:aws:bedrock:", "amazon.", "anthropic.", "meta.", "mistral.", "cohere.", "ai21.", "openai.", "deepseek.", "qwen.", "us.", "eu.", "apac.", "jp.", "au.", "global."},
	Env:     "AWS_BEARER_TOKEN_BEDROCK",
}
