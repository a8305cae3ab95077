//go:build !race

package canon_test

import (
	"testing"

	"asbru/adapters/dialect/openai"
	"asbru/cache/canon"
	"asbru/core"
)

func TestFormAllocatesNothing(t *testing.T) {
	body := []byte(chat(`,"x":{"b":1,"a":[2]},"tools":[{"type":"function","function":{"name":"f","parameters":{"b":{},"a":{}}}}],"temperature":0.5`))
	c := core.NewChat()
	var w canon.Writer
	if n := testing.AllocsPerRun(200, func() {
		c.Reset()
		if f := openai.API.Chats[core.OpChat].ParseRequest(c, body); f != nil {
			t.Fatal(f)
		}
		w.Reset()
		w.Chat(c)
	}); n > 0 {
		t.Errorf("%v allocations", n)
	}
}
