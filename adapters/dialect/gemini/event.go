package gemini

import (
	"asbru/core"
	"asbru/core/scan"
)

// readEvent is the dialect's ReadEvent. A stream has no terminator: it is complete when
// it ends after a finish reason. Data it cannot read changes nothing.
func readEvent(data []byte, st *core.StreamState) {
	st.UsageOnly = false
	some, counted := false, false
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
		}
		value, ok := w.Value()
		if len(value) == 0 {
			break
		}
		switch string(key) {
		case "usageMetadata":
			counted = true
			readTokens(value, &st.Usage)
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

// candidates reads those of a chunk and returns what follows them.
func candidates(tail []byte, st *core.StreamState) (rest []byte) {
	w := scan.Elements(tail)
	for {
		if _, ok := w.Key(); !ok {
			return w.Rest()
		}
		m := scan.Members(w.Tail())
		for {
			key, value, ok := m.Next()
			if !ok {
				break
			}
			switch string(key) {
			case "content":
				st.Content = st.Content || filled(value)
			case "finishReason":
				st.Finished = st.Finished || len(value) > 2 && value[0] == '"'
			}
		}
		w.Resume(m.Rest())
	}
}

// filled reports whether a content brings anything a reader would see: a part that is
// more than an empty text with a signature.
func filled(content []byte) bool {
	w := scan.Members(content)
	for {
		key, value, ok := w.Next()
		if !ok {
			return false
		}
		if string(key) != "parts" {
			continue
		}
		parts := scan.Elements(value)
		for {
			_, part, ok := parts.Next()
			if !ok {
				break
			}
			m := scan.Members(part)
			for {
				key, value, ok := m.Next()
				if !ok {
					break
				}
				switch string(key) {
				case "text":
					if len(value) > 2 {
						return true
					}
				case "thought", "thoughtSignature":
				default:
					return true
				}
			}
		}
	}
}

// blocked is the blockReason of a promptFeedback; nil: it has none.
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
