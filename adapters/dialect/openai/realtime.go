package openai

import (
	"bytes"

	"asbru/core"
	"asbru/core/scan"
)

// realtime is the dialect's face for the Realtime API. The model is in the query, where Azure calls it the
// deployment.
//
// Source: https://platform.openai.com/docs/guides/realtime-websocket
var realtime = &core.SocketCodec{
	Names:       []string{"model", "deployment"},
	Protocol:    "realtime",
	Dull:        dullTurn,
	Says:        saysTurn,
	ReadTurn:    readTurn,
	AppendFault: appendTurnFault,
}

// counted reports whether events of that type, in quotes, have usage: that of a response, or of the
// transcript that another model made of the client's audio.
func counted(kind []byte) bool {
	switch string(kind) {
	case `"response.done"`, `"conversation.item.input_audio_transcription.completed"`:
		return true
	}
	return false
}

// dullTurn is realtime's Dull. If the type is not among the first members, the event must be read
// completely.
func dullTurn(start []byte) bool {
	kind := member(start, "type")
	return kind != nil && !counted(kind)
}

// saysTurn is realtime's Says.
func saysTurn(start []byte) bool {
	kind := member(start, "type")
	return bytes.HasPrefix(kind, []byte(`"response.`)) && bytes.HasSuffix(kind, []byte(`.delta"`))
}

// readTurn is realtime's ReadTurn.
func readTurn(msg []byte, u *core.Usage) {
	kind := member(msg, "type")
	if !counted(kind) {
		return
	}
	of := member(msg, "response")
	if of == nil {
		of = msg
	}
	var got core.Usage
	if raw := member(of, "usage"); opens(raw) {
		tokens(raw, &got)
	} else {
		got.Bad = string(kind) == `"response.done"` // the turn is over, and nobody says what it used
	}
	u.Add(&got)
}

// appendTurnFault is realtime's AppendFault: the server's own error event.
func appendTurnFault(dst []byte, f *core.Fault, id []byte) []byte {
	dst = append(dst, `{"type":"error","event_id":"event_`...)
	dst = append(dst, id...)
	dst = append(dst, `","error":{"type":`...)
	dst = scan.AppendString(dst, f.Code.Kind())
	dst = append(dst, `,"code":`...)
	dst = scan.AppendString(dst, codeOf(f))
	dst = append(dst, `,"message":"`...)
	dst = scan.AppendEscaped(dst, f.Message)
	if f.Hint != "" {
		dst = append(dst, "; hint: "...)
		dst = scan.AppendEscaped(dst, f.Hint)
	}
	return append(dst, `","param":null,"event_id":null}}`...)
}
