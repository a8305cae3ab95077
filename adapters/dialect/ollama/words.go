package ollama

import (
	"time"

	"asbru/core"
)

// finishOf returns the meaning of a done_reason. called says that there are calls, for which Ollama has no reason of their
// own.
func finishOf(word []byte, called bool) core.Finish {
	switch string(word) {
	case "stop":
		if called {
			return core.FinishCalls
		}
		return core.FinishStop
	case "length":
		return core.FinishLength
	case "content_filter":
		return core.FinishFiltered
	case "error":
		return core.FinishFailed
	}
	return core.FinishUnsaid // load and unload: there was no question
}

// finishWord returns the done_reason for f. Some are not Ollama's own, and clients treat them as unknown.
func finishWord(f core.Finish) string {
	switch f {
	case core.FinishLength:
		return "length"
	case core.FinishFiltered:
		return "content_filter"
	case core.FinishFailed:
		return "error"
	}
	return "stop"
}

// created returns the time of created_at in Unix seconds, 0 if it is malformed.
func created(text core.Text) int64 {
	var t time.Time
	if t.UnmarshalText(text) != nil || t.Unix() <= 0 {
		return 0
	}
	return t.Unix()
}

// appendTime appends Unix seconds as RFC 3339.
func appendTime(dst []byte, seconds int64) []byte {
	return time.Unix(seconds, 0).UTC().AppendFormat(dst, time.RFC3339)
}
