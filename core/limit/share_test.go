package limit

import (
	"testing"
	"time"

	"asbru/core"
)

// A hub stands for the server of shared rates: what is left of one that never comes back.
type hub struct{ left int64 }

// serve answers what a Desk asks for, and what all its Shares need at a beat.
func (h *hub) serve(d *Desk, beat bool, all ...*Share) {
	if !beat {
		all = d.Take()
	}
	for _, s := range all {
		n := s.Need(beat, false)
		h.left -= n.Used
		units := max(min(h.left, max(n.Least, min(n.Most, max(h.left/8, 1)))), 0)
		h.left -= units
		s.Granted(&n, units, 0, 0)
	}
}

// A machine is a Desk, and a limit of a key that is shared through it.
type machine struct {
	desk *Desk
	*Limiter
	share *Share
}

func newMachine(r Rule) *machine {
	m := &machine{desk: NewDesk()}
	m.desk.Serve(true)
	b := NewBook(nil, 0)
	b.Share(m.desk)
	h := b.Holder(`key "ci"`, []Rule{r})
	m.Limiter, m.share = Of(h), h.rules[0].share
	return m
}

// hold holds a request as a stage does that the hub answers at once.
func (m *machine) hold(t *testing.T, h *hub, x *core.Exchange) core.Verdict {
	t.Helper()
	for range 3 {
		if v := m.Hold(x, nil, 0); v != core.Wait {
			return v
		}
		h.serve(m.desk, false)
	}
	t.Fatal("it waits on though it was answered")
	return core.Wait
}

func TestMachinesHaveOneRate(t *testing.T) {
	const most = 400
	h := &hub{left: most}
	rule := rate(Requests, most, time.Hour)
	machines := []*machine{newMachine(rule), newMachine(rule), newMachine(rule)}
	passed := 0
	for i := range 3 * most {
		m := machines[i*i%3%len(machines)]
		switch m.hold(t, h, request(0, 1, false)) {
		case core.Continue:
			passed++
		case core.Refuse:
			for _, o := range machines { // an idle machine gives back what it has
				if o != m {
					h.serve(o.desk, true, o.share)
					h.serve(o.desk, true, o.share)
				}
			}
			m.share.empty.Store(0) // a while later
		}
		if i%50 == 0 {
			h.serve(m.desk, true, m.share)
		}
	}
	if passed != most {
		t.Errorf("%d requests passed a limit of %d", passed, most)
	}
}

func TestAShareIsGivenBack(t *testing.T) {
	h := &hub{left: 1000}
	m := newMachine(rate(Tokens, 1000, time.Hour))
	one, two := request(400, 300, false), request(0, 500, false)
	if m.hold(t, h, one) != core.Continue || m.hold(t, h, two) != core.Continue {
		t.Fatal("there was room for both")
	}
	Done(one, 30, true, 0)  // 400 were held
	Done(two, 700, true, 0) // 500 were
	for range 3 {
		h.serve(m.desk, true, m.share)
	}
	if want := int64(1000 - 30 - 700); h.left != want || m.share.Alive() {
		t.Errorf("%d are left, want %d; alive: %v", h.left, want, m.share.Alive())
	}
	none := request(0, 500, false)
	if v := m.hold(t, h, none); v != core.Refuse || none.Fault.HTTP() != 429 || none.Taken.Held {
		t.Errorf("what is not there is %v, %+v", v, none.Fault)
	}
}

func TestABusyMachineKeepsLittleMoreThanItUses(t *testing.T) {
	m := newMachine(rate(Requests, 1600, time.Hour))
	m.share.Granted(&Need{}, 1000, 0, 0)
	for range 30 {
		if m.Hold(request(0, 1, false), nil, 0) != core.Continue {
			t.Fatal("it was granted")
		}
	}
	if n := m.share.Need(true, false); n.Used != -940 || n.Most != 0 || m.share.lease.Load() != 30 {
		t.Errorf("%+v, and it keeps %d", n, m.share.lease.Load())
	}
	if n := m.share.Need(true, false); n.Used != -30 || m.share.Alive() {
		t.Errorf("idle it gives back %+v", n)
	}
}

func TestWhoIsNotAnsweredGoesOn(t *testing.T) {
	m := newMachine(rate(Requests, 10, time.Hour))
	x := request(0, 1, false)
	for now := int64(1); ; now += int64(mostPending) / 3 {
		v := m.Hold(x, nil, now)
		if v == core.Continue {
			if now <= int64(mostPending)/2 {
				t.Errorf("it waited for %v only", time.Duration(now))
			}
			break
		}
		if v != core.Wait || now > 3*int64(mostPending) {
			t.Fatal(v, x.Fault)
		}
	}
	if n := m.share.Need(false, false); n.Used != 1 {
		t.Errorf("what was taken without being granted is not told: %+v", n)
	}
	m.desk.Serve(false) // nobody knows of other machines: this one counts alone
	m.share.Forget()
	for i := range 20 {
		x := request(0, 1, false)
		if v := m.Hold(x, nil, int64(time.Minute)); v == core.Wait || (v == core.Continue) != (i < 9) {
			t.Errorf("alone, request %d is %v", i, v)
		}
	}
}

func TestASharedRateStaysAcrossReloads(t *testing.T) {
	d := NewDesk()
	b := NewBook(nil, 0)
	b.Share(d)
	one := &b.Holder(`team "a"`, []Rule{rate(Requests, 10, time.Minute)}).rules[0]
	next := NewBook(b, 0)
	next.Share(d)
	two := &next.Holder(`team "a"`, []Rule{rate(Requests, 20, time.Minute)}).rules[0]
	if one.share != two.share || two.share.rate.Load().Units != 20 {
		t.Error("a limit that is raised is another one")
	}
	alone := NewBook(next, 0)
	if three := &alone.Holder(`team "a"`, []Rule{rate(Requests, 20, time.Minute)}).rules[0]; three.share != nil || three.state != two.state {
		t.Error("a limit that is no longer shared is not the one that was")
	}
	other := NewBook(nil, 0)
	other.Share(NewDesk())
	rules := other.Holder(`team "a"`, []Rule{rate(Requests, 5, time.Minute), {Kind: Calls, Most: 3}}).rules
	if rules[0].share == one.share || rules[0].share.Name != one.share.Name {
		t.Error("two machines call one limit by two names")
	}
	if rules[1].share != nil {
		t.Error("calls under way are shared")
	}
}
