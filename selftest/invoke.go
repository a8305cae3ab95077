package selftest

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
)

// invokeFormat is InvokeModel with Anthropic's bodies.
func invokeFormat() *format {
	return &format{
		name: "invoke",
		path: bedrockPath("/invoke", "/invoke-with-response-stream"),
		ask: func(t *talk) any {
			d := anthropicTalk(t)
			d["anthropic_version"] = "bedrock-2023-05-31"
			return d
		},
		asked:  askedAnthropic,
		told:   toldAnthropic,
		heard:  heardInvoke,
		failed: failedBedrock,
		framed: true,
		muted:  "",
		deaf:   "",
	}
}

// heardInvoke takes the events of a message out of their chunks.
func heardInvoke(r *reply) *said {
	s := newSaid()
	frames, err := awsFrames(r.body)
	if err != nil && r.broken == nil {
		s.bad(err.Error())
	}
	var inner []frame
	for _, f := range frames {
		if len(f.name) > 0 && f.name[0] == '!' {
			s.fault = &fault{kind: f.name[1:], message: text(f.d["message"])}
			continue
		}
		b, err := base64.StdEncoding.DecodeString(text(f.d["bytes"]))
		var d doc
		if f.name != "chunk" || err != nil || json.Unmarshal(b, &d) != nil {
			s.bad(fmt.Sprintf("event %s is no chunk: %.200s", f.name, f.data))
			continue
		}
		inner = append(inner, frame{name: text(d["type"]), d: d})
	}
	s.messageEvents(inner)
	return s
}
