package cache

import (
	"strings"
	"testing"
	"time"

	"asbru/core"
)

// A stream is given again at the pace it came at, and at once where that is not wanted.
func TestPace(t *testing.T) {
	f := func(o Options, paced bool) {
		t.Helper()
		r := newRig(t, o)
		q := asked{body: hello, stream: true}
		lead := r.exchange(q)
		r.start(lead)
		for piece := range strings.SplitAfterSeq(streamed, "\n\n") {
			if piece != "" {
				lead.Watch.Saw(lead, []byte(piece))
				time.Sleep(20 * time.Millisecond)
			}
		}
		r.end(lead)
		r.idle()
		x := r.exchange(q)
		if v := r.look(x); v != core.Answer || (x.Reply.Source != nil) != paced {
			t.Fatalf("%v, source %v", v, x.Reply.Source)
		}
		if !paced {
			return
		}
		first, p := x.Reply.Source.Next(x, nil)
		if !strings.Contains(string(first), "Hi ") || strings.Contains(string(first), "you") || p != core.PourMore {
			t.Errorf("%v %s", p, first)
		}
		if _, p = x.Reply.Source.Next(x, nil); p != core.PourWait || x.Until == 0 {
			t.Errorf("%v, until %d", p, x.Until)
		}
		rest := r.poured(x)
		if text, _, _ := said(t, asked{d: x.From, op: x.Op, stream: true}, string(first)+rest); text != `Hi \"you\"` {
			t.Errorf("%q", text)
		}
		r.end(x)
	}
	f(Options{}, false)
	f(Options{Pace: true}, true)
}
