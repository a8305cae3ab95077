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

// hurries sends x upstream, and wants it to go unread.
func (r *rig) hurries(x *core.Exchange) *visit {
	r.t.Helper()
	if v := r.look(x); v != core.Continue || x.Watch == nil || !r.visitOf(x).unread || x.Recall != core.RecallMissed || string(x.Reply.Fields) != "X-Cache: miss\r\n" {
		r.t.Fatalf("verdict %v, %v, %q: %s", v, x.Recall, x.Reply.Fields, x.Body)
	}
	x.Begin(r.target, nil).Status = 200
	x.Face, x.As = r.face, x.Op
	return r.visitOf(x)
}

// free reports whether nobody claims or holds a gist.
func (r *rig) free(gist uint64) bool {
	ok := r.mem.Claim(gist)
	if ok {
		r.mem.Release(gist)
	}
	return ok
}

// A question that is new goes upstream unread, in every format; who asks the same meanwhile reads it,
// and goes with it.
func TestHurried(t *testing.T) {
	r := newRig(t, Options{})
	for i, first := range tongues {
		for j, second := range tongues {
			x := r.exchange(asked{d: first.d, op: first.op, body: first.ask, array: first.array})
			v := r.hurries(x)
			f := v.f
			if j%2 == 0 {
				r.Learn()(x)
			}
			same := (first.name == "anthropic") == (second.name == "anthropic") // it has a limit of tokens
			y := r.exchange(asked{d: second.d, op: second.op, body: second.ask, array: second.array})
			if got := r.look(y); got == core.Wait != same || got == core.Continue == same {
				t.Fatalf("%s while %s is under way is told %v", second.name, first.name, got)
			}
			if f.print == 0 || !same && r.visitOf(y).unread {
				t.Fatal("the question was not read")
			}
			r.Learn()(x)
			if f.why != Cached || i == j && string(v.asked) != "fast" {
				t.Error(f.why, string(v.asked))
			}
			x.Fault = &core.Fault{Code: core.ClientGone}
			r.end(x)
			if same {
				if got := r.look(y); got != core.Continue || r.visitOf(y).role != leading {
					t.Fatalf("after the leader has left: %v", got)
				}
			}
			y.Fault = x.Fault
			r.end(y)
			if !r.free(f.gist) {
				t.Fatal("the gist is held by nobody")
			}
		}
	}
}

// What shares a gist with a question is another one all the same.
func TestSameGist(t *testing.T) {
	r := newRig(t, Options{})
	x := r.exchange(asked{body: hello})
	gist := r.hurries(x).f.gist
	others := []string{
		`{"model":"fast","messages":[{"role":"system","content":"Be brief."},{"role":"user","content":"hello"}]}`,
		`{"model":"fast","messages":[{"role":"user","content":"hello"}],"temperature":0}`,
		`{"model":"fast","messages":[{"role":"user","content":"h\u0065llo"}],"temperature":1}`,
	}
	for _, body := range others {
		y := r.exchange(asked{body: body})
		if got := r.look(y); got != core.Continue || r.visitOf(y).unread || r.visitOf(y).role != leading || r.visitOf(y).gist != gist {
			t.Fatalf("%v: %s", got, body)
		}
		y.Begin(r.target, nil).Status = 200
		y.Face, y.As = r.face, y.Op
		y.Watch.Saw(y, []byte(strings.Replace(greeted, "Hi ", "Ho ", 1)))
		r.end(y)
	}
	x.Watch.Saw(x, []byte(greeted))
	r.end(x) // nobody said that it was sent
	r.idle()
	if got := r.hits(asked{body: hello}); !strings.Contains(got, "Hi ") {
		t.Error(got)
	}
	for _, body := range others {
		if got := r.hits(asked{body: body}); strings.Contains(got, "Hi ") {
			t.Errorf("%s has the answer to another question", body)
		}
	}
	somebody := r.exchange(asked{body: hello, key: &core.VirtualKey{Name: "another"}})
	if r.hurries(somebody).f.gist == gist {
		t.Error("the gist says nothing of who asks")
	}
	somebody.Fault = &core.Fault{Code: core.ClientGone}
	r.end(somebody)
}

// A question that turns out to be none of the cache's is let go of before its answer is there, and what was
// said of it is taken back.
func TestHurriedInVain(t *testing.T) {
	f := func(q asked, why Why) {
		t.Helper()
		r := newRig(t, Options{History: 3})
		x := r.exchange(q)
		v := r.hurries(x)
		f := v.f
		y := r.exchange(q)
		if got := r.look(y); got != core.Continue || y.Watch != nil {
			t.Errorf("the next one is told %v", got)
		}
		r.Learn()(x)
		if v.role != alone || f.why != why || x.Recall != core.NoRecall || x.Reply.Fields != nil || v.Stays() || !r.free(f.gist) {
			t.Errorf("role %v, %v, %v, %q", v.role, f.why, x.Recall, x.Reply.Fields)
		}
		r.Learn()(x)
		x.Watch.Saw(x, []byte(greeted))
		x.Watch.Sure(x)
		r.end(x)
		r.idle()
		if n := r.Counts(); n.Missed != 0 || n.Bypassed != 2 || n.Why[why.String()] != 2 || n.Kept != 0 || n.Tapes != 0 {
			t.Errorf("%+v", n)
		}
	}
	turn := `{"role":"user","content":"hello"}`
	f(asked{body: `{"model":"fast","messages":[` + turn + `],"tools":[{"type":"web_search"}]}`}, RunsTools)
	f(asked{op: core.OpResponses, body: `{"model":"fast","input":[` + turn + `],"previous_response_id":"resp_1"}`}, Stateful)
	f(asked{body: `{"model":"fast","messages":[{"role":"nobody","content":"a"},` + turn + `]}`}, Unreadable)
	f(asked{body: `{"model":"fast","messages":[` + strings.Repeat(turn+",", 3) + turn + `]}`}, TooLong)
}

// What takes a closer look has one.
func TestNotHurried(t *testing.T) {
	f := func(name string, q asked, change func(x *core.Exchange)) {
		t.Helper()
		r := newRig(t, Options{})
		x := r.exchange(q)
		if change != nil {
			change(x)
		}
		if got := r.look(x); got != core.Continue || x.Watch != nil && r.visitOf(x).unread {
			t.Errorf("%s: %v", name, got)
		}
		x.Fault = &core.Fault{Code: core.ClientGone}
		r.end(x)
	}
	for _, field := range [...][2]string{{"x-cache-feedback", "wrong"}, {"x-bf-cache-ttl", "3s"}, {"x-bf-compat", "1"}, {"anthropic-beta", "b"}, {"openai-beta", "b"}, {"?", "a=b"}} {
		f(field[0], asked{body: hello, head: heads{field[0]: field[1]}}, nil)
	}
	f("an escape", asked{body: `{"model":"fast","messages":[{"role":"user","content":"hel\u006co"}]}`}, nil)
	f("a picture", asked{body: `{"model":"fast","messages":[{"role":"user","content":[{"type":"image_url","image_url":{"url":"https://a.b/c"}}]}]}`}, nil)
	f("care", asked{body: hello}, func(x *core.Exchange) {
		careful := *x.Route
		careful.Care = &core.Care{}
		x.Route = &careful
	})
}

// An answer keeps its question from being taken for a new one for as long as it is there, in every
// format, and after a restart.
func TestAnswersAreKnown(t *testing.T) {
	dir := t.TempDir()
	r := newRig(t, Options{Dir: dir})
	x := r.exchange(asked{body: hello})
	v := r.hurries(x)
	gist := v.f.gist
	x.Watch.Saw(x, []byte(greeted))
	r.end(x)
	for _, w := range tongues[:7] { // also while its answer waits for the worker
		r.hits(asked{d: w.d, op: w.op, body: w.ask, array: w.array})
	}
	r.idle()
	if r.free(gist) {
		t.Error("its gist is free")
	}
	r.Close()

	r = newRig(t, Options{Dir: dir})
	eventually(t, "the directory is read", func() bool { return r.disk.Load() != nil })
	for _, w := range tongues[:7] {
		r.hits(asked{d: w.d, op: w.op, body: w.ask, array: w.array})
	}
	if n, err := r.Clear(core.Forget{}); n != 1 || err != nil {
		t.Fatal(n, err)
	}
	y := r.exchange(asked{body: hello})
	if got := r.look(y); got != core.Continue {
		t.Error(got)
	}
	y.Fault = &core.Fault{Code: core.ClientGone}
	r.end(y)
}

// Many who ask few questions, in two formats, some of whom leave: each question has one leader at a time, and
// at the end nothing is held but for the answers.
func TestHurriedTogether(t *testing.T) {
	const n, questions = 2000, 5
	r := newRig(t, Options{})
	var leads [questions]atomic.Int32
	var wg sync.WaitGroup
	for i := range n {
		wg.Go(func() {
			w, k := tongues[i%2], i%questions
			q := asked{d: w.d, op: w.op, array: w.array, body: strings.Replace(w.ask, "hello", fmt.Sprintf("hello %d", k), 1)}
			x := r.exchange(q)
			body, v := r.answered(x)
			if v == core.Continue {
				if got := leads[k].Add(1); got != 1 {
					t.Errorf("%d lead question %d", got, k)
				}
				time.Sleep(time.Millisecond)
				x.Begin(r.target, nil).Status = 200
				x.Face, x.As = r.face, x.Op
				if i%3 == 0 {
					r.Learn()(x)
				}
				if i%4 == 0 {
					x.Fault = &core.Fault{Code: core.ClientGone}
				}
				x.Watch.Saw(x, []byte(upstream(q)))
				leads[k].Add(-1)
			} else if !strings.Contains(body, "Hi ") {
				t.Errorf("%v: %s", v, body)
			}
			r.end(x)
		})
	}
	wg.Wait()
	r.idle()
	for k := range questions {
		c := r.exchange(asked{body: strings.Replace(hello, "hello", fmt.Sprintf("hello %d", k), 1)})
		c.Head = heads{"x-cache-feedback": "wrong"}
		if got := r.look(c); got != core.Continue {
			t.Fatal(got)
		}
		c.Fault = &core.Fault{Code: core.ClientGone}
		r.end(c)
	}
	if counts := r.Counts(); counts.Tapes != 0 {
		t.Errorf("%+v", counts)
	}
}

// Who looks for another question may pass one that is just being read.
func TestMeetWhileRead(t *testing.T) {
	r := newRig(t, Options{})
	x := r.exchange(asked{body: hello})
	f := r.hurries(x).f
	other := name{gist: f.gist ^ 1} // in the same place
	var wg sync.WaitGroup
	wg.Go(func() { r.Learn()(x) })
	for range 100 {
		if g, leads := r.meet(&other, nil, nil); g != nil || leads {
			t.Error("another question was found")
		}
	}
	wg.Wait()
	x.Fault = &core.Fault{Code: core.ClientGone}
	r.end(x)
	if !r.free(f.gist) {
		t.Error("the gist is held")
	}
}
