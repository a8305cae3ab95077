package cache

import (
	"strings"
	"testing"
	"time"

	"asbru/core"
)

func TestHeadersRefused(t *testing.T) {
	r := newRig(t, Options{})
	f := func(name, value string, ok bool) {
		t.Helper()
		x := r.exchange(asked{body: hello, head: heads{name: value}})
		v := r.look(x)
		if ok != (v == core.Continue) || !ok && (x.Fault == nil || x.Fault.HTTP() != 400 || x.Fault.Param != name || !strings.Contains(x.Fault.Message, name)) {
			t.Errorf("%s: %s: %v %v", name, value, v, x.Fault)
		}
		x.Fault = &core.Fault{Code: core.ClientGone}
		r.end(x)
	}
	f("x-bf-cache-ttl", "30s", true)
	f("x-bf-cache-ttl", "30", true)
	f("x-bf-cache-ttl", "1h30m", true)
	f("x-bf-cache-ttl", "0", false)
	f("x-bf-cache-ttl", "-1s", false)
	f("x-bf-cache-ttl", "soon", false)
	f("x-bf-cache-ttl", "", false)
	f("x-bf-cache-ttl", "9999999h", false)
	f("x-bf-cache-ttl", "99999999999999999999", false)
	f("x-bf-cache-threshold", "0.9", true)
	f("x-bf-cache-threshold", "1", true)
	f("x-bf-cache-threshold", "1.1", false)
	f("x-bf-cache-threshold", "-0.1", false)
	f("x-bf-cache-threshold", "NaN", false)
	f("x-bf-cache-threshold", "high", false)
	f("x-bf-cache-type", "direct", true)
	f("x-bf-cache-type", "semantic", true)
	f("x-bf-cache-type", "Direct", false)
	f("x-bf-cache-no-store", "true", true)
	f("x-bf-cache-no-store", "false\ntrue", false) // whoever added the second line meant it
	f("x-bf-cache-key", "a\nb", false)
	f("x-bf-cache-ttl", "1h\n1s", false)
	f("x-bf-cache-no-store", "false", true)
	f("x-bf-cache-no-store", "1", false)
	f("x-bf-cache-key", "session-7", true)
	f("x-bf-cache-key", " ", false)
	f("x-bf-cache-key", strings.Repeat("k", maxLabel+1), false)
	f("x-cache-feedback", "wrong", true)
	f("x-cache-feedback", "right", false)
}

func TestNoStore(t *testing.T) {
	r := newRig(t, Options{})
	x := r.exchange(asked{body: hello, head: heads{"x-bf-cache-no-store": "true"}})
	r.leads(x, greeted, 100)
	r.misses(asked{body: hello})
	r.leads(r.exchange(asked{body: hello}), greeted, 100)
	r.idle()
	r.hits(asked{body: hello, head: heads{"x-bf-cache-no-store": "true"}}) // it still reads
}

// A caller can ask for younger answers, and for its own not to become as old.
func TestTTL(t *testing.T) {
	r := newRig(t, Options{TTL: time.Hour})
	young := asked{body: hello, head: heads{"x-bf-cache-ttl": "1s"}}
	r.leads(r.exchange(asked{body: hello}), greeted, 100)
	r.idle()
	r.hits(young)
	r.age(2 * time.Second)
	r.hits(asked{body: hello})
	r.misses(young)

	r = newRig(t, Options{TTL: time.Hour})
	r.leads(r.exchange(young), greeted, 100)
	r.idle()
	r.hits(asked{body: hello})
	r.age(2 * time.Second)
	r.misses(asked{body: hello})
}

// Nobody is given an answer that is older than its caller allowed, also not while it is being refreshed.
func TestTTLEndsStale(t *testing.T) {
	r := newRig(t, Options{TTL: time.Hour, Stale: time.Hour})
	r.leads(r.exchange(asked{body: hello, head: heads{"x-bf-cache-ttl": "1s"}}), greeted, 100)
	r.idle()
	r.hits(asked{body: hello})
	r.age(2 * time.Second)
	r.misses(asked{body: hello})

	r = newRig(t, Options{TTL: time.Hour, Stale: 3 * time.Hour})
	r.leads(r.exchange(asked{body: hello, head: heads{"x-bf-cache-ttl": "2h"}}), greeted, 100)
	r.idle()
	r.age(90 * time.Minute)
	r.hits(asked{body: hello}) // stale as configured, and young enough for the caller
	r.age(time.Hour)
	r.misses(asked{body: hello})
}

// age makes every answer as much older.
func (r *rig) age(by time.Duration) {
	r.t.Helper()
	var all []*keptItem
	r.mem.Each(func(i *keptItem) {
		k := *i.Value
		k.Born -= int64(by)
		all = append(all, &keptItem{Key: i.Key, Value: &k, Cost: i.Cost, Fresh: i.Fresh - int64(by), Until: i.Until - int64(by)})
		r.mem.Delete(i)
	})
	for _, i := range all {
		r.mem.Put(i, wall())
	}
}

func TestFeedback(t *testing.T) {
	r := newRig(t, Options{})
	q := asked{body: hello}
	r.leads(r.exchange(q), greeted, 100)
	r.idle()
	r.hits(q)
	x := r.exchange(asked{body: hello, head: heads{"x-cache-feedback": "wrong"}, key: &core.VirtualKey{Name: "stranger"}})
	r.look(x) // of another one it says nothing
	x.Fault = &core.Fault{Code: core.ClientGone}
	r.end(x)
	r.hits(q)
	r.leads(r.exchange(asked{body: hello, head: heads{"x-cache-feedback": "wrong"}}), strings.Replace(greeted, "Hi ", "Better ", 1), 100)
	r.idle()
	if got := r.hits(q); !strings.Contains(got, "Better") || r.Counts().Wrong != 1 {
		t.Errorf("%s %+v", got, r.Counts())
	}
}
