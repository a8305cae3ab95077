package cohere

import (
	"strings"

	"asbru/core"
)

// sample is a request of about 1.5 KB with most of what one can hold.
var sample = []byte(`{"model":"command-a-03-2025","stream":true,"messages":[{"role":"system","content":"You are helpful.\nAnswer in one sentence."},` +
	`{"role":"user","content":[{"type":"text","text":"` + strings.Repeat("What is the weather in Paris? ", 14) + `"},{"type":"image_url","image_url":{"url":"data:image/png;base64,` + strings.Repeat("iVBOR", 20) + `"}}]},` +
	`{"role":"assistant","tool_plan":"I will look it up.","tool_calls":[{"id":"c1","type":"function","function":{"name":"weather","arguments":"{\"city\":\"Paris\"}"}}]},` +
	`{"role":"tool","tool_call_id":"c1","content":[{"type":"document","document":{"id":"d","data":"{\"temp\":20}"}}]},{"role":"user","content":"And now?"}],` +
	`"tools":[{"type":"function","function":{"name":"weather","description":"The weather in a city","parameters":{"type":"object","properties":{"city":{"type":"string"}},"required":["city"]}}}],` +
	`"documents":["plain",{"id":"doc1","data":{"title":"T","snippet":"S"}}],"max_tokens":200,"temperature":0.3,"stop_sequences":["END"],"thinking":{"type":"enabled","token_budget":100},"safety_mode":"STRICT"}`)

var sampleReply = []byte(`{"id":"00f7ec58-cd22-4b62-b068-0e7ece6bbf67","message":{"role":"assistant","content":[{"type":"thinking","thinking":"Hm."},{"type":"text","text":"It is 20°C."}],` +
	`"citations":[{"start":6,"end":11,"text":"20°C.","sources":[{"type":"document","id":"doc:1","document":{"id":"doc:1","title":"T","snippet":"20 degrees"}}],"content_index":1,"type":"TEXT_CONTENT"}]},` +
	`"finish_reason":"COMPLETE","usage":{"billed_units":{"input_tokens":94,"output_tokens":27},"tokens":{"input_tokens":1094,"output_tokens":102},"cached_tokens":16},` +
	`"logprobs":[{"token_ids":[1],"text":"It","logprobs":[-0.5]},{"token_ids":[2,3],"text":" is","logprobs":[-0.25,-0.5]}]}`)

// sampleEvents are the data of a stream with a block of each kind.
var sampleEvents = []string{
	`{"id":"9c4c845f","type":"message-start","delta":{"message":{"role":"assistant","content":[],"tool_plan":"","tool_calls":[],"citations":[]}}}`,
	`{"type":"tool-plan-delta","delta":{"message":{"tool_plan":"I look."}}}`,
	`{"type":"tool-call-start","index":0,"delta":{"message":{"tool_calls":{"id":"c1","type":"function","function":{"name":"f","arguments":""}}}}}`,
	`{"type":"tool-call-delta","index":0,"delta":{"message":{"tool_calls":{"function":{"arguments":"{\"a\":1}"}}}}}`,
	`{"type":"tool-call-end","index":0}`,
	`{"type":"content-start","index":0,"delta":{"message":{"content":{"type":"thinking","thinking":""}}}}`,
	`{"type":"content-delta","index":0,"delta":{"message":{"content":{"thinking":"Hm"}}}}`,
	`{"type":"content-end","index":0}`,
	`{"type":"content-start","index":1,"delta":{"message":{"content":{"type":"text","text":""}}}}`,
	`{"type":"content-delta","index":1,"delta":{"message":{"content":{"text":"Ruby"}}},"logprobs":{"token_ids":[7],"text":"Ruby","logprobs":[-0.5]}}`,
	`{"type":"content-end","index":1}`,
	`{"type":"message-end","delta":{"finish_reason":"COMPLETE","usage":{"billed_units":{"input_tokens":47,"output_tokens":8},"tokens":{"input_tokens":1563,"output_tokens":22},"cached_tokens":1376}}}`,
	`[DONE]`,
}

// play parses a whole stream and writes it again; nil data ends.
func play(x *core.Crossing, ev []core.Event, dst []byte, data [][]byte) ([]core.Event, []byte, error) {
	for _, d := range data {
		var err error
		if ev, err = chat.ParseEvent(ev[:0], x, nil, d); err != nil {
			return ev, dst, err
		}
		for i := range ev {
			dst = chat.AppendEvent(dst, x, &ev[i])
		}
	}
	return ev, dst, nil
}

func frames(data []string) (out [][]byte) {
	for _, d := range data {
		out = append(out, []byte(d))
	}
	return out
}
