package ollama

import (
	"bytes"

	"asbru/core"
	"asbru/core/scan"
)

// readUsage is the dialect's ReadUsage. Of a complete stream it reads the last line.
func readUsage(b []byte, u *core.Usage) {
	if i := bytes.LastIndexByte(bytes.TrimRight(b, " \r\n"), '\n'); i >= 0 && bytes.HasPrefix(b[i+1:], []byte("{")) {
		b = b[i+1:]
	}
	w := scan.Members(b)
	for {
		key, value, ok := w.Next()
		if !ok {
			return
		}
		counter(key, value, u)
	}
}

// counter reads a counter of a reply. That of the prompt is absent if all of it was in the server's cache.
func counter(key, value []byte, u *core.Usage) {
	at := (*int64)(nil)
	switch string(key) {
	case "prompt_eval_count":
		at = &u.In
	case "eval_count":
		at = &u.Out
	default:
		return
	}
	if v, ok := scan.Whole(value); ok && v >= 0 && v <= maxCount {
		*at, u.Known = v, true
	} else if scan.IsNumber(value) {
		u.Bad = true
	}
}

// readEvent is the dialect's ReadEvent.
func readEvent(data []byte, st *core.StreamState) {
	st.UsageOnly = false
	w := scan.Members(data)
	for {
		key, value, ok := w.Next()
		if !ok {
			return
		}
		switch string(key) {
		case "message":
			st.Content = st.Content || speaks(value)
		case "response", "thinking":
			st.Content = st.Content || len(value) > 2 && value[0] == '"'
		case "done":
			if string(value) == "true" {
				st.Finished, st.Done = true, true
			}
		case "error":
			st.Failed = st.Failed || !scan.IsNull(value)
		default:
			counter(key, value, &st.Usage)
		}
	}
}

// speaks reports whether a message has content.
func speaks(raw []byte) bool {
	w := scan.Members(raw)
	for {
		key, value, ok := w.Next()
		if !ok {
			return false
		}
		switch string(key) {
		case "content", "thinking", "tool_calls", "images":
			if len(value) > 2 && (value[0] == '"' || value[0] == '[') {
				return true
			}
		}
	}
}
