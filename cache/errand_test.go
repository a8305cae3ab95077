package cache

import (
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"asbru/core"
)

// Ten thousand who ask the same at once are one who asks, streams and replies alike.
func TestStampede(t *testing.T) {
	const n = 10_000
	r := newRig(t, Options{})
	var calls, good atomic.Int64
	var gate, wg sync.WaitGroup
	gate.Add(1)
	for i := range n {
		wg.Go(func() {
			q := asked{d: tongues[i%2].d, op: tongues[i%2].op, body: tongues[i%2].ask, stream: i%3 > 0}
			x := r.exchange(q)
			gate.Wait()
			if i%7 == 0 {
				time.Sleep(time.Duration(i%50) * time.Millisecond)
			}
			body, v := r.answered(x)
			switch v {
			case core.Continue:
				calls.Add(1)
				x.Begin(r.target, nil).Status = 200
				x.Face, x.As = r.face, x.Op
				tape := upstream(q)
				for len(tape) > 0 {
					k := min(len(tape), 90)
					time.Sleep(5 * time.Millisecond)
					x.Watch.Saw(x, []byte(tape[:k]))
					x.Watch.Sure(x)
					tape = tape[k:]
				}
				good.Add(1)
			case core.Answer:
				if strings.Contains(body, "Hi ") && x.Fault == nil {
					good.Add(1)
				}
			}
			r.end(x)
		})
	}
	gate.Done()
	wg.Wait()
	r.idle()
	if calls.Load() != 1 || good.Load() != n {
		t.Errorf("%d went upstream, %d of %d were answered: %+v", calls.Load(), good.Load(), n, r.Counts())
	}
	if c := r.Counts(); c.Joined == 0 || c.Tapes != 0 || c.Joined+c.Exact != n-1 {
		t.Errorf("%+v", c)
	}
}

// upstream is the answer to q as its client gets it.
func upstream(q asked) string {
	switch {
	case q.op == core.OpResponses && q.stream:
		return `event: response.created` + "\n" + `data: {"type":"response.created","sequence_number":0,"response":{"id":"resp_1","object":"response","created_at":1,"status":"in_progress","model":"gpt-4o","output":[]}}` + "\n\n" +
			`data: {"type":"response.output_item.added","output_index":0,"item":{"id":"msg_1","type":"message","role":"assistant","status":"in_progress","content":[]}}` + "\n\n" +
			`data: {"type":"response.content_part.added","item_id":"msg_1","output_index":0,"content_index":0,"part":{"type":"output_text","text":"","annotations":[]}}` + "\n\n" +
			`data: {"type":"response.output_text.delta","item_id":"msg_1","output_index":0,"content_index":0,"delta":"Hi "}` + "\n\n" +
			`data: {"type":"response.output_text.done","item_id":"msg_1","output_index":0,"content_index":0,"text":"Hi "}` + "\n\n" +
			`data: {"type":"response.content_part.done","item_id":"msg_1","output_index":0,"content_index":0,"part":{"type":"output_text","text":"Hi ","annotations":[]}}` + "\n\n" +
			`data: {"type":"response.output_item.done","output_index":0,"item":{"id":"msg_1","type":"message","role":"assistant","status":"completed","content":[{"type":"output_text","text":"Hi ","annotations":[]}]}}` + "\n\n" +
			`data: {"type":"response.completed","response":{"id":"resp_1","object":"response","created_at":1,"status":"completed","model":"gpt-4o","output":[{"id":"msg_1","type":"message","role":"assistant","status":"completed","content":[{"type":"output_text","text":"Hi ","annotations":[]}]}],"usage":{"input_tokens":8,"output_tokens":3,"total_tokens":11}}}` + "\n\n"
	case q.op == core.OpResponses:
		return `{"id":"resp_1","object":"response","created_at":1,"status":"completed","model":"gpt-4o","output":[{"id":"msg_1","type":"message","role":"assistant","status":"completed","content":[{"type":"output_text","text":"Hi ","annotations":[]}]}],"usage":{"input_tokens":8,"output_tokens":3,"total_tokens":11}}`
	case q.stream:
		return streamed
	}
	return greeted
}

// Who comes late to a stream gets what was said so far at once, and the rest as it comes.
func TestLateJoiner(t *testing.T) {
	r := newRig(t, Options{})
	q := asked{body: hello, stream: true}
	lead := r.exchange(q)
	r.start(lead)
	first, rest := streamed[:strings.Index(streamed, `data: {"id":"chatcmpl-8","object":"chat.completion.chunk","created":1763720000,"model":"gpt-4o-2024-08-06","choices":[{"index":0,"delta":{"content":"\"you`)], ""
	rest = streamed[len(first):]
	lead.Watch.Saw(lead, []byte(first))
	late := r.exchange(q)
	if v := r.look(late); v != core.Wait {
		t.Fatalf("%v: what may still be taken back was given away", v)
	}
	lead.Watch.Sure(lead)
	if v := r.look(late); v != core.Answer || late.Reply.Source == nil {
		t.Fatal(v)
	}
	got, p := late.Reply.Source.Next(late, nil)
	if !strings.Contains(string(got), "Hi ") || p != core.PourMore {
		t.Fatalf("%v %s", p, got)
	}
	if _, p = late.Reply.Source.Next(late, nil); p != core.PourWait {
		t.Fatal(p)
	}
	lead.Watch.Saw(lead, []byte(rest))
	got, p = late.Reply.Source.Next(late, nil)
	if !strings.Contains(string(got), "you") || strings.Contains(string(got), "[DONE]") {
		t.Fatalf("%v %s", p, got) // the end is only given when it is known to be whole
	}
	r.end(lead)
	if all := r.poured(late); !strings.HasSuffix(all, "data: [DONE]\n\n") {
		t.Fatalf("%s", all)
	}
	r.end(late)
}

// A stream is read along in every format, whatever format it comes in.
func TestReadAlongInEveryFormat(t *testing.T) {
	for _, first := range tongues[:2] {
		r := newRig(t, Options{})
		lead := r.exchange(asked{d: first.d, op: first.op, body: first.ask, stream: true})
		r.start(lead)
		tape := upstream(asked{op: first.op, stream: true})
		lead.Watch.Saw(lead, []byte(tape[:len(tape)/3]))
		lead.Watch.Sure(lead)
		type along struct {
			q asked
			x *core.Exchange
		}
		var all []along
		for _, g := range tongues {
			if g.name == "anthropic" { // it asks for a limit
				continue
			}
			a := along{q: asked{d: g.d, op: g.op, body: g.ask, stream: true, array: g.array}}
			a.x = r.exchange(a.q)
			if v := r.look(a.x); v != core.Answer || a.x.Reply.Source == nil {
				t.Fatalf("%s: %v", g.name, v)
			}
			all = append(all, a)
		}
		lead.Watch.Saw(lead, []byte(tape[len(tape)/3:]))
		lead.Usage = core.Usage{In: 8, Out: 3, Known: true}
		r.end(lead)
		for _, a := range all {
			got := r.poured(a.x)
			text, finish, u := said(t, a.q, got)
			if !strings.HasPrefix(text, "Hi ") || finish != core.FinishStop || a.x.Fault != nil || a.q.op != core.OpChat && u.Out != 3 {
				t.Errorf("from %s: %q %v %+v %v in %s", first.name, text, finish, u, a.x.Fault, got)
			}
			r.end(a.x)
		}
		r.idle()
	}
}

// A before stands before another Watcher, as a shadow's does.
type before struct{ core.Watcher }

func (b before) Forwards() core.Watcher { return b.Watcher }

// Who else watches the reply is no matter.
func TestOthersWatch(t *testing.T) {
	r := newRig(t, Options{})
	lead, x := r.exchange(asked{body: hello}), r.exchange(asked{body: hello})
	r.start(lead)
	r.look(x)
	lead.Watch = before{before{lead.Watch}}
	lead.Watch.Saw(lead, []byte(greeted))
	lead.Watch.Sure(lead)
	r.keep(lead)
	if body, v := r.answered(x); v != core.Answer || !strings.Contains(body, "Hi ") {
		t.Errorf("%v %s", v, body)
	}
	r.end(x)
	r.idle()
	r.hits(asked{body: hello})
}

// The exchange goes on when its client leaves, for as long as somebody else reads.
func TestLastReader(t *testing.T) {
	r := newRig(t, Options{})
	q := asked{body: hello, stream: true}
	lead := r.exchange(q)
	r.start(lead)
	if lead.Watch.Stays() {
		t.Error("it stays for nobody")
	}
	a, b := r.exchange(q), r.exchange(asked{body: hello})
	r.look(a)
	r.look(b)
	if !lead.Watch.Stays() {
		t.Error("it does not stay for two who wait")
	}
	r.end(a)
	if !lead.Watch.Stays() {
		t.Error("it does not stay for one who waits")
	}
	for len(lead.Lane.(*lane).woken) > 0 {
		<-lead.Lane.(*lane).woken
	}
	r.end(b)
	if lead.Watch.Stays() || len(lead.Lane.(*lane).woken) != 1 {
		t.Error("the lane is not told that nobody waits any more")
	}
	r.end(lead)
}

// Of those who wait one asks when the first one failed, and the failure of that one is
// everybody's.
func TestLeaderFails(t *testing.T) {
	r := newRig(t, Options{})
	q := asked{body: hello}
	fails := func(x *core.Exchange, status int, code core.Code) {
		t.Helper()
		x.Begin(r.target, nil).Status = status
		if code != core.None {
			x.Fault = &core.Fault{Code: code, Message: "boom"}
		} else {
			x.Watch.Saw(x, []byte(`{"error":{"message":"the model is unwell","type":"server_error"}}`))
		}
		r.end(x)
	}
	wait := func(n int) (all []*core.Exchange) {
		t.Helper()
		for range n {
			x := r.exchange(q)
			if v := r.look(x); v != core.Wait {
				t.Fatal(v)
			}
			all = append(all, x)
		}
		return all
	}
	lead := r.exchange(q)
	r.look(lead)
	all := wait(5)
	fails(lead, 503, core.None)
	var next *core.Exchange
	for i, x := range all {
		if v := r.look(x); (v == core.Continue) != (i == 0) {
			t.Fatalf("%d: %v", i, v)
		}
	}
	next, all = all[0], append(all[1:], wait(2)...)
	fails(next, 500, core.None)
	shared := 0
	for _, x := range all {
		if r.look(x) == core.Refuse && strings.Contains(x.Fault.Message, "the model is unwell") && x.Fault.HTTP() == 500 {
			shared++
		}
		r.end(x)
	}
	if n := r.Counts(); shared != 6 || n.Promoted != 1 {
		t.Errorf("%d of 6 were told; %+v", shared, n)
	}

	// The same question is the same mistake: nobody asks it again.
	lead = r.exchange(q)
	r.look(lead)
	all = wait(3)
	fails(lead, 400, core.None)
	for _, x := range all {
		if v := r.look(x); v != core.Refuse || x.Fault.HTTP() != 400 {
			t.Errorf("%v %v", v, x.Fault)
		}
		r.end(x)
	}

	// A client that left, or that was refused itself, says nothing about the question.
	for range 4 {
		lead = r.exchange(q)
		r.look(lead)
		all = wait(1)
		fails(lead, 200, core.ClientGone)
		if v := r.look(all[0]); v != core.Continue {
			t.Fatalf("%v %v", v, all[0].Fault)
		}
		fails(all[0], 200, core.ClientGone)
	}
	for range 4 { // nor one whose key was revoked meanwhile
		lead = r.exchange(q)
		r.look(lead)
		all = wait(2)
		fails(lead, 0, core.Forbidden)
		if v := r.look(all[0]); v != core.Continue {
			t.Fatalf("%v %v", v, all[0].Fault)
		}
		if v := r.look(all[1]); v != core.Wait {
			t.Fatalf("%v %v", v, all[1].Fault)
		}
		fails(all[0], 0, core.Forbidden)
		if v := r.look(all[1]); v != core.Continue {
			t.Fatalf("%v %v", v, all[1].Fault)
		}
		fails(all[1], 0, core.ClientGone)
	}
	lead = r.exchange(q)
	r.look(lead)
	all = wait(1)
	lead.Fault = &core.Fault{Code: core.RateLimited}
	r.end(lead)
	if v := r.look(all[0]); v != core.Continue {
		t.Errorf("%v %v", v, all[0].Fault)
	}
	r.end(all[0])
}

// A stream that breaks off does so for all who read it, with a fault and no end.
func TestStreamBreaks(t *testing.T) {
	r := newRig(t, Options{})
	q := asked{body: hello, stream: true}
	lead := r.exchange(q)
	r.start(lead)
	lead.Watch.Saw(lead, []byte(chunk(`{"content":"Hi "}`, "null")))
	lead.Watch.Sure(lead)
	x := r.exchange(q)
	r.look(x)
	lead.Fault = &core.Fault{Code: core.UpstreamFailed, Message: "cut"}
	src := x.Reply.Source
	out, _ := src.Next(x, nil)
	r.end(lead)
	out, p := src.Next(x, out)
	if p != core.PourCut || x.Fault == nil || x.Fault.Message != "cut" || strings.Contains(string(out), "[DONE]") {
		t.Errorf("%v %v %s", p, x.Fault, out)
	}
	src.Close(x)
	r.end(x)
	r.misses(q)
}

// What two ask who may not know of each other is asked twice.
func TestErrandsOfTenants(t *testing.T) {
	r := newRig(t, Options{})
	for i := range 5 {
		x := r.exchange(asked{body: hello, key: &core.VirtualKey{Name: fmt.Sprint("key", i)}})
		if v := r.look(x); v != core.Continue {
			t.Errorf("key %d: %v", i, v)
		}
	}
}

// An answer that is longer than is written down goes to its own client, and everybody else
// asks.
func TestOverlong(t *testing.T) {
	r := newRig(t, Options{})
	q := asked{body: hello}
	lead := r.exchange(q)
	r.start(lead)
	x := r.exchange(q)
	r.look(x)
	for range maxTape/(1<<20) + 1 {
		lead.Watch.Saw(lead, make([]byte, 1<<20))
	}
	lead.Watch.Sure(lead)
	if v := r.look(x); v != core.Continue {
		t.Errorf("%v", v)
	}
	r.end(x)
	r.end(lead)
	r.idle()
	if n := r.Counts(); n.Overlong != 1 || n.Tapes != 0 || n.Kept != 0 {
		t.Errorf("%+v", n)
	}
}
