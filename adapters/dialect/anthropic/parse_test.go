package anthropic

import (
	"strings"
	"testing"

	"asbru/bench/corpus"
	"asbru/core"
)

// form reads a request and fails the test if it cannot be read.
func form(t *testing.T, body string) *core.Chat {
	t.Helper()
	c := core.NewChat()
	if fault := API.Chats[core.OpChat].ParseRequest(c, []byte(body)); fault != nil {
		t.Fatalf("%s: %s", body, fault.Message)
	}
	return c
}

func TestParseSettings(t *testing.T) {
	c := form(t, `{"messages":[],"model":"m","max_tokens":5,"stream":true,"temperature":0.5,"top_p":1e-1,"top_k":3,"stop_sequences":["a","\n"],
		"tool_choice":{"type":"tool","name":"f","disable_parallel_tool_use":true},"thinking":{"type":"enabled","budget_tokens":2000},
		"output_config":{"effort":"high","format":{"type":"json_schema","schema":{"a":1}}},"metadata":{"user_id":"u"},"service_tier":"auto",
		"tools":[{"name":"f","description":"d","input_schema":{},"strict":true,"cache_control":{"type":"ephemeral","ttl":"1h"}},{"type":"bash_20250124","name":"bash"}],
		"mcp_servers":[{"url":"x"}],"context_management":{"edits":[]}}`)
	if string(c.Model) != "m" || !c.Stream || !c.Usage || string(c.MaxTokens) != "5" || string(c.Temperature) != "0.5" || string(c.TopP) != "1e-1" ||
		string(c.TopK) != "3" || len(c.Stop) != 2 || string(c.Stop[1]) != `\n` {
		t.Errorf("got %+v", c)
	}
	if c.Choice != core.ChooseNamed || string(c.ChoiceName) != "f" || c.Parallel != core.No || c.Budget != 2000 || c.Shows != core.Yes ||
		string(c.Effort) != "high" || c.Format != core.FormatSchema || string(c.Schema) != `{"a":1}` || string(c.User) != "u" || string(c.Tier) != "auto" {
		t.Errorf("got %+v", c)
	}
	if len(c.Tools) != 3 || string(c.Tools[0].Cache) != "1h" || c.Tools[0].Strict != core.Yes || c.Tools[0].Type != nil ||
		string(c.Tools[1].Type) != "bash_20250124" || string(c.Tools[2].Type) != "mcp_servers" {
		t.Errorf("got tools %+v", c.Tools)
	}
	e, next := c.Extra(c.More)
	if string(e.Key) != "context_management" || next != 0 {
		t.Errorf("got extra %s", e.Key)
	}
	if c := form(t, `{"thinking":{"type":"adaptive","display":"omitted"},"messages":[]}`); c.Budget != core.BudgetAuto || c.Shows != core.No {
		t.Errorf("got budget %d, shows %d", c.Budget, c.Shows)
	}
	if c := form(t, `{"thread":{"type":"continue","previous_message_id":"m"},"messages":[]}`); c.Previous == nil || c.More == 0 {
		t.Errorf("got previous %q, extras from %d", c.Previous, c.More)
	}
	if c := form(t, `{"thread":null,"messages":[]}`); c.Previous != nil {
		t.Errorf("got previous %q", c.Previous)
	}
	if c := form(t, `{"thinking":{"type":"disabled"},"messages":[]}`); c.Budget != 0 || c.Shows != core.Unsaid {
		t.Errorf("got budget %d, shows %d", c.Budget, c.Shows)
	}
}

func TestParseMessages(t *testing.T) {
	c := form(t, `{"messages":[{"role":"user","content":"hi"},
		{"role":"assistant","content":[{"type":"thinking","thinking":"","signature":"asbru.google.abc"},{"type":"tool_use","id":"a","name":"f","input":{"x":1}},{"signature":"s","thinking":"hm","type":"thinking"}]},
		{"role":"user","content":[{"type":"tool_result","tool_use_id":"a","is_error":true,"content":[{"type":"text","text":"1"},{"type":"image","source":{"type":"base64","media_type":"image/png","data":"AA"}}]},{"type":"text","text":"go"}]},
		{"role":"system","content":"mind"}],"system":"top"}`)
	roles := []core.Role{core.System, core.User, core.Assistant, core.ToolRole, core.User, core.System}
	if len(c.Turns) != len(roles) {
		t.Fatalf("got turns %+v", c.Turns)
	}
	for i, r := range roles {
		if c.Turns[i].Role != r {
			t.Errorf("turn %d: got role %d, want %d", i, c.Turns[i].Role, r)
		}
	}
	sign := c.Parts[c.Turns[2].From]
	if sign.Kind != core.PartThought || sign.Vendor != core.Google || string(sign.Sign) != "abc" || len(sign.Text) != 0 {
		t.Errorf("got %+v", sign)
	}
	own := c.Parts[c.Turns[2].To-1]
	if own.Vendor != core.Anthropic || string(own.Sign) != "s" || string(own.Text) != "hm" {
		t.Errorf("got %+v", own)
	}
	at := int(c.Turns[3].From)
	if r := c.Parts[at]; r.Kind != core.PartResult || !r.Fails || r.Inner != 2 || c.Parts[at+2].Kind != core.PartImage || string(c.Parts[at+2].Media) != "image/png" {
		t.Errorf("got %+v", c.Parts[at:])
	}
	if c.Turns[3].To != c.Turns[4].From || string(c.Parts[c.Turns[0].From].Text) != "top" {
		t.Errorf("got turns %+v", c.Turns)
	}
}

// Invalid requests are refused, and the field is named.
func TestParseFaults(t *testing.T) {
	f := func(body, param string) {
		t.Helper()
		fault := API.Chats[core.OpChat].ParseRequest(core.NewChat(), []byte(body))
		if fault == nil || fault.Param != param || fault.Code != core.Invalid || !strings.Contains(fault.Message, "cannot") {
			t.Errorf("%s: got %+v, want a fault of %s", body, fault, param)
		}
	}
	f(`{"messages":{}}`, "messages")
	f(`{"messages":[1]}`, "messages.0")
	f(`{"messages":[{"role":"user"}]}`, "messages.0.content")
	f(`{"messages":[{"role":"user","content":3}]}`, "messages.0.content")
	f(`{"messages":[{"role":"user","content":["a"]}]}`, "messages.0.content")
	f(`{"messages":[{"role":"user","content":[{"text":"a"}]}]}`, "messages.0.content")
	f(`{"messages":[{"role":"tool","content":"a"}]}`, "messages.0.role")
	f(`{"messages":[{"content":"a"}]}`, "messages.0.role")
	f(`{"messages":[{"role":"assistant","content":[{"type":"tool_result","tool_use_id":"a"}]}]}`, "messages.0")
	f(`{"system":1}`, "system")
	f(`{"system":[1]}`, "system.0")
	f(`{"max_tokens":"5"}`, "max_tokens")
	f(`{"temperature":true}`, "temperature")
	f(`{"stop_sequences":"a"}`, "stop_sequences")
	f(`{"stop_sequences":[1]}`, "stop_sequences")
	f(`{"tools":{}}`, "tools")
	f(`{"tools":[{"description":"a"}]}`, "tools.0")
	f(`{"service_tier":1}`, "service_tier")
}

// Unusual spellings of a request are preserved.
func TestOddRequests(t *testing.T) {
	f := func(body string) {
		t.Helper()
		var p core.Peek
		if fault := API.Peek([]byte(body), core.OpChat, &p); fault != nil {
			t.Fatalf("%s: %s", body, fault.Message)
		}
		if d := roundTrip([]byte(body), false); d != "" {
			t.Errorf("%s: %s", body, d)
		}
	}
	wrap := func(block string) {
		t.Helper()
		f(`{"model":"m","max_tokens":1,"messages":[{"role":"user","content":[` + block + `]}]}`)
	}
	set := func(member string) { t.Helper(); f(`{"model":"m","max_tokens":1,"messages":[],` + member + `}`) }
	wrap(``)
	wrap(`{"text":"a","type":"text","cache_control":null,"citations":null,"odd":{"a":[]}}`)
	wrap(`{"type":"text","text":"a","citations":[]}`)
	wrap(`{"type":"text","text":"a","cache_control":{"type":"ephemeral","ttl":"5m","scope":"x"}}`)
	wrap(`{"type":"text","text":"a","cache_control":{"type":"later"}}`)
	wrap(`{"type":"text","text":null}`)
	wrap(`{"type":"text","text":"a","source":{"type":"url"}}`)
	wrap(`{"type":"image","source":{"type":"url","url":"u","odd":1}}`)
	wrap(`{"type":"image","source":{"type":"new"}}`)
	wrap(`{"type":"image","source":"u"}`)
	wrap(`{"type":"document","source":{"type":"text","media_type":"text/plain","data":"a"},"title":"t","context":"c","citations":{"enabled":true}}`)
	wrap(`{"type":"document","source":{"type":"content","content":[{"type":"text","text":"a"}]},"title":null}`)
	wrap(`{"type":"document","source":{"type":"file","file_id":"f"}}`)
	wrap(`{"type":"search_result","source":"s","title":"t","content":[{"type":"text","text":"a"}]}`)
	wrap(`{"type":"tool_result","tool_use_id":"a"}`)
	wrap(`{"type":"tool_result","tool_use_id":"a","content":null,"is_error":null}`)
	wrap(`{"type":"tool_result","tool_use_id":"a","content":[],"is_error":false}`)
	wrap(`{"type":"tool_result","tool_use_id":"a","content":[{"type":"text","text":"b"}],"cache_control":{"type":"ephemeral"}}`)
	wrap(`{"type":"tool_result","tool_use_id":"a","content":["b"]}`)
	wrap(`{"type":"tool_result","tool_use_id":"a","content":{"b":1}}`)
	wrap(`{"type":"text","text":"a"},{"type":"tool_result","tool_use_id":"a","content":""},{"type":"text","text":"b"},{"type":"image","source":{"type":"url","url":"u"}}`)
	wrap(`{"type":"thinking","thinking":"a"},{"type":"thinking","thinking":"","signature":""},{"type":"thinking","thinking":"","signature":"s","x":1}`)
	wrap(`{"type":"x","a":1,"b":1,"c":1,"d":1,"e":1,"f":1,"g":1,"h":1,"i":1,"j":1,"k":1,"l":1,"m":1,"n":1,"o":1,"p":1,"q":1}`)
	set(`"system":[],"stream":false,"tools":[],"stop_sequences":[]`)
	set(`"system":"","stream":null,"tools":null,"metadata":{}`)
	set(`"system":[{"type":"text","text":"a"}],"metadata":{"user_id":null}`)
	set(`"metadata":{"user_id":"u","x":1},"thinking":{"type":"enabled"},"tool_choice":{"type":"new"}`)
	set(`"thinking":{"type":"enabled","budget_tokens":1024,"x":1},"output_config":{"effort":"low","x":1},"tool_choice":{"type":"any","x":1}`)
	set(`"thinking":{"type":"adaptive","display":"summarized"},"output_config":{"effort":"max"},"tool_choice":{"type":"auto","disable_parallel_tool_use":false}`)
	set(`"thinking":{"type":"disabled"},"output_format":{"type":"json_schema","schema":{"minimum":1}},"output_config":{"effort":"low"}`)
	set(`"output_format":{"type":"json_schema","schema":{},"name":"n"},"container":"c","mcp_servers":[],"service_tier":"standard_only"`)
	set(`"container":null,"tools":[{"type":"custom","name":"f","input_schema":{},"strict":false,"cache_control":null,"defer_loading":true}]`)
	set(`"tools":[{"name":"f","cache_control":{"type":"ephemeral","x":1}},{"type":"web_search_20250305","name":"web_search","max_uses":3}],"temperature":1.50`)
	f(`{"model":"m","max_tokens":1,"messages":[{"role":"user","content":"a","id":"x"},{"role":"user","content":""},{"content":[{"type":"text","text":""}],"role":"assistant"},{"role":"system","content":"b"}]}`)
}

// The neutral form holds everything that clients of this format need in a reply.
func TestOddReplies(t *testing.T) {
	f := func(body string) {
		t.Helper()
		r := core.NewCompletion()
		if err := API.Chats[core.OpChat].ParseReply(r, []byte(body)); err != nil {
			t.Errorf("%s: %v", body, err)
			return
		}
		if d := corpus.Diff(API.Chats[core.OpChat].AppendReply(nil, r, nil), []byte(body)); d != "" {
			t.Errorf("%s: %s", body, d)
		}
	}
	wrap := func(block string) {
		t.Helper()
		f(`{"id":"a","type":"message","role":"assistant","model":"m","content":[` + block + `],"stop_reason":null,"stop_sequence":null,"usage":{"input_tokens":1,"output_tokens":2,"x":null}}`)
	}
	f(`{"id":"a","type":"message","role":"assistant","model":"m","content":[],"stop_reason":"pause_turn","container":{"id":"c"},"stop_details":null}`)
	wrap(`{"type":"text","text":"","citations":[{"type":"char_location","cited_text":"q","document_index":0,"document_title":null,"start_char_index":0,"end_char_index":1,"file_id":null}]}`)
	wrap(`{"type":"tool_use","id":"a","name":"f"}`)
	wrap(`{"type":"tool_use","id":"a","name":"f","input":[1],"caller":{"type":"direct"}}`)
	wrap(`{"type":"thinking","thinking":"a"},{"type":"thinking","thinking":"","signature":""},{"type":"redacted_thinking","data":"d","x":1}`)
	wrap(`{"type":"image","source":{"type":"url","url":"u"},"x":1},{"type":"tool_result","tool_use_id":"a","content":"c"},{"type":"new"}`)
	for _, bad := range []string{``, `{`, `[]`, `{}`, `{"content":"a"}`, `{"content":[1]}`, `{"content":[{"a":1}]}`, `{"content":[]} x`, `{"type":"error","error":{"type":"api_error","message":"m"}}`} {
		if err := API.Chats[core.OpChat].ParseReply(core.NewCompletion(), []byte(bad)); err == nil {
			t.Errorf("%s was read", bad)
		}
	}
}
