package cohere

import (
	"bytes"

	"asbru/core"
	"asbru/core/scan"
)

// readEvent is the dialect's ReadEvent. It distinguishes events by their type; malformed data changes nothing.
func readEvent(data []byte, st *core.StreamState) {
	st.UsageOnly = false
	if isDone(data) {
		st.Done = true
		return
	}
	var kind, delta []byte
	w := scan.Members(data)
	for {
		key, value, ok := w.Next()
		if !ok {
			break
		}
		switch string(key) {
		case "type":
			kind = value
		case "delta":
			delta = value
		case "message", "error":
			st.Failed = st.Failed || kind == nil && (scan.IsString(value) || string(key) == "error" && !scan.IsNull(value))
		}
	}
	switch string(kind) {
	case `"content-delta"`, `"tool-plan-delta"`, `"tool-call-start"`, `"tool-call-delta"`:
		st.Content = st.Content || len(delta) > 2
	case `"message-end"`:
		ended(delta, st)
	}
}

// isDone reports whether data is [DONE], which ends a stream.
func isDone(data []byte) bool {
	return len(data) < 16 && string(bytes.TrimSpace(data)) == "[DONE]"
}

// ended reads the delta of message-end.
func ended(delta []byte, st *core.StreamState) {
	w := scan.Members(delta)
	for {
		key, value, ok := w.Next()
		if !ok {
			return
		}
		switch string(key) {
		case "finish_reason":
			st.Finished = st.Finished || len(value) > 2
			st.Failed = st.Failed || string(value) == `"ERROR"` || string(value) == `"TIMEOUT"`
		case "usage":
			tokens(value, &st.Usage)
		}
	}
}
