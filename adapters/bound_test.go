package adapters

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"time"

	"asbru/adapters/dialect/anthropic"
	"asbru/adapters/dialect/cohere"
	"asbru/adapters/dialect/gemini"
	ollamaformat "asbru/adapters/dialect/ollama"
	"asbru/adapters/dialect/openai"
	"asbru/core"
	"asbru/core/eventstream"
)

// The most memory that a byte of input may take: the parsed form of the shortest element, {}, takes a
// few hundred bytes, and a growing slice has room for as many again.
const (
	bytesPerByte = 256
	bytesAtLeast = 4 << 10
)

// A conversation and an answer with most of the members that there are.
const (
	richRequest = `{"model":"m","messages":[{"role":"system","content":[{"type":"text","text":"s"}]},{"role":"user","content":[{"type":"text","text":"u"},` +
		`{"type":"image_url","image_url":{"url":"data:image/png;base64,AAAA"}},{"type":"file","file":{"filename":"f.pdf","file_data":"data:application/pdf;base64,AAAA"}}]},` +
		`{"role":"assistant","content":"a","tool_calls":[{"id":"call_1","type":"function","function":{"name":"f","arguments":"{\"a\":[1]}"}}]},{"role":"tool","tool_call_id":"call_1","content":"r"},{"role":"user","content":"v"}],` +
		`"tools":[{"type":"function","function":{"name":"f","description":"d","parameters":{"type":"object","properties":{"a":{"type":"array","items":{"type":"string"}}},"required":["a"]}}}],"tool_choice":"auto","stop":["x"],` +
		`"response_format":{"type":"json_schema","json_schema":{"name":"n","schema":{"type":"object","properties":{"b":{"enum":["c"]}}}}},"max_completion_tokens":9,"temperature":1}`
	richReply = `{"id":"c","object":"chat.completion","created":1,"model":"m","choices":[{"index":0,"message":{"role":"assistant","content":"a","reasoning_content":"t",` +
		`"annotations":[{"type":"url_citation","url_citation":{"start_index":0,"end_index":1,"url":"u","title":"t"}}],"tool_calls":[{"id":"call_1","type":"function","function":{"name":"f","arguments":"{}"}}]},` +
		`"logprobs":{"content":[{"token":"a","logprob":-1,"bytes":[97],"top_logprobs":[{"token":"a","logprob":-1,"bytes":[97]}]}]},"finish_reason":"tool_calls"}],"usage":{"prompt_tokens":1,"completion_tokens":2,"total_tokens":3}}`
)

// fillers are the elements and members that take a parser the most memory for their length.
var fillers = []string{`{}`, `[]`, `""`, `0`, `null`, `{"text":""}`, `{"type":"text","text":""}`, `{"type":""}`, `{"role":"user","content":""}`, `{"role":"user","content":[{}]}`,
	`{"a":0}`, `{"functionCall":{}}`, `{"function":{}}`, `{"type":"text","text":"","citations":[{}]}`, `{"toolUse":{}}`, `[0]`, `[{}]`}

// stuffed calls f with variants of doc, in each of which one array has n of a filler, instead of or
// before its elements, or one object has n unknown members.
func stuffed(doc string, n int, f func(string)) {
	f(doc)
	quoted := false
	for i := 0; i < len(doc); i++ {
		switch c := doc[i]; {
		case c == '\\':
			i++
		case c == '"':
			quoted = !quoted
		case quoted:
		case c == '[':
			end := closing(doc, i)
			for _, e := range fillers {
				many := strings.TrimSuffix(strings.Repeat(e+",", n), ",")
				f(doc[:i+1] + many + doc[end:])
			}
			if end > i+1 {
				f(doc[:i+1] + strings.Repeat(doc[i+1:end]+",", n) + doc[i+1:])
			}
		case c == '{' && i+1 < len(doc) && doc[i+1] != '}':
			var b strings.Builder
			for k := range n {
				fmt.Fprintf(&b, `"%x":0,`, k)
			}
			f(doc[:i+1] + b.String() + doc[i+1:])
		}
	}
}

// closing returns the end of the array that begins at i.
func closing(doc string, i int) int {
	depth, quoted := 0, false
	for ; i < len(doc); i++ {
		switch c := doc[i]; {
		case c == '\\':
			i++
		case c == '"':
			quoted = !quoted
		case quoted:
		case c == '[' || c == '{':
			depth++
		case c == ']' || c == '}':
			if depth--; depth == 0 {
				return i
			}
		}
	}
	return i
}

// faces calls f with every format of conversations.
func faces(f func(name string, d *core.Dialect, op core.Op, codec *core.ChatCodec)) {
	seen := map[*core.Dialect]bool{}
	for _, d := range everyDialect() {
		if seen[d] {
			continue
		}
		seen[d] = true
		for op, codec := range d.Chats {
			if codec != nil {
				f(d.Name+" "+core.Op(op).String(), d, core.Op(op), codec)
			}
		}
	}
}

// bounded checks the memory and the time of a parser for an input. A parser that is not linear would
// take minutes for these inputs.
func bounded(t *testing.T, name, in string, held func() int) {
	t.Helper()
	begin := time.Now()
	n := held()
	if most := bytesPerByte*len(in) + bytesAtLeast; n > most {
		t.Errorf("%s: %d bytes became %d, %d for each: %.120s", name, len(in), n, n/len(in), in)
	}
	if took := time.Since(begin); took > 20*time.Second {
		t.Errorf("%s: %d bytes took %v: %.120s", name, len(in), took, in)
	}
}

const stuffing = 500

func TestRequestsAreBounded(t *testing.T) {
	faces(func(name string, d *core.Dialect, op core.Op, codec *core.ChatCodec) {
		c := core.NewChat()
		if f := openai.API.Chats[core.OpChat].ParseRequest(c, []byte(richRequest)); f != nil {
			t.Fatal(f)
		}
		seed, fault := codec.AppendRequest(nil, c, &core.Send{Model: []byte("anthropic.claude-sonnet-4-5"), Face: &core.Face{}})
		if fault != nil {
			seed = []byte(`{"model":"m","prompt":["a"],"stop":["b"],"options":{"stop":["c"]},"logit_bias":{"1":2}}`)
		}
		stuffed(string(seed), stuffing, func(in string) {
			var p core.Peek
			if d.Peek([]byte(in), op, &p) != nil {
				return
			}
			bounded(t, name, in, func() int {
				c := core.NewChat()
				c.From, c.Op = d, op
				codec.ParseRequest(c, []byte(in))
				return c.Held()
			})
		})
	})
}

func TestRepliesAreBounded(t *testing.T) {
	faces(func(name string, d *core.Dialect, op core.Op, codec *core.ChatCodec) {
		stuffed(string(replyIn(t, codec, d, op)), stuffing, func(in string) {
			bounded(t, name, in, func() int {
				r := core.NewCompletion()
				r.From, r.Op = d, op
				codec.ParseReply(r, []byte(in))
				return r.Held()
			})
		})
	})
}

// replyIn returns the rich reply in a format.
func replyIn(t *testing.T, codec *core.ChatCodec, d *core.Dialect, op core.Op) []byte {
	t.Helper()
	r := core.NewCompletion()
	if err := openai.API.Chats[core.OpChat].ParseReply(r, []byte(richReply)); err != nil {
		t.Fatal(err)
	}
	x := core.NewCrossing()
	x.From, x.FromOp, x.To, x.ToOp = openai.API, core.OpChat, d, op
	return codec.AppendReply(nil, r, x)
}

// Each frame of a rich stream in turn is stuffed, in its place in the stream.
func TestEventsAreBounded(t *testing.T) {
	faces(func(name string, d *core.Dialect, op core.Op, codec *core.ChatCodec) {
		frames := framesIn(t, codec, d, op)
		if len(frames) < 2 {
			t.Fatalf("%s: %d frames", name, len(frames))
		}
		for i := range frames {
			stuffed(frames[i].data, stuffing/10, func(in string) {
				bounded(t, name, in, func() int {
					x := core.NewCrossing()
					x.From, x.FromOp = d, op
					var ev []core.Event
					for j, f := range frames[:i+1] {
						data := f.data
						if j == i {
							data = in
						}
						ev, _ = codec.ParseEvent(ev[:0], x, []byte(f.name), []byte(data))
					}
					return x.Held()
				})
			})
		}
	})
}

type namedFrame struct{ name, data string }

// framesIn returns the rich reply as a stream in a format.
func framesIn(t *testing.T, codec *core.ChatCodec, d *core.Dialect, op core.Op) (out []namedFrame) {
	t.Helper()
	r := core.NewCompletion()
	if err := openai.API.Chats[core.OpChat].ParseReply(r, []byte(richReply)); err != nil {
		t.Fatal(err)
	}
	x := core.NewCrossing()
	x.From, x.FromOp, x.To, x.ToOp = openai.API, core.OpChat, d, op
	var b []byte
	events := x.Replay(nil, r)
	for i := range events {
		b = codec.AppendEvent(b, x, &events[i])
	}
	switch codec.Framing {
	case core.FramingEventStream:
		return messagesOf(t, b)
	case core.FramingLines:
		for line := range bytes.Lines(b) {
			out = append(out, namedFrame{data: strings.TrimSpace(string(line))})
		}
		return out
	}
	var f namedFrame
	for line := range bytes.Lines(b) {
		text := strings.TrimRight(string(line), "\r\n")
		if name, ok := strings.CutPrefix(text, "event: "); ok {
			f.name = name
		}
		if data, ok := strings.CutPrefix(text, "data: "); ok {
			f.data = data
		}
		if text == "" && f.data != "" {
			out, f = append(out, f), namedFrame{}
		}
	}
	return out
}

// messagesOf returns the messages of a binary stream.
func messagesOf(t *testing.T, b []byte) (out []namedFrame) {
	t.Helper()
	for len(b) > 0 {
		n, err := eventstream.Size(b)
		if err != nil {
			t.Fatal(err)
		}
		m, err := eventstream.Read(b[:n])
		if err != nil {
			t.Fatal(err)
		}
		out, b = append(out, namedFrame{string(m.Type), string(m.Payload)}), b[n:]
	}
	return out
}

// everyDialect returns the formats that providers or clients speak.
func everyDialect() []*core.Dialect {
	return []*core.Dialect{openai.API, anthropic.API, gemini.API, Bedrock, cohere.API, ollamaformat.API}
}

// TestTheRestIsBounded does the same for embeddings and rankings, and for their requests.
func TestTheRestIsBounded(t *testing.T) {
	for _, d := range everyDialect() {
		for _, seed := range []string{
			`{"model":"m","input":["a"],"texts":["a"],"images":["b"],"inputs":[{"content":[{"type":"text","text":"a"}]}],"requests":[{"content":{"parts":[{"text":"a"}]}}],"embedding_types":["float"]}`,
			`{"instances":[{"content":"a"}]}`, `{"inputText":"a"}`, `{"input":[1]}`,
		} {
			if d.Embeds != nil {
				stuffed(seed, stuffing, func(in string) {
					bounded(t, d.Name+" embed", in, func() int {
						e := new(core.Embed)
						d.Embeds.ParseRequest(e, []byte(in))
						return e.Held()
					})
				})
			}
		}
		for _, seed := range []string{`{"data":[{"embedding":[1],"index":0}],"embeddings":{"float":[[1]]},"meta":{"a":[1]}}`, `{"embeddings":[{"values":[1]}]}`, `{"embeddings":[[1]]}`,
			`{"predictions":[{"embeddings":{"values":[1]}}]}`, `{"embedding":[1],"embeddingsByType":{"float":[1]}}`} {
			if d.Embeds != nil {
				stuffed(seed, stuffing, func(in string) {
					bounded(t, d.Name+" vectors", in, func() int {
						v := new(core.Vectors)
						d.Embeds.ParseReply(v, []byte(in))
						return v.Held()
					})
				})
			}
		}
		for _, seed := range []string{`{"query":"q","documents":["a"],"records":[{"id":"0","content":"a"}],"queries":[{"textQuery":{"text":"q"}}],"sources":[{"inlineDocumentSource":{"textDocument":{"text":"a"}}}]}`,
			`{"results":[{"index":0,"relevance_score":1,"document":{"text":"a"}}],"data":[{"index":0}],"records":[{"id":"0","score":1}]}`} {
			if d.Reranks != nil {
				stuffed(seed, stuffing, func(in string) {
					bounded(t, d.Name+" rerank", in, func() int {
						r, k := new(core.Rerank), new(core.Ranking)
						d.Reranks.ParseRequest(r, []byte(in))
						d.Reranks.ParseReply(k, []byte(in))
						return max(r.Held(), k.Held())
					})
				})
			}
		}
	}
}
