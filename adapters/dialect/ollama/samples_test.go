package ollama

import (
	"strings"

	"asbru/core"
)

// sample is a request of about 1.5 KB with most of what one can hold.
var sample = []byte(`{"model":"qwen3:4b","messages":[{"role":"system","content":"You are helpful.\nAnswer in one sentence."},` +
	`{"role":"user","content":"` + strings.Repeat("What is the weather in Paris? ", 20) + `","images":["iVBORw0KGgo` + strings.Repeat("AAAA", 20) + `"]},` +
	`{"role":"assistant","content":"","thinking":"Look it up.","tool_calls":[{"id":"c1","function":{"index":0,"name":"weather","arguments":{"city":"Paris"}}},{"function":{"name":"time","arguments":{}}}]},` +
	`{"role":"tool","tool_name":"weather","content":"20"},{"role":"tool","content":"12:00"},{"role":"user","content":"And now?"}],` +
	`"tools":[{"type":"function","function":{"name":"weather","description":"The weather in a city","parameters":{"type":"object","properties":{"city":{"type":"string"}},"required":["city"]}}}],` +
	`"options":{"num_ctx":4096,"num_predict":200,"temperature":0.3,"stop":["END"]},"think":"low","keep_alive":"5m","stream":true}`)

var sampleReply = []byte(`{"model":"qwen3:4b","created_at":"2026-07-30T14:17:16.5Z","message":{"role":"assistant","content":"20 degrees","thinking":"Hm.",` +
	`"tool_calls":[{"id":"c1","function":{"index":0,"name":"f","arguments":{"a":"b\n"}}}]},"done":true,"done_reason":"stop","total_duration":913140194,"prompt_eval_count":67,"eval_count":47,` +
	`"logprobs":[{"token":"20","logprob":-0.5,"bytes":[50,48],"top_logprobs":[]}]}`)

// sampleEvents are the lines of a stream with a block of each kind.
var sampleEvents = []string{
	`{"model":"gpt-oss:20b","created_at":"2026-07-30T14:17:16.420595067Z","message":{"role":"assistant","content":"","thinking":"The"},"done":false}`,
	`{"model":"gpt-oss:20b","created_at":"2026-07-30T14:17:16.520595067Z","message":{"role":"assistant","content":"A","images":null},"done":false,"logprobs":[{"token":"A","logprob":-1}]}`,
	`{"model":"gpt-oss:20b","created_at":"2026-07-30T14:17:16.620595067Z","message":{"role":"assistant","content":"","tool_calls":[{"function":{"name":"f","arguments":{"a":"b\n"}}}]},"done":false}`,
	`{"model":"gpt-oss:20b","created_at":"2026-07-30T14:17:16.996437479Z","message":{"role":"assistant","content":""},"done":true,"done_reason":"stop","total_duration":913140194,"prompt_eval_count":67,"eval_count":47}`,
}

var chat = API.Chats[core.OpChat]

// play parses a whole stream and writes it again.
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
