package gemini

import (
	"bytes"

	"asbru/core"
)

// finishOf is what a finishReason means. The list is open; what is not known here is no
// success. With calls STOP means that tools are to be run.
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

// completeOf is finishOf for a reply that came whole: one that says no reason, or the 0 that
// is left out, has stopped.
func completeOf(native core.Text, calls bool) core.Finish {
	if f := finishOf(native, calls); f != core.FinishUnsaid {
		return f
	}
	return finishOf(core.Text("STOP"), calls)
}

// finishWord is the finishReason for f: native if that is this format's own.
func finishWord(f core.Finish, native core.Text, own bool) []byte {
	if own && len(native) > 0 {
		return native
	}
	switch f {
	case core.FinishLength:
		return []byte("MAX_TOKENS")
	case core.FinishFiltered:
		return []byte("SAFETY")
	case core.FinishFailed:
		return []byte("OTHER")
	}
	return []byte("STOP")
}
