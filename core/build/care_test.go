package build

import (
	"testing"
	"time"

	"asbru/core"
	"asbru/core/config"
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
	price := pricing(&doc.Models[len(doc.Models)-1], x.Route)
	if got := price(x, x.Route.Targets[0]); got != 1_000_000 { // 1000 tokens at 1 USD a million
		t.Errorf("4000 bytes cost %d nanodollars", got)
	}
	if got := price(x, x.Route.Targets[2]); got != core.MaxMoney {
		t.Errorf("at a target without a price they cost %d", got)
	}
}

func TestShadow(t *testing.T) {
	doc := balanced("")
	m := &doc.Models[len(doc.Models)-1]
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
	if _, ok := shade.Cost(s.Models["fast"].Targets[2], &core.Usage{Known: true}); ok {
		t.Error("a target without a price has a cost")
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
