package anthropic

import (
	"asbru/core"
	"asbru/core/scan"
)

// readEvent is the dialect's ReadEvent. It reads only the facts it needs; malformed data changes nothing. The
// type may be any of the members.
func readEvent(data []byte, st *core.StreamState) {
	st.UsageOnly = false
	var kind, inner, usage []byte
	w := scan.Members(data)
	for {
		key, value, more := w.Next()
		if value == nil {
			break
		}
		if scan.IsNull(value) {
			if !more {
				break
			}
			continue
		}
		switch string(key) {
		case "type":
			kind = value
		case "delta", "message", "content_block":
			inner = value
		case "usage":
			usage = value
		case "error":
			st.Failed = true
		}
		if !more {
			break
		}
	}
	switch string(kind) {
	case `"content_block_delta"`:
		st.Content = st.Content || filled(inner)
	case `"content_block_start"`:
		st.Content = st.Content || !silent(inner)
	case `"message_start"`:
		readUsage(inner, &st.Usage)
	case `"message_delta"`:
		if len(usage) > 0 {
			tokens(usage, &st.Usage)
		}
		if reason := find(inner, "stop_reason"); !scan.IsNull(reason) {
			st.Finished = true
		}
	case `"message_stop"`:
		st.Done = true
	case `"error"`:
		st.Failed = true
	}
}

// filled reports whether a delta adds something: it has a member besides its type that is not an empty
// string.
func filled(delta []byte) bool {
	w := scan.Members(delta)
	for {
		key, value, more := w.Next()
		if !more {
			return false
		}
		if string(key) != "type" && len(value) > 2 && (value[0] == '"' || value[0] == '{') {
			return true
		}
	}
}

// silent reports whether a block starts without content, as texts and thoughts do.
func silent(block []byte) bool {
	switch string(find(block, "type")) {
	case `"text"`, `"thinking"`:
		return true
	}
	return false
}

// find returns the value of a member, nil if there is none.
func find(raw []byte, name string) []byte {
	w := scan.Members(raw)
	for {
		key, value, more := w.Next()
		if !more {
			return nil
		}
		if string(key) == name {
			return value
		}
	}
}
