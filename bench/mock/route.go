package mock

import "bytes"

// route is the operation of a method and a path. Paths are recognized by their ends, so that any prefix
// of a gateway or of a provider ("/openai/v1") works.
type route uint8

const (
	toNothing route = iota
	toChat
	toCompletions
	toResponses
	toEmbeddings
	toMessages
	toCount // Anthropic's messages/count_tokens
	toModels
	toModel
	toHealth
	toEcho // anything else below /v1
)

func findRoute(method, target []byte) route {
	path, _, _ := bytes.Cut(target, []byte("?"))
	ends := func(s string) bool { return bytes.HasSuffix(path, []byte(s)) }
	if string(method) == "POST" {
		switch {
		case ends("/chat/completions"):
			return toChat
		case ends("/completions"):
			return toCompletions
		case ends("/responses"):
			return toResponses
		case ends("/embeddings"):
			return toEmbeddings
		case ends("/messages"):
			return toMessages
		case ends("/messages/count_tokens"):
			return toCount
		}
	} else if string(method) == "GET" || string(method) == "HEAD" {
		switch {
		case ends("/models"):
			return toModels
		case bytes.Contains(path, []byte("/models/")):
			return toModel
		case string(path) == "/" || ends("/health"):
			return toHealth
		}
	}
	if bytes.Contains(path, []byte("/v1/")) || ends("/v1") {
		return toEcho
	}
	return toNothing
}

// shape is the wire format of a route; routes without one of their own report
// errors as OpenAI does.
func (r route) shape() *shape {
	switch r {
	case toCompletions:
		return &completionsShape
	case toResponses:
		return &responsesShape
	case toEmbeddings:
		return &embeddingsShape
	case toMessages, toCount:
		return &messagesShape
	}
	return &chatShape
}

// needsModel reports whether a request without a JSON body that names a model is an error.
func (r route) needsModel() bool { return r >= toChat && r <= toCount }

// modelID returns the last part of a /models/{id} path.
func modelID(target string) string {
	path, _, _ := bytes.Cut([]byte(target), []byte("?"))
	_, id, _ := bytes.Cut(path, []byte("/models/"))
	return string(id)
}
