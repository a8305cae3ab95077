package rates

import (
	"log/slog"
	"math/rand/v2"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"asbru/bench/valkey"
	"asbru/core"
	"asbru/core/limit"
)

func wait(t *testing.T, what string, ok func() bool) {
	t.Helper()
	for end := time.Now().Add(30 * time.Second); !ok(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("%s: waited for 30 s", what)
		}
	}
}

// A machine is an Agent, and a limit of a key that it shares.
type machine struct {
	*Agent
	by *limit.Limiter
}

func newMachine(t *testing.T, url string, rules ...limit.Rule) *machine {
	t.Helper()
	desk := limit.NewDesk()
	a, err := Open(Options{URL: url, Desk: desk, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	a.Start()
	t.Cleanup(a.Close)
	b := limit.NewBook(nil, core.Clock())
	b.Share(desk)
	return &machine{a, limit.Of(b.Holder(`key "ci"`, rules))}
}

func (m *machine) serves(t *testing.T) {
	t.Helper()
	wait(t, "the machine to share", m.here.Load)
}

// hold asks as a stage does, until it knows.
func (m *machine) hold(x *core.Exchange) core.Verdict {
	for {
		v := m.by.Hold(x, nil, core.Clock())
		if v != core.Wait {
			return v
		}
		time.Sleep(time.Millisecond)
	}
}

func requests(units int64, per time.Duration) limit.Rule {
	return limit.Rule{Kind: limit.Requests, Rate: limit.Rate{Units: units, Per: per}}
}

// However machines share a rate between them, together they never pass it, and what is left is used by
// whoever asks.
func TestMachinesTogetherHaveOneRate(t *testing.T) {
	s := valkey.Start(t)
	const most = 2000
	rule := requests(most, 1000*time.Hour) // nothing comes back while the test runs
	machines := []*machine{newMachine(t, s.URL(), rule), newMachine(t, s.URL(), rule), newMachine(t, s.URL(), rule)}
	for _, m := range machines {
		m.serves(t)
	}
	var passed, refused atomic.Int64
	var all sync.WaitGroup
	for i, m := range machines {
		for range 4 {
			all.Go(func() {
				for range 400 / (1 + i) {
					switch m.hold(new(core.Exchange)) {
					case core.Continue:
						passed.Add(1)
					default:
						refused.Add(1)
					}
					if rand.IntN(50) == 0 {
						time.Sleep(time.Millisecond)
					}
				}
			})
		}
	}
	all.Wait()
	if n := passed.Load(); n > most {
		t.Errorf("%d requests passed a limit of %d", n, most)
	}
	wait(t, "the last of it to be used", func() bool { // what others do not use comes back to who asks
		if machines[0].hold(new(core.Exchange)) == core.Continue {
			passed.Add(1)
		}
		return passed.Load() >= most
	})
	for range 100 {
		for _, m := range machines {
			if m.hold(new(core.Exchange)) == core.Continue {
				t.Fatal("more passed than the limit lets")
			}
		}
	}
	t.Logf("%d passed, %d were refused; %d calls of the server", passed.Load(), refused.Load(), machines[0].rounds.Load()+machines[1].rounds.Load()+machines[2].rounds.Load())
}

// What comes back comes back once, for all machines together.
func TestARateComesBackForAllTogether(t *testing.T) {
	s := valkey.Start(t)
	rule := requests(100, time.Second)
	one, two := newMachine(t, s.URL(), rule), newMachine(t, s.URL(), rule)
	one.serves(t)
	two.serves(t)
	began, passed := time.Now(), 0
	for time.Since(began) < 2*time.Second {
		for _, m := range []*machine{one, two} {
			if m.hold(new(core.Exchange)) == core.Continue {
				passed++
			}
		}
		time.Sleep(200 * time.Microsecond)
	}
	if most := 100 + 100*time.Since(began).Seconds() + 2; float64(passed) > most || passed <= 100 {
		t.Errorf("%d passed in %v; %.0f may", passed, time.Since(began), most)
	}
}

// A server that is gone leaves each machine with the limit for itself, and nobody waits for it.
func TestAServerThatGoes(t *testing.T) {
	s := valkey.Start(t)
	rule := requests(50, 1000*time.Hour)
	one, two := newMachine(t, s.URL(), rule), newMachine(t, s.URL(), rule)
	one.serves(t)
	two.serves(t)
	for range 40 {
		if one.hold(new(core.Exchange)) != core.Continue {
			t.Fatal("one alone may have all of it")
		}
	}
	s.Stop()
	wait(t, "both to notice", func() bool {
		two.hold(new(core.Exchange))
		one.hold(new(core.Exchange))
		return !one.here.Load() && !two.here.Load()
	})
	passed := 0
	for range 100 {
		if two.hold(new(core.Exchange)) == core.Continue {
			passed++
		}
	}
	if passed > 50 {
		t.Errorf("alone a machine has %d of 50", passed)
	}
	s.Start()
	one.serves(t)
	two.serves(t)
}

// An end gives back what a machine has at hand and did not use.
func TestAnEndGivesBack(t *testing.T) {
	s := valkey.Start(t)
	const most = 500
	rule := requests(most, 1000*time.Hour)
	one := newMachine(t, s.URL(), rule)
	one.serves(t)
	used := 0
	for range 100 {
		if one.hold(new(core.Exchange)) == core.Continue {
			used++
		}
	}
	one.Agent.Close()
	two := newMachine(t, s.URL(), rule)
	two.serves(t)
	for end := time.Now().Add(20 * time.Second); used < most && time.Now().Before(end); {
		if two.hold(new(core.Exchange)) == core.Continue {
			used++
		} else { // the next slice is on its way
			time.Sleep(time.Millisecond)
		}
	}
	for range 50 {
		if two.hold(new(core.Exchange)) == core.Continue {
			used++
		}
	}
	if used != most {
		t.Errorf("%d of %d were used", used, most)
	}
}

func TestNoErrorShowsTheAddress(t *testing.T) {
	for _, url := range []string{"http://:secret@x", "redis://:secret@h/notanumber", "secret", "redis://:secret@[::1"} {
		if _, err := Open(Options{URL: url, Desk: limit.NewDesk()}); err == nil || strings.Contains(err.Error(), "secret") {
			t.Errorf("%q: %v", url, err)
		}
	}
}

// A server that hangs is one that does not answer, also at the end; one that has forgotten everything is asked again.
func TestAServerThatHangsAndForgets(t *testing.T) {
	s := valkey.Start(t)
	const most = 100
	rule := requests(most, 1000*time.Hour)
	a, b := newMachine(t, s.URL(), rule), newMachine(t, s.URL(), rule)
	a.serves(t)
	b.serves(t)
	pass := func(m *machine, n int) (passed int) {
		for range n {
			if m.hold(new(core.Exchange)) == core.Continue {
				passed++
			}
		}
		return passed
	}
	if n := pass(a, most); n == 0 || n > most {
		t.Fatalf("%d passed of %d", n, most)
	}
	if err := a.client.Do(t.Context(), a.client.B().Flushall().Build()).Error(); err != nil {
		t.Fatal(err)
	}
	wait(t, "a limit that was forgotten to be there anew", func() bool { return pass(b, 1) == 1 })
	if n := pass(a, 3*most) + pass(b, 3*most); n > most {
		t.Errorf("%d more passed of %d", n, most)
	}
	if !a.here.Load() || !b.here.Load() {
		t.Error("the server counts as lost")
	}

	s.Pause()
	defer s.Resume()
	wait(t, "the machine to count alone", func() bool { pass(a, 1); return !a.here.Load() })
	begun := time.Now()
	a.Close()
	b.Close()
	if took := time.Since(begun); took > 10*time.Second {
		t.Errorf("the end waits for the server for %v", took)
	}
	s.Resume()
	c := newMachine(t, s.URL(), rule)
	c.serves(t)
}
