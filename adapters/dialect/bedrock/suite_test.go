package bedrock

import (
	"fmt"
	"strings"
	"sync"
	"testing"

	"asbru/bench/corpus"
	"asbru/core"
	"asbru/core/eventstream"
)

// dialect is the dialect under test, with fake in place of Anthropic's.
func dialect() *core.Dialect { return New(fake()) }

// loaded returns the recordings. They are read once, because most are of other providers.
var loaded struct {
	once  sync.Once
	cases []*corpus.Case
}

// recorded returns the cases of one api that match.
func recorded(t testing.TB, api string, fits func(*corpus.Case) bool) (out []*corpus.Case) {
	t.Helper()
	ofBedrock := func(c *corpus.Case) bool { return c.Provider == "bedrock" }
	if corpus.Dir() == "" {
		return corpus.Cases(t, ofBedrock) // skips the test
	}
	loaded.once.Do(func() { loaded.cases = corpus.Cases(t, ofBedrock) })
	for _, c := range loaded.cases {
		if c.API == api && (fits == nil || fits(c)) {
			out = append(out, c)
		}
	}
	return out
}

// cut splits an event stream that arrives in pieces, as hotpath/frame does.
func cut(pieces [][]byte) (out []eventstream.Message, err error) {
	var buf []byte
	for _, p := range pieces {
		buf = append(buf, p...)
	}
	for len(buf) >= eventstream.Prelude {
		n, err := eventstream.Size(buf)
		if err != nil {
			return out, err
		}
		m, err := eventstream.Read(buf[:n])
		if err != nil {
			return out, err
		}
		out, buf = append(out, m), buf[n:]
	}
	if len(buf) > 0 {
		return out, fmt.Errorf("%d bytes are left", len(buf))
	}
	return out, nil
}

// told returns one line for each event, with the state of its block in the Crossing at that time.
func told(x *core.Crossing, e *core.Event) string {
	names := [...]string{"start", "open", "delta", "sign", "cite", "close", "finish", "usage", "ping", "fault", "end", "other"}
	s := names[e.Kind]
	switch e.Kind {
	case core.EventOpen:
		b := &x.Blocks[e.Block]
		s += fmt.Sprintf(" %d %s %s", b.Kind, b.ID, b.Name)
	case core.EventDelta:
		s += fmt.Sprintf(" %d %s", x.Blocks[e.Block].Kind, e.Text)
	case core.EventSign:
		b := &x.Blocks[e.Block]
		s += fmt.Sprintf(" %v %s", b.Vendor, b.Sign)
	case core.EventCite:
		s += fmt.Sprintf(" %s %s", e.Cite.Title, e.Cite.Quote)
	case core.EventFinish:
		s += fmt.Sprintf(" %d %s %s", e.Finish, e.Native, e.Stop)
	case core.EventUsage:
		s += fmt.Sprintf(" %+v", x.Usage)
	case core.EventFault:
		s += fmt.Sprintf(" %s %d %s", e.Fault.Kind, e.Fault.HTTP(), e.Fault.Message)
	case core.EventOther:
		s += fmt.Sprintf(" %s %s", e.Name, e.Raw)
	}
	return s
}

// read parses messages with codec and returns their events, and the frames that to writes for them, as if they
// came from the family from.
func read(codec, to *core.ChatCodec, x *core.Crossing, messages []eventstream.Message) (said []string, frames []byte, err error) {
	var ev []core.Event
	for _, m := range messages {
		if ev, err = codec.ParseEvent(ev[:0], x, m.Type, m.Payload); err != nil {
			return said, frames, err
		}
		for i := range ev {
			said = append(said, told(x, &ev[i]))
			if to != nil {
				frames = to.AppendEvent(frames, x, &ev[i])
			}
		}
	}
	return said, frames, nil
}

// text returns s as the inside of a JSON string.
func text(s string) core.Text { return core.Text(s) }

func wantJSON(t *testing.T, what string, got []byte, want string) {
	t.Helper()
	if d := corpus.Diff(got, []byte(want)); d != "" {
		t.Errorf("%s: %s\n got %s", what, d, got)
	}
}

func asks(c *core.Chat, name string) ([]byte, *core.Fault) {
	return appendRequest(nil, c, &core.Send{Model: []byte(name)})
}

// fake stands in for Anthropic's dialect: it keeps bodies and events unchanged.
func fake() *core.Dialect {
	d := &core.Dialect{Name: "anthropic"}
	d.Chats[core.OpChat] = &core.ChatCodec{
		ParseRequest: func(c *core.Chat, body []byte) *core.Fault {
			c.Schema = body
			return nil
		},
		AppendRequest: func(dst []byte, c *core.Chat, s *core.Send) ([]byte, *core.Fault) {
			if c.From != nil && c.From.Name != "anthropic" {
				return dst, &core.Fault{Code: core.Invalid, Message: "not ours"}
			}
			dst = append(dst, `{"model":"`+string(s.Model)+`","stream":true,`...)
			return append(dst, c.Schema[1:]...), nil
		},
		ParseReply: func(r *core.Completion, body []byte) error {
			r.Keep(&r.More, text("body"), body)
			return nil
		},
		AppendReply: func(dst []byte, r *core.Completion, _ *core.Crossing) []byte {
			e, _ := r.Extra(r.More)
			return append(dst, e.Value...)
		},
		ParseEvent: func(ev []core.Event, x *core.Crossing, name, data []byte) ([]core.Event, error) {
			if x.From != nil && x.From.Name != "anthropic" || x.FromOp != core.OpChat {
				return ev, fmt.Errorf("from %q", x.From.Name)
			}
			return append(ev, core.Event{Kind: core.EventOther, Name: name, Raw: data}), nil
		},
		AppendEvent: func(dst []byte, x *core.Crossing, e *core.Event) []byte {
			if x.To != nil && x.To.Name != "anthropic" || e.Kind != core.EventOther {
				return dst
			}
			dst = append(append(append(dst, "event: "...), e.Name...), "\ndata: "...)
			return append(append(dst, e.Raw...), "\n\n"...)
		},
	}
	return d
}

func lines(s []string) string { return strings.Join(s, "\n") }

// stream returns a stream with a text, a thought and a call.
func stream(t testing.TB) []eventstream.Message {
	t.Helper()
	var b []byte
	add := func(name, payload string) {
		b = eventstream.Append(b, eventstream.Event, name, []byte(payload))
	}
	add("messageStart", `{"role":"assistant"}`)
	add("contentBlockDelta", `{"contentBlockIndex":0,"delta":{"reasoningContent":{"text":"hm"}}}`)
	add("contentBlockDelta", `{"contentBlockIndex":0,"delta":{"reasoningContent":{"signature":"c2ln"}}}`)
	add("contentBlockStop", `{"contentBlockIndex":0}`)
	add("contentBlockDelta", `{"contentBlockIndex":1,"delta":{"text":"hello there"},"p":"abcdefgh"}`)
	add("contentBlockStop", `{"contentBlockIndex":1}`)
	add("contentBlockStart", `{"contentBlockIndex":2,"start":{"toolUse":{"toolUseId":"t1","name":"f"}}}`)
	add("contentBlockDelta", `{"contentBlockIndex":2,"delta":{"toolUse":{"input":"{\"a\":1}"}}}`)
	add("contentBlockStop", `{"contentBlockIndex":2}`)
	add("messageStop", `{"stopReason":"tool_use"}`)
	add("metadata", `{"usage":{"inputTokens":5,"outputTokens":7,"totalTokens":12},"metrics":{"latencyMs":3}}`)
	messages, err := cut([][]byte{b})
	if err != nil {
		t.Fatal(err)
	}
	return messages
}
