// Package doors is the table of paths that the data plane serves: those of every dialect, below its
// name and, if they are unambiguous, also without it. It also finds the model in paths that name
// one.
//
// It refuses to decide which provider serves a path, which routes do, except for doors that belong
// to one provider.
package doors

import (
	"strings"

	"asbru/adapters"
	"asbru/adapters/dialect/anthropic"
	"asbru/adapters/dialect/cohere"
	"asbru/adapters/dialect/gemini"
	"asbru/adapters/dialect/ollama"
	"asbru/adapters/dialect/openai"
	"asbru/core"
	"asbru/hotpath"
)

// All returns the doors, the busiest first. They are matched in order; no prefix hides a later
// door.
func All() []hotpath.Door {
	all := dialectDoors("")
	for _, name := range []string{"/litellm", "/langchain", "/pydanticai"} {
		all = append(all, dialectDoors(name)...)
	}
	return append(all, throughDoors()...)
}

// dialectDoors returns the doors of every dialect below one prefix. The vendors' SDKs append their
// own paths to a base URL, so each dialect is served below its name and, if its paths are
// unambiguous, also without it.
func dialectDoors(under string) []hotpath.Door {
	return []hotpath.Door{
		{Prefix: under + "/v1", Dialect: openai.API, Ops: openaiOps, Find: barePath, Aside: quotaTail},
		{Prefix: under + "/openai/v1", Dialect: openai.API, Ops: openaiOps},
		{Prefix: under + "/openai/openai", Dialect: openai.API, Ops: openaiOps, Find: deploymentPath},
		{Prefix: under + "/openai", Dialect: openai.API, Ops: openaiOps, Find: deploymentPath},
		{Prefix: under + "/anthropic/v1", Dialect: anthropic.API, Ops: anthropicOps},
		{Prefix: under + "/genai/v1beta", Dialect: gemini.API, Ops: listOps, Find: googlePath, Pass: "/v1beta"},
		{Prefix: under + "/genai/upload/v1beta", Dialect: gemini.API, Pass: "/upload/v1beta"},
		{Prefix: under + "/genai/download/v1beta", Dialect: gemini.API, Pass: "/download/v1beta"},
		{Prefix: under + "/genai/upload/v1", Dialect: gemini.API, Pass: "/upload/v1"},
		{Prefix: under + "/genai/v1", Dialect: gemini.API, Ops: listOps, Find: googlePath, Pass: "/v1"},
		{Prefix: under + "/v1beta", Dialect: gemini.API, Ops: listOps, Find: googlePath, Pass: "/v1beta"},
		{Prefix: under + "/v1beta1", Dialect: gemini.API, Find: googlePath, Pass: "/v1beta"},
		{Prefix: under + "/genai/v1beta1", Dialect: gemini.API, Find: googlePath, Pass: "/v1beta"},
		{Prefix: under + "/genai/ws", Dialect: gemini.API, Find: livePath},
		{Prefix: under + "/ws", Dialect: gemini.API, Find: livePath},
		{Prefix: under + "/vertex/v1", Dialect: gemini.API, Find: googlePath, Pass: "/v1"},
		{Prefix: under + "/vertex/v1beta1", Dialect: gemini.API, Find: googlePath, Pass: "/v1beta"},
		{Prefix: under + "/upload/v1beta", Dialect: gemini.API, Pass: "/upload/v1beta"},
		{Prefix: under + "/upload/v1", Dialect: gemini.API, Pass: "/upload/v1"},
		{Prefix: under + "/bedrock/model", Dialect: adapters.Bedrock, Find: bedrockPath, Pass: "/model"},
		{Prefix: under + "/bedrock", Dialect: adapters.Bedrock, Ops: map[string]core.Op{"POST /rerank": core.OpRerank}},
		{Prefix: under + "/model", Dialect: adapters.Bedrock, Find: bedrockPath, Pass: "/model"},
		{Prefix: under + "/cohere/v2", Dialect: cohere.API, Ops: cohereOps, Pass: "/v2"},
		{Prefix: under + "/cohere/v1", Dialect: cohere.API, Pass: "/v1", Ops: map[string]core.Op{"POST /rerank": core.OpRerank, "GET /models": core.OpModels, "GET /models/*": core.OpModels}},
		{Prefix: under + "/ollama/api", Dialect: ollama.API, Ops: ollamaOps, Pass: "/api"},
		{Prefix: under + "/mistral/v1", Dialect: openai.Mistral, Ops: openaiOps},
		{Prefix: under + "/groq/openai/v1", Dialect: openai.API, Ops: openaiOps},
		{Prefix: under + "/v2", Dialect: cohere.API, Ops: cohereOps, Pass: "/v2"},
	}
}

// throughDoors returns the doors that belong to one provider, which gets the bytes unchanged.
func throughDoors() []hotpath.Door {
	return []hotpath.Door{
		{Prefix: "/openai_passthrough", Dialect: openai.API, Provider: "openai", Ops: throughOps},
		{Prefix: "/anthropic_passthrough", Dialect: anthropic.API, Provider: "anthropic"},
		{Prefix: "/genai_passthrough", Dialect: gemini.API, Provider: "gemini"},
		{Prefix: "/azure_passthrough", Dialect: openai.API, Provider: "azure", Ops: throughOps},
	}
}

// The operations by method and path.
var (
	throughOps = map[string]core.Op{ // all other requests are relayed
		"GET /realtime":           core.OpRealtime,
		"GET /v1/realtime":        core.OpRealtime,
		"GET /openai/realtime":    core.OpRealtime,
		"GET /openai/v1/realtime": core.OpRealtime,
	}
	openaiOps = map[string]core.Op{
		"POST /chat/completions":       core.OpChat,
		"POST /completions":            core.OpCompletion,
		"POST /responses":              core.OpResponses,
		"POST /responses/input_tokens": core.OpCount,
		"POST /embeddings":             core.OpEmbed,
		"POST /rerank":                 core.OpRerank,
		"GET /realtime":                core.OpRealtime,
		"GET /models":                  core.OpModels,
		"HEAD /models":                 core.OpModels,
		"HEAD /models/*":               core.OpModels,
		"GET /models/*":                core.OpModels,
	}
	anthropicOps = map[string]core.Op{
		"POST /messages":              core.OpChat,
		"POST /messages/count_tokens": core.OpCount,
		"GET /models":                 core.OpModels,
		"GET /models/*":               core.OpModels,
	}
	listOps   = map[string]core.Op{"GET /models": core.OpModels}
	ollamaOps = map[string]core.Op{
		"POST /chat":       core.OpChat,
		"POST /generate":   core.OpCompletion,
		"POST /embed":      core.OpEmbed,
		"POST /embeddings": core.OpEmbed,
		"GET /tags":        core.OpModels,
	}
	cohereOps = map[string]core.Op{
		"POST /chat":    core.OpChat,
		"POST /embed":   core.OpEmbed,
		"POST /rerank":  core.OpRerank,
		"GET /models":   core.OpModels,
		"GET /models/*": core.OpModels,
	}
)

// quotaTail is the path after /v1 at which callers get their own limits and usage.
const quotaTail = "/quota"

// Hot reports whether a request is for the data plane and not for the slow door. uri must be as the
// client sent it, since nothing may be decoded before the strict parser has read it.
func Hot(doors []hotpath.Door, uri string) bool {
	for i := range doors {
		if p := doors[i].Prefix; strings.HasPrefix(uri, p) && len(uri) > len(p) && uri[len(p)] == '/' {
			path, _, _ := strings.Cut(uri[len(p):], "?")
			return !doors[i].Apart([]byte(path))
		}
	}
	return false
}
