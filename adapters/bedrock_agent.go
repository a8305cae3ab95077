package adapters

import (
	"asbru/core"
)

// bedrockAgent is the part of Bedrock that reranks documents, at a host of its own.
//
// Source: https://docs.aws.amazon.com/bedrock/latest/APIReference/API_agent-runtime_Rerank.html
var bedrockAgent = &Adapter{
	Name: "bedrock-agent",
	Base: "https://bedrock-agent-runtime.{region}.amazonaws.com",
	Faces: []*core.Face{{
		Dialect: Bedrock,
		Paths: [core.NumOps]string{
			core.OpRerank: "/rerank",
			core.OpPass:   "/",
		},
	}},
	Auth:    Auth{Kind: AuthAWS, Service: "bedrock"},
	Options: []Option{{Name: "region", Example: "us-east-1"}},
	Serves:  []string{"amazon.rerank-", "cohere.rerank-"},
	Env:     "AWS_BEARER_TOKEN_BEDROCK",
}
