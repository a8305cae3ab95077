package gemini

import (
	"bytes"

	"asbru/core"
	"asbru/core/scan"
)

// finishOf returns the meaning of a finishReason. An unknown one is not taken for success. With calls, STOP means that tools
// are to be run.
func finishOf(native core.Text, calls bool) core.Finish {
	switch string(native) {
	case "", "FINISH_REASON_UNSPECIFIED":
		return core.FinishUnsaid
	case "STOP":
		if calls {
			return core.FinishCalls
		}
		return core.FinishStop
	case "MAX_TOKENS":
		return core.FinishLength
	case "SAFETY", "RECITATION", "LANGUAGE", "BLOCKLIST", "PROHIBITED_CONTENT", "SPII", "MODEL_ARMOR":
		return core.FinishFiltered
	}
	if bytes.HasPrefix(native, []byte("IMAGE_")) {
		return core.FinishFiltered
	}
	return core.FinishFailed
}

// completeOf is finishOf for a complete reply: without a reason it has stopped.
func completeOf(native core.Text, calls bool) core.Finish {
	if f := finishOf(native, calls); f != core.FinishUnsaid {
		return f
	}
	return finishOf(core.Text("STOP"), calls)
}

// appendFinishWord appends the finishReason for f: native if it came in this format.
func appendFinishWord(dst []byte, f core.Finish, native core.Text, own bool) []byte {
	switch {
	case own && len(native) > 0:
		return append(dst, native...)
	case f == core.FinishLength:
		return append(dst, "MAX_TOKENS"...)
	case f == core.FinishFiltered:
		return append(dst, "SAFETY"...)
	case f == core.FinishFailed:
		return append(dst, "OTHER"...)
	}
	return append(dst, "STOP"...)
}

// nativeOf returns the finishReason in raw: a word, or its number in the protocol buffer, for clients that ask for numbers.
// Empty: none.
func nativeOf(raw []byte) core.Text {
	if text, ok := scan.Inside(raw); ok {
		if string(text) == "FINISH_REASON_UNSPECIFIED" {
			return nil
		}
		return text
	}
	words := [...]string{"", "STOP", "MAX_TOKENS", "SAFETY", "RECITATION", "OTHER", "BLOCKLIST", "PROHIBITED_CONTENT", "SPII", "MALFORMED_FUNCTION_CALL"}
	if n, ok := scan.Whole(raw); ok && n > 0 && n < int64(len(words)) {
		return core.Text(words[n])
	}
	return nil
}
