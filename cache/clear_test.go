package cache

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"asbru/cache/exact"
	"asbru/cache/vector"
	"asbru/core"
)

type keptItem = exact.Item[*kept]

func (r *rig) ask(n int) asked {
	return asked{body: fmt.Sprintf(`{"model":"fast","messages":[{"role":"user","content":"question %d"}]}`, n),
		key: &core.VirtualKey{Name: fmt.Sprint("key", n%2)}, head: heads{"x-bf-cache-key": fmt.Sprint("part", n%3)}}
}

func (r *rig) fillWith(n int) {
	r.t.Helper()
	for i := range n {
		r.leads(r.exchange(r.ask(i)), greeted, 1<<20)
	}
	r.idle()
}

// there counts the answers that are found.
func (r *rig) there(n int) (found int) {
	r.t.Helper()
	for i := range n {
		x := r.exchange(r.ask(i))
		if r.look(x) == core.Answer {
			found++
		} else {
			x.Fault = &core.Fault{Code: core.ClientGone}
		}
		r.end(x)
	}
	return found
}

func TestClear(t *testing.T) {
	f := func(filter core.Forget, want int) {
		t.Helper()
		r := newRig(t, Options{})
		r.fillWith(12)
		n, err := r.Clear(filter)
		if err != nil || n != want || r.there(12) != 12-want {
			t.Errorf("%+v: %d cleared, %d left, want %d; %v", filter, n, r.there(12), want, err)
		}
	}
	f(core.Forget{}, 12)
	f(core.Forget{Owner: "key:key1"}, 6)
	f(core.Forget{Label: "part2"}, 4)
	f(core.Forget{Owner: "key:key1", Label: "part2"}, 2)
	f(core.Forget{Model: "fast"}, 12)
	f(core.Forget{Model: "gpt-4o"}, 12)
	f(core.Forget{Model: "other"}, 0)
	f(core.Forget{Before: 1}, 0)
	f(core.Forget{Before: time.Now().Add(time.Hour).UnixNano()}, 12)
	f(core.Forget{ID: "00"}, 0)

	r := newRig(t, Options{})
	r.fillWith(3)
	x := r.exchange(r.ask(1))
	r.look(x)
	_, id, _ := bytes.Cut(x.Reply.Fields, []byte("X-Cache-Id: "))
	if n, _ := r.Clear(core.Forget{ID: string(bytes.TrimSpace(id))}); n != 1 || r.there(3) != 2 {
		t.Errorf("%d cleared by id %s", n, id)
	}
}

// Answers outlive the process, and those that were cleared do not: not even as bytes.
func TestOnDisk(t *testing.T) {
	for _, secret := range []vector.Secret{"", "0123456789abcdef0123456789abcdef"} {
		o := Options{Dir: filepath.Join(t.TempDir(), "cache"), Secret: secret}
		r := newRig(t, o)
		eventually(t, "the directory is open", func() bool { return r.disk.Load() != nil })
		r.fillWith(12)
		r.Close()
		if r.there(12) != 0 {
			t.Error("a closed cache answers")
		}
		r = newRig(t, o)
		eventually(t, "the directory is open", func() bool { return r.disk.Load() != nil })
		if n := r.there(12); n != 12 {
			t.Errorf("%d of 12 outlived the process", n)
		}
		if n, err := r.Clear(core.Forget{Owner: "key:key0"}); n != 6 || err != nil {
			t.Error(n, err)
		}
		left := r.exchange(r.ask(1))
		r.look(left) // and what is said to be wrong
		wrong := r.ask(1)
		wrong.head["x-cache-feedback"] = "wrong"
		r.misses(wrong)
		r.Close()
		names, _ := filepath.Glob(filepath.Join(o.Dir, "*.seg"))
		for _, name := range names {
			raw, _ := os.ReadFile(name)
			if bytes.Contains(raw, []byte("key:key0")) || secret != "" && bytes.Contains(raw, []byte("key:")) {
				t.Errorf("%s holds an owner's name", name)
			}
		}
		r = newRig(t, o)
		eventually(t, "the directory is open", func() bool { return r.disk.Load() != nil })
		if n := r.there(12); n != 5 {
			t.Errorf("%d of 5 outlived the process", n)
		}
		r.Close()
	}
}

// A process that comes while another one has the directory answers all the same, and takes
// it over when the other has gone.
func TestHandOver(t *testing.T) {
	o := Options{Dir: t.TempDir()}
	old := newRig(t, o)
	eventually(t, "the directory is open", func() bool { return old.disk.Load() != nil })
	old.fillWith(6)
	next := newRig(t, o)
	next.leads(next.exchange(asked{body: hello}), greeted, 100)
	next.idle()
	next.hits(asked{body: hello})
	old.Close()
	eventually(t, "the directory is taken over", func() bool { return next.disk.Load() != nil })
	if n := next.there(6); n != 6 {
		t.Errorf("%d of 6", n)
	}
	next.hits(asked{body: hello})
	next.Close()
	last := newRig(t, o) // what was kept before the directory was free is in it too
	eventually(t, "the directory is open", func() bool { return last.disk.Load() != nil })
	if n := last.there(6); n != 6 {
		t.Errorf("%d of 6", n)
	}
	last.hits(asked{body: hello})
}

// What is cleared while another process has the directory does not come back from it.
func TestClearBeforeTheDirectory(t *testing.T) {
	o := Options{Dir: t.TempDir()}
	old := newRig(t, o)
	eventually(t, "the directory is open", func() bool { return old.disk.Load() != nil })
	old.fillWith(6)
	next := newRig(t, o)
	if n, err := next.Clear(core.Forget{Owner: "key:key0"}); n != 0 || err != nil {
		t.Errorf("%d cleared, %v", n, err)
	}
	next.leads(next.exchange(next.ask(2)), greeted, 1<<20) // one of them is asked again
	next.idle()
	old.Close()
	for n := range 2 {
		eventually(t, "the directory is taken over", func() bool { return next.disk.Load() != nil })
		if found := next.there(6); found != 4 {
			t.Errorf("process %d: %d of 4", n, found)
		}
		next.Close()
		names, _ := filepath.Glob(filepath.Join(o.Dir, "*.seg"))
		for _, name := range names {
			if raw, _ := os.ReadFile(name); bytes.Count(raw, []byte("key:key0")) > 1 {
				t.Errorf("%s holds what was cleared", name)
			}
		}
		if n == 0 {
			next = newRig(t, o)
		}
	}
}

// What is cleared while another process has the directory does not come back either when the process that cleared it ends before that one.
func TestClearBeforeTheDirectoryByOneThatEnds(t *testing.T) {
	for _, secret := range []string{"", "0123456789abcdef0123456789abcdef"} {
		o := Options{Dir: t.TempDir(), Secret: vector.Secret(secret)}
		old := newRig(t, o)
		eventually(t, "the directory is open", func() bool { return old.disk.Load() != nil })
		old.fillWith(6)
		next := newRig(t, o)
		for _, f := range []core.Forget{{Owner: "key:key0"}, {Owner: "key:nobody"}} {
			if n, err := next.Clear(f); n != 0 || err != nil {
				t.Errorf("%d cleared, %v", n, err)
			}
		}
		next.Close()
		if raw, _ := os.ReadFile(filepath.Join(o.Dir, purgeName)); bytes.Count(raw, []byte("\n")) != 2 || bytes.Contains(raw, []byte("nobody")) {
			t.Errorf("what is noted: %s", raw)
		}
		old.Close()
		last := newRig(t, o)
		eventually(t, "the directory is open", func() bool { return last.disk.Load() != nil })
		if found := last.there(6); found != 3 {
			t.Errorf("%d of 3", found)
		}
		if left, _ := filepath.Glob(filepath.Join(o.Dir, purgeName+"*")); len(left) > 0 {
			t.Errorf("%v", left)
		}
		last.Close()
	}
}

func TestOptions(t *testing.T) {
	for _, o := range []Options{{Bytes: 5}, {TTL: -1}, {TTL: MaxTTL + 1}, {Stale: -1}, {Secret: "short"}} {
		if c, err := New(o, nil); err == nil {
			c.Close()
			t.Errorf("%+v is taken", o)
		}
	}
	r := newRig(t, Options{})
	if !r.Same(Options{TTL: DefaultTTL}) || r.Same(Options{TTL: 1}) {
		t.Error("options are not compared as they count")
	}
}

// An answer that has ended is among those that are cleared, whatever the worker has done so far.
func TestClearWaitsForTheWorker(t *testing.T) {
	r := newRig(t, Options{})
	for n := range 50 {
		r.leads(r.exchange(asked{body: hello}), greeted, 1<<20)
		if cleared, err := r.Clear(core.Forget{}); cleared != 1 || err != nil {
			t.Fatalf("round %d: %d cleared, %v", n, cleared, err)
		}
	}
	r.Close()
	if _, err := r.Clear(core.Forget{}); err != nil {
		t.Error(err)
	}
}
