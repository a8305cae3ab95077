package anthropic

import (
	"bytes"
	"testing"

	"asbru/core"
)

// request is a conversation with tools of about n bytes.
func request(n int) []byte {
	const head = `{"model":"claude-sonnet-4-5","max_tokens":1024,"system":[{"type":"text","text":"You help with the weather.","cache_control":{"type":"ephemeral"}}],"messages":[{"role":"user","content":"What is the weather in Oslo?"},{"role":"assistant","content":[{"type":"text","text":"I will look."},{"type":"tool_use","id":"toolu_01","name":"weather","input":{"city":"Oslo"}}]},{"role":"user","content":[{"type":"tool_result","tool_use_id":"toolu_01","content":"4 degrees"},{"type":"text","text":"`
	const tail = `"}]}],"tools":[{"name":"weather","description":"Tells the weather.","input_schema":{"type":"object","properties":{"city":{"type":"string"}},"required":["city"]}}],"tool_choice":{"type":"auto"},"temperature":0.5,"stream":true}`
	return append(append([]byte(head), bytes.Repeat([]byte("word "), max(n-len(head)-len(tail), 5)/5)...), tail...)
}

// stream is an answer with text and a call.
func stream() [][]byte {
	s := [][]byte{[]byte(`{"type":"message_start","message":{"model":"claude-sonnet-4-5","id":"msg_01","type":"message","role":"assistant","content":[],"stop_reason":null,"stop_sequence":null,"usage":{"input_tokens":589,"cache_creation_input_tokens":0,"cache_read_input_tokens":0,"cache_creation":{"ephemeral_5m_input_tokens":0,"ephemeral_1h_input_tokens":0},"output_tokens":1,"service_tier":"standard"}}}`),
		[]byte(`{"type":"content_block_start","index":0,"content_block":{"type":"text","text":""}        }`)}
	for range 20 {
		s = append(s, delta)
	}
	for _, d := range []string{`{"type":"content_block_stop","index":0 }`,
		`{"type":"content_block_start","index":1,"content_block":{"type":"thinking","thinking":"","signature":""}}`,
		`{"type":"content_block_delta","index":1,"delta":{"type":"thinking_delta","thinking":"hm"}}`,
		`{"type":"content_block_delta","index":1,"delta":{"type":"signature_delta","signature":"c2ln"}}`,
		`{"type":"content_block_stop","index":1}`,
		`{"type":"content_block_start","index":2,"content_block":{"type":"tool_use","id":"toolu_01","name":"weather","input":{}}}`,
		`{"type":"content_block_delta","index":2,"delta":{"type":"input_json_delta","partial_json":"{\"city\":\"Oslo\"}"}}`,
		`{"type":"content_block_stop","index":2}`,
		`{"type":"message_delta","delta":{"stop_reason":"tool_use","stop_sequence":null},"usage":{"output_tokens":45}     }`,
		`{"type":"message_stop"   }`} {
		s = append(s, []byte(d))
	}
	return s
}

var delta = []byte(`{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":" some more words of an answer"}        }`)

func BenchmarkParseRequest(b *testing.B) {
	body, c := request(1500), core.NewChat()
	b.SetBytes(int64(len(body)))
	for b.Loop() {
		c.Reset()
		API.Chats[core.OpChat].ParseRequest(c, body)
	}
}

func BenchmarkAppendRequest(b *testing.B) {
	c, s := core.NewChat(), &core.Send{Model: []byte("claude-sonnet-4-5"), Stream: true}
	API.Chats[core.OpChat].ParseRequest(c, request(1500))
	dst := make([]byte, 0, 1<<14)
	for _, from := range []*core.Dialect{API, nil} {
		name := "family"
		if c.From = from; from == nil {
			name, c.Shape = "other", 0
		}
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				dst, _ = API.Chats[core.OpChat].AppendRequest(dst[:0], c, s)
			}
		})
	}
}

func BenchmarkParseEvent(b *testing.B) {
	x := core.NewCrossing()
	ev := make([]core.Event, 0, 8)
	for _, data := range stream()[:2] {
		ev, _ = parseEvent(ev[:0], x, nil, data)
	}
	for b.Loop() {
		ev, _ = parseEvent(ev[:0], x, nil, delta)
	}
}

func BenchmarkAppendEvent(b *testing.B) {
	x := core.NewCrossing()
	dst := make([]byte, 0, 1<<12)
	at := x.Add(core.PartText, 0, 0)
	e := core.Event{Kind: core.EventOpen, Block: at}
	dst = API.Chats[core.OpChat].AppendEvent(dst, x, &e)
	e = core.Event{Kind: core.EventDelta, Block: at, Text: core.Text(" some more words of an answer")}
	for b.Loop() {
		dst = API.Chats[core.OpChat].AppendEvent(dst[:0], x, &e)
	}
}

func BenchmarkReadEvent(b *testing.B) {
	var st core.StreamState
	for b.Loop() {
		readEvent(delta, &st)
	}
}
