//go:build !race

package hotpath

import (
	"strings"
	"testing"

	"asbru/adapters/dialect/anthropic"
	"asbru/adapters/dialect/openai"
	"asbru/core"
	"asbru/hotpath/http1"
)

// fare is a translation of a 1.5 KB conversation from OpenAI's format into Anthropic's, its
// answer and its stream, as the lanes do it.
type fare struct {
	s   *Server
	f   *flight
	r   http1.Request
	buf []byte
}

const fareReply = `{"id":"msg_1","type":"message","role":"assistant","model":"claude","content":[{"type":"text","text":"` +
	`Bifröst, or Ásbrú, is a burning rainbow bridge that reaches between Midgard and Asgard.` +
	`"},{"type":"tool_use","id":"toolu_1","name":"weather","input":{"city":"Asgard"}}],"stop_reason":"tool_use","stop_sequence":null,"usage":{"input_tokens":300,"output_tokens":40}}`

var fareEvents = []string{
	`{"type":"message_start","message":{"id":"msg_1","type":"message","role":"assistant","model":"claude","content":[],"stop_reason":null,"stop_sequence":null,"usage":{"input_tokens":300,"output_tokens":1}}}`,
	`{"type":"content_block_start","index":0,"content_block":{"type":"text","text":""}}`,
	`{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":" bridge"}}`,
	`{"type":"content_block_stop","index":0}`,
	`{"type":"content_block_start","index":1,"content_block":{"type":"tool_use","id":"toolu_1","name":"weather","input":{}}}`,
	`{"type":"content_block_delta","index":1,"delta":{"type":"input_json_delta","partial_json":"{\"city\":"}}`,
	`{"type":"content_block_delta","index":1,"delta":{"type":"input_json_delta","partial_json":"\"Asgard\"}"}}`,
	`{"type":"content_block_stop","index":1}`,
	`{"type":"message_delta","delta":{"stop_reason":"tool_use","stop_sequence":null},"usage":{"output_tokens":40}}`,
	`{"type":"message_stop"}`,
}

func newFare(t testing.TB) *fare {
	body := `{"model":"m","messages":[{"role":"system","content":"You are a guide. ` + strings.Repeat("Answer in one line. ", 40) + `"},` +
		`{"role":"user","content":[{"type":"text","text":"What is Bifr\u00f6st?"}]},{"role":"assistant","content":null,"tool_calls":[{"id":"call_1","type":"function","function":{"name":"weather","arguments":"{\"city\":\"Asgard\"}"}}]},` +
		`{"role":"tool","tool_call_id":"call_1","content":"fair"},{"role":"user","content":"Thanks."}],"temperature":0.5,"max_completion_tokens":500,` +
		`"tools":[{"type":"function","function":{"name":"weather","description":"tells the weather","parameters":{"type":"object","properties":{"city":{"type":"string"}},"required":["city"]}}}],"tool_choice":"auto"}`
	r := &fare{s: New(Options{}), f: new(flight)}
	f := r.f
	head := "POST /v1/chat/completions HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n\r\n"
	f.buf = []byte(head + body)
	if _, err := http1.ParseRequest(f.buf, &r.r); err != nil {
		t.Fatal(err)
	}
	f.x.Body, f.x.From, f.x.Op, f.x.As = f.buf[len(head):], openai.API, core.OpChat, core.OpChat
	f.x.Snap = new(core.Snapshot)
	face := &core.Face{Dialect: anthropic.API}
	face.Paths[core.OpChat] = "/v1/messages"
	f.x.Face = face
	f.target = &core.Target{Name: "anthropic/claude", Provider: "anthropic", Model: "claude-sonnet-4-5", Faces: []*core.Face{face}}
	if fault := openai.API.Peek(f.x.Body, core.OpChat, &f.x.Peek); fault != nil {
		t.Fatal(fault)
	}
	return r
}

// unary makes the request and turns the answer.
func (r *fare) unary(t testing.TB) {
	var ok bool
	if r.buf, ok = r.s.translate(r.buf[:0], r.f, &r.r, []byte("claude-sonnet-4-5")); !ok {
		t.Fatal(r.f.x.Fault)
	}
	r.buf, _ = r.f.cross.turn(&r.f.x, 200, replyBytes, r.buf[:0])
	if r.f.x.Fault != nil {
		t.Fatal(r.f.x.Fault)
	}
	r.f.cross.reset()
	r.s.crosses.Put(r.f.cross)
	r.f.cross = nil
}

var replyBytes, eventBytes = []byte(fareReply), func() (out [][]byte) {
	for _, e := range fareEvents {
		out = append(out, []byte(e))
	}
	return out
}()

func TestCrossingAllocations(t *testing.T) {
	r := newFare(t)
	r.unary(t)
	if n := testing.AllocsPerRun(200, func() { r.unary(t) }); n > 8 {
		t.Errorf("a translated answer costs %v allocations, want 8 at most", n)
	} else {
		t.Logf("a translated answer costs %v allocations", n)
	}
	if _, ok := r.s.translate(nil, r.f, &r.r, []byte("claude-sonnet-4-5")); !ok {
		t.Fatal(r.f.x.Fault)
	}
	c := r.f.cross
	stream := func() {
		c.x.Reset()
		c.begin(&r.f.x, nil)
		r.buf = r.buf[:0]
		for _, e := range eventBytes {
			r.buf = c.pass(r.buf, &r.f.x, nil, e)
		}
	}
	stream()
	if n := testing.AllocsPerRun(200, stream); n != 0 {
		t.Errorf("a translated stream of %d events costs %v allocations, want 0", len(eventBytes), n)
	}
	if !strings.HasSuffix(string(r.buf), "data: [DONE]\n\n") {
		t.Errorf("got %s", r.buf)
	}
}

func BenchmarkCrossing(b *testing.B) {
	b.Run("unary", func(b *testing.B) {
		r := newFare(b)
		b.ReportAllocs()
		for b.Loop() {
			r.unary(b)
		}
	})
	b.Run("stream", func(b *testing.B) {
		r := newFare(b)
		if _, ok := r.s.translate(nil, r.f, &r.r, []byte("claude-sonnet-4-5")); !ok {
			b.Fatal(r.f.x.Fault)
		}
		c := r.f.cross
		b.ReportAllocs()
		for b.Loop() {
			c.x.Reset()
			c.begin(&r.f.x, nil)
			for _, e := range eventBytes {
				r.buf = c.pass(r.buf[:0], &r.f.x, nil, e)
			}
		}
		b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(len(eventBytes)), "ns/event")
	})
}
