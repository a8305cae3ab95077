package anthropic

import (
	"strings"
	"testing"

	"asbru/core"
)

// A teller writes a stream from events of another family.
type teller struct {
	x   *core.Crossing
	out []byte
}

func newTeller() *teller {
	t := &teller{x: core.NewCrossing()}
	t.x.ID, t.x.Model = []byte("id"), []byte("m")
	return t
}

func (t *teller) tell(ev ...core.Event) *teller {
	for i := range ev {
		t.out = API.Chats[core.OpChat].AppendEvent(t.out, t.x, &ev[i])
	}
	return t
}

// block writes a whole block.
func (t *teller) block(b core.Block, texts ...string) *teller {
	at := t.x.Add(b.Kind, 0, 0)
	kept := &t.x.Blocks[at]
	kept.ID, kept.Name, kept.Vendor, kept.Media = b.ID, b.Name, b.Vendor, b.Media
	t.tell(core.Event{Kind: core.EventOpen, Block: at})
	for _, s := range texts {
		t.tell(core.Event{Kind: core.EventDelta, Block: at, Text: core.Text(s)})
	}
	if b.Sign != nil {
		t.x.Blocks[at].Sign = b.Sign
		t.tell(core.Event{Kind: core.EventSign, Block: at})
	}
	return t.tell(core.Event{Kind: core.EventClose, Block: at})
}

// data returns the payloads that were written, without pings.
func (t *teller) data() string {
	var all []string
	for _, f := range cut([][]byte{t.out}) {
		all = append(all, string(f.data))
	}
	return strings.Join(all, "\n")
}

func TestStreamOfOthers(t *testing.T) {
	const head = `{"type":"message_start","message":{"id":"id","type":"message","role":"assistant","model":"m","content":[],"stop_reason":null,"stop_sequence":null,"usage":{"input_tokens":0,"cache_creation_input_tokens":0,"cache_read_input_tokens":0,"output_tokens":0}}}`
	f := func(name string, tl *teller, finish core.Finish, reason string, want ...string) {
		t.Helper()
		tl.x.Usage = core.Usage{In: 5, CachedIn: 2, Out: 3, Known: true}
		tl.tell(core.Event{Kind: core.EventFinish, Finish: finish}, core.Event{Kind: core.EventUsage}, core.Event{Kind: core.EventEnd}, core.Event{Kind: core.EventEnd})
		all := append([]string{head}, want...)
		all = append(all, `{"type":"message_delta","delta":{"stop_reason":"`+reason+`","stop_sequence":null},"usage":{"input_tokens":3,"cache_creation_input_tokens":0,"cache_read_input_tokens":2,"output_tokens":3}}`,
			`{"type":"message_stop"}`)
		if got := tl.data(); got != strings.Join(all, "\n") {
			t.Errorf("%s:\n got %s\nwant %s", name, got, strings.Join(all, "\n"))
		}
	}
	start := core.Event{Kind: core.EventStart}
	f("nothing", newTeller().tell(start), core.FinishUnsaid, "end_turn")
	f("text, and an empty one", newTeller().tell(start).block(core.Block{}, "").block(core.Block{}, "a", `b\n`), core.FinishStop, "end_turn",
		`{"type":"content_block_start","index":0,"content_block":{"type":"text","text":""}}`,
		`{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"a"}}`,
		`{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"b\n"}}`,
		`{"type":"content_block_stop","index":0}`)
	f("a thought and a call with another's signature", newTeller().tell(start).
		block(core.Block{Kind: core.PartThought, Sign: []byte("s"), Vendor: core.OpenAI}, "hm").
		block(core.Block{Kind: core.PartVeiled, Sign: []byte("v"), Vendor: core.OpenAI}).
		block(core.Block{Kind: core.PartCall, ID: []byte("c"), Name: []byte("f"), Sign: []byte("g"), Vendor: core.Google}).
		block(core.Block{Kind: core.PartCall, ID: []byte("d"), Name: []byte("f")}, `{\"a\"`, `:1}`), core.FinishStop, "tool_use",
		`{"type":"content_block_start","index":0,"content_block":{"type":"thinking","thinking":"","signature":""}}`,
		`{"type":"content_block_delta","index":0,"delta":{"type":"thinking_delta","thinking":"hm"}}`,
		`{"type":"content_block_delta","index":0,"delta":{"type":"signature_delta","signature":"asbru.openai.s"}}`,
		`{"type":"content_block_stop","index":0}`,
		`{"type":"content_block_start","index":1,"content_block":{"type":"redacted_thinking","data":"asbru.openai.v"}}`,
		`{"type":"content_block_stop","index":1}`,
		`{"type":"content_block_start","index":2,"content_block":{"type":"thinking","thinking":"","signature":""}}`,
		`{"type":"content_block_delta","index":2,"delta":{"type":"signature_delta","signature":"asbru.google.g"}}`,
		`{"type":"content_block_stop","index":2}`,
		`{"type":"content_block_start","index":3,"content_block":{"type":"tool_use","id":"c","name":"f","input":{}}}`,
		`{"type":"content_block_stop","index":3}`,
		`{"type":"content_block_start","index":4,"content_block":{"type":"tool_use","id":"d","name":"f","input":{}}}`,
		`{"type":"content_block_delta","index":4,"delta":{"type":"input_json_delta","partial_json":"{\"a\""}}`,
		`{"type":"content_block_delta","index":4,"delta":{"type":"input_json_delta","partial_json":":1}"}}`,
		`{"type":"content_block_stop","index":4}`)
	f("a picture, a sound, what others know", newTeller().tell(start, core.Event{Kind: core.EventOther, Name: []byte("x"), Raw: []byte("{}")}).
		block(core.Block{Kind: core.PartImage, Media: []byte("image/png")}, "AA", "BB").
		block(core.Block{Kind: core.PartAudio}, "AA").block(core.Block{Kind: core.PartOther}, "x").
		block(core.Block{Kind: core.PartRefusal}, "no"), core.FinishFiltered, "refusal",
		`{"type":"content_block_start","index":0,"content_block":{"type":"image","source":{"type":"base64","media_type":"image/png","data":"AABB"}}}`,
		`{"type":"content_block_stop","index":0}`,
		`{"type":"content_block_start","index":1,"content_block":{"type":"text","text":""}}`,
		`{"type":"content_block_delta","index":1,"delta":{"type":"text_delta","text":"no"}}`,
		`{"type":"content_block_stop","index":1}`)
	cited := newTeller().tell(start)
	at := cited.x.Add(core.PartText, 0, 0)
	cited.tell(core.Event{Kind: core.EventPing}, core.Event{Kind: core.EventOpen, Block: at}, core.Event{Kind: core.EventDelta, Choice: 1, Block: at, Text: core.Text("other")},
		core.Event{Kind: core.EventCite, Block: at, Cite: &core.Cite{URL: core.Text("u")}})
	f("a citation in a block left open", cited, core.FinishLength, "max_tokens", `{"type":"ping"}`,
		`{"type":"content_block_start","index":0,"content_block":{"type":"text","text":""}}`,
		`{"type":"content_block_delta","index":0,"delta":{"type":"citations_delta","citation":{"type":"web_search_result_location","cited_text":"","url":"u","title":null,"encrypted_index":""}}}`,
		`{"type":"content_block_stop","index":0}`)
	failed := newTeller().tell(core.Event{Kind: core.EventPing}, start, core.Event{Kind: core.EventFault, Fault: &core.Fault{Code: core.UpstreamFailed, Message: "m"}})
	if got := failed.data(); got != head+"\n"+`{"type":"error","error":{"type":"api_error","message":"m","retryable":true},"request_id":"00000000000000000000000000000000"}` {
		t.Errorf("got %s", got)
	}
}

// words returns the events of frames, in short.
func words(t *testing.T, frames ...string) string {
	t.Helper()
	x := core.NewCrossing()
	var out []string
	for _, f := range frames {
		ev, err := parseEvent(nil, x, nil, []byte(f))
		if err != nil {
			out = append(out, "error")
		}
		for _, e := range ev {
			names := [...]string{"start", "open", "delta", "sign", "cite", "close", "finish", "usage", "ping", "fault", "end", "other"}
			s := names[e.Kind]
			switch e.Kind {
			case core.EventDelta:
				s += "(" + string(e.Text) + ")"
			case core.EventSign:
				s += "(" + string(x.Blocks[e.Block].Sign) + " " + x.Blocks[e.Block].Vendor.String() + ")"
			case core.EventFinish:
				s += "(" + string(e.Native) + ")"
			case core.EventFault:
				s += "(" + e.Fault.Code.String() + " " + e.Fault.Message + ")"
			}
			out = append(out, s)
		}
	}
	return strings.Join(out, " ")
}

func TestParseEvent(t *testing.T) {
	f := func(want string, frames ...string) {
		t.Helper()
		if got := words(t, frames...); got != want {
			t.Errorf("%s\n got %s\nwant %s", frames, got, want)
		}
	}
	open := func(block string) string {
		return `{"type":"content_block_start","index":0,"content_block":` + block + `}`
	}
	add := func(delta string) string { return `{"type":"content_block_delta","index":0,"delta":` + delta + `}` }
	const stop, over = `{"type":"content_block_stop","index":0}`, `{"type":"message_stop"}`
	f("ping", `{"type": "ping"   }`)
	f("start finish() end", over, over, `[DONE]`, `{"type":"message_start"}`)
	f("", `[DONE]`)
	f("start usage open delta({\\\"a\\\":1}) close finish(tool_use) end",
		`{"type":"message_start","message":{"content":[{"type":"tool_use","id":"a","name":"f","input":{"a":1}}],"stop_reason":"tool_use","usage":{"input_tokens":0}}}`, over)
	f("start open delta({}) close", open(`{"type":"tool_use","id":"a","name":"f","input":{}}`), add(`{"type":"input_json_delta","partial_json":""}`), stop)
	f("start open delta([) delta(]) close", open(`{"type":"tool_use","input":{"b":2}}`), add(`{"type":"input_json_delta","partial_json":"["}`), add(`{"type":"input_json_delta","partial_json":"]"}`), stop)
	f("start open delta(a) delta(b) sign(s1s2 anthropic) close", open(`{"type":"thinking","thinking":"a","signature":"s1"}`), add(`{"thinking":"b","type":"thinking_delta"}`), add(`{"type":"signature_delta","signature":"s2"}`), stop)
	f("start open sign(x google) close", open(`{"type":"thinking","thinking":"","signature":""}`), add(`{"type":"signature_delta","signature":"asbru.google.x"}`), stop)
	f("start open sign(d anthropic) close", open(`{"type":"redacted_thinking","data":"d"}`), stop)
	f("start open cite cite close open other close", open(`{"type":"text","text":"","citations":[{}]}`), add(`{"type":"citations_delta","citation":{"type":"page_location"}}`),
		open(`{"type":"server_tool_use","id":"a"}`), add(`{"type":"input_json_delta","partial_json":"a"}`), stop)
	f("start open other close usage finish(end_turn) end", open(`{"type":"compaction"}`), add(`{"type":"compaction_delta","content":"c"}`), stop,
		`{"type":"message_delta","delta":{"stop_reason":"end_turn"},"usage":{"output_tokens":1}}`, over)
	f("start open close finish(max_tokens)", open(`{"type":"text","text":""}`), add(`{"type":"text_delta","text":""}`), `{"type":"message_delta","delta":{"stop_reason":"max_tokens"}}`,
		`{"type":"message_delta","delta":{"stop_reason":"end_turn"}}`)
	f("fault(overloaded Overloaded)", `{"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}`)
	f("fault(upstream_failed no)", `{"error":{"message":"no"}}`)
	f("fault(rate_limited slow)", `{"type":"error","error":{"type":"rate_limit_error","message":"slow"}}`)
	f("other", `{"type":"new_event","a":1}`)
	f("error error error error error", add(`{"type":"text_delta","text":"a"}`), `{"type":"content_block_start","index":0}`, `{"a":`, `"a"`, ``)
	f("start open error", open(`{"type":"tool_use"}`), `{"type":"content_block_delta","index":0}`)
	f("start open error", open(`{"type":"text"}`), `{"type":"content_block_delta","index":1,"delta":{"type":"text_delta","text":"a"}}`)
}

func TestReadEvent(t *testing.T) {
	f := func(want core.StreamState, frames ...string) {
		t.Helper()
		var st core.StreamState
		for _, s := range frames {
			readEvent([]byte(s), &st)
		}
		if st != want {
			t.Errorf("%s: got %+v, want %+v", frames, st, want)
		}
	}
	f(core.StreamState{}, `{"type":"ping"}`, ``, `[DONE]`, `{"type":`, `{"type":"content_block_start","content_block":{"type":"text","text":""}}`,
		`{"type":"content_block_delta","delta":{"type":"text_delta","text":""}}`, `{"a":"{\"type\":\"error\"}"}`)
	f(core.StreamState{Content: true}, `{"delta":{"text":"a","type":"text_delta"},"type":"content_block_delta"}`)
	f(core.StreamState{Content: true}, `{"type":"content_block_start","content_block":{"type":"tool_use","name":"f"}}`)
	f(core.StreamState{Usage: core.Usage{In: 3, CachedIn: 2, Out: 9, Known: true}, Finished: true, Done: true},
		`{"type":"message_start","message":{"usage":{"input_tokens":1,"cache_read_input_tokens":2,"output_tokens":1}}}`,
		`{"type":"message_delta","delta":{"stop_reason":"end_turn"},"usage":{"output_tokens":9}}`, `{"type":"message_stop"}`)
	f(core.StreamState{}, `{"type":"message_delta","delta":{"stop_reason":null}}`)
	f(core.StreamState{Failed: true}, `{"type":"error"}`)
	f(core.StreamState{Failed: true}, `{"error":{}}`)
}
