package cache

import (
	"context"
	"fmt"
	"hash/fnv"
	"log/slog"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"asbru/bench/stores"
	"asbru/cache/entry"
	"asbru/cache/remote"
	"asbru/cache/vector"
	"asbru/core"
)

// words is an encoder that knows words and not their order.
func words(_ context.Context, _ string, _ int, text string) ([]float32, error) {
	v := make([]float32, 64)
	for w := range strings.FieldsSeq(strings.ToLower(strings.Trim(text, "?.! "))) {
		h := fnv.New32a()
		h.Write([]byte(w))
		v[h.Sum32()%64]++
	}
	return v, nil
}

// A shelf is a store that several caches share.
type shelf struct {
	*stores.Qdrant
	o Options
}

func newShelf(t *testing.T) *shelf {
	q := &stores.Qdrant{}
	s := httptest.NewServer(q)
	t.Cleanup(s.Close)
	return &shelf{q, Options{Like: Likeness{On: true}, Far: remote.Options{Place: vector.Place{Kind: "qdrant", URL: s.URL, Name: "asbru"}, Encoder: "p/m", Dims: 64,
		Encode: 10 * time.Second, Search: 10 * time.Second, Pass: 0.6}}}
}

// rig is a process beside the others.
func (h *shelf) rig(t *testing.T) *rig {
	t.Helper()
	r := newRig(t, Options{})
	c, err := NewEncoding(h.o, slog.New(slog.DiscardHandler), words)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	r.Cache, r.look, r.keep = c, c.Look(), c.Keep()
	eventually(t, "the store is reached", func() bool { return c.Counts().Outside.Dims == 64 })
	return r
}

func question(text string) asked {
	return asked{body: `{"model":"fast","messages":[{"role":"system","content":"Be brief."},{"role":"user","content":"` + text + `"}]}`}
}

// leadsLater is leads for one that asks others first.
func (r *rig) leadsLater(q asked) {
	r.t.Helper()
	r.leadsLaterWith(q, greeted)
}

func (r *rig) leadsLaterWith(q asked, body string) {
	r.t.Helper()
	x := r.exchange(q)
	if _, v := r.answered(x); v != core.Continue {
		r.t.Fatalf("verdict %v, %v", v, x.Fault)
	}
	x.Begin(r.target, nil).Status = 200
	x.Face, x.As = r.face, x.Op
	x.Watch.Saw(x, []byte(body))
	x.Watch.Sure(x)
	before := r.Counts().Outside.Adds["stored"]
	r.end(x)
	eventually(r.t, "the answer is written outside", func() bool { return r.Counts().Outside.Adds["stored"] == before+1 })
}

func (r *rig) missesLater(q asked) {
	r.t.Helper()
	x := r.exchange(q)
	if body, v := r.answered(x); v != core.Continue {
		r.t.Errorf("verdict %v, %s for %s", v, body, q.body)
	}
	x.Fault = &core.Fault{Code: core.ClientGone}
	r.end(x)
}

const stairs, stairsToo = "How do I build stairs of wood?", "Please, how can I build stairs of wood?"

// What another process was answered is found, given to all who wait, and then in memory.
func TestFarIsFound(t *testing.T) {
	h := newShelf(t)
	one, two := h.rig(t), h.rig(t)
	one.leadsLater(question(stairs))
	first, second := two.exchange(question(stairsToo)), two.exchange(question(stairsToo))
	if v := two.look(first); v != core.Wait {
		t.Fatalf("verdict %v", v)
	}
	if v := two.look(second); v != core.Wait { // it waits with the first
		t.Fatalf("verdict %v", v)
	}
	if body, v := two.answered(first); v != core.Answer || !strings.Contains(body, `"hit_type":"semantic"`) {
		t.Fatalf("%v %s", v, body)
	}
	if body, v := two.answered(second); v != core.Answer || !strings.Contains(body, "Hi ") {
		t.Fatalf("%v %s", v, body)
	}
	two.end(first)
	two.end(second)
	n := two.Counts()
	if n.Far != 1 || n.Joined != 1 || h.Searches() != 2 { // one of each process
		t.Errorf("%+v, %d searches", n, h.Searches())
	}
	two.hits(question(stairs))
	if got := two.Counts(); got.Exact != 1 {
		t.Errorf("%+v", got)
	}
	two.idle()
}

// Tenants, instructions, models and numbers are told apart whatever the store says.
func TestFarIsNobodyElses(t *testing.T) {
	h := newShelf(t)
	one, two := h.rig(t), h.rig(t)
	one.leadsLater(question(stairs))
	for _, muddled := range []bool{false, true} {
		h.Muddle(muddled)
		other := question(stairs)
		other.key = &core.VirtualKey{Name: "somebody-else"}
		two.missesLater(other)
		other = question(stairs)
		other.body = strings.Replace(other.body, "brief", "verbose", 1)
		two.missesLater(other)
		other = question(stairs)
		other.head = heads{"x-bf-cache-key": "part"}
		two.missesLater(other)
		two.missesLater(question("How do I build 2 stairs of wood?"))
	}
	if n := two.Counts(); n.Outside.Strange == 0 || n.Far != 0 {
		t.Errorf("%+v", n)
	}
}

// A row that somebody has written under a name that is not its own is not believed, however well
// it fits.
func TestFarIsNotBelieved(t *testing.T) {
	h := newShelf(t)
	one := h.rig(t)
	one.leadsLater(question(stairs))
	x := one.exchange(question(stairs))
	if _, v := one.answered(x); v != core.Answer {
		t.Fatal(v)
	}
	v := one.visitOf(x)
	good := entry.Note{Owner: "key:ci-bot", Space: v.hit.Space, Text: stairs, Born: wall(), Fresh: wall() + int64(time.Hour), Until: wall() + int64(time.Hour)}
	f := func(name string, key [32]byte, change func(*entry.Note)) {
		t.Helper()
		n := good
		change(&n)
		data, err := entry.Append(nil, &n, &core.Completion{}, nil)
		if err != nil {
			t.Fatal(err)
		}
		two := h.rig(t)
		x := two.exchange(question(stairs))
		if k := lookedAt(two, x).adopt(x, &remote.Found{Key: key, Text: stairs, Answer: string(data)}); (k != nil) != (name == "good") {
			t.Errorf("%s: adopted %v", name, k != nil)
		}
		two.missesLater(question("Is this the end?"))
	}
	right := v.key
	one.end(x)
	f("good", right, func(*entry.Note) {})
	f("another key", [32]byte{1}, func(*entry.Note) {})
	f("another owner", right, func(n *entry.Note) { n.Owner = "key:x" })
	f("another space", right, func(n *entry.Note) { n.Space[0]++ })
	f("another text", right, func(n *entry.Note) { n.Text = "x" })
	f("stale", right, func(n *entry.Note) { n.Fresh = wall() - 1 })
}

// lookedAt is the visit of x as far as it is known before others are asked.
func lookedAt(r *rig, x *core.Exchange) *visit {
	v := newVisit(r.Cache)
	w := r.takeWording()
	defer r.giveWording(w)
	q := requestOf(x)
	r.o.form(&q, &v.ask, w)
	v.know(w.form.Bytes())
	v.asks(x, w)
	v.kind, v.owner = r.o.Scope.owner(x.Key)
	return v
}

// What is cleared, or said to be wrong, is cleared outside too.
func TestFarIsCleared(t *testing.T) {
	h := newShelf(t)
	one := h.rig(t)
	one.leadsLater(question(stairs))
	one.leadsLater(question("Who painted the Mona Lisa?"))
	if _, err := one.Clear(core.Forget{Owner: "key:nobody"}); err != nil || h.Len() != 2 {
		t.Errorf("%d rows, %v", h.Len(), err)
	}
	wrong := question(stairs)
	wrong.head = heads{"x-cache-feedback": "wrong"}
	one.missesLater(wrong)
	eventually(t, "it is gone", func() bool { return h.Len() == 1 })
	if _, err := one.Clear(core.Forget{Owner: "key:ci-bot", Model: "gpt-4o"}); err != nil || h.Len() != 0 {
		t.Errorf("%d rows, %v", h.Len(), err)
	}
	h.Down(true)
	if _, err := one.Clear(core.Forget{}); err == nil {
		t.Error("a store that was not cleared is no error")
	}
}

// Who leaves while others are asked does not keep those who wait with it from an answer.
func TestFarAsksOnForTheOthers(t *testing.T) {
	h := newShelf(t)
	one, two := h.rig(t), h.rig(t)
	one.leadsLater(question(stairs))
	h.Slow(200 * time.Millisecond)
	first, second := two.exchange(question(stairsToo)), two.exchange(question(stairsToo))
	if a, b := two.look(first), two.look(second); a != core.Wait || b != core.Wait {
		t.Fatalf("verdicts %v, %v", a, b)
	}
	first.Fault = &core.Fault{Code: core.ClientGone}
	two.end(first)
	if body, v := two.answered(second); v != core.Answer || !strings.Contains(body, "Hi ") {
		t.Errorf("%v %s", v, body)
	}
	two.end(second)
	two.idle()
}

// What two questions may differ in is what the options say.
func TestShare(t *testing.T) {
	said := func(turns string) asked { return asked{body: `{"model":"fast","messages":[` + turns + `]}`} }
	const brief, verbose, user, reply = `{"role":"system","content":"Be brief."},`, `{"role":"system","content":"Be verbose."},`, `{"role":"user","content":"hi"}`, `{"role":"assistant","content":"yes"},`
	f := func(o Options, same bool, a, b asked, change func(*rig)) {
		t.Helper()
		r := newRig(t, o)
		x := r.exchange(a)
		one, why := r.Key(x)
		if change != nil {
			change(r)
		}
		two, whyToo := r.Key(r.exchange(b))
		if why != Cached || whyToo != Cached || (one == two) != same {
			t.Errorf("%+v: %v and %v, one key: %v", o.Share, why, whyToo, one == two)
		}
	}
	f(Options{}, false, said(brief+user), said(verbose+user), nil)
	f(Options{Share: Share{Instructions: true}}, true, said(brief+user), said(verbose+user), nil)
	f(Options{Share: Share{Instructions: true}}, true, said(brief+user), said(user), nil)
	f(Options{Share: Share{Instructions: true}}, false, said(brief+user), said(brief+reply+user), nil)
	elsewhere := func(name, provider, model string) func(*rig) {
		return func(r *rig) {
			r.route.Targets = []*core.Target{{Name: name, Provider: provider, Model: model}}
		}
	}
	azure, mini := elsewhere("azure/gpt-4o", "azure", "gpt-4o"), elsewhere("openai/mini", "openai", "mini")
	f(Options{}, false, said(user), said(user), azure)
	f(Options{Share: Share{Provider: true}}, true, said(user), said(user), azure)
	f(Options{Share: Share{Provider: true}}, false, said(user), said(user), mini)
	f(Options{Share: Share{Model: true}}, true, said(user), said(user), mini)
	f(Options{Share: Share{Model: true}}, false, said(user), said(user), azure)
	f(Options{Share: Share{Model: true, Provider: true}}, true, said(user), said(user), elsewhere("groq/llama", "groq", "llama"))
}

// A conversation that is longer than is remembered has nothing to do with the cache.
func TestHistory(t *testing.T) {
	r := newRig(t, Options{History: 3})
	f := func(turns string, want Why) {
		t.Helper()
		if _, why := r.Key(r.exchange(asked{body: `{"model":"fast","messages":[` + turns + `]}`})); why != want {
			t.Errorf("%s: %q", turns, why)
		}
	}
	const user, reply = `{"role":"user","content":"hi"}`, `{"role":"assistant","content":"yes"}`
	f(user, Cached)
	f(`{"role":"system","content":"s"},`+user+","+reply+","+user, Cached)
	f(user+","+reply+","+user+","+reply+","+user, TooLong)
}

// Of many tenants who ask the same each is given its own answer, and never another's, also by a
// store that forgets to filter.
func TestFarTwins(t *testing.T) {
	h := newShelf(t)
	one, two := h.rig(t), h.rig(t)
	const tenants = 50
	tenant := func(n int, text string) asked {
		q := question(text)
		q.key = &core.VirtualKey{Name: fmt.Sprintf("tenant-%d", n)}
		return q
	}
	for n := range tenants {
		one.leadsLaterWith(tenant(n, stairs), strings.Replace(greeted, `Hi \"you\"`, fmt.Sprintf("for tenant-%d.", n), 1))
	}
	own := 0
	for _, muddled := range []bool{true, false} {
		h.Muddle(muddled)
		for n := range tenants {
			x := two.exchange(tenant(n, stairsToo))
			body, v := two.answered(x)
			switch {
			case v == core.Continue:
				x.Fault = &core.Fault{Code: core.ClientGone}
			case v != core.Answer || !strings.Contains(body, fmt.Sprintf("for tenant-%d.", n)):
				t.Errorf("tenant %d is given %v %s", n, v, body)
			case !muddled:
				own++
			}
			two.end(x)
		}
	}
	if own != tenants {
		t.Errorf("%d of %d are given their own", own, tenants)
	}
}

// An answer that another process has, and that a caller says is wrong, is taken out where it is:
// also one in a language that only the encoder knows.
func TestFarIsRejected(t *testing.T) {
	h := newShelf(t)
	one, two := h.rig(t), h.rig(t)
	one.leadsLater(question("Wie baue ich eine Treppe aus Holz?"))
	again := question("wie baue ich eine  Treppe aus Holz")
	two.hits(again)
	wrong := again
	wrong.head = heads{"x-cache-feedback": "wrong"}
	two.missesLater(wrong)
	eventually(t, "it is gone", func() bool { return h.Len() == 0 })
	two.missesLater(again)
}
