package canon_test

import (
	"bytes"
	"fmt"
	"reflect"
	"slices"
	"testing"

	"asbru/adapters/dialect/anthropic"
	"asbru/adapters/dialect/gemini"
	"asbru/adapters/dialect/openai"
	"asbru/cache/canon"
	"asbru/core"
)

func form(t *testing.T, d *core.Dialect, op core.Op, body string) []byte {
	t.Helper()
	c := core.NewChat()
	c.From, c.Op = d, op
	if f := d.Chats[op].ParseRequest(c, []byte(body)); f != nil {
		t.Fatalf("%s: %v", body, f)
	}
	var w canon.Writer
	w.Chat(c)
	return bytes.Clone(w.Bytes())
}

func chat(members string) string {
	return `{"model":"m","messages":[{"role":"user","content":"hi"}]` + members + `}`
}

func TestOneFormForOneQuestion(t *testing.T) {
	f := func(a, b string) {
		t.Helper()
		if !bytes.Equal(form(t, openai.API, core.OpChat, a), form(t, openai.API, core.OpChat, b)) {
			t.Errorf("two forms of one question:\n%s\n%s", a, b)
		}
	}
	f(chat(""), `{ "messages" : [ {"content":"hi","role":"user"} ], "model":"m" }`)
	f(chat(""), chat(`,"stream":true,"stream_options":{"include_usage":true},"user":"u","metadata":{"a":"b"},"store":false,"service_tier":"flex"`))
	f(chat(""), chat(`,"temperature":null,"n":1,"logprobs":false,"modalities":["text"],"response_format":{"type":"text"},"fallbacks":["x"]`))
	f(chat(`,"temperature":1`), chat(`,"temperature":1.0`))
	f(chat(`,"temperature":0.70`), chat(`,"temperature":7e-1`))
	f(chat(`,"temperature":-0`), chat(`,"temperature":0.0e7`))
	f(chat(`,"max_tokens":100`), chat(`,"max_completion_tokens":1e2`))
	f(chat(`,"stop":"x"`), chat(`,"stop":["x"]`))
	f(chat(`,"unknown":1,"another":{"a":1}`), chat(`,"another":{ "a":1 },"unknown":1.0`))
	f(`{"messages":[{"role":"user","content":"é\/\u0041"}]}`, `{"messages":[{"role":"user","content":[{"type":"text","text":"\u00e9/A"}]}]}`)
	f(`{"messages":[{"role":"system","content":"s"},{"role":"user","content":"\ud83d\ude00"}]}`, `{"messages":[{"role":"developer","content":"s"},{"role":"user","content":"😀"}]}`)
	const tool = `,"tools":[{"type":"function","function":{"name":"f","parameters":{%s}}}]`
	f(chat(fmt.Sprintf(tool, `"type":"object","properties":{"a":{"type":"string"},"b":{}}`)),
		chat(fmt.Sprintf(tool, ` "properties":{"b":{ },"a":{"type":"str\u0069ng"}}, "type":"object"`)))
}

func TestAnotherFormForAnotherQuestion(t *testing.T) {
	f := func(a, b string) {
		t.Helper()
		if bytes.Equal(form(t, openai.API, core.OpChat, a), form(t, openai.API, core.OpChat, b)) {
			t.Errorf("one form of two questions:\n%s\n%s", a, b)
		}
	}
	says := func(a, b string) {
		t.Helper()
		f(`{"messages":[`+a+`]}`, `{"messages":[`+b+`]}`)
	}
	says(`{"role":"user","content":"Hi"}`, `{"role":"user","content":"hi"}`)
	says(`{"role":"user","content":"hi "}`, `{"role":"user","content":"hi"}`)
	says(`{"role":"user","content":"a\r\nb"}`, `{"role":"user","content":"a\nb"}`)
	says(`{"role":"user","content":"\ud800"}`, `{"role":"user","content":"\ud801"}`)
	says(`{"role":"user","content":"\ud800"}`, `{"role":"user","content":"\ufffd"}`)
	says(`{"role":"user","content":"\\u0041"}`, `{"role":"user","content":"A"}`)
	says(`{"role":"system","content":"a"},{"role":"user","content":"b"}`, `{"role":"user","content":"a"},{"role":"user","content":"b"}`)
	says(`{"role":"user","content":"ab"}`, `{"role":"user","content":[{"type":"text","text":"a"},{"type":"text","text":"b"}]}`)
	says(`{"role":"user","content":"a","name":"n"}`, `{"role":"user","content":"a"}`)
	says(`{"role":"assistant","content":"a"},{"role":"user","content":"b"}`, `{"role":"user","content":"b"},{"role":"assistant","content":"a"}`)
	f(chat(`,"temperature":0.1`), chat(`,"temperature":0.01`))
	f(chat(`,"temperature":0.1`), chat(""))
	f(chat(`,"temperature":0`), chat(`,"top_p":0`))
	f(chat(`,"seed":10`), chat(`,"seed":1`))
	f(chat(`,"seed":-1`), chat(`,"seed":1`))
	f(chat(`,"unknown":"1"`), chat(`,"unknown":1`))
	f(chat(`,"stop":["a","b"]`), chat(`,"stop":["ab"]`))
	f(chat(`,"response_format":{"type":"json_object"}`), chat(""))
	const schema = `,"response_format":{"type":"json_schema","json_schema":{"name":"n","schema":{"properties":{%s}}}}`
	f(chat(fmt.Sprintf(schema, `"a":{},"b":{}`)), chat(fmt.Sprintf(schema, `"b":{},"a":{}`)))
	f(chat(`,"tools":[{"type":"function","function":{"name":"f"}}]`), chat(`,"tools":[{"type":"function","function":{"name":"g"}}]`))
}

// Arguments may be any text between quotes. Those that are not JSON are compared byte by byte.
func TestArguments(t *testing.T) {
	of := func(args string) string {
		return string(form(t, openai.API, core.OpChat, `{"messages":[{"role":"assistant","tool_calls":[{"id":"c","type":"function","function":{"name":"f","arguments":"`+args+`"}}]}]}`))
	}
	if of(`{\"a\":1,\"b\":2}`) != of(`{ \"b\": 2, \"a\": 1.0 }`) {
		t.Error("the same arguments in another order are another form")
	}
	seen := map[string]string{}
	for _, args := range []string{`{\"a\":1}`, `{\"a\":1}x`, `{\"a\":1`, `\"a\"`, `\"a\",\"b\"`, `\"a\\\",\\\"b\"`, `[1]`, `[1] `, `[1]2`, `1`, `1 2`, `12`, `+1`, ``, `{}`, `a`, `\ud800`} {
		f := of(args)
		if old, ok := seen[f]; ok && !(old == `[1]` && args == `[1] `) {
			t.Errorf("%s and %s are one form", old, args)
		}
		seen[f] = args
	}
}

// The same question in four formats is one entry.
func TestFormats(t *testing.T) {
	want := form(t, openai.API, core.OpChat, `{"model":"m","messages":[{"role":"system","content":"Be brief."},{"role":"user","content":"How far is the moon?"},`+
		`{"role":"assistant","content":"Far."},{"role":"user","content":"In km?"}],"temperature":0.2,"max_tokens":64,"stop":["END"]}`)
	f := func(name string, d *core.Dialect, op core.Op, body string) {
		t.Helper()
		if got := form(t, d, op, body); !bytes.Equal(got, want) {
			t.Errorf("%s:\n%q\nwant\n%q", name, got, want)
		}
	}
	f("messages", anthropic.API, core.OpChat, `{"model":"m","system":"Be brief.","messages":[{"role":"user","content":"How far is the moon?"},`+
		`{"role":"assistant","content":[{"type":"text","text":"Far."}]},{"role":"user","content":"In km?"}],"temperature":0.2,"max_tokens":64,"stop_sequences":["END"],"stream":true}`)
	f("gemini", gemini.API, core.OpChat, `{"systemInstruction":{"parts":[{"text":"Be brief."}]},"contents":[{"role":"user","parts":[{"text":"How far is the moon?"}]},`+
		`{"role":"model","parts":[{"text":"Far."}]},{"role":"user","parts":[{"text":"In km?"}]}],"generationConfig":{"temperature":0.2,"maxOutputTokens":64,"stopSequences":["END"]}}`)
	bare := form(t, openai.API, core.OpChat, `{"model":"m","messages":[{"role":"system","content":"Be brief."},{"role":"user","content":"How far is the moon?"}],"max_tokens":64}`)
	if got := form(t, openai.API, core.OpResponses, `{"model":"m","instructions":"Be brief.","input":"How far is the moon?","max_output_tokens":64}`); !bytes.Equal(got, bare) {
		t.Errorf("responses:\n%q\nwant\n%q", got, bare)
	}
}

// left lists the fields that no answer depends on, by type. A new field of the neutral form is either
// part of the key, or is listed here with a reason.
var left = map[string][]string{
	"Chat": {
		"Tree", "From", "Op", // the format, not the question
		"Model", "Stream", "Usage", // the caller adds the model; the others are about the delivery
		"User", "Tier", "CacheKey", "Metadata", "Store", // for the provider's records
		"Previous", // such a request has no form: see Whole
		"Shape", "More", "Dropped",
		"Turns", "Tools", // compared below
	},
	"Turn": {"From", "To", "Shape", "More"},
	"Part": {"More", "Cites", "Cache", "Shape", "Wraps", "Inner"},
	"Tool": {"Cache", "Shape", "More"},
}

func TestEveryFieldCounts(t *testing.T) {
	base := func() *core.Chat {
		c := core.NewChat()
		i := c.Begin(core.User)
		c.Add(core.Part{Kind: core.PartImage, Text: core.Text("t")})
		c.End(i)
		c.Tools = append(c.Tools, core.Tool{Name: core.Text("f")})
		c.Format = core.FormatSchema
		return c
	}
	of := func(c *core.Chat) string {
		var w canon.Writer
		w.Chat(c)
		return string(w.Bytes())
	}
	plain := of(base())
	f := func(name string, pick func(c *core.Chat) reflect.Value) {
		t.Helper()
		typ := pick(base()).Type()
		for i := range typ.NumField() {
			fd := typ.Field(i)
			c := base()
			v := pick(c).Field(i)
			if slices.Contains(left[name], fd.Name) {
				continue
			}
			set(t, v)
			if of(c) == plain {
				t.Errorf("%s.%s does not change the form: add it, or say in the test why no answer depends on it", name, fd.Name)
			}
		}
	}
	f("Chat", func(c *core.Chat) reflect.Value { return reflect.ValueOf(c).Elem() })
	f("Turn", func(c *core.Chat) reflect.Value { return reflect.ValueOf(&c.Turns[0]).Elem() })
	f("Part", func(c *core.Chat) reflect.Value { return reflect.ValueOf(&c.Parts[0]).Elem() })
	f("Tool", func(c *core.Chat) reflect.Value { return reflect.ValueOf(&c.Tools[0]).Elem() })
}

// set gives v a value that it never has by default.
func set(t *testing.T, v reflect.Value) {
	t.Helper()
	switch v.Kind() {
	case reflect.Uint8, reflect.Uint16, reflect.Uint32:
		v.SetUint(2)
	case reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		v.SetInt(7)
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Slice:
		if v.Type().Elem().Kind() == reflect.Uint8 {
			v.SetBytes([]byte("17"))
			return
		}
		v.Set(reflect.MakeSlice(v.Type(), 1, 1))
		set(t, v.Index(0))
	default:
		t.Fatalf("a field of a new kind: %v", v.Type())
	}
}

func FuzzForm(f *testing.F) {
	f.Add([]byte(chat(`,"temperature":1e3,"x":{"b":[1,{"a":"\ud83d"}],"a":null}`)))
	f.Add([]byte(`{"messages":[{"role":"assistant","tool_calls":[{"id":"c","type":"function","function":{"name":"f","arguments":"{\"a\":1"}}]},{"role":"tool","tool_call_id":"c","content":"r"}]}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		if openai.API.Peek(body, core.OpChat, &core.Peek{}) != nil {
			return
		}
		c := core.NewChat()
		if openai.API.Chats[core.OpChat].ParseRequest(c, body) != nil {
			return
		}
		var w canon.Writer
		w.Chat(c)
		first := bytes.Clone(w.Bytes())
		w.Reset()
		w.Chat(c)
		if !bytes.Equal(first, w.Bytes()) {
			t.Errorf("two forms of %q", body)
		}
	})
}
