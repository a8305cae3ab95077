package cache

import (
	"strings"
	"testing"
	"time"

	"asbru/core"
)

// newRepeats is a rig whose stages know calls by their keys.
func newRepeats(t *testing.T) (*rig, *Repeats) {
	t.Helper()
	r := newRig(t, Options{Bytes: 1 << 20})
	p := NewRepeats(0, 0)
	t.Cleanup(func() { p.Close() })
	r.look, r.keep = p.Look(), p.Keep()
	return r, p
}

func (r *rig) under(p *Repeats) { r.Cache = p.c.Load() }

func called(key, body string) asked {
	return asked{body: body, head: heads{"idempotency-key": key}, stream: strings.Contains(body, `"stream":true`)}
}

const streamHello = `{"model":"fast","stream":true,"messages":[{"role":"user","content":"hello"}]}`

// What comes again is given the very bytes, whatever they say, and costs nothing.
func TestRepeatIsToldAgain(t *testing.T) {
	f := func(body, answer string) {
		t.Helper()
		r, p := newRepeats(t)
		first := r.exchange(called("a", body))
		r.leads(first, answer, 64)
		if first.Recall != core.NoRecall || first.Charge != core.ChargeUsed {
			t.Errorf("the first is a call like any other, not %v %v", first.Recall, first.Charge)
		}
		r.under(p)
		r.idle()
		for range 2 {
			x := r.exchange(called("a", body))
			got, v := r.answered(x)
			if v != core.Answer || got != answer || x.Charge != core.ChargeNothing || x.Recall != core.RecallExact {
				t.Errorf("%v, charged %v, %v: %s", v, x.Charge, x.Recall, got)
			}
			if !strings.HasPrefix(string(x.Reply.Fields), "Idempotent-Replayed: true\r\nAge: 0\r\n") {
				t.Errorf("fields %q", x.Reply.Fields)
			}
			r.end(x)
		}
		r.misses(called("b", body))
		r.misses(asked{body: body, stream: first.Peek.Stream})
	}
	f(hello, greeted)
	f(streamHello, streamed)
	f(hello, strings.Replace(greeted, `"finish_reason":"stop"`, `"finish_reason":"length"`, 1))
	f(`{"model":"fast","tools":[{"type":"web_search"}],"messages":[{"role":"user","content":"hello"}]}`, greeted) // which no Cache keeps
}

func TestRepeatJoins(t *testing.T) {
	f := func(body, answer string) {
		t.Helper()
		r, p := newRepeats(t)
		first := r.exchange(called("a", body))
		r.start(first)
		x := r.exchange(called("a", body))
		if v := r.look(x); v != core.Wait {
			t.Fatalf("the second is told %v", v)
		}
		other := r.exchange(called("a", strings.Replace(body, "hello", "bye", 1)))
		if v := r.look(other); v != core.Refuse || other.Fault.HTTP() != 422 || other.Fault.Kind != "idempotency_key_reused" || other.Fault.Param != "idempotency-key" || other.Fault.Hint == "" {
			t.Errorf("another body under the key of a call under way: %v, %+v", v, other.Fault)
		}
		r.end(other)
		done := make(chan string)
		go func() {
			got, _ := r.answered(x)
			done <- got
		}()
		for rest := answer; rest != ""; {
			k := min(100, len(rest))
			first.Watch.Saw(first, []byte(rest[:k]))
			first.Watch.Sure(first)
			rest = rest[k:]
			time.Sleep(time.Millisecond)
		}
		r.end(first)
		if got := <-done; got != answer || x.Fault != nil || x.Charge != core.ChargeNothing || x.Recall != core.RecallJoined {
			t.Errorf("charged %v, %v, %v: %s", x.Charge, x.Recall, x.Fault, got)
		}
		r.end(x)
		r.under(p)
		r.idle()
		if n := r.Counts(); n.Joined != 1 || n.Kept != 1 || n.Tapes != 0 {
			t.Errorf("%+v", n)
		}
	}
	f(hello, greeted)
	f(streamHello, streamed)
}

// The key of a call is good for that call, and for its caller.
func TestRepeatOfAnother(t *testing.T) {
	r, p := newRepeats(t)
	r.leads(r.exchange(called("a", hello)), greeted, 1000)
	r.under(p)
	r.idle()
	f := func(q asked) {
		t.Helper()
		x := r.exchange(q)
		if v := r.look(x); v != core.Refuse || x.Fault.HTTP() != 422 || x.Fault.Code != core.Invalid {
			t.Errorf("%v, %+v", v, x.Fault)
		}
		r.end(x)
	}
	f(called("a", hello+" "))
	f(called("a", streamHello))
	q := called("a", hello)
	q.op = core.OpResponses
	f(q)

	theirs := called("a", hello)
	theirs.key = &core.VirtualKey{Name: "another"}
	r.misses(theirs)
	theirs = called("a", `{"model":"fast","messages":[]}`)
	theirs.key = &core.VirtualKey{Name: "another"}
	r.misses(theirs)
	r.hits(called("a", hello))
}

// A call that failed is not that answer for ever: what comes again is a new call.
func TestRepeatAfterFailure(t *testing.T) {
	f := func(body string, fails func(x *core.Exchange)) {
		t.Helper()
		r, p := newRepeats(t)
		first := r.exchange(called("a", body))
		r.start(first)
		fails(first)
		r.end(first)
		r.under(p)
		r.idle()
		r.leads(r.exchange(called("a", body)), streamed, 1000)
	}
	f(streamHello, func(x *core.Exchange) { x.Fault = &core.Fault{Code: core.UpstreamFailed} })
	f(streamHello, func(x *core.Exchange) { x.Attempts()[0].Status = 429 })
	f(streamHello, func(x *core.Exchange) { x.Fault = &core.Fault{Code: core.ClientGone} })
	f(streamHello, func(x *core.Exchange) { // it has no end
		x.Watch.Saw(x, []byte(streamed[:300]))
		x.Watch.Sure(x)
	})
}

// Who follows a stream that breaks off has no end made up, and no terminator.
func TestRepeatOfABreak(t *testing.T) {
	r, _ := newRepeats(t)
	first := r.exchange(called("a", streamHello))
	r.start(first)
	x := r.exchange(called("a", streamHello))
	first.Watch.Saw(first, []byte(streamed[:500]))
	first.Watch.Sure(first)
	if v := r.look(x); v != core.Answer {
		t.Fatalf("told %v", v)
	}
	var out []byte
	out, _ = x.Reply.Source.Next(x, out)
	first.Fault = &core.Fault{Code: core.UpstreamFailed, Message: "the provider hung up"}
	r.end(first)
	if got := string(out) + r.poured(x); got != streamed[:500] || x.Fault == nil || x.Fault.Message != "the provider hung up" {
		t.Errorf("%v: %s", x.Fault, got)
	}
	r.end(x)
}

func TestRepeatsAreMadeWhenNeeded(t *testing.T) {
	r, p := newRepeats(t)
	r.misses(asked{body: hello})
	x := r.exchange(called(strings.Repeat("k", 256), hello))
	if v := r.look(x); v != core.Refuse || x.Fault.HTTP() != 400 || x.Fault.Param != "idempotency-key" {
		t.Errorf("a key of 256 bytes: %v, %+v", v, x.Fault)
	}
	for _, twice := range []string{"a\nb", "a\n", "\na"} { // one of them would be followed, and the other's call made again
		x := r.exchange(called(twice, hello))
		if v := r.look(x); v != core.Refuse || x.Fault.HTTP() != 400 || x.Fault.Param != "idempotency-key" || x.Fault.Hint == "" {
			t.Errorf("%q: %v, %+v", twice, v, x.Fault)
		}
	}
	if p.c.Load() != nil {
		t.Error("there is a memory that nobody asked for")
	}
	if !p.Same(NewRepeats(24*time.Hour, 32<<20)) || p.Same(NewRepeats(time.Hour, 0)) {
		t.Error("what is the same is not the same")
	}
	p.Close()
	r.misses(called("a", hello))
	if p.c.Load() != nil {
		t.Error("there is a memory after the end")
	}
}

// A Cache behind leaves the call alone, whichever of them looks first at what has ended.
func TestRepeatsBeforeACache(t *testing.T) {
	r, p := newRepeats(t)
	c := r.Cache
	x := r.exchange(called("a", hello))
	r.start(x)
	if v := c.Look()(x); v != core.Continue || c.visitOf(x) != nil {
		t.Errorf("the cache has to do with it: %v", v)
	}
	x.Watch.Saw(x, []byte(greeted))
	x.Watch.Sure(x)
	c.Keep()(x)
	r.end(x)
	r.under(p)
	r.idle()
	r.hits(called("a", hello))
}

// What is cleared is a new call when it comes again, and what calls came to is counted apart
// from what a cache does.
func TestRepeatsAreCleared(t *testing.T) {
	r, p := newRepeats(t)
	figure := func(name, value string) int64 {
		t.Helper()
		for _, f := range p.Figures() {
			if f.Name == "asbru_repeats_"+name && f.Value == value {
				return f.N
			}
		}
		t.Fatalf("there is no figure %s of %q", name, value)
		return 0
	}
	if n, err := p.Clear(core.Forget{}); n != 0 || err != nil || figure("calls_total", "new") != 0 {
		t.Errorf("before a key came: %d cleared, %v", n, err)
	}
	other := &core.VirtualKey{Name: "other"}
	ask := func(q asked, k *core.VirtualKey) { q.key = k; r.leads(r.exchange(q), greeted, 64) }
	ask(called("a", hello), nil)
	ask(called("b", hello), nil)
	ask(called("a", hello), other)
	if n, err := p.Clear(core.Forget{Owner: "key:ci-bot"}); n != 2 || err != nil { // at once: what has just ended too
		t.Errorf("%d cleared, %v", n, err)
	}
	r.under(p)
	theirs := called("a", hello)
	theirs.key = other
	r.hits(theirs)
	lead := r.exchange(called("c", hello))
	r.start(lead)
	with := r.exchange(called("c", hello))
	if v := r.look(with); v != core.Wait {
		t.Errorf("a call that is under way: %v", v)
	}
	lead.Watch.Saw(lead, []byte(greeted))
	r.end(lead)
	if _, v := r.answered(with); v != core.Answer {
		t.Errorf("a call that was under way: %v", v)
	}
	r.end(with)
	r.idle()
	x := r.exchange(called("a", streamHello))
	x.Key = other
	if v := r.look(x); v != core.Refuse {
		t.Errorf("another body under a key: %v", v)
	}
	r.end(x)
	r.misses(called("a", hello))
	for _, f := range []struct {
		name, value string
		want        int64
	}{{"calls_total", "new", 5}, {"calls_total", "replayed", 1}, {"calls_total", "joined", 1}, {"calls_total", "reused", 1}, {"stored_total", "", 4},
		{"forgotten_total", "cleared", 2}, {"refused_total", "incomplete", 1}} {
		if got := figure(f.name, f.value); got != f.want {
			t.Errorf("%s %s is %d, want %d", f.name, f.value, got, f.want)
		}
	}
}
