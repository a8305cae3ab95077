package openai

import (
	"asbru/core"
	"asbru/core/scan"
)

// appendUsage appends usage. Counts that were not reported are left out.
func appendUsage(dst []byte, u *core.Usage) []byte {
	dst = scan.AppendInt(append(dst, `{"prompt_tokens":`...), u.In)
	dst = scan.AppendInt(append(dst, `,"completion_tokens":`...), u.Out)
	dst = scan.AppendInt(append(dst, `,"total_tokens":`...), u.In+u.Out)
	dst = scan.AppendInt(append(dst, `,"prompt_tokens_details":{"cached_tokens":`...), u.CachedIn)
	if u.WrittenIn > 0 {
		dst = scan.AppendInt(append(dst, `,"cache_write_tokens":`...), u.WrittenIn)
	}
	dst = scan.AppendInt(append(dst, `,"audio_tokens":`...), u.AudioIn)
	dst = appendImages(dst, u.ImageIn)
	dst = scan.AppendInt(append(dst, `},"completion_tokens_details":{"reasoning_tokens":`...), u.Reasoning)
	dst = scan.AppendInt(append(dst, `,"audio_tokens":`...), u.AudioOut)
	dst = appendImages(dst, u.ImageOut)
	return append(dst, `}}`...)
}

// appendImages appends the number of image tokens to an object of details.
func appendImages(dst []byte, n int64) []byte {
	if n > 0 {
		dst = scan.AppendInt(append(dst, `,"image_tokens":`...), n)
	}
	return dst
}
