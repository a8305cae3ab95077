package cache

import (
	"strings"
	"testing"
	"time"

	"asbru/cache/semantic"
	"asbru/core"
)

// Who waits with others for an answer keeps half of its time to ask for itself.
func TestPatience(t *testing.T) {
	r := newRig(t, Options{})
	q := asked{body: hello}
	lead := r.exchange(q)
	r.look(lead)
	x := r.exchange(q)
	x.Due.Total = core.Clock() + int64(40*time.Millisecond)
	if v := r.look(x); v != core.Wait || x.Until == 0 || x.Until > x.Due.Total-int64(15*time.Millisecond) {
		t.Fatalf("%v, until %v before the end", v, time.Duration(x.Due.Total-x.Until))
	}
	time.Sleep(time.Duration(x.Until - core.Clock()))
	if v := r.look(x); v != core.Continue || x.Skipped != core.SkipCache || lead.Watch.Stays() {
		t.Errorf("%v, left out %b", v, x.Skipped)
	}
	r.end(x)
	r.end(lead)
}

// A stream that is read along ends with the time of who reads.
func TestPatienceOfReaders(t *testing.T) {
	r := newRig(t, Options{})
	q := asked{body: hello, stream: true}
	lead := r.exchange(q)
	r.start(lead)
	lead.Watch.Saw(lead, []byte(streamed[:len(streamed)/2]))
	lead.Watch.Sure(lead)
	x := r.exchange(q)
	x.Due.Total = core.Clock() + int64(30*time.Millisecond)
	if v := r.look(x); v != core.Answer {
		t.Fatal(v)
	}
	got, p := []byte(nil), core.PourMore
	for p == core.PourMore {
		got, p = x.Reply.Source.Next(x, got)
	}
	if p != core.PourWait || x.Until != x.Due.Total || !strings.Contains(string(got), "Hi ") {
		t.Errorf("%v until %d: %s", p, x.Until, got)
	}
	time.Sleep(time.Duration(x.Due.Total - core.Clock()))
	if _, p = x.Reply.Source.Next(x, nil); p != core.PourCut || x.Fault == nil || x.Fault.Code != core.UpstreamTimeout {
		t.Errorf("%v %v", p, x.Fault)
	}
	r.end(x)
	r.end(lead)
}

// A leader whose own time is over says nothing about the question.
func TestImpatientLeader(t *testing.T) {
	r := newRig(t, Options{})
	q := asked{body: hello}
	for range 4 {
		lead := r.exchange(q)
		lead.Due.Total = core.Clock() + 1
		r.look(lead)
		x := r.exchange(q)
		if v := r.look(x); v != core.Wait {
			t.Fatal(v)
		}
		lead.Begin(r.target, nil)
		lead.Fault = &core.Fault{Code: core.UpstreamTimeout}
		r.end(lead)
		if v := r.look(x); v != core.Continue {
			t.Fatalf("%v %v", v, x.Fault)
		}
		r.end(x)
	}
}

// A question is not compared for a client that hardly waits; it is looked up all the same.
func TestBrief(t *testing.T) {
	r := newRig(t, Options{Like: Likeness{On: true, Mode: semantic.Strict}})
	q := says("How do I convert 5 miles to kilometers?")
	r.leads(r.exchange(q), greeted, 1<<20)
	r.idle()
	f := func(q asked, left time.Duration, want core.Verdict, skipped core.Skips) {
		t.Helper()
		x := r.exchange(q)
		x.Due.Total = core.Clock() + int64(left)
		if v := r.look(x); v != want || x.Skipped != skipped {
			t.Errorf("%v left: %v, left out %b; want %v, %b", left, v, x.Skipped, want, skipped)
		}
		r.end(x)
	}
	like := says("Please, how can I convert 5 miles to kilometers?")
	f(like, time.Minute, core.Answer, 0)
	f(like, time.Millisecond, core.Continue, core.SkipCache)
	f(q, time.Millisecond, core.Answer, 0)
}
