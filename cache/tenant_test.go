package cache

import (
	"fmt"
	"math/rand/v2"
	"os"
	"strconv"
	"strings"
	"testing"

	"asbru/core"
)

// A thousand tenants ask the same question and each has an answer of its own. In all of the
// lookups nobody is given another's; ASBRU_CACHE_LOOKUPS says how many there are.
func TestTenants(t *testing.T) {
	lookups := 200_000
	if raceEnabled || testing.Short() {
		lookups = 20_000
	}
	if n, err := strconv.Atoi(os.Getenv("ASBRU_CACHE_LOOKUPS")); err == nil {
		lookups = n
	}
	r := newRig(t, Options{})
	const tenants = 1000
	keys := make([]*core.VirtualKey, tenants)
	for i := range keys {
		keys[i] = &core.VirtualKey{Name: fmt.Sprintf("key-%d", i), Team: fmt.Sprintf("team-%d", i%10)}
		x := r.exchange(asked{body: hello, key: keys[i]})
		r.leads(x, strings.Replace(greeted, "Hi ", fmt.Sprintf("for <%d> ", i), 1), 1<<20)
	}
	r.idle()
	rnd := rand.New(rand.NewPCG(1, 1))
	x := r.exchange(asked{body: hello})
	crossed := 0
	for n := range lookups {
		i := rnd.IntN(tenants)
		x.Key, x.Watch = keys[i], nil
		if n%100 == 0 { // labels of others do not help
			x.Head = heads{"x-bf-cache-key": fmt.Sprintf("key-%d", rnd.IntN(tenants))}
		}
		v := r.look(x)
		if n%100 == 0 {
			x.Head = nil
			if v != core.Continue {
				crossed++
			}
			x.Fault = &core.Fault{Code: core.ClientGone}
		} else if v != core.Answer || !strings.Contains(string(x.Reply.Body), fmt.Sprintf("for <%d> ", i)) {
			crossed++
		}
		r.keep(x)
		x.Fault = nil
	}
	if crossed > 0 {
		t.Errorf("%d of %d lookups crossed", crossed, lookups)
	}
}

func TestScopes(t *testing.T) {
	a := &core.VirtualKey{Name: "a", Team: "t", Customer: "c"}
	b := &core.VirtualKey{Name: "b", Team: "t", Customer: "c"}
	other := &core.VirtualKey{Name: "t", Team: "u", Customer: "c"}
	loner := &core.VirtualKey{Name: "t"}
	f := func(s Scope, from, to *core.VirtualKey, shared bool) {
		t.Helper()
		r := newRig(t, Options{Scope: s})
		r.leads(r.exchange(asked{body: hello, key: from}), greeted, 1<<20)
		r.idle()
		x := r.exchange(asked{body: hello, key: to})
		if v := r.look(x); (v == core.Answer) != shared {
			t.Errorf("scope %v, from %v to %v: %v", s, from.Name, to.Name, v)
		}
	}
	f(ByKey, a, a, true)
	f(ByKey, a, b, false)
	f(ByTeam, a, b, true)
	f(ByTeam, a, other, false)
	f(ByTeam, a, loner, false) // a key that is called as the team is
	f(ByTeam, loner, a, false)
	f(ByCustomer, a, other, true)
	f(ByCustomer, a, loner, false)
	f(ByNobody, a, loner, true)
}

// The answer to one is no answer to the other.
func TestApart(t *testing.T) {
	twice := newRig(t, Options{}) // some SDKs send a line for each feature
	for _, name := range []string{"anthropic-beta", "openai-beta", "x-bf-compat"} {
		q := asked{body: hello, head: heads{name: "a"}}
		twice.leads(twice.exchange(q), greeted, 1<<20)
		twice.idle()
		twice.hits(q)
		twice.misses(asked{body: hello, head: heads{name: "a\nb"}})
	}

	f := func(name string, change func(x *core.Exchange)) {
		t.Helper()
		r := newRig(t, Options{})
		r.leads(r.exchange(asked{body: hello}), greeted, 1<<20)
		r.idle()
		x := r.exchange(asked{body: hello})
		change(x)
		r.peek(x)
		if v := r.look(x); v == core.Answer {
			t.Errorf("%s: %v", name, v)
		}
	}
	f("another model", func(x *core.Exchange) {
		x.Route = &core.Route{Targets: []*core.Target{{Name: "openai/gpt-4o-mini", Model: "gpt-4o-mini"}}}
	})
	f("the alias leads elsewhere now", func(x *core.Exchange) {
		x.Route = &core.Route{Name: "fast", Targets: x.Route.Targets[1:]}
	})
	f("a label", func(x *core.Exchange) { x.Head = heads{"x-bf-cache-key": "k"} })
	f("a feature", func(x *core.Exchange) { x.Head = heads{"anthropic-beta": "thinking"} })
	f("a header for the provider", func(x *core.Exchange) { x.Head = heads{"x-bf-eh-x": "1"} })
	f("a query", func(x *core.Exchange) { x.Head = heads{"?": "api-version=2"} })
	f("semantic only", func(x *core.Exchange) { x.Head = heads{"x-bf-cache-type": "semantic"} })
	f("state", func(x *core.Exchange) {
		x.Op = core.OpResponses
		x.Body = []byte(`{"model":"fast","input":"hello","previous_response_id":"resp_1"}`)
	})
	f("tools of the provider", func(x *core.Exchange) {
		x.Body = []byte(`{"model":"fast","messages":[{"role":"user","content":"hello"}],"tools":[{"type":"web_search"}]}`)
	})
	f("embeddings", func(x *core.Exchange) { x.Op = core.OpEmbed })
	f("a text that is to be continued", func(x *core.Exchange) {
		x.Op = core.OpCompletion
		x.Body = []byte(`{"model":"fast","prompt":"hello"}`)
	})
	f("no JSON", func(x *core.Exchange) { x.Body = []byte("{") })
}
