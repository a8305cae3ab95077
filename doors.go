package main

import (
	"bytes"
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

// doors are the paths that the data plane serves itself, the busiest first. No
// prefix of one hides another: they are looked at in order.
func doors() []hotpath.Door {
	all := dialectDoors("")
	for _, name := range []string{"/litellm", "/langchain", "/pydanticai"} {
		all = append(all, dialectDoors(name)...)
	}
	return append(all, throughDoors()...)
}

// dialectDoors are the doors of every dialect below one prefix. The vendors' SDKs append
// their own paths to a base URL, so each dialect is found below its name and, where the
// paths of two cannot be confused, without it.
func dialectDoors(under string) []hotpath.Door {
	return []hotpath.Door{
		{Prefix: under + "/v1", Dialect: openai.API, Ops: openaiOps, Find: barePath, Aside: quotaTail},
		{Prefix: under + "/openai/v1", Dialect: openai.API, Ops: openaiOps},
		{Prefix: under + "/openai/openai", Dialect: openai.API, Ops: openaiOps, Find: deploymentPath},
		{Prefix: under + "/openai", Dialect: openai.API, Ops: openaiOps, Find: deploymentPath},
		{Prefix: under + "/anthropic/v1", Dialect: anthropic.API, Ops: anthropicOps},
		{Prefix: under + "/genai/v1beta", Dialect: gemini.API, Ops: listOps, Find: googlePath, Pass: "/v1beta"},
		{Prefix: under + "/genai/upload/v1beta", Dialect: gemini.API, Pass: "/upload/v1beta"},
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
		{Prefix: under + "/cohere/v1", Dialect: cohere.API, Pass: "/v1", Ops: map[string]core.Op{"POST /rerank": core.OpRerank, "GET /models": core.OpModels}},
		{Prefix: under + "/ollama/api", Dialect: ollama.API, Ops: ollamaOps, Pass: "/api"},
		{Prefix: under + "/mistral/v1", Dialect: openai.Mistral, Ops: openaiOps},
		{Prefix: under + "/groq/openai/v1", Dialect: openai.API, Ops: openaiOps},
		{Prefix: under + "/v2", Dialect: cohere.API, Ops: cohereOps, Pass: "/v2"},
	}
}

// throughDoors lead to one provider, which gets the bytes as they come.
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
	throughOps = map[string]core.Op{ // all else passes as it comes
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
		"POST /chat":   core.OpChat,
		"POST /embed":  core.OpEmbed,
		"POST /rerank": core.OpRerank,
		"GET /models":  core.OpModels,
	}
)

// messagesPath finds Anthropic's paths where its SDK appends them to the bare address.
func messagesPath(method, tail []byte) (hotpath.Found, bool) {
	if string(method) != "POST" {
		return hotpath.Found{}, false
	}
	switch string(tail) {
	case "/messages":
		return hotpath.Found{Op: core.OpChat, Speaks: anthropic.API}, true
	case "/messages/count_tokens":
		return hotpath.Found{Op: core.OpCount, Speaks: anthropic.API}, true
	}
	return hotpath.Found{}, false
}

// deploymentPath finds Azure's paths, /deployments/NAME/chat/completions: the deployment
// is the model. A name may hold slashes, provider/model, where an SDK sends it as it is.
func deploymentPath(method, tail []byte) (hotpath.Found, bool) {
	rest, ok := bytes.CutPrefix(tail, []byte("/deployments/"))
	first := bytes.IndexByte(rest, '/')
	if !ok || first <= 0 {
		return hotpath.Found{}, false
	}
	for at := first; at >= 0; {
		key := append(append(append(make([]byte, 0, 64), method...), ' '), rest[at:]...)
		if op, ok := openaiOps[string(key)]; ok {
			return hotpath.Found{Op: op, Model: rest[:at:cap(rest)], Cut: true}, true
		}
		next := bytes.IndexByte(rest[at+1:], '/')
		if next < 0 {
			break
		}
		at += 1 + next
	}
	return hotpath.Found{Op: core.OpPass, Model: rest[:first:cap(rest)], Cut: true}, true
}

// geminiPath finds Google's paths, /models/NAME:verb, and /models/NAME alone, which shows the
// model; what a model makes for long is asked for below it, by its provider's own names. Some SDKs leave /models out before a
// name that holds a slash, as provider/model does.
func geminiPath(method, tail []byte) (hotpath.Found, bool) {
	rest, ok := bytes.CutPrefix(tail, []byte("/models/"))
	if ok && string(method) == "GET" && len(rest) > 0 && !bytes.Contains(rest, []byte("/operations/")) {
		return hotpath.Found{Op: core.OpModels}, true
	}
	if !ok && !collection(tail) {
		rest, ok = bytes.CutPrefix(tail, []byte("/"))
	}
	colon := bytes.LastIndexByte(rest, ':')
	if !ok || colon <= 0 || string(method) != "POST" {
		return hotpath.Found{}, false
	}
	f := hotpath.Found{Model: rest[:colon:cap(rest)]}
	switch string(rest[colon+1:]) {
	case "generateContent":
		f.Op = core.OpChat
	case "streamGenerateContent":
		f.Op, f.Stream, f.Array = core.OpChat, true, true
	case "embedContent", "batchEmbedContents":
		f.Op = core.OpEmbed
	case "countTokens":
		f.Op = core.OpCount
	default:
		f.Op = core.OpPass
	}
	return f, true
}

// livePath finds the sockets of the Live API, at the Gemini API and at Vertex AI. The name of the
// method holds the version.
//
// Source: https://ai.google.dev/api/live
func livePath(method, tail []byte) (hotpath.Found, bool) {
	if string(method) != "GET" {
		return hotpath.Found{}, false
	}
	name, ai := bytes.CutPrefix(tail, []byte("/google.ai.generativelanguage.v1"))
	if !ai {
		var vertex bool
		if name, vertex = bytes.CutPrefix(tail, []byte("/google.cloud.aiplatform.v1")); !vertex {
			return hotpath.Found{}, false
		}
	}
	switch string(name) {
	case ".GenerativeService.BidiGenerateContent", "beta.GenerativeService.BidiGenerateContent", "alpha.GenerativeService.BidiGenerateContent",
		".LlmBidiService/BidiGenerateContent", "beta1.LlmBidiService/BidiGenerateContent":
		return hotpath.Found{Op: core.OpRealtime}, true
	}
	return hotpath.Found{}, false
}

// collection reports whether tail begins with something other of Google's that has verbs,
// or is no provider and model.
func collection(tail []byte) bool {
	for _, name := range [...]string{"/tunedModels/", "/projects/", "/publishers/", "/cachedContents", "/files", "/corpora/", "/batches/", "/fileSearchStores", "/operations/"} {
		if bytes.HasPrefix(tail, []byte(name)) {
			return true
		}
	}
	return bytes.Count(tail, []byte("/")) < 2
}

// bedrockPath finds AWS's paths, /NAME/verb, behind /model. A name may hold slashes: an ARN
// does, and some clients send them as they are.
func bedrockPath(method, tail []byte) (hotpath.Found, bool) {
	slash := bytes.LastIndexByte(tail, '/')
	if slash <= 1 || string(method) != "POST" {
		return hotpath.Found{}, false
	}
	f := hotpath.Found{Model: tail[1:slash:cap(tail)]}
	switch string(tail[slash+1:]) {
	case "converse":
		f.Op = core.OpChat
	case "converse-stream":
		f.Op, f.Stream = core.OpChat, true
	case "invoke":
		f.Op = core.OpInvoke
	case "invoke-with-response-stream":
		f.Op, f.Stream = core.OpInvoke, true
	case "count-tokens":
		f.Op = core.OpCount
	default:
		return hotpath.Found{}, false
	}
	return f, true
}

// quotaTail is where a caller asks about itself, behind /v1.
const quotaTail = "/quota"

// hot reports whether a request is for the data plane. It looks at the client's
// bytes: nothing is decoded before the strict reader has seen it.
func hot(doors []hotpath.Door, uri string) bool {
	for i := range doors {
		if p := doors[i].Prefix; strings.HasPrefix(uri, p) && len(uri) > len(p) && uri[len(p)] == '/' {
			path, _, _ := strings.Cut(uri[len(p):], "?")
			return doors[i].Aside == "" || path != doors[i].Aside
		}
	}
	return false
}
