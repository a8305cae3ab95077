package anthropic

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"runtime"
	"testing"

	"asbru/bench/corpus"
	"asbru/core"
)

// seeds adds recordings of Anthropic itself, if they are available.
func seeds(f *testing.F, add func(c *corpus.Case)) {
	if corpus.Dir() == "" {
		return
	}
	names, _ := filepath.Glob(filepath.Join(corpus.Dir(), "anthropic", "anthropic.messages.*.json"))
	for _, name := range names {
		raw, err := os.ReadFile(name)
		c := new(corpus.Case)
		if err == nil {
			err = json.Unmarshal(raw, c)
		}
		if err != nil {
			f.Fatal(err)
		}
		add(c)
	}
}

// spent runs a parser and fails if it takes too much memory for the input.
func spent(t *testing.T, input int, run func()) {
	t.Helper()
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	run()
	runtime.ReadMemStats(&after)
	if n := after.TotalAlloc - before.TotalAlloc; n > uint64(1<<20+400*input) {
		t.Errorf("%d bytes of input took %d bytes", input, n)
	}
}

// FuzzParseRequest checks that requests accepted by Peek are read or refused, and that those read are equivalent
// after they were written and read again.
func FuzzParseRequest(f *testing.F) {
	f.Add(request(500))
	f.Add([]byte(`{"model":"m","system":[{"type":"x"}],"messages":[{"content":[{"type":"tool_result","tool_use_id":"a","content":[{}]}],"role":"user"}]}`))
	f.Add([]byte(`{"model":"m","thinking":{"type":"enabled","budget_tokens":1},"output_format":{},"tools":[{"name":"a","type":"custom"}],"container":{"id":1}}`))
	seeds(f, func(c *corpus.Case) { f.Add(requestOf(c)) })
	codec := API.Chats[core.OpChat]
	f.Fuzz(func(t *testing.T, body []byte) {
		var p core.Peek
		if API.Peek(body, core.OpChat, &p) != nil {
			return
		}
		c, d := core.NewChat(), core.NewChat()
		send := &core.Send{Model: []byte("m"), Stream: p.Stream}
		var fault *core.Fault
		var out []byte
		spent(t, len(body), func() { fault = codec.ParseRequest(c, body) })
		if fault != nil {
			return
		}
		if out, fault = codec.AppendRequest(nil, c, send); fault != nil {
			t.Fatalf("%q: %s", body, fault.Message)
		}
		if !json.Valid(out) {
			t.Fatalf("%q became %q", body, out)
		}
		if fault = codec.ParseRequest(d, out); fault != nil {
			t.Fatalf("%q became %q: %s", body, out, fault.Message)
		}
		again, _ := codec.AppendRequest(nil, d, send)
		if diff := corpus.Diff(again, out); diff != "" {
			t.Fatalf("%q became %q, then %q: %s", body, out, again, diff)
		}
		c.From = nil // as if it came from another family
		if out, fault = codec.AppendRequest(nil, c, send); fault == nil && !json.Valid(out) {
			t.Fatalf("%q became %q", body, out)
		}
	})
}

// FuzzParseReply checks that replies, which may be anything, are read the same again after they were written.
func FuzzParseReply(f *testing.F) {
	f.Add([]byte(`{"id":"a","content":[{"type":"tool_use","id":"a","name":"f","input":"x"},{"type":"text","text":"a","citations":[{}]}],"usage":{"input_tokens":9}}`))
	seeds(f, func(c *corpus.Case) {
		if c.Response.Body != nil {
			f.Add([]byte(c.Response.Body))
		}
	})
	codec := API.Chats[core.OpChat]
	f.Fuzz(func(t *testing.T, body []byte) {
		r, s := core.NewCompletion(), core.NewCompletion()
		var err error
		spent(t, len(body), func() { err = codec.ParseReply(r, body) })
		var fault core.Fault
		var u core.Usage
		readFault(body, &fault)
		readUsage(body, &u)
		if err != nil {
			return
		}
		out := codec.AppendReply(nil, r, nil)
		if !json.Valid(out) {
			t.Fatalf("%q became %q", body, out)
		}
		if err := codec.ParseReply(s, out); err != nil {
			t.Fatalf("%q became %q: %v", body, out, err)
		}
		if again := codec.AppendReply(nil, s, nil); !bytes.Equal(again, out) {
			t.Fatalf("%q became %q, then %q", body, out, again)
		}
		r.From = nil
		if out = codec.AppendReply(out[:0], r, nil); !json.Valid(out) {
			t.Fatalf("%q became %q", body, out)
		}
	})
}

// FuzzParseEvent checks that frames, one a line, yield events in order or errors, and that the stream written
// from them can be read again.
func FuzzParseEvent(f *testing.F) {
	f.Add(bytes.Join(stream(), []byte("\n")))
	f.Add([]byte("{\"type\":\"content_block_start\",\"content_block\":{\"type\":\"tool_use\",\"input\":{\"a\":1}}}\n{\"type\":\"content_block_start\",\"index\":1,\"content_block\":{\"type\":\"x\"}}\n{\"type\":\"message_stop\"}"))
	seeds(f, func(c *corpus.Case) {
		var lines [][]byte
		for _, frame := range cut([][]byte{c.Bytes()}) {
			lines = append(lines, frame.data)
		}
		if len(lines) > 0 {
			f.Add(bytes.Join(lines, []byte("\n")))
		}
	})
	codec := API.Chats[core.OpChat]
	f.Fuzz(func(t *testing.T, data []byte) {
		lines := bytes.Split(data, []byte("\n"))
		for _, from := range []*core.Dialect{API, nil} {
			x := core.NewCrossing()
			x.From = from
			var out []byte
			var ev []core.Event
			spent(t, len(data), func() {
				for _, l := range lines {
					var st core.StreamState
					readEvent(l, &st)
					ev, _ = codec.ParseEvent(ev[:0], x, nil, l)
					for i := range ev {
						out = codec.AppendEvent(out, x, &ev[i])
					}
				}
			})
			y := core.NewCrossing()
			for _, frame := range cut([][]byte{out}) {
				if !json.Valid(frame.data) {
					t.Fatalf("%q became %q", data, frame.data)
				}
				if _, err := codec.ParseEvent(nil, y, frame.name, frame.data); err != nil {
					t.Fatalf("%q became %q: %v", data, out, err)
				}
			}
			if x.Ended && !y.Ended {
				t.Fatalf("%q became %q without an end", data, out)
			}
		}
	})
}
