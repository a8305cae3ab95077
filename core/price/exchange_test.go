package price

import (
	"testing"

	"asbru/core"
)

// bed is a Snapshot of targets with prices: cheap, dear (whose second key costs double) and
// one that nobody knows the price of.
func bed(t *testing.T) *core.Snapshot {
	t.Helper()
	cheap, dear := of(t, "in=1 out=2"), of(t, "in=3 out=6")
	second := &core.ProviderKey{Name: "second"}
	at := func(name string, price func(k *core.ProviderKey) *core.Price, keys ...*core.ProviderKey) *core.Target {
		return &core.Target{Name: name, Provider: name, Keys: keys, Price: func(_ *core.Exchange, k *core.ProviderKey, _ []byte) *core.Price { return price(k) }}
	}
	one := at("cheap", func(*core.ProviderKey) *core.Price { return cheap })
	two := at("dear", func(k *core.ProviderKey) *core.Price {
		if k == second {
			return of(t, "in=6 out=12")
		}
		return dear
	}, &core.ProviderKey{Name: "first"}, second)
	three := at("unknown", func(*core.ProviderKey) *core.Price { return nil })
	s := &core.Snapshot{Models: map[string]*core.Route{}}
	for name, list := range map[string][]*core.Target{"cheap": {one}, "dear": {two}, "unknown": {three}, "both": {one, two}, "some": {one, three}, "unpriced": {{Name: "x"}}} {
		s.Models[name] = &core.Route{Name: name, Targets: list}
	}
	return s
}

func asking(s *core.Snapshot, model string, fallbacks ...string) *core.Exchange {
	x := &core.Exchange{Snap: s, Key: &core.VirtualKey{Policy: &core.Policy{}}, Body: []byte(`{"model":"m"}`)}
	x.Peek.MaxTokens, x.Peek.Choices = 100, 2
	x.Route, x.Name = s.Resolve([]byte(model))
	for i, f := range fallbacks {
		x.Peek.Fallbacks[i] = []byte(f)
	}
	return x
}

func TestHold(t *testing.T) {
	s := bed(t)
	worst := func(in, out int64) core.Money {
		return (&core.Price{Rates: core.Rates{In: core.Money(in) * 1e9, Out: core.Money(out) * 1e9}}).Worst(int64(len(`{"model":"m"}`))+Overhead, 200)
	}
	f := func(x *core.Exchange, want core.Money, ok bool) {
		t.Helper()
		if h, known := Hold(x, 0); known != ok || ok && h.Worst != want {
			t.Errorf("%s: %v, %v; want %v, %v", x.Route.Name, h.Worst, known, want, ok)
		}
	}
	f(asking(s, "cheap"), worst(1, 2), true)
	f(asking(s, "dear"), worst(6, 12), true) // whichever key is taken
	f(asking(s, "both"), worst(6, 12), true)
	f(asking(s, "cheap", "dear"), worst(6, 12), true)
	f(asking(s, "cheap", "cheap", "nowhere"), worst(1, 2), true)
	f(asking(s, "unknown"), 0, false)
	f(asking(s, "some"), 0, false)
	f(asking(s, "cheap", "unknown"), 0, false)
	f(asking(s, "unpriced"), 0, false)

	x := asking(s, "unknown")
	x.Op, x.Peek.Free = core.OpPass, true
	f(x, 0, true) // it is only read

	x = asking(s, "some", "dear")
	x.Key.Policy.Serves = func(t *core.Target, _ *core.ProviderKey, _ []byte) bool { return t.Name == "cheap" }
	f(x, worst(1, 2), true) // who may not serve is not counted
}

// TestHoldOfMany: what holds several prompts or texts is held for all of them. Each has the model's window for
// itself, and a prompt an answer.
func TestHoldOfMany(t *testing.T) {
	f := func(op core.Op, row, body string, in, out int64) {
		t.Helper()
		p := of(t, row)
		at := &core.Target{Name: "t", Price: func(*core.Exchange, *core.ProviderKey, []byte) *core.Price { return p }}
		x := &core.Exchange{Op: op, Body: []byte(body), Route: &core.Route{Targets: []*core.Target{at}}}
		x.Peek.MaxTokens, x.Peek.Choices = 100, 2
		if h, ok := Hold(x, 0); !ok || h.Worst != p.Worst(in, out) || h.Prompt != Prompt(x) {
			t.Errorf("%s: %v, want %v", body, h.Worst, p.Worst(in, out))
		}
	}
	bound := func(body string) int64 { return int64(len(body)) + Overhead }
	for body, prompts := range map[string]int64{
		`{"prompt":"a"}`:                     1,
		`{"prompt":[]}`:                      1,
		`{"prompt":["a"]}`:                   1,
		`{"prompt":["a","b",["c"],"d"]}`:     4,
		`{"prompt":[[1,2],[3]]}`:             2,
		`{"prompt":[1,2,3]}`:                 1,
		`{"a":{"prompt":["x"]},"prompt":""}`: 1,
		`{"pr\u006fmpt":["a","b"]}`:          2,
	} {
		f(core.OpCompletion, "in=1 out=2", body, bound(body), 200*prompts)
		f(core.OpCompletion, "in=1 out=2 max-in=10", body, 10*prompts, 200*prompts)
	}
	body := `{"input":["aaaaaaaaaa","bbbbbbbbbb"]}`
	f(core.OpEmbed, "in=1 out=0 max-in=10", body, bound(body), 200)
	f(core.OpEmbed, "in=1 out=2 max-in=10", body, bound(body), 200)
	f(core.OpInvoke, "in=1 out=0 max-in=10", body, bound(body), 200)
	f(core.OpChat, "in=1 out=2 max-in=10", body, 10, 200)
	body = `{"query":"which one?","documents":["a","b",{"text":"c"}]}`
	f(core.OpRerank, "in=1 out=0 max-in=10", body, bound(body)+3*int64(len(`"which one?"`)), 200)
}

func TestCharge(t *testing.T) {
	s := bed(t)
	f := func(want core.Money, flaw Flaw, model string, prepare func(x *core.Exchange)) {
		t.Helper()
		x := asking(s, model)
		x.Stream.Said = 10
		prepare(x)
		if got, why := Charge(x, Held{Worst: 100_000, Prompt: Prompt(x)}, 0); got != want || why != flaw {
			t.Errorf("%s: %d, %q; want %d, %q", model, got, why, want, flaw)
		}
	}
	begin := func(x *core.Exchange, i, status int) { x.Begin(x.Route.Targets[i], nil).Status = status }
	used := core.Usage{Known: true, In: 10, Out: 10}
	own := core.Money(4*1000 + 10*2000) // 13 bytes of body, 40 of answer
	f(0, Sound, "cheap", func(*core.Exchange) {})
	f(30_000, Sound, "cheap", func(x *core.Exchange) { begin(x, 0, 200); x.Usage = used })
	f(own, Missing, "cheap", func(x *core.Exchange) { begin(x, 0, 200) })
	f(own, Missing, "cheap", func(x *core.Exchange) { begin(x, 0, 0) }) // cut before its head was kept, and something was delivered
	f(0, Sound, "cheap", func(x *core.Exchange) { begin(x, 0, 500) })
	f(90_000, Sound, "both", func(x *core.Exchange) { begin(x, 0, 500); begin(x, 1, 200); x.Usage = used }) // the one that answered
	f(30_000, Sound, "cheap", func(x *core.Exchange) { begin(x, 0, 400); x.Usage = used })
	f(0, Sound, "unknown", func(x *core.Exchange) { begin(x, 0, 200); x.Usage = used })
	f(0, Sound, "cheap", func(x *core.Exchange) { begin(x, 0, 200); x.Usage, x.Peek.Free = used, true })
	f(0, Sound, "unpriced", func(x *core.Exchange) { begin(x, 0, 200); x.Usage = used })
	f(4*1000, Missing, "cheap", func(x *core.Exchange) { // the client left before there was an answer
		begin(x, 0, 0)
		a := &x.Attempts()[0]
		x.Stream.Said, a.Began, x.Fault = 0, 1, &core.Fault{Code: core.ClientGone}
	})
	f(4*1000, Missing, "cheap", func(x *core.Exchange) { // or its key was revoked
		begin(x, 0, 0)
		x.Stream.Said, x.Attempts()[0].Began, x.Fault = 0, 1, &core.Fault{Code: core.Forbidden}
	})
	f(0, Sound, "cheap", func(x *core.Exchange) { // it left before another attempt was made
		begin(x, 0, 500)
		a := &x.Attempts()[0]
		x.Stream.Said, a.Began, a.Phase, x.Fault = 0, 1, core.PhaseFailed, &core.Fault{Code: core.ClientGone}
	})
	f(0, Sound, "cheap", func(x *core.Exchange) { // or before the request was sent
		begin(x, 0, 0)
		x.Stream.Said, x.Fault = 0, &core.Fault{Code: core.ClientGone}
	})
	f(4*1000, Missing, "cheap", func(x *core.Exchange) { // its body came too slowly
		begin(x, 0, 0)
		a := &x.Attempts()[0]
		x.Stream.Said, a.Took, a.Cause, x.Fault = 0, 1, core.Late, &core.Fault{Code: core.UpstreamTimeout}
	})
	f(0, Sound, "cheap", func(x *core.Exchange) { // a stream that said nothing, whole
		begin(x, 0, 200)
		x.Stream.Said, x.Peek.Stream = 0, true
	})
	early := func(said int32, finished bool) func(*core.Exchange) {
		return func(x *core.Exchange) { // its first event has a report
			begin(x, 0, 200)
			x.Usage = core.Usage{Known: true, In: 4, Out: 1}
			x.Stream.Said, x.Stream.Finished = said, finished
		}
	}
	f(4*1000+10*2000, Early, "cheap", early(10, false))
	f(4*1000+1*2000, Sound, "cheap", early(1, false))
	f(4*1000+1*2000, Sound, "cheap", early(10, true)) // the provider knows better
	f(100_000, Early, "cheap", early(1000, false))    // no more than was held
	half := func(u core.Usage, said int32, op core.Op) func(*core.Exchange) {
		return func(x *core.Exchange) {
			begin(x, 0, 200)
			u.Known = true
			x.Op, x.Usage, x.Stream.Said, x.Stream.Done = op, u, said, true
		}
	}
	f(7*1000+10*2000, Half, "cheap", half(core.Usage{In: 7}, 10, core.OpChat))
	f(7*1000, Sound, "cheap", half(core.Usage{In: 7}, 0, core.OpChat)) // it said nothing
	f(7*1000, Sound, "cheap", half(core.Usage{In: 7}, 10, core.OpEmbed))
	f(4*1000+9*2000, Half, "cheap", half(core.Usage{Out: 9}, 10, core.OpResponses))
	f(9*2000, Sound, "cheap", half(core.Usage{Out: 9}, 10, core.OpPass))
	f(0, Zero, "cheap", half(core.Usage{}, 10, core.OpChat)) // it is explicit
	whole := func(u core.Usage, op core.Op) func(*core.Exchange) {
		return func(x *core.Exchange) {
			begin(x, 0, 200)
			x.Op, x.Usage, x.Stream = op, u, core.StreamState{}
			x.Stream.SetWhole(41)
		}
	}
	f(4*1000+12*2000, Missing, "cheap", whole(core.Usage{}, core.OpChat))
	f(4*1000+12*2000, Unlikely, "cheap", whole(core.Usage{Known: true, In: 7, CachedIn: 8}, core.OpResponses))
	f(7*1000, Sound, "cheap", whole(core.Usage{Known: true, In: 7}, core.OpChat)) // it may hold no words
	f(4*1000, Missing, "cheap", whole(core.Usage{}, core.OpEmbed))
	x := asking(s, "cheap")
	begin(x, 0, 0)
	if m, flaw := Charge(x, Held{Worst: 5, Prompt: Prompt(x)}, 0); m != 0 || flaw != Sound {
		t.Errorf("what never answered costs %d, %q", m, flaw)
	}
}

// A stream that broke is charged at the price of its own target for what came of it, and its continuation, if there is one,
// at the price of the other.
func TestChargeOfBroken(t *testing.T) {
	s := bed(t)
	f := func(what string, want core.Money, flaw Flaw, was, all core.Usage, change func(x *core.Exchange)) {
		t.Helper()
		x := asking(s, "both")
		x.Begin(x.Route.Targets[1], nil).Status = 200 // $3 and $6
		x.Break(core.Broken{Attempts: 1, Said: 8, Usage: was})
		b := x.Begin(x.Route.Targets[0], nil) // $1 and $2
		b.Status, b.Resumes, x.Usage = 200, true, all
		x.Stream = core.StreamState{Said: 2, Usage: all, Finished: true, Done: true}
		change(x)
		if got, why := Charge(x, Held{Worst: 1_000_000, Prompt: Prompt(x)}, 0); got != want || why != flaw {
			t.Errorf("%s: %d, %q; want %d, %q", what, got, why, want, flaw)
		}
	}
	as := func(*core.Exchange) {}
	fails := func(status int) func(x *core.Exchange) {
		return func(x *core.Exchange) {
			x.Attempts()[1].Status, x.Stream = status, core.StreamState{Usage: x.Broken().Usage}
			x.Usage, x.Fault = x.Broken().Usage, &core.Fault{Code: core.UpstreamFailed}
		}
	}
	const own = 4*3000 + 8*6000
	none, early := core.Usage{}, core.Usage{Known: true, In: 10, Out: 1}
	f("no report of the first", own+26_000+2*2000, Missing, none, core.Usage{Known: true, In: 26, Out: 2}, as)
	f("an early report", 10*3000+8*6000+26_000+2*2000, Early, early, core.Usage{Known: true, In: 36, Out: 3}, as)
	f("no report of the second", 10*3000+8*6000+4*1000+2*2000, Early, early, early, as)
	f("no report", own+4*1000+2*2000, Missing, none, none, as)
	f("a whole report", 30_000+60_000+26_000+2*2000, Sound, core.Usage{Known: true, In: 10, Out: 10}, core.Usage{Known: true, In: 36, Out: 12}, as)
	f("the second breaks early", own+26_000+2*2000, Early, none, core.Usage{Known: true, In: 26, Out: 1}, func(x *core.Exchange) { x.Stream.Finished, x.Stream.Done = false, false })
	f("the second refuses", own, Missing, none, none, fails(500))
	f("the second cannot be reached", own, Missing, none, none, fails(0))
	f("the second says nothing", own, Missing, none, none, fails(200))
	f("the second refuses, early report", 10*3000+8*6000, Early, early, early, fails(429))
	f("a third continues", own+26_000+2*2000, Missing, none, core.Usage{Known: true, In: 26, Out: 2}, func(x *core.Exchange) {
		x.Attempts()[1].Status = 500
		c := x.Begin(x.Route.Targets[0], nil)
		c.Status, c.Resumes = 200, true
	})
	f("the client left while the second was asked", own+4*1000, Missing, none, none, func(x *core.Exchange) {
		fails(0)(x)
		x.Attempts()[1].Began, x.Fault = 1, &core.Fault{Code: core.ClientGone}
	})
}

// TestSooner: who asks to be served sooner than others is held and charged for what that costs.
func TestSooner(t *testing.T) {
	s := bed(t)
	f := func(h core.Haste, times core.Money) {
		t.Helper()
		x := asking(s, "cheap")
		plain, _ := Hold(x, 0)
		x.Peek.Haste = h
		held, _ := Hold(x, 0)
		if held.Worst != times*plain.Worst || held.Least != times*plain.Least {
			t.Errorf("%d: %+v is held, where %+v is plain", h, held, plain)
		}
		x.Begin(x.Route.Targets[0], nil).Status = 200
		x.Usage = core.Usage{Known: true, In: 10, Out: 10}
		if got, _ := Charge(x, held, 0); got != times*30_000 {
			t.Errorf("%d: %v is charged, want %v", h, got, times*30_000)
		}
		if got, _ := Charge(x, Held{}, 0); got != times*30_000 {
			t.Errorf("%d, and nothing held: %v is charged, want %v", h, got, times*30_000)
		}
	}
	f(core.NoHaste, 1)
	f(core.Priority, 2)
	f(core.Fast, 6)
}
