package adapters

import (
	"asbru/adapters/dialect/openai"
	"asbru/core"
)

// watsonx is the watsonx.ai of one project. Streams have a path of their own, and the field of the
// model is model_id. The key is a token of IBM's IAM, which expires after an hour.
//
// Source: https://cloud.ibm.com/apidocs/watsonx-ai#text-chat
var watsonx = &Adapter{
	Name: "watsonx",
	Base: "https://{region}.ml.cloud.ibm.com/ml/v1",
	Faces: []*core.Face{{
		Dialect: openai.API,
		Paths: [core.NumOps]string{
			core.OpChat: "/text/chat?version={version}",
			core.OpPass: "/",
		},
		Streams: [core.NumOps]string{
			core.OpChat: "/text/chat_stream?version={version}",
		},
		Insert: []byte(`"project_id":"{project}",`),
		Cut:    []string{"stream", "stream_options", "store", "metadata", "user", "safety_identifier", "service_tier", "prompt_cache_key", "prompt_cache_retention", "project_id"},
		Rename: [][2]string{{"model", "model_id"}, {"max_completion_tokens", "max_tokens"}},
		Quirks: core.QuirkNoDeveloper | core.QuirkMaxTokens,
	}},
	Options: []Option{
		{Name: "region", Default: "us-south", Example: "eu-de"},
		{Name: "project", Example: "12ac4cf1-252f-424b-b52d-5cdd9814987f"},
		{Name: "version", Default: "2024-10-08", Example: "2025-02-11"},
	},
	Env: "WATSONX_TOKEN",
}
