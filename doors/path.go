package doors

import (
	"bytes"

	"asbru/adapters/dialect/anthropic"
	"asbru/core"
	"asbru/hotpath"
	"asbru/hotpath/http1"
)

// messagesPath finds Anthropic's paths, which its SDK appends to the address without a prefix.
func messagesPath(method, tail []byte) (hotpath.Found, bool) {
	if string(method) != "POST" {
		return hotpath.Found{}, false
	}
	var room [longest]byte
	switch string(lower(&room, tail)) {
	case "/messages":
		return hotpath.Found{Op: core.OpChat, Speaks: anthropic.API}, true
	case "/messages/count_tokens":
		return hotpath.Found{Op: core.OpCount, Speaks: anthropic.API}, true
	}
	return hotpath.Found{}, false
}

// longest is more than the length of any operation's path.
const longest = 64

// lower is s in lower case, or nil if s is too long to be an operation's path: servers that do not tell cases apart
// would take it for that operation.
func lower(room *[longest]byte, s []byte) []byte {
	if len(s) > len(room) {
		return nil
	}
	b := room[:len(s)]
	for i, c := range s {
		if c >= 'A' && c <= 'Z' {
			c |= 0x20
		}
		b[i] = c
	}
	return b
}

// deploymentPath finds Azure's paths, /deployments/NAME/chat/completions, where the deployment is
// the model. A name may have slashes, as in provider/model, which some SDKs do not escape.
func deploymentPath(method, tail []byte) (hotpath.Found, bool) {
	const before = "/deployments/"
	if !http1.HasPrefixFold(tail, before) {
		return hotpath.Found{}, false
	}
	rest := tail[len(before):]
	first := bytes.IndexByte(rest, '/')
	if first <= 0 {
		return hotpath.Found{}, false
	}
	for at := first; at >= 0; {
		var room [longest]byte
		key := append(append(append(make([]byte, 0, 2*longest), method...), ' '), lower(&room, rest[at:])...)
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

// geminiPath finds Google's paths, /models/NAME:verb, and /models/NAME, which shows the model.
// Long-running operations of a model are below it, with the provider's own names. Some SDKs leave
// /models out before a name with a slash, as in provider/model.
func geminiPath(method, tail []byte) (hotpath.Found, bool) {
	rest, ok := bytes.CutPrefix(tail, []byte("/models/"))
	if ok && string(method) == "GET" && len(rest) > 0 && !bytes.Contains(rest, []byte("/operations/")) {
		return hotpath.Found{Op: core.OpModels, Model: rest}, true
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

// livePath finds the WebSockets of the Live API, of the Gemini API and of Vertex AI. The name of
// the method contains the version.
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

// collection reports whether tail begins with another collection of Google's that has verbs, or is
// not a provider and a model.
func collection(tail []byte) bool {
	for _, name := range [...]string{"/tunedModels/", "/projects/", "/publishers/", "/cachedContents", "/files", "/corpora/", "/batches/", "/fileSearchStores", "/operations/"} {
		if bytes.HasPrefix(tail, []byte(name)) {
			return true
		}
	}
	return bytes.Count(tail, []byte("/")) < 2
}

// bedrockPath finds AWS's paths, /NAME/verb, after /model. A name may have slashes, as ARNs do, and
// some clients do not escape them.
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
