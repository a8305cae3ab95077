package entry_test

import (
	"bytes"
	"errors"
	"testing"

	"asbru/adapters/dialect/anthropic"
	"asbru/adapters/dialect/openai"
	"asbru/cache/entry"
	"asbru/core"
)

const full = `{"id":"chatcmpl-1","object":"chat.completion","created":1763720000,"model":"gpt-4o-2024","choices":[{"index":0,"message":{"role":"assistant","content":"It is \"sunny\"\n in Paris.","reasoning_content":"The tool said so.",` +
	`"tool_calls":[{"id":"call_1","type":"function","function":{"name":"get_weather","arguments":"{\"city\":\"Lyon\"}"}}]},"logprobs":{"content":[{"token":"a","logprob":-1}]},"finish_reason":"tool_calls"},` +
	`{"index":1,"message":{"role":"assistant","content":""},"finish_reason":"stop"}],"usage":{"prompt_tokens":112,"completion_tokens":20,"total_tokens":132}}`

func parsed(t *testing.T, body string) *core.Completion {
	t.Helper()
	r := core.NewCompletion()
	if err := openai.API.Chats[core.OpChat].ParseReply(r, []byte(body)); err != nil {
		t.Fatal(err)
	}
	return r
}

// said is r as a client of another family gets it, with an id of its own.
func said(r *core.Completion) string {
	x := core.NewCrossing()
	x.To, x.ToOp, x.Model, x.Wall = openai.API, core.OpChat, []byte("m"), 7
	c := *r
	c.From, c.ID, c.Created = nil, nil, 0
	return string(openai.API.Chats[core.OpChat].AppendReply(nil, &c, x))
}

func TestWrittenAndRead(t *testing.T) {
	r := parsed(t, full)
	n := entry.Note{ID: [16]byte{1}, Owner: "o", Label: "key", Born: 3, Fresh: 4, Until: 5, Asked: "a", Model: "b", Provider: "c", Op: core.OpChat, Family: "openai", Native: "d", Space: [32]byte{7}, Text: "t"}
	beats := []entry.Beat{{0, 3}, {20, 300}}
	b, err := entry.Append([]byte("before"), &n, r, beats)
	if err != nil {
		t.Fatal(err)
	}
	b = b[len("before"):]
	var m entry.Note
	if err := entry.ReadNote(b, &m); err != nil || m != n {
		t.Errorf("the note is %+v, %v; want %+v", m, err, n)
	}
	got := core.NewCompletion()
	pace, err := entry.Read(b, nil, got, nil)
	if err != nil {
		t.Fatal(err)
	}
	if len(pace) != 2 || pace[1] != beats[1] {
		t.Errorf("the pace is %v", pace)
	}
	if said(got) != said(r) {
		t.Errorf("read\n%s\nwritten\n%s", said(got), said(r))
	}
	if got.Usage != r.Usage || string(got.Model) != "gpt-4o-2024" {
		t.Errorf("usage %+v, model %s", got.Usage, got.Model)
	}
	for i := range b {
		if _, err := entry.Read(b[:i], nil, core.NewCompletion(), nil); !errors.Is(err, entry.ErrGarbled) {
			t.Fatalf("%d bytes of %d: %v", i, len(b), err)
		}
	}
}

func TestForeignPartsAreRefused(t *testing.T) {
	r := core.NewCompletion()
	i := r.Begin(0)
	r.Add(core.Part{Kind: core.PartOther, Type: core.Text("server_tool_use"), Raw: []byte("{}")})
	r.End(i)
	if _, err := entry.Append(nil, &entry.Note{}, r, nil); !errors.Is(err, entry.ErrForeign) {
		t.Errorf("%v", err)
	}
}

// A stream that says a reply is gathered to that reply.
func TestGather(t *testing.T) {
	r := parsed(t, full)
	x := core.NewCrossing()
	ev := x.Replay(nil, r)
	var g entry.Gather
	for i := range ev {
		g.Add(ev[i:i+1], int64(i+1)*30e6)
	}
	got := core.NewCompletion()
	if err := g.Whole(got, x); err != nil {
		t.Fatal(err)
	}
	if said(got) != said(r) {
		t.Errorf("gathered\n%s\nreplayed\n%s", said(got), said(r))
	}
	if g.Pace() != nil {
		t.Error("several choices have a pace")
	}
}

func TestGatherRefuses(t *testing.T) {
	f := func(name string, want error, kinds ...core.EventKind) {
		t.Helper()
		var g entry.Gather
		x := core.NewCrossing()
		x.Add(core.PartText, 0, 0)
		for _, k := range kinds {
			g.Add([]core.Event{{Kind: k, Text: core.Text("a")}}, 1)
		}
		if err := g.Whole(core.NewCompletion(), x); !errors.Is(err, want) {
			t.Errorf("%s: %v, want %v", name, err, want)
		}
	}
	f("nothing", entry.ErrPart)
	f("no end", entry.ErrPart, core.EventStart, core.EventOpen, core.EventDelta, core.EventClose, core.EventFinish)
	f("no finish", entry.ErrPart, core.EventStart, core.EventOpen, core.EventDelta, core.EventEnd)
	f("a failure", entry.ErrPart, core.EventStart, core.EventOpen, core.EventDelta, core.EventFault, core.EventFinish, core.EventEnd)
	f("all", nil, core.EventStart, core.EventOpen, core.EventDelta, core.EventClose, core.EventFinish, core.EventEnd)
}

// The pieces of a paced replay say what the answer says, in the lengths of the record.
func TestPacer(t *testing.T) {
	f := func(beats []entry.Beat, want ...string) {
		t.Helper()
		r := core.NewCompletion()
		i := r.Begin(0)
		r.Add(core.Part{Kind: core.PartThought, Text: core.Text("abc")})
		r.Add(core.Part{Text: core.Text("defgh")})
		r.End(i)
		p := entry.NewPacer(core.NewCrossing().Replay(nil, r), beats)
		var kinds int
		for n := 0; ; n++ {
			gap := p.Gap()
			ev, done := p.Next(nil)
			var text []byte
			for _, e := range ev {
				kinds++
				text = append(text, e.Text...)
			}
			if n >= len(want) || string(text) != want[n] {
				t.Fatalf("%v: piece %d is %q, want %q", beats, n, text, want)
			}
			if n < len(beats) && gap != beats[n].Gap {
				t.Errorf("%v: gap %d of piece %d", beats, gap, n)
			}
			if done {
				if n != len(want)-1 || kinds < 9 {
					t.Errorf("%v: done after %d pieces, %d events", beats, n+1, kinds)
				}
				return
			}
		}
	}
	f(nil, "abcdefgh")
	f([]entry.Beat{{0, 2}, {5, 1}, {6, 3}, {7, 2}}, "ab", "c", "def", "gh")
	f([]entry.Beat{{0, 2}, {5, 4}, {7, 2}}, "ab", "cdef", "gh")
	f([]entry.Beat{{0, 100}, {5, 1}}, "abcdefgh", "")
	f([]entry.Beat{{0, 1}, {5, 1}}, "a", "bcdefgh")
}

func FuzzRead(f *testing.F) {
	r := core.NewCompletion()
	openai.API.Chats[core.OpChat].ParseReply(r, []byte(full))
	b, _ := entry.Append(nil, &entry.Note{Model: "m"}, r, []entry.Beat{{1, 2}})
	f.Add(b)
	f.Fuzz(func(t *testing.T, b []byte) {
		c := core.NewCompletion()
		if _, err := entry.Read(b, nil, c, nil); err != nil {
			return
		}
		x := core.NewCrossing() // what was read can be said
		x.To, x.ToOp = anthropic.API, core.OpChat
		anthropic.API.Chats[core.OpChat].AppendReply(nil, c, x)
		x.Reset()
		x.To, x.ToOp = anthropic.API, core.OpChat
		for _, e := range x.Replay(nil, c) {
			anthropic.API.Chats[core.OpChat].AppendEvent(nil, x, &e)
		}
		var n entry.Note
		if entry.ReadNote(b, &n) != nil {
			t.Error("a whole answer has no note")
		}
		again, err := entry.Append(nil, &n, c, nil)
		if err != nil || !bytes.HasPrefix(again, b[:1]) {
			t.Errorf("what was read cannot be written: %v", err)
		}
	})
}
