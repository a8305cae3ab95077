package gemini

import (
	"bytes"

	"asbru/adapters/body"
	"asbru/core"
	"asbru/core/scan"
)

// live is the dialect's face for the Live API. The first message of a client, setup, names the model. Google's SDK for
// JavaScript can send the key only in the query.
//
// Source: https://ai.google.dev/api/live
var live = &core.SocketCodec{
	Secret:      "key",
	Peek:        peekSetup,
	AppendFirst: appendSetup,
	Says:        saysTurn,
	ReadTurn:    readTurn,
}

var (
	setupKeys = scan.NewKeys("setup")
	modelKeys = scan.NewKeys("model")
)

// peekSetup is live's Peek. A model is named as by Google: models/NAME, or a path below a project at Vertex AI. NAME may be
// provider/model.
func peekSetup(msg []byte, p *core.Peek) *core.Fault {
	var at [1]scan.Span
	if err := scan.Object(msg, setupKeys, at[:]); err != nil {
		return body.Invalid("setup", "the first message cannot be read as JSON in one way only: "+err.Error(), "begin with one message that holds setup")
	}
	inner := msg[at[0].Start:at[0].End]
	if len(inner) == 0 || inner[0] != '{' {
		return body.Invalid("setup", "the first message has no setup, which names the model", "send {\"setup\": {\"model\": \"models/NAME\"}} first")
	}
	start := at[0].Start
	at[0] = scan.Span{}
	if err := scan.Object(inner, modelKeys, at[:]); err != nil {
		return body.Invalid("setup", "setup cannot be read in one way only: "+err.Error(), "name every member once")
	}
	raw := inner[at[0].Start:at[0].End]
	name, ok := scan.Plain(raw)
	if !ok || len(name) == 0 || len(name) > core.MaxModelName {
		return body.Invalid("setup.model", "setup has no model whose name is text without escapes", "name one, as in models/NAME")
	}
	if i := bytes.LastIndex(name, []byte("models/")); i >= 0 && (i == 0 || name[i-1] == '/') {
		name = name[i+len("models/"):]
	}
	if len(name) == 0 {
		return body.Invalid("setup.model", "setup.model ends before the name", "name one, as in models/NAME")
	}
	p.Model = name
	p.ModelAt = core.Span{Start: int32(start) + int32(at[0].Start), End: int32(start) + int32(at[0].End)}
	return nil
}

// appendSetup is live's AppendFirst. A name with a path is written unchanged.
func appendSetup(dst, msg []byte, p *core.Peek, model []byte) []byte {
	dst = append(dst, msg[:p.ModelAt.Start]...)
	if !bytes.HasPrefix(model, []byte("projects/")) {
		model = append([]byte("models/"), model...)
	}
	dst = scan.AppendString(dst, model)
	return append(dst, msg[p.ModelAt.End:]...)
}

// saysTurn is live's Says.
func saysTurn(start []byte) bool { return bytes.Contains(start, []byte(`"modelTurn"`)) }

// readTurn is live's ReadTurn: a usageMetadata counts one turn.
func readTurn(msg []byte, u *core.Usage) {
	var got core.Usage
	readUsage(msg, &got)
	u.Add(&got)
}
