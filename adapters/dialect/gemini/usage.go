package gemini

import (
	"bytes"

	"asbru/core"
	"asbru/core/scan"
)

// readUsage is the dialect's ReadUsage, for generateContent, countTokens and embeddings.
func readUsage(body []byte, u *core.Usage) {
	if len(body) > 0 && body[0] == '[' { // a stream as an array: each element counts anew
		list := scan.Elements(body)
		for {
			_, one, ok := list.Next()
			if !ok {
				return
			}
			readUsage(one, u)
		}
	}
	w := scan.Members(body)
	for {
		key, value, ok := w.Next()
		if !ok {
			return
		}
		switch string(key) {
		case "usageMetadata", "usage_metadata":
			readTokens(value, u)
		case "totalTokens": // countTokens, which costs nothing and yet is an answer
		case "predictions":
			predictedTokens(value, u)
		}
	}
}

// readTokens reads a usageMetadata. The prompt's count holds what came from the cache; that
// of the candidates leaves thoughts out, and both leave out what built-in tools read.
// An object without counts changes nothing. It returns what follows the object at the start
// of raw; nil if that does not end well.
func readTokens(raw []byte, u *core.Usage) (rest []byte) {
	var got core.Usage
	tool, thought := int64(0), int64(0)
	w := scan.Members(raw)
	for {
		key, value, ok := w.Next()
		if !ok {
			break
		}
		switch string(key) {
		case "promptTokenCount", "prompt_token_count":
			got.Known = count(value, &got.In) || got.Known
		case "candidatesTokenCount", "candidates_token_count":
			got.Known = count(value, &got.Out) || got.Known
		case "totalTokenCount":
			got.Known = count(value, new(int64)) || got.Known
		case "thoughtsTokenCount", "thoughts_token_count":
			count(value, &thought)
		case "toolUsePromptTokenCount", "tool_use_prompt_token_count":
			count(value, &tool)
		case "cachedContentTokenCount", "cached_content_token_count":
			count(value, &got.CachedIn)
		case "promptTokensDetails", "promptTokenDetails":
			audio(value, &got.AudioIn)
		case "candidatesTokensDetails":
			audio(value, &got.AudioOut)
		}
	}
	if rest = w.Rest(); !got.Known {
		return rest
	}
	got.In += tool
	got.Out += thought
	got.Reasoning = thought
	*u = got
	return rest
}

func count(raw []byte, n *int64) bool {
	v, ok := scan.Int(raw)
	if ok = ok && v >= 0 && v <= maxCount; ok {
		*n = v
	}
	return ok
}

// audio reads the tokens of sound from a list of {modality, tokenCount}.
func audio(list []byte, n *int64) {
	if !bytes.Contains(list, []byte(`"AUDIO"`)) {
		return // as in nearly all
	}
	w := scan.Elements(list)
	for {
		_, one, ok := w.Next()
		if !ok {
			return
		}
		tokens, is := int64(0), false
		m := scan.Members(one)
		for {
			key, value, ok := m.Next()
			if !ok {
				break
			}
			switch string(key) {
			case "modality":
				is = string(value) == `"AUDIO"`
			case "tokenCount":
				count(value, &tokens)
			}
		}
		if is {
			*n = tokens
		}
	}
}

// appendUsage appends u as the value of usageMetadata.
func appendUsage(dst []byte, u *core.Usage) []byte {
	dst = append(dst, `{"promptTokenCount":`...)
	dst = scan.AppendInt(dst, u.In)
	dst = append(dst, `,"candidatesTokenCount":`...)
	dst = scan.AppendInt(dst, max(u.Out-u.Reasoning, 0))
	if u.Reasoning > 0 {
		dst = append(dst, `,"thoughtsTokenCount":`...)
		dst = scan.AppendInt(dst, min(u.Reasoning, u.Out))
	}
	if u.CachedIn > 0 {
		dst = append(dst, `,"cachedContentTokenCount":`...)
		dst = scan.AppendInt(dst, u.CachedIn)
	}
	dst = append(dst, `,"totalTokenCount":`...)
	dst = scan.AppendInt(dst, u.In+u.Out)
	if u.AudioIn > 0 {
		dst = append(dst, `,"promptTokensDetails":[{"modality":"AUDIO","tokenCount":`...)
		dst = append(scan.AppendInt(dst, u.AudioIn), `}]`...)
	}
	if u.AudioOut > 0 {
		dst = append(dst, `,"candidatesTokensDetails":[{"modality":"AUDIO","tokenCount":`...)
		dst = append(scan.AppendInt(dst, u.AudioOut), `}]`...)
	}
	return append(dst, '}')
}
