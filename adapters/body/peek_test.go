package body

import (
	"fmt"
	"testing"

	"asbru/core"
)

func TestPlain(t *testing.T) {
	fs := NewFields(true, []string{"max_tokens"}, []string{"n"})
	f := func(body string, want bool) {
		t.Helper()
		p := core.Peek{Plain: !want}
		if fault := fs.Peek([]byte(body), core.OpChat, &p); fault != nil {
			t.Fatalf("%s: %v", body, fault.Message)
		}
		if p.Plain != want {
			t.Errorf("%s is plain: %v, want %v", body, p.Plain, want)
		}
	}
	f(`{"model":"m","messages":[{"role":"user","content":"url"}],"max_tokens":5,"temperature":1}`, true)
	for _, name := range core.Weighty() {
		f(fmt.Sprintf(`{"model":"m","messages":[{"role":"user","content":[{%q:"x"}]}]}`, name), false)
	}
	p := core.Peek{Plain: true}
	if fs.Peek([]byte(`{"model":"m",`), core.OpChat, &p) == nil || p.Plain {
		t.Errorf("a body that cannot be read is plain: %v", p.Plain)
	}
}

// TestRefers holds that a body which names something at a provider is told from most that do not.
func TestRefers(t *testing.T) {
	fs := NewFields(true, nil, nil)
	f := func(body string, want bool) {
		t.Helper()
		p := core.Peek{Refers: !want}
		if fault := fs.Peek([]byte(body), core.OpChat, &p); fault != nil {
			t.Fatal(fault)
		}
		if p.Refers != want {
			t.Errorf("%s refers: %v, want %v", body, p.Refers, want)
		}
	}
	f(`{"model":"m","messages":[{"role":"user","content":[{"type":"text","text":"file_id"}]}],"tools":[],"max_tokens":5}`, false)
	f(`{"model":"m","messages":[{"role":"user","content":[{"type":"file","file":{"file\u005fid":"f"}}]}]}`, true)
	for _, name := range core.Referring() {
		f(`{"model":"m","a":[{"`+name+`":"f"}]}`, true)
	}
}

// TestHaste: what stands in the outermost object says how soon an answer is wanted, and not the same words in what a
// tool was asked.
func TestHaste(t *testing.T) {
	fs := NewFields(true, []string{"max_tokens"}, nil)
	f := func(members string, want core.Haste) {
		t.Helper()
		for _, op := range []core.Op{core.OpChat, core.OpPass} {
			p := core.Peek{Haste: core.Fast}
			if fault := fs.Peek([]byte(`{"model":"m",`+members+`}`), op, &p); fault != nil {
				t.Fatalf("%s: %v", members, fault.Message)
			}
			if p.Haste != want {
				t.Errorf("%s asks for %d, want %d", members, p.Haste, want)
			}
		}
	}
	f(`"max_tokens":1`, core.NoHaste)
	f(`"service_tier":"default"`, core.NoHaste)
	f(`"service_tier":"flex"`, core.NoHaste)
	f(`"service_tier":null,"speed":1.5`, core.NoHaste)
	f(`"service_tier":"priority"`, core.Priority)
	f(`"service\u005ftier":"pr\u0069ority"`, core.Priority)
	f(`"serviceTier":{"a":1,"type":"priority"}`, core.Priority)
	f(`"serviceTier":{"a":"priority"}`, core.NoHaste)
	f(`"input":{"service_tier":"priority","type":"priority","speed":"fast"}`, core.NoHaste)
	f(`"speed":"fast"`, core.Fast)
	f(`"speed":"ultrafast","service_tier":"priority"`, core.Fast)
}
