package canon_test

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"asbru/adapters"
	"asbru/adapters/dialect/anthropic"
	"asbru/adapters/dialect/cohere"
	"asbru/adapters/dialect/gemini"
	"asbru/adapters/dialect/ollama"
	"asbru/adapters/dialect/openai"
	"asbru/bench/corpus"
	"asbru/cache/canon"
	"asbru/core"
)

// A face is a format and one of its operations.
type face struct {
	api string // in the recordings
	d   *core.Dialect
	op  core.Op
}

func faces() []face {
	return []face{
		{"chat", openai.API, core.OpChat}, {"responses", openai.API, core.OpResponses}, {"completions", openai.API, core.OpCompletion},
		{"messages", anthropic.API, core.OpChat}, {"generateContent", gemini.API, core.OpChat},
		{"converse", adapters.Bedrock, core.OpChat}, {"cohere_chat", cohere.API, core.OpChat}, {"ollama_chat", ollama.API, core.OpChat},
	}
}

// agrees checks that what a dialect says of the last turn of a body without reading it is what the form has
// of it. It reports whether it says anything.
func agrees(t *testing.T, f face, body []byte) bool {
	t.Helper()
	var p core.Peek
	if f.d.Peek(body, f.op, &p) != nil {
		return false
	}
	said := f.d.Said(body, f.op, &p)
	c := core.NewChat()
	if said == nil || f.d.Chats[f.op].ParseRequest(c, body) != nil {
		return false
	}
	var w canon.Writer
	w.Word(canon.First, "somebody")
	w.Chat(c)
	if !bytes.Equal(w.Said(), said) {
		t.Errorf("%s: the last turn says %q, and read it says %q: %s", f.api, said, w.Said(), body)
	}
	return true
}

// What a body says of its last turn unread is the same as read, in every recording, in every format that
// our own codecs write it in, and in several spellings.
func TestSaidUnread(t *testing.T) {
	told := map[string]int{}
	try := func(f face, body []byte) {
		t.Helper()
		for _, b := range spellings(body) {
			if agrees(t, f, b) {
				told[f.api]++
			}
		}
	}
	for _, f := range faces() {
		for _, body := range asked {
			try(f, []byte(body))
		}
	}
	for _, c := range corpus.Cases(t, func(c *corpus.Case) bool { return c.Request != nil && c.Request.Body != nil }) {
		for _, f := range faces() {
			if f.api != c.API {
				continue
			}
			try(f, c.Request.Body)
			for _, to := range faces() {
				chat := core.NewChat()
				if f.d.Chats[f.op].ParseRequest(chat, c.Request.Body) != nil {
					break
				}
				send := core.Send{Model: []byte("m"), Face: &core.Face{Dialect: to.d}}
				if out, fault := to.d.Chats[to.op].AppendRequest(nil, chat, &send); fault == nil {
					try(to, out)
				}
			}
		}
	}
	for _, f := range faces() {
		if told[f.api] < 2 && f.api != "completions" {
			t.Errorf("%s tells of %d bodies", f.api, told[f.api])
		}
	}
	t.Log(told)
}

// asked are conversations whose last turn is easily misread, for whichever format takes them.
var asked = []string{
	chat(""),
	`{"messages":[{"role":"user","content":"a"},{"role":"user","content":"b"}],"system":"s"}`,
	`{"contents":[{"parts":[{"text":"a"}]}],"systemInstruction":{"parts":[{"text":"s"}]}}`,
	`{"contents":[{"role":"model","parts":[{"text":"a"}]},{"role":"user","parts":[{"text":"b"}]}],"system_instruction":{"parts":[{"text":"s"}]}}`,
	`{"contents":[{"role":"user","parts":[{"text":"a"},{"text":"b"}]}]}`,
	`{"contents":[{"parts":[{"text":"a"}],"role":"user"}]}`,
	`{"contents":[{"parts":[{"text":"a"}],"role":"model"}]}`,
	`{"model":"m","input":"hello","instructions":"s"}`,
	`{"model":"m","input":[{"role":"user","content":"hello"}],"instructions":"s"}`,
	`{"model":"m","input":[{"role":"user","content":[{"type":"input_text","text":"hello"}]}]}`,
	`{"model":"m","input":[{"role":"user","content":[{"type":"text","text":"hello"}]}]}`,
	`{"model":"m","messages":[{"role":"user","content":[{"type":"text","text":"hello"}]}]}`,
	`{"model":"m","messages":[{"role":"user","content":[{"text":"hello"}]}]}`,
	`{"model":"m","messages":[{"role":"user","content":[{"text":"hello","type":"text"}]}]}`,
	`{"model":"m","messages":[{"content":[{"text":"hello","type":"text"}],"role":"user"}]}`,
	`{"model":"m","messages":[{"role":"user","content":[{"text":"hello"},{"cachePoint":{"type":"default"}}]}]}`,
	`{"model":"m","messages":[{"role":"user","content":[{"type":"text","text":"a"},{"type":"text","text":"b"}]}]}`,
	`{"model":"m","messages":[{"content":"hello","role":"user"}]}`,
	`{"model":"m","messages":[{"content":"hello","role":"assistant"}]}`,
	`{"model":"m","messages":[{"role":"user","content":"{\"role\":\"user\",\"content\":\"x\"}]"}]}`,
	`{"model":"m","messages":[{"role":"user","content":"x\",\"role\":\"user\"}]"}]}`,
	`{"model":"m","messages":[{"role":"user","name":"n","content":"hello"}]}`,
	`{"model":"m","messages":[{"role":"assistant","content":"hello"}]}`,
	`{"model":"m","messages":[{"role":"assistant","tool_calls":[{"id":"c","type":"function","function":{"name":"f","arguments":"{}"}}]},{"role":"tool","tool_call_id":"c","content":"r"}]}`,
	`{"model":"m","messages":[{"role":"assistant","content":[{"type":"tool_use","id":"c","name":"f","input":{"role":"user","content":"x"}}]}]}`,
	`{"model":"m","messages":[{"role":"user","content":"é 😀"}],"metadata":{"m":[{"role":"user","content":"x"}]}}`,
	`{"messages":"hello","input":[{"role":"user","content":"x"}],"contents":"y","model":"m"}`,
	`{"mess\u0061ges":[{"role":"user","content":"hello"}],"model":"m"}`,
	`{"model":"m","messages":[{"role":"user","content":""}]}`,
	`{"model":"m","messages":[],"input":"","contents":[]}`,
}

// spellings returns a body as it is, with blanks as Python writes them, indented, and with its members in
// the order of the letters.
func spellings(body []byte) [][]byte {
	all := [][]byte{body}
	dec := json.NewDecoder(bytes.NewReader(body))
	dec.UseNumber()
	var doc any
	if dec.Decode(&doc) != nil {
		return all
	}
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if enc.Encode(doc) == nil {
		all = append(all, bytes.Clone(b.Bytes()))
	}
	b.Reset()
	if json.Indent(&b, body, "", " ") == nil {
		all = append(all, bytes.Clone(b.Bytes()))
	}
	return append(all, []byte(python(string(body))))
}

// python writes a blank behind each comma and colon outside of strings.
func python(body string) string {
	var b strings.Builder
	in := false
	for i := 0; i < len(body); i++ {
		c := body[i]
		b.WriteByte(c)
		switch {
		case in && c == '\\' && i+1 < len(body):
			i++
			b.WriteByte(body[i])
		case c == '"':
			in = !in
		case !in && (c == ',' || c == ':') && i+1 < len(body) && body[i+1] != ' ':
			b.WriteByte(' ')
		}
	}
	return b.String()
}

func FuzzSaidUnread(f *testing.F) {
	for _, body := range asked {
		for i := range faces() {
			f.Add([]byte(body), uint8(i))
			f.Add([]byte(python(body)), uint8(i))
		}
	}
	f.Fuzz(func(t *testing.T, body []byte, which uint8) {
		agrees(t, faces()[int(which)%len(faces())], body)
	})
}
