package bedrock

import (
	"encoding/base64"
	"errors"

	"asbru/adapters/body"
	"asbru/core"
	"asbru/core/scan"
)

var errCount = errors.New("cannot read the reply: it has no inputTokens")

// counts is the face for counting tokens: {input: {converse: {…}}}, or a body of InvokeModel in base64,
// {input: {invokeModel: {body}}}. carried reads the latter; nil: it is refused.
//
// Source: https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_CountTokens.html
func counts(carried *invoke) *core.CountCodec {
	return &core.CountCodec{
		ParseRequest: func(c *core.Chat, raw []byte) *core.Fault { return parseCount(c, raw, carried) },
		AppendRequest: func(dst []byte, c *core.Chat, s *core.Send) ([]byte, *core.Fault) {
			return appendCount(dst, c, s)
		},
		ParseReply: func(raw []byte) (int64, error) {
			n, ok := scan.Whole(get(raw, "inputTokens"))
			if !ok || n < 0 || n > maxCount {
				return 0, errCount
			}
			return n, nil
		},
		AppendReply: func(dst []byte, tokens int64) []byte {
			return append(scan.AppendInt(append(dst, `{"inputTokens":`...), tokens), '}')
		},
	}
}

func parseCount(c *core.Chat, raw []byte, carried *invoke) *core.Fault {
	w := scan.Members(get(raw, "input"))
	key, v, _ := w.Next()
	switch string(key) {
	case "converse":
		return parseRequest(c, v)
	case "invokeModel":
		plain, err := base64.StdEncoding.AppendDecode(c.Room(), member(v, "body"))
		if err == nil && carried != nil {
			plain = c.Took(plain)
			if scan.Valid(plain) == nil {
				return carried.parseRequest(c, plain)
			}
		}
		return body.Invalid("input.invokeModel", "cannot read input.invokeModel: its body must be the base64 of a request of Claude's", "use input.converse")
	}
	return body.Invalid("input", "cannot read input: it must hold converse or invokeModel", "")
}

// appendCount writes the members that a count depends on, without limits and the format of the answer.
func appendCount(dst []byte, c *core.Chat, s *core.Send) ([]byte, *core.Fault) {
	at := len(dst)
	q := requestWriter{c: c, m: modelOf(s), own: ours(c.From)}
	dst, f := q.conversation(append(dst, `{"input":{"converse":{`...))
	if f != nil {
		return dst, f
	}
	for n := int32(c.Shape >> shapeFlags); q.own && n != 0; {
		var e core.Extra
		if e, n = c.Extra(n); string(e.Key) == "additionalModelRequestFields" {
			dst = append(append(scan.AppendQuoted(append(dst, ','), e.Key), ':'), e.Value...)
		}
	}
	return body.Edit(append(dst, "}}}"...), at, s.Face), nil
}
