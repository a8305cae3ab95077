package gemini

import (
	"errors"
	"strings"

	"asbru/adapters/body"
	"asbru/core"
	"asbru/core/scan"
)

// counts is countTokens: https://ai.google.dev/api/tokens
var counts = &core.CountCodec{
	ParseRequest:  parseCount,
	AppendRequest: appendCount,
	ParseReply:    parseTotal,
	AppendReply:   appendTotal,
}

// parseCount reads a request to count tokens: only contents, the members of a request, as Vertex AI has them, or a whole
// request inside, as the Gemini API has it.
func parseCount(c *core.Chat, doc []byte) *core.Fault {
	c.From, c.Op = &api, core.OpCount
	if key, inner := member(doc, kGenerateContentRequest); !scan.IsNull(inner) {
		if f := parseMembers(c, inner); f != nil {
			return f
		}
		hide(c, key, nil)
		return nil
	}
	return parseMembers(c, doc)
}

// appendCount writes the request. For the Gemini API it is a generateContentRequest, which must name the model, unless there
// are only contents; Vertex AI takes the members themselves.
func appendCount(dst []byte, c *core.Chat, s *core.Send) ([]byte, *core.Fault) {
	at := len(dst)
	key, _ := hidden(c, kGenerateContentRequest)
	if key == nil && c.From == &api && (s.Face == nil || bareContents(c)) || atVertex(s.Face) {
		return appendRequest(dst, c, s)
	}
	if key == nil {
		key = []byte("generateContentRequest")
	}
	dst = append(scan.AppendQuoted(append(dst, '{'), key), ':')
	inner := core.Send{Model: s.Model, Stream: s.Stream}
	if s.Face != nil {
		inner.Face = &core.Face{Vendor: s.Face.Vendor} // without what is to be patched, which it does not have
	}
	dst, f := appendRequest(dst, c, &inner)
	if f != nil {
		return dst, f
	}
	if name, _ := hidden(c, kModel); name == nil || c.From != &api {
		dst = dst[:len(dst)-1]
		dst = append(field(dst, "model"), `"models/`...)
		dst = append(scan.AppendEscaped(dst, s.Model), `"}`...)
	}
	return body.Edit(append(dst, '}'), at, s.Face), nil
}

// bareContents reports whether a request of this format has only contents.
func bareContents(c *core.Chat) bool {
	return c.Shape == 0 && c.More == 0 && len(c.Tools) == 0
}

// atVertex reports whether a face is that of Vertex AI, whose paths name projects.
func atVertex(f *core.Face) bool {
	return f != nil && strings.Contains(f.Paths[core.OpCount], "/publishers/")
}

// parseTotal reads the count in a reply.
func parseTotal(doc []byte) (tokens int64, err error) {
	w := scan.Members(doc)
	for {
		key, value, ok := w.Next()
		if !ok {
			return 0, errors.New("cannot read the count of tokens: the reply has no totalTokens")
		}
		if string(key) == "totalTokens" && count(value, &tokens) {
			return tokens, nil
		}
	}
}

func appendTotal(dst []byte, tokens int64) []byte {
	return append(scan.AppendInt(append(dst, `{"totalTokens":`...), tokens), '}')
}
