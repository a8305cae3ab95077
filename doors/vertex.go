package doors

import (
	"bytes"

	"asbru/adapters/dialect/anthropic"
	"asbru/adapters/dialect/cohere"
	"asbru/adapters/dialect/gemini"
	"asbru/adapters/dialect/openai"
	"asbru/core"
	"asbru/hotpath"
)

// vertexPath finds the paths of Vertex AI: /projects/P/locations/L/publishers/WHO/models/NAME:verb,
// or from /publishers on if a key stands for the project. The configuration decides which account
// is used, so project and location are not passed on. A publisher other than the one that the verb
// belongs to is an SDK's spelling of provider/model.
//
// Source: https://cloud.google.com/vertex-ai/docs/reference/rest
func vertexPath(method, tail []byte) (hotpath.Found, bool) {
	at, ok := project(tail)
	rest := tail[at:]
	switch {
	case bytes.HasPrefix(rest, []byte("/publishers/")):
		return publisherPath(method, rest, at)
	case !ok:
		return hotpath.Found{}, false
	case string(rest) == "/endpoints/openapi/chat/completions" && string(method) == "POST":
		return hotpath.Found{Op: core.OpChat, Speaks: openai.API, Skip: at}, true
	}
	return hotpath.Found{Op: core.OpPass, Speaks: gemini.API, Skip: at}, true
}

// project returns the offset after /projects/P/locations/L; 0 and false if a path does not begin with it.
func project(tail []byte) (at int, ok bool) {
	for _, word := range [...]string{"/projects/", "/locations/"} {
		if !bytes.HasPrefix(tail[at:], []byte(word)) {
			return 0, false
		}
		at += len(word)
		end := bytes.IndexByte(tail[at:], '/')
		if end <= 0 {
			return 0, false
		}
		at += end
	}
	return at, true
}

// publisherPath reads rest, /publishers/WHO/models…, which begins at offset skip of the path.
func publisherPath(method, rest []byte, skip int) (hotpath.Found, bool) {
	who := rest[len("/publishers/"):]
	end := bytes.IndexByte(who, '/')
	if end <= 0 || !plainWord(who[:end]) {
		return hotpath.Found{}, false
	}
	skip += len("/publishers/") + end
	who, rest = who[:end], who[end:]
	f := hotpath.Found{Speaks: gemini.API, Skip: skip}
	if string(method) == "GET" && (string(rest) == "/models" || bytes.HasPrefix(rest, []byte("/models/"))) {
		f.Op = core.OpModels
		if name, one := bytes.CutPrefix(rest, []byte("/models/")); one && len(name) > 0 {
			f.Model = name
		}
		return f, true
	}
	g, ok := geminiPath(method, rest)
	if !ok {
		return hotpath.Found{}, false
	}
	f.Op, f.Model, f.Stream, f.Array = g.Op, g.Model, g.Stream, g.Array
	switch verb := rest[bytes.LastIndexByte(rest, ':')+1:]; string(verb) {
	case "rawPredict", "streamRawPredict":
		return rawPredict(f, who, string(verb) == "streamRawPredict"), true
	case "predict": // Google uses it for many operations; other publishers only for embeddings
		if string(who) != "google" || bytes.Contains(f.Model, []byte("embed")) && !bytes.HasPrefix(f.Model, []byte("multimodal")) {
			f.Op = core.OpEmbed
		}
	}
	if string(who) != "google" {
		f.Owner = who
	}
	return f, true
}

// rawPredict handles the verb for models that are used in their vendor's own format. For Claude,
// tokens are counted by a model with a special name, and the body names the actual one.
//
// Source: https://docs.claude.com/en/api/claude-on-vertex-ai
func rawPredict(f hotpath.Found, who []byte, stream bool) hotpath.Found {
	f.Op, f.Stream, f.Array, f.Speaks = core.OpChat, stream, false, openai.API
	if string(who) == "anthropic" {
		f.Speaks, f.Drop = anthropic.API, "anthropic_version"
		if string(f.Model) == "count-tokens" {
			f.Op, f.Model = core.OpCount, nil
		}
	}
	return f
}

// plainWord reports whether a segment of a path has no escapes or other special characters.
func plainWord(s []byte) bool {
	for _, c := range s {
		if (c|0x20 < 'a' || c|0x20 > 'z') && (c < '0' || c > '9') && c != '-' && c != '_' {
			return false
		}
	}
	return len(s) > 0
}

// barePath finds the paths that SDKs of other vendors than OpenAI append to the version of an API.
func barePath(method, tail []byte) (hotpath.Found, bool) {
	if f, ok := messagesPath(method, tail); ok {
		return f, true
	}
	if s := string(tail); string(method) == "POST" && (s == "/tokenize" || s == "/detokenize") { // Cohere, below its version
		return hotpath.Found{Op: core.OpPass, Speaks: cohere.API, Skip: -len("/v1")}, true
	}
	return vertexPath(method, tail)
}

// googlePath finds Google's paths, those of the Gemini API and those of Vertex AI.
func googlePath(method, tail []byte) (hotpath.Found, bool) {
	if f, ok := vertexPath(method, tail); ok {
		return f, true
	}
	return geminiPath(method, tail)
}
