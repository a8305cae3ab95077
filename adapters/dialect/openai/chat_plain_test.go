package openai

import (
	"reflect"
	"testing"

	"asbru/core"
)

// plainMessage reads the same as parseMessage, and leaves all other messages to that.
func TestPlainMessage(t *testing.T) {
	f := func(raw string, want bool) {
		t.Helper()
		short, long := core.NewChat(), core.NewChat()
		rest, ok := plainMessage(short, []byte(raw))
		if ok != want {
			t.Errorf("%s: %v", raw, ok)
		}
		if !ok {
			if !reflect.DeepEqual(short, core.NewChat()) {
				t.Errorf("%s: something was read", raw)
			}
			return
		}
		left, fault := parseMessage(long, []byte(raw), 0)
		if fault != nil || string(rest) != string(left) || !reflect.DeepEqual(short, long) {
			t.Errorf("%s: %+v with %q behind it, %+v with %q", raw, short, rest, long, left)
		}
	}
	for _, role := range []string{"user", "assistant", "system", "developer"} {
		f(`{"role":"`+role+`","content":"a \"b\" c"},{"role":"user"}]}`, true)
		f(`{"role":"`+role+`","content":""}]`, true)
		f(` { "role" : "`+role+`" , "content" : "a" } ] `, true)
	}
	f(`{"role":"tool","content":"a"}]`, false)
	f(`{"role":"function","content":"a"}]`, false)
	f(`{"role":"nobody","content":"a"}]`, false)
	f(`{"role":1,"content":"a"}]`, false)
	f(`{"role":"user"}]`, false)
	f(`{"role":"user","content":null}]`, false)
	f(`{"role":"user","content":["a"]}]`, false)
	f(`{"role":"user","content":"a","name":"b"}]`, false)
	f(`{"role":"user","content":"a","content":"b"}]`, false)
	f(`{"content":"a","role":"user"}]`, false)
	f(`{"rol\u0065":"user","content":"a"}]`, false)
	f(`{"role":"user","content":"a"`, false)
	f(`{"role":"user","content":"a`, false)
	f(`{"role":"user"`, false)
	f(`{}`, false)
	f(``, false)
}
