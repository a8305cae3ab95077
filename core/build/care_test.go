package build

import (
	"testing"
	"time"

	"asbru/core"
	"asbru/core/config"
	"asbru/core/price"
)

func TestCare(t *testing.T) {
	plain, _ := must(t, balanced(""), nil)
	if c := plain.Models["fast"].Care; c != nil {
		t.Errorf("a model that says nothing has %+v", c)
	}
	doc := balanced("")
	most := 0.001
	doc.Models[len(doc.Models)-1].Hedge = &config.Hedge{After: "300ms", MaxPerHour: &most}
	doc.Models[len(doc.Models)-1].Rescue = "continue"
	s, _ := must(t, doc, nil)
	care := s.Models["fast"].Care
	if care == nil || care.Hedge == nil || !care.Rescue {
		t.Fatalf("got %+v", care)
	}
	if want := "after 300ms without content, for 5.0% of the requests at most and 0.001 USD an hour"; care.Hedge.Say != want {
		t.Errorf("got %q, want %q", care.Hedge.Say, want)
	}
	body := make([]byte, 4000)
	x := &core.Exchange{Snap: s, Name: []byte("fast"), From: s.Targets[0].Faces[0].Dialect, Body: body}
	x.Peek.Stream = true
	x.Route, x.Name = s.Resolve(x.Name)
	if d := care.Hedge.Wait(x); d != 300*time.Millisecond {
		t.Errorf("waits %v", d)
	}
}

// A hedge costs what the target is said or known to cost.
func TestHedgePrice(t *testing.T) {
	f := func(change func(*config.Document), at int, stream bool, most int64, want core.Money) {
		t.Helper()
		doc := balanced("")
		perHour := 1.0
		m := &doc.Models[len(doc.Models)-1]
		m.Hedge, m.Fallback = &config.Hedge{MaxPerHour: &perHour}, []string{"mistral/our-own"}
		if change != nil {
			change(doc)
		}
		s, _ := must(t, doc, nil)
		x := &core.Exchange{Snap: s, Name: []byte("fast"), Body: make([]byte, 4000)} // 1000 tokens
		x.Peek.Stream, x.Peek.MaxTokens = stream, most
		x.Route, x.Name = s.Resolve(x.Name)
		if got := pricing(m, x.Route)(x, x.Route.Targets[at]); got != want {
			t.Errorf("target %d, stream %v, %d tokens at most: %v; want %v", at, stream, most, got, want)
		}
	}
	unwritten := func(d *config.Document) { d.Models[len(d.Models)-1].Targets[0].Price = nil }
	refused := func(d *config.Document) { d.Prices.Unknown = "refuse" }
	f(nil, 0, true, 0, 1_000_000)
	f(nil, 0, false, 100, 1_400_000)
	f(nil, 0, false, 0, 1_000_000+4_000*price.DefaultOut)
	f(unwritten, 0, true, 0, 150_000) // gpt-4o-mini in the catalogue: 0.15 and 0.60 USD
	f(unwritten, 0, false, 100, 210_000)
	f(unwritten, 0, false, 0, 150_000+600*16_384) // which writes 16,384 at most
	f(nil, 2, true, 0, 1_000*ceilingIn*1_000)     // a fallback that nobody knows the price of
	f(refused, 2, true, 0, core.MaxMoney)
}

func TestShadow(t *testing.T) {
	doc := balanced("")
	m := &doc.Models[len(doc.Models)-1]
	m.Fallback = []string{"mistral/our-own"}
	m.Shadow = &config.Shadow{Target: "mistral/mistral-large", Share: 1, Price: &config.Price{Input: 2, Output: 6}}
	s, _ := must(t, doc, nil)
	shade := s.Models["fast"].Care.Shadow
	target := shade.Route.Targets[0]
	if target.Name != "mistral/mistral-large" || target.Tally != nil || target.Pool == nil || !shade.Draw() {
		t.Errorf("got %+v", target)
	}
	x := &core.Exchange{Snap: s, Name: []byte("fast"), From: s.Targets[0].Faces[0].Dialect}
	if got, _ := shade.Route.Pick(x, nil); got != target {
		t.Errorf("it leads to %v", got)
	}
	if m, ok := shade.Cost(target, &core.Usage{In: 1000, Out: 100, Known: true}); !ok || m != 2_600_000 {
		t.Errorf("it costs %d, %v", m, ok)
	}
	m.Shadow.Target, m.Shadow.Price = "mistral/mistral-large-2512", nil
	known, _ := must(t, doc, nil)
	shadow := known.Models["fast"].Care.Shadow
	if m, ok := shadow.Cost(shadow.Route.Targets[0], &core.Usage{In: 1000, Out: 100, Known: true}); !ok || m != 650_000 {
		t.Errorf("by the catalogue it costs %d, %v", m, ok)
	}
	if _, ok := shade.Cost(s.Models["fast"].Targets[2], &core.Usage{Known: true}); ok {
		t.Error("a target that nobody knows the price of has a cost")
	}
	if want := "100% of the requests are sent to mistral/mistral-large too, and the answers compared"; shade.Say != want {
		t.Errorf("said %q", shade.Say)
	}
	shade.Tally.Sent.Add(3)
	again, _ := must(t, doc, s)
	if n := again.Models["fast"].Care.Shadow.Tally.Sent.Load(); n != 3 {
		t.Errorf("after a reload %d are counted", n)
	}
}
