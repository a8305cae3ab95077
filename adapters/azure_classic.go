package adapters

import (
	"asbru/adapters/dialect/openai"
	"asbru/core"
)

// azureClassic is a resource of Azure OpenAI with the older API: the deployment is part of the path,
// and each call names a version.
//
// Source: https://learn.microsoft.com/azure/ai-services/openai/reference
var azureClassic = &Adapter{
	Name: "azure-classic",
	Base: "https://{resource}.{domain}/openai",
	Faces: []*core.Face{{
		Dialect: openai.API,
		Vendor:  core.OpenAI,
		Paths: [core.NumOps]string{
			core.OpChat:       "/deployments/{model}/chat/completions?api-version={api_version}",
			core.OpCompletion: "/deployments/{model}/completions?api-version={api_version}",
			core.OpResponses:  "/responses?api-version={api_version}",
			core.OpEmbed:      "/deployments/{model}/embeddings?api-version={api_version}",
			core.OpRealtime:   "/realtime?api-version={api_version}&deployment={model}",
		},
		AskUsage: true,
	}},
	Auth: Auth{Kind: AuthEntra, Header: "api-key", Service: "https://cognitiveservices.azure.com/.default"},
	Options: []Option{
		{Name: "resource", Example: "contoso"},
		{Name: "domain", Default: "openai.azure.com", Example: "services.ai.azure.com"},
		{Name: "api_version", Default: "2025-04-01-preview", Example: "2024-10-21"},
	},
	Env: "AZURE_OPENAI_API_KEY",
}
