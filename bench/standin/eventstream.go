package standin

import (
	"encoding/base64"
	"encoding/binary"
	"hash/crc32"
)

// message frames one message of an AWS event stream: lengths, the checksum of the lengths, the headers, the
// payload, and the checksum of everything before.
//
// Source: https://docs.aws.amazon.com/AmazonS3/latest/API/RESTSelectObjectAppendix.html
func message(headers [][2]string, payload []byte) []byte {
	var h []byte
	for _, kv := range headers {
		h = append(append(h, byte(len(kv[0]))), kv[0]...)
		h = binary.BigEndian.AppendUint16(append(h, 7), uint16(len(kv[1])))
		h = append(h, kv[1]...)
	}
	b := binary.BigEndian.AppendUint32(nil, uint32(16+len(h)+len(payload)))
	b = binary.BigEndian.AppendUint32(b, uint32(len(h)))
	b = binary.BigEndian.AppendUint32(b, crc32.ChecksumIEEE(b))
	b = append(append(b, h...), payload...)
	return binary.BigEndian.AppendUint32(b, crc32.ChecksumIEEE(b))
}

// event frames one event with padding, as the vendor pads.
func event(kind string, o obj) []byte {
	o = append(o, "p", "abcdefghijklmnopqrstuvwxyz"[:len(kind)])
	return message([][2]string{{":event-type", kind}, {":content-type", "application/json"}, {":message-type", "event"}}, encode(o))
}

func exception(kind, text string) []byte {
	return message([][2]string{{":exception-type", kind}, {":content-type", "application/json"}, {":message-type", "exception"}}, encode(obj{"message", text}))
}

// eventsInvoke carries the events of Messages in chunks.
func eventsInvoke(ex *exchange, a *answer) (out [][]byte) {
	for _, e := range messageEvents(ex, a) {
		switch e[1] {
		case "ping":
			continue
		case "message_stop":
			e = append(e, "amazon-bedrock-invocationMetrics", obj{"inputTokenCount", a.usage.in - a.usage.cached - a.usage.written, "outputTokenCount", a.usage.out,
				"invocationLatency", 100, "firstByteLatency", 10, "cacheReadInputTokenCount", a.usage.cached, "cacheWriteInputTokenCount", a.usage.written})
		}
		out = append(out, event("chunk", obj{"bytes", base64.StdEncoding.EncodeToString(encode(e))}))
	}
	return out
}
