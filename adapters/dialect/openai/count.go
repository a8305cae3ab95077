package openai

import (
	"errors"

	"asbru/adapters/body"
	"asbru/core"
	"asbru/core/scan"
)

// counts is the face for counting tokens. Its requests are those for responses, without the settings that
// do not affect the count.
//
// Source: https://platform.openai.com/docs/api-reference/responses/input-tokens
var counts = &core.CountCodec{
	ParseRequest:  parseAsk,
	AppendRequest: appendCount,
	ParseReply:    parseCount,
	AppendReply:   appendCounted,
}

// notCounted are the members that the endpoint does not accept.
var notCounted = []string{"stream", "stream_options", "store", "include", "max_output_tokens", "temperature", "top_p", "top_logprobs",
	"service_tier", "metadata", "user", "safety_identifier", "prompt_cache_key", "background"}

func appendCount(dst []byte, c *core.Chat, s *core.Send) ([]byte, *core.Fault) {
	at := len(dst)
	dst, f := appendAsk(dst, c, s)
	if f != nil {
		return dst, f
	}
	return body.Edit(dst, at, &core.Face{Cut: notCounted}), nil
}

var errNoCount = errors.New("the reply holds no number of tokens")

func parseCount(raw []byte) (int64, error) {
	w := scan.Members(raw)
	for {
		key, value, ok := w.Next()
		if !ok {
			return 0, errNoCount
		}
		if string(key) == "input_tokens" {
			if n, ok := scan.Whole(value); ok && n >= 0 && n <= maxCount {
				return n, nil
			}
			return 0, errNoCount
		}
	}
}

func appendCounted(dst []byte, n int64) []byte {
	dst = append(dst, `{"object":"response.input_tokens","input_tokens":`...)
	return append(scan.AppendInt(dst, n), '}')
}
