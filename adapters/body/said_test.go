package body

import (
	"testing"

	"asbru/core"
)

func TestSaid(t *testing.T) {
	fs := NewFields(true, nil, nil, "messages", "input")
	s := Sayings{
		{After: `"}]`, Before: []string{`{"role":"user","content":"`, `{"role": "user", "content": "`}},
		{After: `","role":"user"}]`, Before: []string{`{"content":"`}},
	}
	f := func(op core.Op, body, want string) {
		t.Helper()
		var p core.Peek
		if f := fs.Peek([]byte(body), op, &p); f != nil {
			t.Fatalf("%s: %v", body, f)
		}
		if got := string(s.Of([]byte(body), op, &p)); got != want {
			t.Errorf("%s says %q, want %q", body, got, want)
		}
	}
	talk := func(turn string) string {
		return `{"messages":[{"role":"system","content":"s"},` + turn + `],"model":"m","n":1}`
	}
	f(core.OpChat, talk(`{"role":"user","content":"hello"}`), "hello")
	f(core.OpChat, talk(`{"role": "user", "content": "hello"}`), "hello")
	f(core.OpChat, talk(`{"content":"hello","role":"user"}`), "hello")
	f(core.OpChat, talk(`{"content":"hello","role":"tool"}`), "")
	f(core.OpChat, talk(`{"role":"tool","content":"hello"}`), "")
	f(core.OpChat, talk(`{"role":"user","name":"n","content":"hello"}`), "")
	f(core.OpChat, talk(`{"role":"user","content":"hel\nlo"}`), "")
	f(core.OpChat, talk(`{"role":"user","content":""}`), "")
	f(core.OpChat, talk(`{"role":"user","content":"hello"} `), "")
	f(core.OpChat, `{"model":"m","messages":[]}`, "")
	f(core.OpChat, `{"model":"m","messages":null}`, "")
	f(core.OpChat, `{"model":"m","input":[{"role":"user","content":"hello"}]}`, "")
	f(core.OpResponses, `{"model":"m","input":[{"role":"user","content":"hello"}]}`, "hello")
	f(core.OpResponses, `{"model":"m","messages":[{"role":"user","content":"hello"}]}`, "")
	f(core.OpCompletion, `{"model":"m","messages":[{"role":"user","content":"hello"}]}`, "")
	f(core.OpPass, `{"model":"m","messages":[{"role":"user","content":"hello"}]}`, "")
	f(core.OpChat, `{"model":"m","messages":[{"role":"user","content":"hello"}],"\u0061":1}`, "") // who reads it may not see it so
}
