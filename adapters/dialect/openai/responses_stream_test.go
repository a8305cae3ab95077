package openai

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"asbru/bench/corpus"
	"asbru/core"
)

// A block of a made-up stream.
type made struct {
	core.Block
	text  string
	early bool // the signature comes at the start
	cite  *core.Cite
}

// retold writes the stream of an answer from another format.
func retold(x *core.Crossing, finish core.Finish, blocks ...made) string {
	var out []byte
	say := func(e core.Event) { out = appendResponsesEvent(out, x, &e) }
	say(core.Event{Kind: core.EventStart})
	for _, b := range blocks {
		i := x.Add(b.Kind, 0, 0)
		d := &x.Blocks[i]
		d.ID, d.Name, d.Vendor = append(d.ID, b.ID...), append(d.Name, b.Name...), b.Vendor
		if b.early {
			d.Sign = append(d.Sign, b.Sign...)
		}
		say(core.Event{Kind: core.EventOpen, Block: i})
		for _, r := range b.text {
			text, _ := json.Marshal(string(r))
			say(core.Event{Kind: core.EventDelta, Block: i, Text: text[1 : len(text)-1]})
		}
		if b.cite != nil {
			say(core.Event{Kind: core.EventCite, Block: i, Cite: b.cite})
		}
		if !b.early && len(b.Sign) > 0 {
			x.Blocks[i].Sign = append(x.Blocks[i].Sign, b.Sign...)
			say(core.Event{Kind: core.EventSign, Block: i})
		}
		say(core.Event{Kind: core.EventClose, Block: i})
	}
	x.Usage = core.Usage{In: 3, Out: 4, Known: true}
	say(core.Event{Kind: core.EventUsage})
	say(core.Event{Kind: core.EventFinish, Finish: finish})
	say(core.Event{Kind: core.EventEnd})
	return string(out)
}

// sdkEvent has the members of an event that a strict client reads.
type sdkEvent struct {
	Type     string
	Seq      *int   `json:"sequence_number"`
	Out      *int   `json:"output_index"`
	Content  *int   `json:"content_index"`
	Summary  *int   `json:"summary_index"`
	ItemID   string `json:"item_id"`
	Delta    *string
	Text     *string
	Refusal  *string
	Args     *string `json:"arguments"`
	Item     map[string]any
	Part     map[string]any
	Response map[string]any
}

// accumulate reads a stream as SDKs do, adding deltas to items, and reports where the result differs from the
// complete items. It returns the last response.
func accumulate(t *testing.T, stream string) map[string]any {
	t.Helper()
	var items []map[string]any
	var done []string
	said := map[string]string{}
	var last map[string]any
	seq := 0
	for _, frame := range strings.Split(strings.TrimSuffix(stream, "\n\n"), "\n\n") {
		if strings.HasPrefix(frame, ":") {
			continue
		}
		name, data, ok := strings.Cut(frame, "\ndata: ")
		var e sdkEvent
		if err := json.Unmarshal([]byte(data), &e); err != nil || !ok || name != "event: "+e.Type {
			t.Fatalf("%v in %s", err, frame)
		}
		if e.Seq == nil || *e.Seq != seq {
			t.Errorf("sequence_number is not %d in %s", seq, frame)
		}
		seq++
		if last != nil {
			t.Errorf("an event after the last: %s", frame)
		}
		kind := strings.TrimPrefix(e.Type, "response.")
		if e.ItemID != "" && (e.Out == nil || *e.Out >= len(items) || items[*e.Out]["id"] != e.ItemID) {
			t.Errorf("item_id and output_index do not fit: %s", frame)
		}
		place := fmt.Sprint(e.ItemID, e.Content, e.Summary)
		if e.Content != nil {
			place = fmt.Sprint(e.ItemID, *e.Content)
		} else if e.Summary != nil {
			place = fmt.Sprint(e.ItemID, *e.Summary)
		}
		repeat := func(s *string) {
			if s == nil || *s != said[place] {
				t.Errorf("%s does not repeat %q", frame, said[place])
			}
		}
		switch {
		case kind == "created" || kind == "in_progress":
			if e.Response["status"] != "in_progress" || e.Response["usage"] != nil {
				t.Errorf("%s", frame)
			}
		case kind == "output_item.added":
			if e.Out == nil || *e.Out != len(items) {
				t.Errorf("output_index is not %d in %s", len(items), frame)
			}
			items, done = append(items, e.Item), append(done, "")
		case kind == "output_item.done":
			if e.Item["id"] != items[*e.Out]["id"] || done[*e.Out] != "" {
				t.Errorf("not the item that was begun: %s", frame)
			}
			b, _ := json.Marshal(e.Item)
			done[*e.Out] = string(b)
		case strings.HasSuffix(kind, ".delta"):
			said[place] += *e.Delta
		case kind == "output_text.done" || kind == "reasoning_summary_text.done":
			repeat(e.Text)
		case kind == "refusal.done":
			repeat(e.Refusal)
		case kind == "function_call_arguments.done":
			repeat(e.Args)
		case kind == "content_part.done" && e.Part["type"] == "output_text":
			text, _ := e.Part["text"].(string)
			repeat(&text)
		case kind == "completed" || kind == "incomplete" || kind == "failed":
			last = e.Response
		}
	}
	if last == nil {
		t.Fatalf("no last event in %s", stream)
	}
	output, _ := json.Marshal(last["output"])
	if d := corpus.Diff(output, []byte("["+strings.Join(done, ",")+"]")); d != "" {
		t.Errorf("the output of the last event is not what was streamed: %s", d)
	}
	return last
}

func TestResponsesStreamWriter(t *testing.T) {
	f := func(name, want string, finish core.Finish, blocks ...made) {
		t.Helper()
		x := core.NewCrossing()
		x.Request, x.Wall = request, 7
		x.Model = append(x.Model, "m"...)
		stream := retold(x, finish, blocks...)
		last := accumulate(t, stream)
		if last["model"] != "m" || last["object"] != "response" || last["created_at"] != 7.0 {
			t.Errorf("%s: %v", name, last)
		}
		r := core.NewCompletion()
		b, _ := json.Marshal(last)
		if err := parseResponse(r, b); err != nil {
			t.Fatal(err)
		}
		c := core.Chat{Tree: r.Tree, Turns: []core.Turn{{Role: core.Assistant, From: 0, To: int32(len(r.Parts))}}}
		if got := fmt.Sprint(turns(&c), " ", last["status"]); got != want {
			t.Errorf("%s: got %s, want %s\n%s", name, got, want, stream)
		}
		if r.Usage.In != 3 || r.Usage.Out != 4 {
			t.Errorf("%s: usage %+v", name, r.Usage)
		}
		if got, _ := feed(t, [][]byte{[]byte(stream)}); disorder(got) != "" {
			t.Errorf("%s: read again: %s", name, disorder(got))
		}
	}
	text := func(s string) made { return made{text: s} }
	call := func(id, s string) made {
		return made{Block: core.Block{Kind: core.PartCall, ID: []byte(id), Name: []byte("f")}, text: s}
	}
	signed := func(kind core.PartKind, v core.Vendor, text, sign string, early bool) made {
		return made{Block: core.Block{Kind: kind, Vendor: v, Sign: []byte(sign), Name: []byte("f")}, text: text, early: early}
	}
	f("nothing", `assistant() completed`, core.FinishStop)
	f("text", `assistant(text a\"é) completed`, core.FinishStop, text(`a"é`))
	f("texts", `assistant(text a, text b, refusal no) completed`, core.FinishStop, text("a"), text("b"),
		made{Block: core.Block{Kind: core.PartRefusal}, text: "no"})
	f("calls", `assistant(text a, call c1, call c2) completed`, core.FinishCalls, text("a"), call("c1", `{"a":1}`), call("c2", ""))
	f("a call without id", `assistant(call call_`+hexed+`_0) completed`, core.FinishCalls, call("", "{}"))
	f("text behind a call", `assistant(call c1, text b) incomplete`, core.FinishLength, call("c1", "{}"), text("b"))
	f("thoughts", `assistant(thought hm S, veiled E, text a) completed`, core.FinishStop,
		signed(core.PartThought, core.Anthropic, "hm", "S", false), signed(core.PartVeiled, core.OpenAI, "", "E", false), text("a"))
	f("a signed call", `assistant(text t, veiled G, call call_`+hexed+`_2) completed`, core.FinishCalls,
		text("t"), signed(core.PartCall, core.Google, "{}", "G", true))
	f("a text signed late", `assistant(text t, veiled G) completed`, core.FinishStop, signed(core.PartText, core.Google, "t", "G", false))
	f("filtered", `assistant(text t) incomplete`, core.FinishFiltered, text("t"))
	f("picture", `assistant(text t, other image_generation_call) completed`, core.FinishStop, text("t"),
		made{Block: core.Block{Kind: core.PartImage}, text: "QQ=="})
	f("cited", `assistant(text t) completed`, core.FinishStop, made{text: "t", cite: &core.Cite{URL: core.Text("u"), Title: core.Text("v"), End: 1}},
		made{Block: core.Block{Kind: core.PartAudio}, text: "QQ=="})
}

func TestResponsesStreamFault(t *testing.T) {
	x := core.NewCrossing()
	x.Request = request
	var out []byte
	for _, e := range []core.Event{{Kind: core.EventStart}, {Kind: core.EventFault, Fault: &core.Fault{Code: core.Overloaded, Message: `no "room"`, Hint: "wait"}},
		{Kind: core.EventEnd}} {
		out = appendResponsesEvent(out, x, &e)
	}
	last := accumulate(t, string(out))
	if last["status"] != "failed" || !strings.Contains(string(out), "event: error\ndata: {\"type\":\"error\",\"sequence_number\":2,\"error\":{\"type\":\"overloaded_error\"") {
		t.Errorf("got %s", out)
	}
	events, _ := feed(t, [][]byte{out})
	if n := len(events); n == 0 || events[n-1] != `fault "no \"room\"; hint: wait" "overloaded_error"` {
		t.Errorf("got %q", events)
	}
}

// For all ways in which servers stream, events are in order and nothing is lost or repeated.
func TestResponsesStreamReader(t *testing.T) {
	f := func(name, want string, data ...string) {
		t.Helper()
		var sse strings.Builder
		for _, d := range data {
			sse.WriteString("data: " + d + "\n\n")
		}
		events, _ := feed(t, [][]byte{[]byte(sse.String())})
		if d := disorder(events); d != "" {
			t.Errorf("%s: %s\n%s", name, d, strings.Join(events, "\n"))
		}
		if got := brief(events); got != want {
			t.Errorf("%s:\n got %s\nwant %s", name, got, want)
		}
	}
	const end = `{"type":"response.completed","response":{"id":"r","status":"completed","output":[]}}`
	f("only items", `start open0.0 delta:a close open0.5 delta:{} close finish4 end`,
		`{"type":"response.output_item.done","output_index":0,"item":{"type":"message","content":[{"type":"output_text","text":"a"}]}}`,
		`{"type":"response.output_item.done","output_index":1,"item":{"type":"function_call","call_id":"c","name":"f","arguments":"{}"}}`, end)
	f("only the response", `start open0.7 delta:t sign close open0.0 delta:a close finish1 end`,
		`{"type":"response.completed","response":{"id":"r","status":"completed","output":[`+
			`{"type":"reasoning","summary":[{"type":"summary_text","text":"t"}],"encrypted_content":"E"},`+
			`{"type":"message","content":[{"type":"output_text","text":"a"}]}]}}`)
	f("interleaved", `start open0.0 delta:a delta:c close open0.0 delta:b close finish1 end`,
		`{"type":"response.output_text.delta","output_index":0,"content_index":0,"delta":"a"}`,
		`{"type":"response.output_text.delta","output_index":1,"content_index":0,"delta":"b"}`,
		`{"type":"response.output_text.delta","output_index":0,"content_index":0,"delta":"c"}`,
		`{"type":"response.output_item.done","output_index":1,"item":{"type":"message","content":[{"type":"output_text","text":"b"}]}}`,
		`{"type":"response.output_item.done","output_index":0,"item":{"type":"message","content":[{"type":"output_text","text":"ac"}]}}`, end)
	f("not numbered", `start open0.7 delta:t close open0.0 delta:a close open0.5 delta:{} close finish4 end`,
		`{"type":"response.output_item.added","item":{"type":"reasoning","id":"r"}}`,
		`{"type":"response.reasoning_text.delta","item_id":"r","delta":"t"}`,
		`{"type":"response.output_item.added","item":{"type":"message","id":"m"}}`,
		`{"type":"response.content_part.added","item_id":"m","part":{"type":"output_text","text":""}}`,
		`{"type":"response.output_text.delta","item_id":"m","delta":"a"}`,
		`{"type":"response.output_item.added","item":{"type":"function_call","call_id":"c","name":"f","arguments":""}}`,
		`{"type":"response.function_call_arguments.delta","item_id":"c","delta":"{}"}`,
		`{"type":"response.output_item.done","item":{"type":"reasoning","summary":[],"content":[{"type":"reasoning_text","text":"t"}]}}`,
		`{"type":"response.output_item.done","item":{"type":"message","content":[{"type":"output_text","text":"a"}]}}`,
		`{"type":"response.output_item.done","item":{"type":"function_call","call_id":"c","name":"f","arguments":"{}"}}`, end)
	f("summaries", `start open0.7 delta:a close open0.7 delta:b sign close finish1 end`,
		`{"type":"response.output_item.added","output_index":0,"item":{"type":"reasoning"}}`,
		`{"type":"response.reasoning_summary_part.added","output_index":0,"summary_index":0}`,
		`{"type":"response.reasoning_summary_text.delta","output_index":0,"summary_index":0,"delta":"a"}`,
		`{"type":"response.reasoning_summary_part.added","output_index":0,"summary_index":1}`,
		`{"type":"response.reasoning_summary_text.done","output_index":0,"summary_index":1,"text":"b"}`,
		`{"type":"response.output_item.done","output_index":0,"item":{"type":"reasoning","summary":[{"type":"summary_text","text":"a"},{"type":"summary_text","text":"b"}],"encrypted_content":"E"}}`, end)
	f("whole arguments", `start open0.5 delta:{\\\"a\\\":1} close finish4 end`,
		`{"type":"response.output_item.done","output_index":0,"item":{"type":"function_call","call_id":"c","name":"f","arguments":{"a":1}}}`, end)
	f("cut short", `start open0.0 delta:a close finish3 end`,
		`{"type":"response.output_text.delta","output_index":0,"content_index":0,"delta":"a"}`,
		`{"type":"response.incomplete","response":{"status":"incomplete","incomplete_details":{"reason":"max_output_tokens"}}}`)
	f("old error", `fault`, `{"type":"error","code":"x","message":"m","param":null}`)
	f("failed twice", `start fault`, `{"type":"response.created","response":{"id":"r"}}`,
		`{"type":"error","error":{"message":"m"}}`, `{"type":"response.failed","response":{"error":{"message":"m"}}}`)
	for _, bad := range []string{``, `x`, `[]`, `{}`, `{"type":7}`, `{"type":"response.output_text.delta"}`} {
		if ev, err := parseResponsesEvent(nil, core.NewCrossing(), nil, []byte(bad)); err == nil || len(ev) > 0 {
			t.Errorf("%s passed", bad)
		}
	}
}

// brief returns a list of events in short.
func brief(events []string) string {
	var out []string
	for _, e := range events {
		w := strings.Fields(e)
		switch w[0] {
		case "open":
			out = append(out, "open0."+w[2])
		case "delta":
			text := strings.TrimSpace(strings.SplitN(e, " ", 3)[2])
			out = append(out, "delta:"+strings.Trim(text, `"`))
		case "finish":
			out = append(out, "finish"+w[1])
		case "usage":
		case fmt.Sprint(core.EventEnd):
			out = append(out, "end")
		default:
			out = append(out, w[0])
		}
	}
	return strings.Join(out, " ")
}

// One answer that comes as two choices, with blocks open at the same time, is written as one.
func TestResponsesStreamOfTwoChoices(t *testing.T) {
	x := core.NewCrossing()
	x.Request = request
	a, b := x.Add(core.PartText, 0, 0), x.Add(core.PartCall, 1, 0)
	x.Blocks[b].ID, x.Blocks[b].Name = []byte("c"), []byte("f")
	var out []byte
	for _, e := range []core.Event{{Kind: core.EventStart}, {Kind: core.EventOpen, Block: a}, {Kind: core.EventDelta, Block: a, Text: core.Text("one")},
		{Kind: core.EventOpen, Choice: 1, Block: b}, {Kind: core.EventDelta, Choice: 1, Block: b, Text: core.Text("{}")},
		{Kind: core.EventDelta, Block: a, Text: core.Text("two")}, {Kind: core.EventClose, Block: a}, {Kind: core.EventClose, Choice: 1, Block: b},
		{Kind: core.EventFinish, Finish: core.FinishCalls}, {Kind: core.EventEnd}} {
		out = appendResponsesEvent(out, x, &e)
	}
	last, err := json.Marshal(accumulate(t, string(out))["output"])
	if err != nil || !strings.Contains(string(last), `"one"`) || !strings.Contains(string(last), `"two"`) || !strings.Contains(string(last), `"{}"`) {
		t.Errorf("got %s %v", last, err)
	}
}
