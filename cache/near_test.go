package cache

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"asbru/cache/semantic"
	"asbru/core"
)

func says(text string) asked {
	return asked{body: fmt.Sprintf(`{"model":"fast","messages":[{"role":"system","content":"Be brief."},{"role":"user","content":%q}]}`, text)}
}

// What means the same has one answer; what does not has its own, however alike it looks.
func TestLikeQuestions(t *testing.T) {
	r := newRig(t, Options{Like: Likeness{On: true}})
	r.leads(r.exchange(says("How do I convert 5 miles to kilometers?")), greeted, 1<<20)
	r.idle()
	x := r.exchange(says("Please, how can I convert 5 miles to kilometers?"))
	body, v := r.answered(x)
	head := string(x.Reply.Fields)
	if v != core.Answer || !strings.HasPrefix(head, "X-Cache: canonical\r\n") && !strings.HasPrefix(head, "X-Cache: semantic\r\n") || !strings.Contains(head, "X-Cache-Guard: pass\r\n") ||
		!strings.Contains(body, `"hit_type":"semantic","similarity":`) || !strings.Contains(body, `"guard":"pass"`) {
		t.Fatalf("%v %q %s", v, head, body)
	}
	r.end(x)
	if n := r.Counts(); n.Words+n.Near != 1 {
		t.Errorf("%+v", n)
	}
	r.misses(says("How do I convert 6 miles to kilometers?"))
	r.misses(says("How do I convert 5 kilometers to miles?"))
	like := says("Please, how can I convert 5 miles to kilometers?")
	f := func(name string, change func(x *core.Exchange)) {
		t.Helper()
		x := r.exchange(like)
		change(x)
		if v := r.look(x); v == core.Answer {
			t.Errorf("%s: %q", name, x.Reply.Fields)
		}
		x.Fault = &core.Fault{Code: core.ClientGone}
		r.end(x)
	}
	f("another owner", func(x *core.Exchange) { x.Key = &core.VirtualKey{Name: "stranger"} })
	f("another label", func(x *core.Exchange) { x.Head = heads{"x-bf-cache-key": "k"} })
	f("direct only", func(x *core.Exchange) { x.Head = heads{"x-bf-cache-type": "direct"} })
	f("another instruction", func(x *core.Exchange) { x.Body = []byte(strings.Replace(like.body, "brief", "exact", 1)) })
	f("several answers", func(x *core.Exchange) { x.Body = []byte(strings.Replace(like.body, `{"model"`, `{"n":2,"model"`, 1)) })
	f("surprises", func(x *core.Exchange) {
		x.Body = []byte(strings.Replace(like.body, `{"model"`, `{"temperature":1.4,"model"`, 1))
	})
	x = r.exchange(like)
	x.Head = heads{"x-bf-cache-type": "semantic"}
	if v := r.look(x); v != core.Answer {
		t.Errorf("semantic only: %v", v)
	}
	r.end(x)
	if n, _ := r.Clear(core.Forget{}); n == 0 {
		t.Error("nothing is cleared")
	}
	r.misses(like)
}

// An answer that was refreshed is still found by what means the same, and after a restart
// too.
func TestLikeQuestionsLast(t *testing.T) {
	o := Options{Like: Likeness{On: true, Mode: semantic.Strict}, Dir: filepath.Join(t.TempDir(), "cache")}
	r := newRig(t, o)
	eventually(t, "the directory is open", func() bool { return r.disk.Load() != nil })
	for range 3 {
		q := says("How do I convert 5 miles to kilometers?")
		q.head = heads{"x-cache-feedback": "wrong"}
		r.leads(r.exchange(q), greeted, 1<<20)
		r.idle()
	}
	r.hits(says("Please, how can I convert 5 miles to kilometers?"))
	r.Close()
	r = newRig(t, o)
	eventually(t, "the directory is open", func() bool { return r.disk.Load() != nil })
	r.hits(says("Please, how can I convert 5 miles to kilometers?"))
}
