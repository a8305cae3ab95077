//go:build !race

package cache

import (
	"testing"

	"asbru/core"
)

// A head1 is a head of one field.
type head1 struct {
	name  string
	value []byte
}

func (h *head1) Field(name string) ([]byte, bool) { return h.value, name == h.name }
func (h *head1) Query() []byte                    { return nil }

// An answer from memory costs no allocation, from the headers to the last byte.
func TestHitAllocatesNothing(t *testing.T) {
	for _, stream := range []bool{false, true} {
		r := newRig(t, Options{})
		q := asked{body: long(1500), stream: stream, head: heads{"x-bf-cache-key": "k"}}
		fixed := head1{"x-bf-cache-key", []byte("k")}
		body := greeted
		if stream {
			body = streamed
		}
		r.leads(r.exchange(q), body, 1<<20)
		r.idle()
		x := r.exchange(q)
		x.Head = &fixed
		ask := func() {
			if v := r.look(x); v != core.Answer {
				t.Fatal(v)
			}
			r.keep(x)
			x.Watch = nil
		}
		ask()
		if n := testing.AllocsPerRun(200, ask); n > 0 {
			t.Errorf("stream %v: %v allocations", stream, n)
		}
	}
}

// A question that nobody asked before costs one allocation, and that behind its answer: of the
// next errand.
func TestMissAllocatesAnErrand(t *testing.T) {
	r := newRig(t, Options{})
	x := r.exchange(asked{body: long(1500)})
	fail, answer := &core.Fault{Code: core.ClientGone}, []byte(greeted)
	ask := func() {
		if v := r.look(x); v != core.Continue {
			t.Fatal(v)
		}
		r.learnt(x)
		x.Watch.Saw(x, answer)
		x.Fault = fail
		r.keep(x)
		x.Watch, x.Fault = nil, nil
	}
	ask()
	if n := testing.AllocsPerRun(500, ask); n > 1 {
		t.Errorf("%v allocations", n)
	}
}

func TestLikeHitAllocatesNothing(t *testing.T) {
	r := newRig(t, Options{Like: Likeness{On: true}})
	r.leads(r.exchange(says("How do I convert 5 miles to kilometers?")), greeted, 1<<20)
	r.idle()
	x := r.exchange(says("Please, how can I convert 5 miles to kilometers?"))
	ask := func() {
		if v := r.look(x); v != core.Answer {
			t.Fatal(v)
		}
		r.keep(x)
		x.Watch = nil
	}
	ask()
	if n := testing.AllocsPerRun(200, ask); n > 0 {
		t.Errorf("%v allocations", n)
	}
}

func TestKeyAllocatesNothing(t *testing.T) {
	r := newRig(t, Options{})
	x := r.exchange(asked{body: long(1500)})
	if n := testing.AllocsPerRun(200, func() {
		if _, why := r.Key(x); why != Cached {
			t.Fatal(why)
		}
	}); n > 0 {
		t.Errorf("%v allocations", n)
	}
}

// A request that does not say which call it is costs one look at its head.
func TestNoRepeatAllocatesNothing(t *testing.T) {
	r, p := newRepeats(t)
	x := r.exchange(asked{body: hello})
	x.Head = &head1{"x-request-id", []byte("7")}
	if n := testing.AllocsPerRun(100, func() {
		if r.look(x) != core.Continue || r.keep(x) != core.Continue {
			t.Fatal("it has to do with it")
		}
	}); n != 0 || p.c.Load() != nil {
		t.Errorf("%v allocations", n)
	}
}
