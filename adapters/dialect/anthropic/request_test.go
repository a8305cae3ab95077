package anthropic

import (
	"encoding/json"
	"strings"
	"testing"

	"asbru/bench/corpus"
	"asbru/core"
)

// asked returns the request for a form of another family that build fills.
func asked(t *testing.T, s *core.Send, build func(c *core.Chat)) (string, *core.Chat, *core.Fault) {
	t.Helper()
	c := core.NewChat()
	build(c)
	if s == nil {
		s = &core.Send{Model: []byte("claude-sonnet-4-5")}
	}
	out, fault := API.Chats[core.OpChat].AppendRequest(nil, c, s)
	if fault == nil && !json.Valid(out) {
		t.Fatalf("got no JSON: %s", out)
	}
	return string(out), c, fault
}

// turn adds a turn of parts.
func turn(c *core.Chat, r core.Role, parts ...core.Part) {
	i := c.Begin(r)
	for _, p := range parts {
		c.Add(p)
	}
	c.End(i)
}

func say1(s string) core.Part { return core.Part{Text: core.Text(s)} }

// members compares the members of got that want has, and checks that got does not have those called absent.
func members(t *testing.T, name, got, want string, absent ...string) {
	t.Helper()
	var g, w map[string]json.RawMessage
	if err := json.Unmarshal([]byte(got), &g); err != nil {
		t.Fatalf("%s: %v: %s", name, err, got)
	}
	if err := json.Unmarshal([]byte(want), &w); err != nil {
		t.Fatalf("%s: %v: %s", name, err, want)
	}
	for k, v := range w {
		if g[k] == nil {
			t.Errorf("%s: no %s in %s", name, k, got)
		} else if d := corpus.Diff(g[k], v); d != "" {
			t.Errorf("%s: %s: %s\n in %s", name, k, d, got)
		}
	}
	for _, k := range absent {
		if g[k] != nil {
			t.Errorf("%s: got %s: %s", name, k, g[k])
		}
	}
}

func TestConversation(t *testing.T) {
	f := func(name, want string, build func(c *core.Chat)) {
		t.Helper()
		got, _, fault := asked(t, nil, build)
		if fault != nil {
			t.Errorf("%s: %s", name, fault.Message)
			return
		}
		members(t, name, got, want)
	}
	call := core.Part{Kind: core.PartCall, ID: core.Text("a:1"), Name: core.Text("f"), Args: []byte(`{\"x\":\"\\u00e9\\n\"}`), Wraps: true}
	result := func(id string) core.Part { return core.Part{Kind: core.PartResult, ID: core.Text(id)} }
	f("one text", `{"model":"claude-sonnet-4-5","max_tokens":64000,"messages":[{"role":"user","content":[{"type":"text","text":"hi \"you\""}]}]}`,
		func(c *core.Chat) { turn(c, core.User, say1(`hi \"you\"`)) })
	f("system is a string", `{"system":"be kind","messages":[{"role":"user","content":[{"type":"text","text":"hi"}]}]}`,
		func(c *core.Chat) {
			turn(c, core.System, say1("be kind"))
			turn(c, core.User, say1("hi"))
		})
	f("systems anywhere", `{"system":[{"type":"text","text":"a"},{"type":"text","text":"b","cache_control":{"type":"ephemeral","ttl":"1h"}}],
		"messages":[{"role":"user","content":[{"type":"text","text":"hi"},{"type":"text","text":"ho"}]}]}`,
		func(c *core.Chat) {
			turn(c, core.System, say1("a"))
			turn(c, core.User, say1("hi"))
			turn(c, core.Developer, core.Part{Text: core.Text("b"), Cache: core.Text("1h")})
			turn(c, core.User, say1("ho"))
		})
	f("results first, in one message", `{"messages":[{"role":"user","content":[{"type":"text","text":"go"}]},
		{"role":"assistant","content":[{"type":"tool_use","id":"call_e661e41904a09e69","name":"f","input":{"x":"é\n"}},{"type":"tool_use","id":"b","name":"f","input":{}}]},
		{"role":"user","content":[{"type":"tool_result","tool_use_id":"call_e661e41904a09e69"},{"type":"tool_result","tool_use_id":"b","is_error":true},{"type":"text","text":"well?"}]}]}`,
		func(c *core.Chat) {
			turn(c, core.User, say1("go"))
			turn(c, core.Assistant, call, core.Part{Kind: core.PartCall, ID: core.Text("b"), Name: core.Text("f"), Wraps: true})
			turn(c, core.User, say1("well?"))
			turn(c, core.ToolRole, result("a:1"))
			bad := result("b")
			bad.Fails = true
			turn(c, core.ToolRole, bad)
		})
	f("ids that are missing", `{"messages":[{"role":"user","content":[{"type":"text","text":"."}]},
		{"role":"assistant","content":[{"type":"tool_use","id":"call_1","name":"f","input":{}},{"type":"tool_use","id":"call_2","name":"g","input":{}}]},
		{"role":"user","content":[{"type":"tool_result","tool_use_id":"call_1"},{"type":"tool_result","tool_use_id":"call_2"}]}]}`,
		func(c *core.Chat) {
			turn(c, core.Assistant, core.Part{Kind: core.PartCall, Name: core.Text("f")}, core.Part{Kind: core.PartCall, Name: core.Text("g"), Args: []byte("null")})
			turn(c, core.ToolRole, result(""), result(""))
		})
	f("nobody spoke", `{"system":"a","messages":[{"role":"user","content":[{"type":"text","text":"."}]}]}`,
		func(c *core.Chat) {
			turn(c, core.System, say1("a"))
			turn(c, core.User, say1(` \n`))
		})
	f("a refusal, thoughts of others, a prefill", `{"messages":[{"role":"user","content":[{"type":"text","text":"a"}]},
		{"role":"assistant","content":[{"type":"thinking","thinking":"hm","signature":"sig"},{"type":"redacted_thinking","data":"enc"},{"type":"text","text":"no"}]}]}`,
		func(c *core.Chat) {
			turn(c, core.User, say1("a"))
			turn(c, core.Assistant,
				core.Part{Kind: core.PartThought, Text: core.Text("x"), Sign: core.Text("s"), Vendor: core.Google},
				core.Part{Kind: core.PartThought, Text: core.Text("y")},
				core.Part{Kind: core.PartThought, Text: core.Text("hm"), Sign: core.Text("sig"), Vendor: core.Anthropic},
				core.Part{Kind: core.PartVeiled, Sign: core.Text("enc"), Vendor: core.Anthropic},
				core.Part{Kind: core.PartVeiled, Sign: core.Text("gAAA"), Vendor: core.OpenAI},
				core.Part{Kind: core.PartRefusal, Text: core.Text("no")})
		})
	f("results among what the user says", `{"messages":[{"role":"user","content":[{"type":"tool_result","tool_use_id":"a"},{"type":"text","text":"hi"}]}]}`,
		func(c *core.Chat) { turn(c, core.User, say1("hi"), result("a")) })
	f("a result of parts", `{"messages":[{"role":"user","content":[{"type":"tool_result","tool_use_id":"a","content":[{"type":"text","text":"see"},{"type":"image","source":{"type":"url","url":"https://x/y.png"}}]},
		{"type":"tool_result","tool_use_id":"b","content":"plain"}]}]}`,
		func(c *core.Chat) {
			i := c.Begin(core.ToolRole)
			r := c.Add(result("a"))
			c.Add(say1("see"))
			c.Add(core.Part{Kind: core.PartImage, URL: core.Text("https://x/y.png")})
			c.Close(r)
			r = c.Add(result("b"))
			c.Add(say1("plain"))
			c.Close(r)
			c.End(i)
		})
}

func TestInput(t *testing.T) {
	f := func(args string, wraps bool, want string) {
		t.Helper()
		if got := string(appendInput([]byte("x"), &core.Part{Args: []byte(args), Wraps: wraps})); got != "x"+want {
			t.Errorf("%s: got %s, want x%s", args, got, want)
		}
	}
	f("", false, `{}`)
	f("", true, `{}`)
	f(" ", true, `{}`)
	f("null", true, `{}`)
	f(`{"a":1}`, false, `{"a":1}`)
	f(`[1]`, false, `{"arguments":[1]}`)
	f(`{\"a\":\"\\\"\"}`, true, `{"a":"\""}`)
	f(`[1,\"2\"]`, true, `{"arguments":[1,"2"]}`)
	f(`{\"a\":\"cut`, true, `{"arguments":"{\"a\":\"cut"}`)
	f(`no json`, true, `{"arguments":"no json"}`)
}

func TestMedia(t *testing.T) {
	f := func(p core.Part, want string) {
		t.Helper()
		got, _, fault := asked(t, nil, func(c *core.Chat) { turn(c, core.User, p) })
		if fault != nil {
			if fault.Message != want || fault.Param != "messages" || fault.Hint == "" {
				t.Errorf("got fault %q (%s; %s), want %s", fault.Message, fault.Param, fault.Hint, want)
			}
			return
		}
		members(t, want, got, `{"messages":[{"role":"user","content":[`+want+`]}]}`)
	}
	const cannot = "cannot ask claude-sonnet-4-5 for this: its format "
	f(core.Part{Kind: core.PartImage, URL: core.Text(`data:image\/png;base64,AA\/B`)}, `{"type":"image","source":{"type":"base64","media_type":"image/png","data":"AA/B"}}`)
	f(core.Part{Kind: core.PartImage, Data: core.Text("/9j/4")}, `{"type":"image","source":{"type":"base64","media_type":"image/jpeg","data":"/9j/4"}}`)
	f(core.Part{Kind: core.PartImage, URL: core.Text("data:image/svg+xml,%3Csvg")}, cannot+"takes data URLs in base64 alone")
	f(core.Part{Kind: core.PartImage, URL: core.Text("gs://b/o")}, cannot+"fetches from http and https alone")
	f(core.Part{Kind: core.PartImage, File: core.Text("file-1")}, cannot+"cannot read file file-1 of another provider")
	f(core.Part{Kind: core.PartFile, Name: core.Text("a.pdf"), URL: core.Text("data:application/pdf;base64,JVBERi0"), Cache: core.Text("")},
		`{"type":"document","source":{"type":"base64","media_type":"application/pdf","data":"JVBERi0"},"title":"a.pdf","cache_control":{"type":"ephemeral"}}`)
	f(core.Part{Kind: core.PartFile, Media: core.Text("text/csv"), Data: core.Text("YSwiYiIK")}, `{"type":"document","source":{"type":"text","media_type":"text/plain","data":"a,\"b\"\n"}}`)
	f(core.Part{Kind: core.PartFile, Media: core.Text("text/csv"), Data: core.Text("?")}, cannot+"takes documents in base64, and this one cannot be read")
	f(core.Part{Kind: core.PartFile, Media: core.Text("application/zip"), Data: core.Text("UEs")}, cannot+"takes PDF and text, not application/zip")
	f(core.Part{Kind: core.PartFile, Text: core.Text("words")}, `{"type":"document","source":{"type":"text","media_type":"text/plain","data":"words"}}`)
	f(core.Part{Kind: core.PartAudio, Data: core.Text("AA")}, cannot+"takes no audio")
	f(core.Part{Kind: core.PartVideo, URL: core.Text("https://x")}, cannot+"takes no video")
	f(core.Part{Kind: core.PartOther, Type: core.Text("item_reference")}, cannot+"has no item_reference")
}

func TestMarks(t *testing.T) {
	mark := core.Text("")
	got, _, _ := asked(t, nil, func(c *core.Chat) {
		c.Tools = append(c.Tools, core.Tool{Name: core.Text("f"), Cache: mark})
		turn(c, core.System, core.Part{Text: core.Text("s"), Cache: mark})
		for range 4 {
			turn(c, core.User, core.Part{Text: core.Text("u"), Cache: mark})
		}
	})
	if n := strings.Count(got, "cache_control"); n != maxMarks || !strings.HasPrefix(got[strings.Index(got, `"messages"`):], `"messages":[{"role":"user","content":[{"type":"text","text":"u"},{"type":"text","text":"u"},{"type":"text","text":"u","cache_control"`) {
		t.Errorf("got %d marks: %s", n, got)
	}
	got, _, _ = asked(t, nil, func(c *core.Chat) {
		for range 6 {
			c.Tools = append(c.Tools, core.Tool{Name: core.Text("f"), Cache: mark})
		}
		turn(c, core.User, say1("u"))
	})
	if n := strings.Count(got, "cache_control"); n != maxMarks {
		t.Errorf("got %d marks: %s", n, got)
	}
}
