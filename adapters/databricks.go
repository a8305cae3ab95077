package adapters

import (
	"asbru/adapters/dialect/anthropic"
	"asbru/adapters/dialect/openai"
	"asbru/core"
)

// databricks is a workspace's serving endpoints. Every chunk has usage.
//
// Source: https://docs.databricks.com/aws/en/machine-learning/foundation-model-apis/api-reference,
// https://docs.databricks.com/aws/en/machine-learning/model-serving/query-claude-anthropic
var databricks = &Adapter{
	Name: "databricks",
	Base: "https://{workspace}/serving-endpoints",
	Faces: []*core.Face{{
		Dialect: openai.API,
		Paths: [core.NumOps]string{
			core.OpChat:       "/chat/completions",
			core.OpCompletion: "/completions",
			core.OpResponses:  "/responses",
			core.OpEmbed:      "/embeddings",
			core.OpPass:       "/",
		},
	}, {
		Dialect: anthropic.API,
		Paths: [core.NumOps]string{
			core.OpChat: "/anthropic/v1/messages",
		},
		For:     []string{"databricks-claude-"},
		Headers: []byte(anthropicVersion),
	}},
	Options: []Option{{Name: "workspace", Example: "adb-123456789.7.azuredatabricks.net"}},
	Env:     "DATABRICKS_TOKEN",
}
