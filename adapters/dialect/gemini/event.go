package gemini

import (
	"asbru/core"
	"asbru/core/scan"
)

// readEvent is the dialect's ReadEvent. A stream has no terminator: it is complete if it ends after a finish reason.
// Malformed data changes nothing.
func readEvent(data []byte, st *core.StreamState) {
	st.UsageOnly = false
	some, counted := false, false
	if opens(data, '[') { // the error of a stream that is an array
		list := scan.Elements(data)
		_, data, _ = list.Next()
	}
	w := scan.Members(data)
	for {
		key, ok := w.Key()
		if !ok {
			break
		}
		if tail := w.Tail(); string(key) == "candidates" && len(tail) > 0 && tail[0] == '[' {
			some = true
			w.Resume(candidates(tail, st))
			continue
		} else if string(key) == "usageMetadata" && opens(tail, '{') {
			counted = true
			w.Resume(readTokens(tail, &st.Usage))
			continue
		}
		value, ok := w.Value()
		if len(value) == 0 {
			break
		}
		switch string(key) {
		case "error":
			st.Failed = st.Failed || !scan.IsNull(value)
		case "promptFeedback":
			if blocked(value) != nil {
				st.Finished = true
			}
		}
		if !ok {
			break
		}
	}
	st.UsageOnly = counted && !some
}

// candidates reads the candidates of a chunk and returns the bytes after them.
func candidates(tail []byte, st *core.StreamState) (rest []byte) {
	w := scan.Elements(tail)
	for {
		if _, ok := w.Key(); !ok {
			return w.Rest()
		}
		m := scan.Members(w.Tail())
		for {
			key, ok := m.Key()
			if !ok {
				break
			}
			if string(key) == "content" && opens(m.Tail(), '{') {
				m.Resume(content(m.Tail(), st))
				continue
			}
			value, ok := m.Value()
			if string(key) == "finishReason" {
				st.Finished = st.Finished || len(nativeOf(value)) > 0
			}
			if !ok {
				break
			}
		}
		w.Resume(m.Rest())
	}
}

// opens reports whether b begins with the bracket open.
func opens(b []byte, open byte) bool { return len(b) > 0 && b[0] == open }

// content checks whether the content at the start of tail has a part that is more than an empty text with a signature. It
// returns the bytes after it.
func content(tail []byte, st *core.StreamState) (rest []byte) {
	w := scan.Members(tail)
	for {
		key, ok := w.Key()
		if !ok {
			return w.Rest()
		}
		if string(key) != "parts" || !opens(w.Tail(), '[') {
			if _, ok := w.Value(); !ok {
				return w.Rest()
			}
			continue
		}
		parts := scan.Elements(w.Tail())
		for {
			if _, ok := parts.Key(); !ok {
				break
			}
			m := scan.Members(parts.Tail())
			for {
				key, value, ok := m.Next()
				if !ok {
					break
				}
				switch string(key) {
				case "text":
					st.Content = st.Content || len(value) > 2
				case "thought", "thoughtSignature":
				default:
					st.Content = true
				}
			}
			parts.Resume(m.Rest())
		}
		w.Resume(parts.Rest())
	}
}

// blocked returns the blockReason of a promptFeedback; nil: it has none.
func blocked(feedback []byte) core.Text {
	w := scan.Members(feedback)
	for {
		key, value, ok := w.Next()
		if !ok {
			return nil
		}
		if string(key) == "blockReason" || string(key) == "block_reason" {
			if text, ok := scan.Inside(value); ok && len(text) > 0 {
				return text
			}
		}
	}
}
