package openai

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"asbru/core"
)

func TestAppendBody(t *testing.T) {
	asks := &core.Face{AskUsage: true}
	f := func(op core.Op, to *core.Face, model, body, want string) {
		t.Helper()
		var p core.Peek
		if fault := fields.Peek([]byte(body), op, &p); fault != nil {
			t.Fatalf("%s: %v", body, fault)
		}
		got := string(API.AppendBody([]byte("head "), []byte(body), op, &p, core.Send{Face: to, Model: []byte(model)}))
		if got != "head "+want {
			t.Errorf("%s:\n got %s\nwant head %s", body, got, want)
		}
		if !json.Valid([]byte(got[5:])) {
			t.Errorf("%s: %s is not valid", body, got)
		}
	}
	plain := &core.Face{}
	chat := core.OpChat
	f(chat, plain, "x", `{"model":"m"}`, `{"model":"x"}`)
	f(chat, plain, "", `{"model":"m"}`, `{"model":"m"}`)
	f(chat, plain, "a/b", `{"model":"a\/b", "y" : 1 }`, `{"model":"a\/b", "y" : 1 }`)
	f(chat, plain, `q"\`, ` {"a":1 , "model" : "m"}`, ` {"a":1 , "model" : "q\"\\"}`)
	f(core.OpPass, plain, "x", `{"a":1}`, `{"a":1}`)

	f(chat, plain, "x", `{"model":"m","fallbacks":["a"]}`, `{"model":"x"}`)
	f(chat, plain, "x", `{"fallbacks":["a"],"model":"m"}`, `{"model":"x"}`)
	f(chat, plain, "x", `{ "fallbacks" : ["a"] , "model":"m" }`, `{  "model":"x" }`)
	f(chat, plain, "x", `{"model":"m" , "fallbacks" : null }`, `{"model":"x"  }`)
	f(chat, plain, "x", `{"y":1,"f\u0061llbacks":[],"model":"m"}`, `{"y":1,"model":"x"}`)
	f(core.OpPass, plain, "x", `{"fallbacks":[]}`, `{}`)

	f(chat, asks, "m", `{"model":"m"}`, `{"model":"m"}`)
	f(chat, asks, "m", `{"model":"m","stream":true}`, `{"stream_options":{"include_usage":true},"model":"m","stream":true}`)
	f(chat, plain, "m", `{"model":"m","stream":true}`, `{"model":"m","stream":true}`)
	f(core.OpResponses, asks, "m", `{"model":"m","stream":true}`, `{"model":"m","stream":true}`)
	f(core.OpCompletion, asks, "m", `{"model":"m","stream":true,"stream_options":{ }}`,
		`{"model":"m","stream":true,"stream_options":{"include_usage":true }}`)
	f(chat, asks, "m", `{"model":"m","stream":true,"stream_options":{"a":1}}`,
		`{"model":"m","stream":true,"stream_options":{"include_usage":true,"a":1}}`)
	f(chat, asks, "m", `{"model":"m","stream":true,"stream_options":null}`,
		`{"model":"m","stream":true,"stream_options":{"include_usage":true}}`)
	f(chat, asks, "m", `{"stream_options":{"include_usage":false,"a":1},"model":"m","stream":true}`,
		`{"stream_options":{"include_usage":true,"a":1},"model":"m","stream":true}`)
	f(chat, asks, "m", `{"model":"m","stream":true,"stream_options":{"include_usage":true}}`,
		`{"model":"m","stream":true,"stream_options":{"include_usage":true}}`)
	f(chat, asks, "xyz", `{"fallbacks":["a"],"stream":true,"model":"m"}`,
		`{"stream_options":{"include_usage":true},"stream":true,"model":"xyz"}`)
	f(chat, asks, "xyz", `{"stream_options":{},"stream":true,"model":"m","fallbacks":["a"]}`,
		`{"stream_options":{"include_usage":true},"stream":true,"model":"xyz"}`)
}

func TestAppendEdits(t *testing.T) {
	f := func(op core.Op, body, want string) {
		t.Helper()
		var p core.Peek
		if fault := fields.Peek([]byte(body), op, &p); fault != nil {
			t.Fatalf("%s: %v", body, fault)
		}
		strict := &core.Face{Insert: []byte(`"v":1,`), Cut: []string{"store", "model"}, Rename: [][2]string{{"seed", "random_seed"}}}
		if got := string(API.AppendBody([]byte("head "), []byte(body), op, &p, core.Send{Face: strict, Model: []byte("x")})); got != "head "+want {
			t.Errorf("%s:\n got %s\nwant head %s", body, got, want)
		}
	}
	const body = `{"model":"m","store":true,"seed":7,"messages":[{"store":1}]}`
	f(core.OpChat, body, `{"v":1,"random_seed":7,"messages":[{"store":1}]}`)
	f(core.OpPass, body, `{"model":"x","store":true,"seed":7,"messages":[{"store":1}]}`)
}

func TestAppendFault(t *testing.T) {
	f := func(fault core.Fault, want string) {
		t.Helper()
		if got := string(appendFault(nil, &fault, []byte("0af3"))); got != want {
			t.Errorf("got  %s\nwant %s", got, want)
		}
		if got := string(appendStreamFault(nil, &fault, []byte("0af3"))); got != "data: "+strings.Replace(want, `},"request_id"`, fmt.Sprintf(`,"retryable":%v},"request_id"`, fault.Retryable()), 1)+"\n\n" {
			t.Errorf("stream: got %q", got)
		}
	}
	f(core.Fault{Code: core.NotFound, Message: `cannot route "x"`, Hint: "see\nbelow", Param: "model"},
		`{"error":{"message":"cannot route \"x\"; hint: see\nbelow","type":"invalid_request_error","param":"model","code":"not_found"},"request_id":"0af3"}`)
	f(core.Fault{Code: core.Overloaded, Message: "no room é\xff"},
		`{"error":{"message":"no room é`+"\ufffd"+`","type":"overloaded_error","param":null,"code":"overloaded"},"request_id":"0af3"}`)
}
