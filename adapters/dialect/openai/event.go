package openai

import (
	"bytes"

	"asbru/core"
	"asbru/core/scan"
)

// readEvent is the dialect's ReadEvent, for chunks of chat and completions and for the events of
// responses, which it distinguishes by their members. It reads only the facts it needs; malformed data
// changes nothing.
func readEvent(data []byte, st *core.StreamState) {
	st.UsageOnly = false
	if len(data) < 16 && string(bytes.TrimSpace(data)) == "[DONE]" {
		st.Done = true
		return
	}
	var kind, delta, response, groq []byte
	bare, counted, chosen := false, false, false
	w := scan.Members(data)
	for {
		key, more := w.Key()
		if !more {
			break
		}
		if tail := w.Tail(); string(key) == "choices" && len(tail) > 0 && tail[0] == '[' {
			bare, tail = choices(tail, st)
			chosen = true
			w.Resume(tail)
			continue
		}
		value, _ := w.Value()
		if len(value) == 0 {
			break
		}
		switch string(key) {
		case "usage":
			if value[0] == '{' {
				counted = true
				tokens(value, &st.Usage)
			}
		case "x_groq":
			groq = value
		case "error":
			st.Failed = st.Failed || !scan.IsNull(value)
		case "type":
			kind = value
		case "delta":
			delta = value
		case "response":
			response = value
		}
	}
	if w.Rest() == nil && len(data) > 0 {
		st.Unread++
	}
	if !chosen && !counted && !st.Failed && !bytes.HasPrefix(kind, []byte(`"response.`)) {
		st.Failed = bareFault(data)
	}
	if len(kind) > 0 {
		typed(kind, delta, response, st)
	}
	if groq != nil && !counted {
		readUsage(groq, &st.Usage, nil)
	}
	st.UsageOnly = bare && counted
}

// typed reads an event of the responses stream by its type:
// https://platform.openai.com/docs/api-reference/responses-streaming
func typed(kind, delta, response []byte, st *core.StreamState) {
	switch string(kind) {
	case `"response.completed"`, `"response.incomplete"`:
		st.Finished, st.Done = true, true
	case `"response.failed"`:
		st.Failed, st.Done = true, true
	case `"error"`:
		st.Failed = true
		return
	case `"response.output_item.done"`, `"response.image_generation_call.partial_image"`:
		st.Content = true // an item may come complete, without deltas
		return
	default:
		if bytes.HasPrefix(kind, []byte(`"response.`)) && bytes.HasSuffix(kind, []byte(`.delta"`)) && filled(delta) {
			st.Content = true
		}
		return
	}
	readUsage(response, &st.Usage, nil)
}

// choices reads the choices of a chunk, an array at the start of tail. It reports whether there are none,
// and returns the bytes after the array, nil if it is malformed.
func choices(tail []byte, st *core.StreamState) (none bool, rest []byte) {
	rest = trim(tail[1:])
	none = true
	for len(rest) > 0 && rest[0] == '{' {
		none = false
		w := scan.Members(rest)
		choice(&w, st)
		if rest = trim(w.Rest()); len(rest) > 0 && rest[0] == ',' {
			rest = trim(rest[1:])
		}
	}
	if len(rest) == 0 || rest[0] != ']' {
		return false, nil
	}
	return none, rest[1:]
}

// choice reads one choice to its end.
func choice(w *scan.Walk, st *core.StreamState) {
	for {
		key, value, more := w.Next()
		if !more {
			return
		}
		switch string(key) {
		case "index":
			st.Several = st.Several || value[0] != '0'
		case "delta":
			st.Content = st.Content || content(value)
		case "text": // legacy completions
			st.Content = st.Content || filled(value)
		case "finish_reason":
			st.Finished = st.Finished || filled(value)
		case "usage": // Moonshot
			tokens(value, &st.Usage)
		case "error": // OpenRouter
			st.Failed = st.Failed || !scan.IsNull(value)
		}
	}
}

// trim removes white space at the beginning.
func trim(b []byte) []byte {
	for len(b) > 0 && isSpace(b[0]) {
		b = b[1:]
	}
	return b
}

// content reports whether a delta has content: any non-empty member except the role and names.
func content(delta []byte) bool {
	w := scan.Members(delta)
	for {
		key, value, more := w.Next()
		if !more {
			return false
		}
		switch string(key) {
		case "content", "tool_calls", "refusal", "function_call", "audio", "images",
			"reasoning_content", "reasoning": // DeepSeek and others; Groq, OpenRouter and others
			if filled(value) {
				return true
			}
		}
	}
}

// filled reports whether raw is a string, array or object that is not empty.
func filled(raw []byte) bool {
	if len(raw) <= 2 {
		return false
	}
	switch raw[0] {
	case '"', '[', '{':
		return true
	}
	return false
}

func isSpace(c byte) bool { return c == ' ' || c == '\n' || c == '\t' || c == '\r' }
