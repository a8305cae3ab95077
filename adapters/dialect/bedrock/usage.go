package bedrock

import (
	"bytes"
	"encoding/base64"

	"asbru/core"
	"asbru/core/scan"
)

// usage reads the counts of Converse, or of a model's vendor in InvokeModel. Cached tokens that are not
// included in the input are added to it.
func usage(object []byte, u *core.Usage) {
	var in, read, written, out, total int64
	inside, outside := false, false
	w := scan.Members(object)
	for {
		key, v, ok := w.Next()
		if !ok {
			break
		}
		switch string(key) {
		case "inputTokens", "input_tokens", "inputTokenCount":
			outside = count(v, &in, u) || outside
		case "cacheReadInputTokens", "cache_read_input_tokens", "cacheReadInputTokenCount":
			count(v, &read, u)
		case "cacheWriteInputTokens", "cache_creation_input_tokens", "cacheWriteInputTokenCount":
			count(v, &written, u)
		case "outputTokens", "output_tokens", "outputTokenCount", "completion_tokens":
			count(v, &out, u)
		case "prompt_tokens":
			inside = count(v, &in, u) || inside
		case "totalTokens":
			count(v, &total, u)
		}
	}
	if inside && !outside {
		read, written = 0, 0
	}
	if in+read+written+out == 0 {
		in = total
	}
	u.In, u.CachedIn, u.WrittenIn, u.Out = in+read+written, read, written, out
}

// count reads one counter. A plausible one makes u known, another number makes it bad.
func count(raw []byte, n *int64, u *core.Usage) bool {
	v, ok := scan.Whole(raw)
	if ok = ok && 0 <= v && v <= maxCount; ok {
		*n, u.Known = v, true
	} else if scan.IsNumber(raw) {
		u.Bad = true
	}
	return ok
}

// appendUsage appends Converse's counts. The input does not include cached tokens, the total does.
func appendUsage(dst []byte, u *core.Usage) []byte {
	in := max(u.In-u.CachedIn-u.WrittenIn, 0)
	dst = scan.AppendInt(append(dst, `{"inputTokens":`...), in)
	dst = scan.AppendInt(append(dst, `,"outputTokens":`...), u.Out)
	dst = scan.AppendInt(append(dst, `,"totalTokens":`...), in+u.CachedIn+u.WrittenIn+u.Out)
	if u.CachedIn > 0 || u.WrittenIn > 0 {
		dst = scan.AppendInt(append(dst, `,"cacheReadInputTokens":`...), u.CachedIn)
		dst = scan.AppendInt(append(dst, `,"cacheWriteInputTokens":`...), u.WrittenIn)
	}
	return append(dst, '}')
}

// readUsage is the dialect's ReadUsage, for the bodies of Converse, of InvokeModel for any vendor, of embeddings
// and of count-tokens.
func readUsage(body []byte, u *core.Usage) {
	w := scan.Members(body)
	for {
		key, v, ok := w.Next()
		if !ok {
			return
		}
		switch string(key) {
		case "usage":
			if opens(v, '{') {
				usage(v, u)
				return
			}
		case "inputTextTokenCount", "prompt_token_count", "inputTokens": // Titan; Llama; count-tokens
			count(v, &u.In, u)
		case "generation_token_count":
			count(v, &u.Out, u)
		}
	}
}

// readEvent is the dialect's ReadEvent. It distinguishes the frames of Converse by their members; those of
// InvokeModel have one member, bytes.
func readEvent(data []byte, st *core.StreamState) {
	st.UsageOnly = false
	w := scan.Members(data)
	for {
		key, v, ok := w.Next()
		if !ok {
			return
		}
		if scan.IsNull(v) {
			continue
		}
		switch string(key) {
		case "delta":
			st.Content = st.Content || len(v) > 2
		case "start":
			st.Content = true // a call may have no arguments
		case "stopReason":
			st.Finished = true
		case "usage":
			usage(v, &st.Usage)
			st.Done, st.UsageOnly = true, true
		case "metrics":
			st.Done = st.Done || st.Finished
		case "message":
			st.Failed = true
		case "bytes":
			readChunk(v, st)
		}
	}
}

// readChunk reads the frame of InvokeModel, base64 of an event in the format of the model's vendor. The last one
// has Bedrock's own counts as its last member, for any vendor.
func readChunk(raw []byte, st *core.StreamState) {
	if len(raw) < 2 {
		return
	}
	text := raw[1 : len(raw)-1]
	if bytes.HasPrefix(text, contentBlock) {
		st.Content = true
		return
	}
	var room [chunkRoom]byte
	n := 0
	if base64.StdEncoding.DecodedLen(len(text)) > chunkRoom {
		const head = chunkHead / 3 * 4
		n = decode(room[:], text[:head])
		keep := (chunkRoom - chunkHead) / 3 * 4
		text = text[(len(text)-keep)&^3:]
	}
	n += decode(room[n:], text)
	event := room[:n]
	switch {
	case bytes.Contains(event, typeStart), bytes.Contains(event, typePing):
	case bytes.Contains(event[:min(n, chunkHead)], typeError):
		st.Failed = true
	default:
		st.Content = true
	}
	if i := bytes.Index(event, invocationMetrics); i >= 0 {
		usage(event[i+len(invocationMetrics):], &st.Usage)
		st.Finished, st.Done = true, true
	}
}

var (
	contentBlock      = []byte(`eyJ0eXBlIjoiY29udGVudF9ibG9j`) // {"type":"content_bloc in base64
	typeStart         = []byte(`"type":"message_start"`)
	typePing          = []byte(`"type":"ping"`)
	typeError         = []byte(`"type":"error"`)
	invocationMetrics = []byte(`"amazon-bedrock-invocationMetrics":`)
)

// decode decodes as much of the base64 text as fits into dst, and returns the number of bytes.
func decode(dst, text []byte) int {
	n, err := base64.StdEncoding.Decode(dst, text)
	if err != nil {
		return 0
	}
	return n
}
