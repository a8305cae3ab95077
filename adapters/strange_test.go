//go:build !race

// One goroutine and very many short steps: the race detector would find nothing in a minute.

package adapters

import (
	"errors"
	"slices"
	"testing"

	"asbru/adapters/dialect/gemini"
	"asbru/adapters/dialect/openai"
	"asbru/core"
	"asbru/core/scan"
)

// oddities are values to put in place of expected ones.
var oddities = []string{`null`, `true`, `-1.5`, `""`, `"x"`, `{}`, `[null]`}

// strange calls f with variants of doc, in each of which one value is replaced, one array has another
// element, or one object has an unknown member.
func strange(doc string, f func(string)) {
	stuffed(doc, 1, f)
	quoted, begins := false, false
	for i := 0; i < len(doc); i++ {
		c := doc[i]
		if begins && !quoted && c != ' ' {
			end := valueEnd(doc, i)
			for _, odd := range oddities {
				f(doc[:i] + odd + doc[end:])
			}
			begins = false
		}
		switch {
		case c == '\\':
			i++
		case c == '"':
			quoted = !quoted
		case !quoted && c == ':':
			begins = true
		}
	}
}

// valueEnd returns the end of the value that begins at i.
func valueEnd(doc string, i int) int {
	switch doc[i] {
	case '{', '[':
		return closing(doc, i) + 1
	case '"':
		for i++; doc[i] != '"'; i++ {
			if doc[i] == '\\' {
				i++
			}
		}
		return i + 1
	}
	for i < len(doc) && doc[i] != ',' && doc[i] != '}' && doc[i] != ']' {
		i++
	}
	return i
}

// survives calls f, and reports a panic with its input.
func survives(t *testing.T, name, in string, f func()) {
	t.Helper()
	defer func() {
		if v := recover(); v != nil {
			t.Errorf("%s: %v: %.600s", name, v, in)
		}
	}()
	f()
}

// sound checks that b, which was made from in, is JSON.
func sound(t *testing.T, name, in string, b []byte) {
	t.Helper()
	if bad := (*scan.Error)(nil); errors.As(scan.Valid(b), &bad) {
		t.Errorf("%s: %v: %s of %s", name, bad, b[max(bad.Offset-80, 0):min(bad.Offset+20, len(b))], in)
	}
}

// spare is richRequest without the members that only few formats have.
const spare = `{"model":"m","messages":[{"role":"system","content":"s"},{"role":"user","content":"u"},` +
	`{"role":"assistant","content":"a","tool_calls":[{"id":"call_1","type":"function","function":{"name":"f","arguments":"{\"a\":[1]}"}}]},{"role":"tool","tool_call_id":"call_1","content":"r"},{"role":"user","content":"v"}],` +
	`"tools":[{"type":"function","function":{"name":"f","description":"d","parameters":{"type":"object","properties":{"a":{"type":"string"}}}}}],` +
	`"response_format":{"type":"json_schema","json_schema":{"name":"n","schema":{"type":"object","properties":{"b":{"enum":["c"]}}}}},"max_completion_tokens":9}`

// A strange request that one format parses is either written in every other format, or refused.
func TestStrangeRequestsCross(t *testing.T) {
	faces(func(name string, d *core.Dialect, op core.Op, codec *core.ChatCodec) {
		f := func(in string) {
			var p core.Peek
			if d.Peek([]byte(in), op, &p) != nil {
				return
			}
			faces(func(to string, _ *core.Dialect, _ core.Op, out *core.ChatCodec) {
				survives(t, name+" to "+to, in, func() {
					c := core.NewChat()
					c.From, c.Op = d, op
					if codec.ParseRequest(c, []byte(in)) != nil {
						return
					}
					b, fault := out.AppendRequest(nil, c, &core.Send{Model: []byte("anthropic.claude-sonnet-4-5"), Face: &core.Face{}})
					if fault == nil {
						sound(t, name+" to "+to, in, b)
					}
				})
			})
		}
		for _, full := range []string{richRequest, spare} {
			c := core.NewChat()
			if f := openai.API.Chats[core.OpChat].ParseRequest(c, []byte(full)); f != nil {
				t.Fatal(f)
			}
			seed, fault := codec.AppendRequest(nil, c, &core.Send{Model: []byte("anthropic.claude-sonnet-4-5"), Face: &core.Face{}})
			if fault != nil {
				seed = []byte(`{"model":"m","prompt":["a"],"stop":["b"],"options":{"stop":["c"]},"logit_bias":{"1":2}}`)
			}
			strange(string(seed), f)
		}
	})
}

// The same for replies as a whole.
func TestStrangeRepliesCross(t *testing.T) {
	faces(func(name string, d *core.Dialect, op core.Op, codec *core.ChatCodec) {
		strange(string(replyIn(t, codec, d, op)), func(in string) {
			faces(func(to string, client *core.Dialect, clientOp core.Op, out *core.ChatCodec) {
				survives(t, name+" to "+to, in, func() {
					r := core.NewCompletion()
					r.From, r.Op = d, op
					if codec.ParseReply(r, []byte(in)) != nil {
						return
					}
					x := core.NewCrossing()
					x.From, x.FromOp, x.To, x.ToOp = d, op, client, clientOp
					sound(t, name+" to "+to, in, out.AppendReply(nil, r, x))
				})
			})
		})
	})
}

// The same for each event of a stream, in its place.
func TestStrangeEventsCross(t *testing.T) {
	faces(func(name string, d *core.Dialect, op core.Op, codec *core.ChatCodec) {
		frames := framesIn(t, codec, d, op)
		for i := range frames {
			strange(frames[i].data, func(in string) {
				faces(func(to string, client *core.Dialect, clientOp core.Op, out *core.ChatCodec) {
					survives(t, name+" to "+to, in, func() {
						x := core.NewCrossing()
						x.From, x.FromOp, x.To, x.ToOp = d, op, client, clientOp
						var ev []core.Event
						var b []byte
						for j, f := range frames {
							data := f.data
							if j == i {
								data = in
							}
							var err error
							if ev, err = codec.ParseEvent(ev[:0], x, []byte(f.name), []byte(data)); err != nil {
								return
							}
							for k := range ev {
								b = out.AppendEvent(b[:0], x, &ev[k])
							}
						}
					})
				})
			})
		}
	})
}

// Settings that only Gemini has are reported to the client as dropped for any other target.
func TestSettingsOfGeminiAreNamed(t *testing.T) {
	faces(func(name string, d *core.Dialect, op core.Op, codec *core.ChatCodec) {
		if d == gemini.API || op == core.OpCompletion { // conversations are never written as completions
			return
		}
		c := core.NewChat()
		c.From, c.Op = gemini.API, core.OpChat
		if f := gemini.API.Chats[core.OpChat].ParseRequest(c, []byte(`{"contents":[{"role":"user","parts":[{"text":"u"}]}],"generationConfig":{"mediaResolution":"MEDIA_RESOLUTION_LOW"}}`)); f != nil {
			t.Fatal(f)
		}
		if _, f := codec.AppendRequest(nil, c, &core.Send{Model: []byte("anthropic.claude-sonnet-4-5"), Face: &core.Face{}}); f == nil && !slices.Contains(c.Dropped, "mediaResolution") {
			t.Errorf("%s: dropped %q", name, c.Dropped)
		}
	})
}
