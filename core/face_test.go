package core_test

import (
	"testing"

	"asbru/adapters"
	"asbru/core"
)

// A server may speak one operation of a format for some models and another for the rest.
func TestFaceThatNamesTheModel(t *testing.T) {
	zen, _ := adapters.Find("opencode-zen")
	target := &core.Target{Faces: zen.Faces}
	f := func(model string, op, want core.Op) {
		t.Helper()
		face, got := target.Face(zen.Faces[len(zen.Faces)-1].Dialect, op, []byte(model))
		if face == nil || got != want || face.Paths[got] == "" {
			t.Errorf("%s, %v: got %v, want %v", model, op, got, want)
		}
	}
	f("gpt-5", core.OpChat, core.OpResponses)
	f("gpt-5", core.OpResponses, core.OpResponses)
	f("gpt-5", core.OpPass, core.OpPass)
	f("kimi-k2", core.OpChat, core.OpChat)
	f("kimi-k2", core.OpResponses, core.OpChat)
	f("claude-x", core.OpResponses, core.OpChat)
}
