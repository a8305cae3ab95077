package cache

import (
	"strings"
	"testing"
	"time"

	"asbru/core"
)

// behind is what x wants asked behind its answer, as the data plane carries it; nil: nothing.
func (r *rig) behind(x *core.Exchange, q asked) *core.Exchange {
	r.t.Helper()
	w := x.Watch.(core.Behind).Behind(x)
	if w == nil {
		return nil
	}
	y := r.exchange(q)
	y.Watch = w
	r.start(y)
	return y
}

// recalled asks q, wants an answer that head begins, and returns what is asked behind it.
func (r *rig) recalled(q asked, head string) (body string, y *core.Exchange) {
	r.t.Helper()
	x := r.exchange(q)
	body, v := r.answered(x)
	if v != core.Answer || !strings.HasPrefix(string(x.Reply.Fields), head) {
		r.t.Fatalf("%v %q, want %q", v, x.Reply.Fields, head)
	}
	y = r.behind(x, q)
	r.end(x)
	return body, y
}

const other = "Hello again "

// An answer past its time goes to everybody, and is asked for anew behind the first of them.
func TestStale(t *testing.T) {
	r := newRig(t, Options{TTL: time.Minute, Stale: time.Hour})
	q := asked{body: hello}
	r.leads(r.exchange(q), greeted, 100)
	r.idle()
	r.age(2 * time.Minute)
	_, y := r.recalled(q, "X-Cache: stale\r\nAge: 120\r\n")
	if y == nil {
		t.Fatal("nothing is asked")
	}
	if _, more := r.recalled(asked{body: hello, stream: true}, "X-Cache: stale\r\n"); more != nil {
		t.Error("the same is asked twice")
	}
	follower := r.exchange(asked{body: hello, head: heads{"x-bf-cache-ttl": "5"}}) // it wants none so old
	if v := r.look(follower); v != core.Wait {
		t.Errorf("who wants a fresh one is told %v", v)
	}
	y.Watch.Saw(y, []byte(strings.Replace(greeted, "Hi ", other, 1)))
	y.Watch.Sure(y)
	r.end(y)
	if got, v := r.answered(follower); v != core.Answer || !strings.Contains(got, "again") || !strings.HasPrefix(string(follower.Reply.Fields), "X-Cache: joined\r\n") {
		t.Errorf("%v %s", v, got)
	}
	r.end(follower)
	r.idle()
	if got := r.hits(q); !strings.Contains(got, "again") {
		t.Error(got)
	}
	if n := r.Counts(); n.Refreshes != 1 || n.Stale != 2 || n.Missed != 2 {
		t.Errorf("%+v", n)
	}
	r.age(2 * time.Hour)
	r.misses(q)
}

// What cannot be asked, or fails, leaves the old answer and lets somebody else try.
func TestStaleStays(t *testing.T) {
	r := newRig(t, Options{TTL: time.Minute, Stale: time.Hour})
	q := asked{body: hello}
	r.leads(r.exchange(q), greeted, 100)
	r.idle()
	r.age(2 * time.Minute)
	if _, y := r.recalled(asked{body: hello, head: heads{"x-bf-cache-no-store": "true"}}, "X-Cache: stale\r\n"); y != nil {
		t.Error("who wants nothing kept has it refreshed")
	}
	x := r.exchange(q)
	r.answered(x)
	b := x.Watch.(core.Behind)
	if b.Behind(x) == nil {
		t.Fatal("nothing is asked")
	}
	b.Dropped(x)
	r.end(x)
	r.idle()
	_, y := r.recalled(q, "X-Cache: stale\r\n")
	if y == nil {
		t.Fatal("nothing is asked after one was dropped")
	}
	y.Fault = &core.Fault{Code: core.UpstreamFailed}
	r.end(y)
	r.idle()
	if got := r.hits(q); !strings.Contains(got, "Hi ") {
		t.Error(got)
	}
	if n := r.Counts(); n.Refreshes != 2 || n.Untrailed != 1 {
		t.Errorf("%+v", n)
	}
}

// A refreshed answer is still found by what means the same.
func TestStaleMeans(t *testing.T) {
	r := newRig(t, Options{TTL: time.Minute, Stale: time.Hour, Like: Likeness{On: true}})
	q := says("How do I convert 5 miles to kilometers?")
	r.leads(r.exchange(q), greeted, 1<<20)
	r.idle()
	r.age(2 * time.Minute)
	_, y := r.recalled(q, "X-Cache: stale\r\n")
	y.Watch.Saw(y, []byte(strings.Replace(greeted, "Hi ", other, 1)))
	r.end(y)
	r.idle()
	if got := r.hits(says("Please, how can I convert 5 miles to kilometers?")); !strings.Contains(got, "again") {
		t.Error(got)
	}
}

// The answer that was given to a question which only means the same is wrong for that one
// alone: it is given to it no more, and stays that of its own question, after a restart too.
func TestFeedbackOnMeaning(t *testing.T) {
	o := Options{Like: Likeness{On: true}, Dir: t.TempDir()}
	r := newRig(t, o)
	eventually(t, "the directory is open", func() bool { return r.disk.Load() != nil })
	q, like := says("How do I convert 5 miles to kilometers?"), says("Please, how can I convert 5 miles to kilometers?")
	r.leads(r.exchange(q), greeted, 1<<20)
	r.idle()
	r.hits(like)
	wrong := like
	wrong.head = heads{"x-cache-feedback": "wrong"}
	r.misses(wrong)
	r.idle()
	r.misses(like)
	r.hits(q)
	if n := r.Counts(); n.Wrong != 1 {
		t.Errorf("%+v", n)
	}
	r.Close()
	r = newRig(t, o)
	eventually(t, "the directory is open", func() bool { return r.disk.Load() != nil })
	r.hits(q)
	r.misses(like)
}

// An answer that two targets gave between them goes to who waits, and to nobody later.
func TestRescuedIsNotKept(t *testing.T) {
	r := newRig(t, Options{})
	q := asked{body: hello}
	x, follower := r.exchange(q), r.exchange(q)
	r.start(x)
	if v := r.look(follower); v != core.Wait {
		t.Fatal(v)
	}
	x.Attempts()[0].Status, x.Attempts()[0].Cause = 0, core.Cut
	next := x.Begin(r.target, nil)
	next.Status, next.Resumes = 200, true
	x.Watch.Saw(x, []byte(greeted))
	x.Watch.Sure(x)
	r.end(x)
	if got, v := r.answered(follower); v != core.Answer || !strings.Contains(got, "Hi ") {
		t.Errorf("%v %s", v, got)
	}
	r.end(follower)
	r.idle()
	r.misses(q)
	if n := r.Counts(); n.Refused["rescued"] != 1 {
		t.Errorf("%+v", n.Refused)
	}
}
