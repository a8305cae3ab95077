package adapters

import (
	"asbru/adapters/dialect/openai"
	"asbru/core"
)

// gitHubCopilot is the service of GitHub Copilot. It requires the name of an editor: set the headers
// Editor-Version and Copilot-Integration-Id to values that your plan allows.
//
// Source: https://docs.github.com/en/copilot
var gitHubCopilot = &Adapter{
	Name: "github-copilot",
	Base: "https://api.githubcopilot.com",
	Faces: []*core.Face{{
		Dialect: openai.API,
		Paths: [core.NumOps]string{
			core.OpChat:      "/chat/completions",
			core.OpResponses: "/responses",
			core.OpEmbed:     "/embeddings",
			core.OpPass:      "/",
		},
	}},
	Env: "GITHUB_COPILOT_TOKEN",
}
