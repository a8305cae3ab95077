package cache

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"asbru/cache/exact"
	"asbru/cache/semantic"
	"asbru/core"
)

func TestLowerBound(t *testing.T) {
	f := func(k, n int, want float64) {
		t.Helper()
		if got := lowerBound(k, n); math.Abs(got-want) > 0.0005 {
			t.Errorf("%d of %d: %.4f, want %.4f", k, n, got, want)
		}
	}
	f(0, 0, 0)
	f(0, 10, 0)
	f(10, 10, 0.7225)
	f(95, 100, 0.8882)
	f(100, 100, 0.9630)
	f(144, 144, 0.9740)
}

// The tier falls when enough comparisons say so, forgets them, and comes back when as many
// new ones are good enough.
func TestTrust(t *testing.T) {
	s := newTrusts(Check{Share: 1, Precision: 0.8, Samples: 20})
	a := s.in(owner{"key", "a"})
	f := func(n int, same, changes bool) {
		t.Helper()
		for i := range n {
			if got := a.tell(same); got != (changes && i == n-1) {
				t.Fatalf("comparison %d of %d: changed %v, %+v", i+1, n, got, a.report())
			}
		}
	}
	f(19, true, false)
	f(1, false, true) // 19 of 20: 0.764
	if r := a.report(); !r.Fallen || r.Compared != 0 || r.Agreed != 19 || r.Differed != 1 || r.Falls != 1 || r.Owner != "key:a" {
		t.Errorf("%+v", r)
	}
	f(19, true, false)
	f(1, true, true) // 20 of 20: 0.839
	if r := a.report(); r.Fallen || r.Compared != 20 {
		t.Errorf("%+v", r)
	}
	f(200, true, false) // the window is of 80
	if r := a.report(); r.Compared != 80 || r.Bound < 0.95 {
		t.Errorf("%+v", r)
	}
	f(8, false, false)
	f(1, false, true) // 71 of 80: 0.800
	if s.in(owner{"key", "b"}).fallen.Load() || s.in(owner{"key", "a"}) != a {
		t.Error("owners are not apart")
	}
}

// The owners of a Cache that are judged apart are bounded; the others share one judgement.
func TestTrustsAreBounded(t *testing.T) {
	s := newTrusts(Check{Share: 1})
	for i := range 3 * maxTrusts {
		s.in(owner{"key", fmt.Sprint(i)})
	}
	if n := len(s.list()); n != maxTrusts+1 || s.in(owner{"key", "new"}) != s.in(owner{"key", "newer"}) || s.in(owner{"key", "3"}).name != "key:3" {
		t.Errorf("%d trusts", n)
	}
}

// A provider that says something else than the semantic tier makes that fall, for its owner
// alone, and what it says is kept; when it agrees the tier comes back by itself.
func TestChecks(t *testing.T) {
	r := newRig(t, Options{Like: Likeness{On: true, Mode: semantic.Relaxed}, Check: Check{Share: 1, Precision: 0.7, Samples: 10}})
	stranger := &core.VirtualKey{Name: "stranger"}
	seed := says("How do I convert 5 miles to kilometers?")
	reply := func(say string) string { return strings.Replace(greeted, `Hi \"you\"`, say, 1) }
	r.leads(r.exchange(seed), reply("5 miles are 8.05 kilometers."), 1<<20)
	hers := seed
	hers.key = stranger
	r.leads(r.exchange(hers), reply("5 miles are 8.05 kilometers."), 1<<20)
	r.idle()
	// like asks the same in other words, and has the provider say something to it.
	like := func(say string) core.Recall {
		t.Helper()
		q := says(reworded)
		x := r.exchange(q)
		v := r.look(x)
		was := x.Recall
		y := x
		if v == core.Answer {
			if y = r.behind(x, q); y == nil {
				t.Fatalf("nothing is asked behind %q", x.Reply.Fields)
			}
			r.end(x)
		} else {
			x.Begin(r.target, nil).Status = 200
			x.Face, x.As = r.face, x.Op
		}
		y.Watch.Saw(y, []byte(reply(say)))
		r.end(y)
		r.idle()
		r.forget(reworded) // so that it is the seed that is found again
		return was
	}
	fallen := func() bool { return trusted(r).Fallen }
	if got := like("That is 8.05 kilometers."); got != core.RecallSemantic {
		t.Fatalf("asked in other words: %v", got)
	}
	n := 0
	for ; !fallen() && n < 30; n++ {
		like("That is 9.66 kilometers.")
	}
	if n > 10 {
		t.Errorf("it fell after %d wrong answers", n)
	}
	if got := like("That is 8.05 kilometers."); got != core.RecallMissed {
		t.Errorf("fallen: %v", got)
	}
	x := r.exchange(says(reworded))
	x.Key = stranger
	if v := r.look(x); v != core.Answer || x.Recall != core.RecallSemantic {
		t.Errorf("another owner: %v, %v", v, x.Recall)
	}
	r.end(x)
	for n = 0; fallen() && n < 30; n++ {
		like("It is about 8.05 kilometers.")
	}
	if n > 10 || like("8.05 kilometers") != core.RecallSemantic {
		t.Errorf("%d right answers, %+v", n, trusted(r))
	}
	c := r.Counts()
	if tr := c.Trusts[1]; tr.Owner != "key:ci-bot" || tr.Falls != 1 || tr.Unjudged != 0 || c.Doubted == 0 || c.Checks == 0 {
		t.Errorf("%+v, %d doubted, %d checked", tr, c.Doubted, c.Checks)
	}
	figures := map[string]int64{}
	for _, f := range r.Figures() {
		if f.Value == "key:ci-bot" {
			figures[f.Name] = f.N
		}
	}
	if figures["asbru_cache_check_differed_total"] == 0 || figures["asbru_cache_precision_lower_bound"] == 0 || figures["asbru_cache_semantic_falls_total"] != 1 {
		t.Errorf("%v", figures)
	}
}

// trusted is the judgement on the first owner's semantic hits.
func trusted(r *rig) Trust { return append(r.Counts().Trusts, Trust{}, Trust{})[1] }

// reworded asks for seed in other words than it: no permutation of them.
const reworded = "How would you turn 5 miles into kilometers?"

// forget takes out the answers to a question.
func (r *rig) forget(text string) {
	r.mem.Each(func(i *exact.Item[*kept]) {
		if i.Value.Text == text {
			r.erase(i)
		}
	})
}

// What answered, and what that counts for, is told to who keeps limits and budgets.
func TestCharge(t *testing.T) {
	f := func(c Charge, hits, followers core.Charge) {
		t.Helper()
		r := newRig(t, Options{Charge: c})
		lead, follower := r.exchange(asked{body: hello, stream: true}), r.exchange(asked{body: hello})
		r.start(lead)
		r.look(follower)
		lead.Watch.Saw(lead, []byte(streamed))
		lead.Watch.Sure(lead)
		lead.Usage = core.Usage{Known: true, In: 8, Out: 3}
		late := r.exchange(asked{body: hello, stream: true})
		r.look(late)
		r.end(lead)
		if lead.Recall != core.RecallMissed || lead.Charge != core.ChargeUsed {
			t.Errorf("the owner: %v, %v", lead.Recall, lead.Charge)
		}
		r.poured(late)
		r.answered(follower)
		r.idle()
		hit := r.exchange(asked{body: hello})
		r.answered(hit)
		for i, x := range []*core.Exchange{late, follower, hit} {
			recall, charge := core.RecallJoined, followers
			if i == 2 {
				recall, charge = core.RecallExact, hits
			}
			if x.Recall != recall || x.Charge != charge {
				t.Errorf("%d: %v, %v; want %v, %v", i, x.Recall, x.Charge, recall, charge)
			}
			if is, want := x.Usage.Known && x.Usage.Out == 3 && x.Answered == r.target, charge == core.ChargeFull; is != want {
				t.Errorf("%d: %+v of %v", i, x.Usage, x.Answered)
			}
			r.end(x)
		}
	}
	f(Charge{}, core.ChargeRequest, core.ChargeRequest)
	f(Charge{Hits: core.ChargeFull, Followers: core.ChargeNothing}, core.ChargeFull, core.ChargeNothing)
	f(Charge{Hits: core.ChargeNothing, Followers: core.ChargeFull}, core.ChargeNothing, core.ChargeFull)
}

// What is tuned holds from then on, and leaves what is remembered; the same again leaves what is known of hits.
func TestTune(t *testing.T) {
	r := newRig(t, Options{})
	r.leads(r.exchange(asked{body: hello}), greeted, 100)
	r.idle()
	f := func(o Options, charge core.Charge, draws bool) {
		t.Helper()
		if !r.Same(o) {
			t.Errorf("%+v is another cache", o)
		}
		r.Tune(o)
		x := r.exchange(asked{body: hello})
		if _, v := r.answered(x); v != core.Answer || x.Charge != charge || r.trusts.Load().draw() != draws {
			t.Errorf("%+v: %v, charge %v", o, v, x.Charge)
		}
		r.end(x)
	}
	f(Options{Charge: Charge{Hits: core.ChargeFull}}, core.ChargeFull, false)
	f(Options{Check: Check{Share: 1}}, core.ChargeRequest, true)
	r.trusts.Load().in(owner{"key", "a"}).tell(true)
	f(Options{Check: Check{Share: 1, Samples: DefaultSamples}, Charge: Charge{Hits: core.ChargeNothing}}, core.ChargeNothing, true)
	if len(r.Counts().Trusts) != 2 {
		t.Error("what is known of hits is forgotten")
	}
	f(Options{}, core.ChargeRequest, false)
	if r.Same(Options{TTL: 1}) {
		t.Error("another time to live is no other cache")
	}
}
