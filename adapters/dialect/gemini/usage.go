package gemini

import (
	"bytes"

	"asbru/core"
	"asbru/core/scan"
)

// readUsage is the dialect's ReadUsage, for generateContent, countTokens and embeddings.
func readUsage(body []byte, u *core.Usage) {
	if len(body) > 0 && body[0] == '[' { // a stream as an array, whose elements have totals
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
		case "totalTokens": // countTokens, which is free of charge
		case "predictions":
			predictedTokens(value, u)
		}
	}
}

// readTokens reads the usageMetadata at the start of raw. The prompt's count includes cached tokens; that of the candidates does
// not include thoughts, and neither includes what built-in tools read. An object without counts changes nothing. It returns the
// bytes after the object, nil if it is malformed.
func readTokens(raw []byte, u *core.Usage) (rest []byte) {
	var got core.Usage
	tool, thought, total := int64(0), int64(0), int64(0)
	w := scan.Members(raw)
	for {
		key, value, ok := w.Next()
		if !ok {
			break
		}
		switch string(key) {
		case "promptTokenCount", "prompt_token_count":
			whole(value, &got.In, &got)
		case "candidatesTokenCount", "candidates_token_count", "responseTokenCount", "response_token_count": // the latter two are those of the Live API
			whole(value, &got.Out, &got)
		case "totalTokenCount":
			got.Known = count(value, &total) || got.Known
		case "thoughtsTokenCount", "thoughts_token_count":
			some(value, &thought, &got)
		case "toolUsePromptTokenCount", "tool_use_prompt_token_count":
			some(value, &tool, &got)
		case "cachedContentTokenCount", "cached_content_token_count":
			some(value, &got.CachedIn, &got)
		case "promptTokensDetails", "promptTokenDetails", "prompt_tokens_details":
			modality(value, `"AUDIO"`, &got.AudioIn, &got)
			modality(value, `"IMAGE"`, &got.ImageIn, &got)
		case "candidatesTokensDetails", "responseTokensDetails", "response_tokens_details":
			modality(value, `"AUDIO"`, &got.AudioOut, &got)
			modality(value, `"IMAGE"`, &got.ImageOut, &got)
		}
	}
	if rest = w.Rest(); !got.Known {
		u.Bad = u.Bad || got.Bad
		return rest
	}
	got.In += tool
	if got.Out += thought; got.In == 0 && got.Out == 0 {
		got.In = total
	} else if got.Out == thought { // the candidates are not counted, or are none
		got.Out = max(got.Out, total-got.In)
	}
	got.Reasoning = thought
	*u = got
	return rest
}

// whole is count for counts that are charged: a count makes u known, any other number makes it bad.
func whole(raw []byte, n *int64, u *core.Usage) {
	ok := count(raw, n)
	u.Known = u.Known || ok
	u.Bad = u.Bad || !ok && scan.IsNumber(raw)
}

// some is count for parts of counts: anything but a count is odd.
func some(raw []byte, n *int64, u *core.Usage) {
	u.Odd = !count(raw, n) && !scan.IsNull(raw) || u.Odd
}

func count(raw []byte, n *int64) bool {
	v, ok := scan.Whole(raw)
	if ok = ok && v >= 0 && v <= maxCount; ok {
		*n = v
	}
	return ok
}

// modality reads the tokens of one kind, given in quotes, from a list of {modality, tokenCount}.
func modality(list []byte, kind string, n *int64, u *core.Usage) {
	if !bytes.Contains(list, []byte(kind)) {
		return // as for nearly all replies
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
				is = string(value) == kind
			case "tokenCount":
				some(value, &tokens, u)
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
	dst = appendModalities(dst, `,"promptTokensDetails":[`, u.AudioIn, u.ImageIn)
	dst = appendModalities(dst, `,"candidatesTokensDetails":[`, u.AudioOut, u.ImageOut)
	return append(dst, '}')
}

// appendModalities appends a list of {modality, tokenCount} for audio and images, if there are any.
func appendModalities(dst []byte, begin string, audio, image int64) []byte {
	if audio+image == 0 {
		return dst
	}
	dst = append(dst, begin...)
	if audio > 0 {
		dst = append(scan.AppendInt(append(dst, `{"modality":"AUDIO","tokenCount":`...), audio), '}')
	}
	if image > 0 {
		if audio > 0 {
			dst = append(dst, ',')
		}
		dst = append(scan.AppendInt(append(dst, `{"modality":"IMAGE","tokenCount":`...), image), '}')
	}
	return append(dst, ']')
}
