package gate

import (
	"strings"
	"testing"
	"time"

	"asbru/core"
)

// A hall is a gate with a simulated clock, to which requests come one by one.
type hall struct {
	t   *testing.T
	g   *Gate
	now int64
	all map[string]*core.Ticket
}

func newHall(t *testing.T, s Spec) *hall {
	return &hall{t: t, g: New(s), now: int64(time.Hour), all: map[string]*core.Ticket{}}
}

// comes lets requests enter, separated by blanks. The letter of a name is its caller; a capital
// letter makes it interactive, a small one batch.
func (h *hall) comes(names string, want core.Entry) {
	h.t.Helper()
	for name := range strings.FieldsSeq(names) {
		t := &core.Ticket{Caller: uint64(name[0] | 0x20)}
		if name[0] >= 'a' {
			t.Urgency = core.Batch
		}
		h.now++
		h.all[name] = t
		if got := h.g.Enter(h.now, t); got != want {
			h.t.Errorf("%s: %v; want %v", name, got, want)
		}
	}
}

// leaves ends the request called name, and checks which one gets its place.
func (h *hall) leaves(name, want string) {
	h.t.Helper()
	before := map[string]bool{}
	for n, t := range h.all {
		before[n] = t.Inside()
	}
	h.now++
	h.g.Leave(h.now, h.all[name], core.Failed)
	for n, t := range h.all {
		if t.Inside() && !before[n] != (n == want) {
			h.t.Errorf("after %s %s is let in; want %q", name, n, want)
		}
	}
	if want != "" && !h.all[want].Inside() {
		h.t.Errorf("after %s %s is not let in", name, want)
	}
}

// Callers take turns in rounds, and within a round in the order in which they came.
func TestTurns(t *testing.T) {
	h := newHall(t, Spec{Fixed: true, Max: 1})
	h.comes("A1", core.Admitted)
	h.comes("A2 A3 A4 B1 B2 C1", core.Queued)
	h.leaves("A1", "A2")
	h.leaves("A2", "B1")
	h.comes("D1", core.Queued) // in the middle of a round: it takes part in it
	h.leaves("B1", "C1")
	h.leaves("C1", "D1")
	h.leaves("D1", "A3")
	h.leaves("A3", "B2")
	h.leaves("B2", "A4")
	h.leaves("A4", "")
	if h.g.state.Load() != 0 {
		t.Error("a request is still waiting")
	}
}

// Interactive requests go first, but batch gets its share of the turns.
func TestLanes(t *testing.T) {
	quarter := 0.25
	h := newHall(t, Spec{Fixed: true, Max: 1, Share: &quarter})
	h.comes("A1", core.Admitted)
	h.comes("b1 b2 b3", core.Queued)
	h.comes("A2 A3 A4 A5 A6 A7", core.Queued)
	for i, want := range strings.Fields("A2 A3 A4 b1 A5 A6 A7 b2 b3") {
		h.leaves(strings.Fields("A1 A2 A3 A4 b1 A5 A6 A7 b2")[i], want)
	}

	none := 0.0
	h = newHall(t, Spec{Fixed: true, Max: 1, Share: &none})
	h.comes("A1", core.Admitted)
	h.comes("b1 A2 A3", core.Queued)
	h.leaves("A1", "A2")
	h.leaves("A2", "A3")
	h.leaves("A3", "b1")
}

// While interactive requests keep coming, batch leaves one place in ten free.
func TestSpared(t *testing.T) {
	h := newHall(t, Spec{Fixed: true, Max: 10})
	h.comes("b0 b1 b2 b3 b4 b5 b6 b7 b8 b9", core.Admitted)
	h.leaves("b0", "")
	h.comes("A1", core.Admitted)
	h.leaves("A1", "")
	h.comes("b0", core.Queued)
	h.comes("A1", core.Admitted)
	h.leaves("A1", "")
	h.leaves("b1", "b0")
	h.now += 2 * lately
	h.comes("b1", core.Admitted)
}

// A full queue dismisses the newest request of the caller with the most in it, batch before interactive.
func TestFullQueue(t *testing.T) {
	h := newHall(t, Spec{Fixed: true, Max: 1, Queue: 4})
	h.comes("A1", core.Admitted)
	h.comes("A2 A3 A4 b1", core.Queued)
	gone := func(name string, why core.Refusal) {
		t.Helper()
		if e, r := h.all[name].Entry(), h.all[name].Refusal; e != core.Refused || r != why || h.all[name].Retry < 1 {
			t.Errorf("%s: %v for %v, to come back in %d s", name, e, r, h.all[name].Retry)
		}
	}
	h.comes("C1", core.Queued)
	gone("b1", core.ShareUsed)
	h.comes("D1", core.Queued)
	gone("A4", core.ShareUsed)
	h.comes("A5", core.Refused)
	gone("A5", core.ShareUsed)
	h.comes("c1", core.Refused)
	gone("c1", core.Overfull)
}

func TestNobodyWaits(t *testing.T) {
	h := newHall(t, Spec{Fixed: true, Max: 1, Queue: -1})
	h.comes("A1", core.Admitted)
	h.comes("B1", core.Refused)
	h.leaves("A1", "")

	h = newHall(t, Spec{Fixed: true, Max: 1})
	h.comes("A1", core.Admitted)
	slip := &core.Ticket{NoWait: true}
	if e := h.g.Enter(h.now, slip); e != core.Refused || slip.Refusal != core.NoRefusal {
		t.Errorf("with no queue: %v", e)
	}
	if g := h.g.Gauges(); g.Refused != [core.NumRefusals]uint64{} || g.Queued[core.Interactive] != 0 {
		t.Errorf("it was counted as refused: %+v", g)
	}
}

// A wait ends when it is due, at the first call that notices. A client that leaves is not counted as refused.
func TestDue(t *testing.T) {
	h := newHall(t, Spec{Fixed: true, Max: 1, Wait: time.Second})
	h.comes("A1", core.Admitted)
	h.comes("B1 B2 C1 D1", core.Queued)
	if !h.g.Abandon(h.now, h.all["C1"]) || h.all["C1"].Refusal != core.NoRefusal {
		t.Error("C1 cannot be abandoned")
	}
	if h.g.Abandon(h.now, h.all["C1"]) || h.g.Abandon(h.now, h.all["A1"]) {
		t.Error("a request that does not wait was abandoned")
	}
	h.now = h.all["B1"].Due
	if !h.g.Abandon(h.now, h.all["B1"]) || h.all["B1"].Refusal != core.WaitedOut {
		t.Errorf("B1: %v", h.all["B1"].Refusal)
	}
	h.now = h.all["D1"].Due
	h.comes("E1", core.Queued) // notices those that are due
	for _, name := range []string{"B2", "D1"} {
		if h.all[name].Refusal != core.WaitedOut {
			t.Errorf("%s: %v", name, h.all[name].Refusal)
		}
	}
	h.leaves("A1", "E1")
	h.g.Leave(h.now, h.all["E1"], core.Served)
	h.g.Leave(h.now, h.all["E1"], core.Served)
	if g := h.g.Gauges(); g.Inflight != 0 || g.Refused[core.WaitedOut] != 3 || g.Queued[core.Interactive] != 5 {
		t.Errorf("%+v", g)
	}
}

// A request that could only be answered after its time limit does not wait, and none waits longer than that.
func TestTooLate(t *testing.T) {
	h := newHall(t, Spec{Fixed: true, Max: 1, Wait: time.Second})
	h.comes("A1", core.Admitted)
	h.g.learn.quick.Store(int64(100 * time.Millisecond))
	h.g.learn.typical.Store(int64(200 * time.Millisecond))
	f := func(caller uint64, in time.Duration, want core.Entry, due time.Duration) *core.Ticket {
		t.Helper()
		k := &core.Ticket{Caller: caller, Until: h.now + int64(in)}
		if got := h.g.Enter(h.now, k); got != want || got == core.Refused && k.Refusal != core.TooLate || got == core.Queued && k.Due != h.now+int64(due) {
			t.Errorf("until %v: %v for %v, due in %v; want %v, %v", in, got, k.Refusal, time.Duration(k.Due-h.now), want, due)
		}
		return k
	}
	f(1, 50*time.Millisecond, core.Refused, 0)  // it takes longer at ease
	f(1, 290*time.Millisecond, core.Refused, 0) // a turn takes 200 ms
	one := f(1, 310*time.Millisecond, core.Queued, 210*time.Millisecond)
	f(2, 490*time.Millisecond, core.Refused, 0)
	two := f(2, time.Minute, core.Queued, time.Second)
	h.now = one.Due
	if !h.g.Abandon(h.now, one) || one.Refusal != core.TooLate {
		t.Errorf("the first is refused for %v", one.Refusal)
	}
	h.leaves("A1", "")
	if !two.Inside() {
		t.Error("the second is not let in")
	}
	if g := h.g.Gauges(); g.Refused[core.TooLate] != 4 || g.Refused[core.WaitedOut] != 0 {
		t.Errorf("%+v", g)
	}
}

// New rules apply at once and keep what was learnt.
func TestSet(t *testing.T) {
	g := New(Spec{})
	f := func(s Spec, limit int64) {
		t.Helper()
		g.Set(s)
		if got := g.limit.Load(); got != limit {
			t.Errorf("%+v: the limit is %d; want %d", s, got, limit)
		}
	}
	f(Spec{}, started)
	g.limit.Store(77)
	f(Spec{Max: 100}, 77)
	f(Spec{Max: 50}, 50)
	f(Spec{Min: 60, Max: 70}, 60)
	f(Spec{Fixed: true, Max: 9}, 9)
	f(Spec{Fixed: true, Max: 90}, 90)
	f(Spec{Min: 2, Max: 8}, 8)
	f(Spec{}, 8)
}

func TestRetryAfter(t *testing.T) {
	g := New(Spec{Fixed: true, Max: 10})
	f := func(held time.Duration, turns, want int) {
		t.Helper()
		g.learn.typical.Store(int64(held))
		if got := g.after(core.Interactive, turns); got != want {
			t.Errorf("%d turns of 10 places held for %v: %d s; want %d", turns, held, got, want)
		}
	}
	f(0, 100, 1)
	f(time.Second, 5, 1)
	f(time.Second, 25, 3)
	f(20*time.Second, 25, 50)
	f(20*time.Second, 1000, 60)
}

func TestLog2(t *testing.T) {
	f := func(n int64, want float64) {
		t.Helper()
		if got := float64(log2(n)) / logOne; got < want-0.01 || got > want+0.01 {
			t.Errorf("log2(%d) = %.4f; want %.4f", n, got, want)
		}
	}
	f(-5, 0)
	f(0, 0)
	f(1, 0)
	f(2, 1)
	f(3, 1.585)
	f(1000, 9.966)
	f(1_500_000_000, 30.482)
	f(1<<62, 62)
}
