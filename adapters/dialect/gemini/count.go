package gemini

import (
	"errors"

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

// parseCount reads a request to count: contents alone, the members of a request as Vertex AI
// has them, or a whole one inside, as the Gemini API does.
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

// appendCount writes generateContentRequest unless the client left it out or there is nothing
// but contents to count. It must name the model.
func appendCount(dst []byte, c *core.Chat, s *core.Send) ([]byte, *core.Fault) {
	at := len(dst)
	key, _ := hidden(c, kGenerateContentRequest)
	if c.From == &api && key == nil {
		return appendRequest(dst, c, s)
	}
	if key == nil {
		key = []byte("generateContentRequest")
	}
	dst = append(scan.AppendQuoted(append(dst, '{'), key), ':')
	bare := core.Send{Model: s.Model, Stream: s.Stream}
	if s.Face != nil && s.Face.Vendor != core.NoVendor {
		bare.Face = &core.Face{Vendor: s.Face.Vendor}
	}
	dst, f := appendRequest(dst, c, &bare)
	if f != nil {
		return dst, f
	}
	if name, _ := hidden(c, kModel); name == nil {
		dst = dst[:len(dst)-1]
		dst = append(field(dst, "model"), `"models/`...)
		dst = append(scan.AppendEscaped(dst, s.Model), `"}`...)
	}
	return body.Edit(append(dst, '}'), at, s.Face), nil
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
