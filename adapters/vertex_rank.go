package adapters

import (
	"asbru/adapters/dialect/gemini"
	"asbru/core"
)

// vertexRank is the ranking API of Vertex AI, which belongs to Discovery Engine. It takes at most 200
// documents in one request.
//
// Source: https://cloud.google.com/generative-ai-app-builder/docs/ranking,
// https://cloud.google.com/generative-ai-app-builder/docs/reference/rest/v1/projects.locations.rankingConfigs/rank
var vertexRank = &Adapter{
	Name: "vertex-rank",
	Base: "https://{host}/v1/projects/{project}/locations/{region}",
	Faces: []*core.Face{{
		Dialect: gemini.API,
		Paths: [core.NumOps]string{
			core.OpRerank: "/rankingConfigs/default_ranking_config:rank",
			core.OpPass:   "/",
		},
		Deep: true,
	}},
	Auth: Auth{Kind: AuthGoogle, Header: "x-goog-api-key", Service: "https://www.googleapis.com/auth/cloud-platform"},
	Options: []Option{
		{Name: "project", Example: "my-project"},
		{Name: "region", Default: "global", Example: "eu"},
	},
	Host:   rankHost,
	Serves: []string{"semantic-ranker-"},
}

// rankHost returns the host of a location of Discovery Engine.
func rankHost(options map[string]string) string {
	if region := options["region"]; region != "global" {
		return region + "-discoveryengine.googleapis.com"
	}
	return "discoveryengine.googleapis.com"
}
