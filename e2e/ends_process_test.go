package e2e

import (
	"strings"
	"syscall"
	"testing"
)

// forgotten is why no answer of an operation is kept.
func forgotten(d *deed) string {
	switch d.op {
	case "chat", "completion", "responses":
		return ""
	}
	return "its answers are not cached"
}

// What is under way when a process is told to stop ends as ever, and costs what it costs; new calls are not taken.
func TestEveryEndOfAProcess(t *testing.T) {
	m := newStage(t, deeds(false), []ending{{name: "drained", word: "half", bill: reported}})
	g := serve(t, m.config+entries(m.cells, true))
	end := m.begin(t, g, func(*cell) bool { return true })
	g.signal(syscall.SIGTERM)
	g.stderr.has(t, "draining")
	close(m.p.going)
	end()
	g.ends(0)
	m.check(t, g)
	for _, c := range m.cells {
		if c.status != 200 || c.err != nil {
			t.Errorf("%s: %d %v", c.name(), c.status, c.err)
		}
	}
}

// A process that waits no longer cuts off what is under way; each call costs what came of it.
func TestEveryEndCutOff(t *testing.T) {
	m := newStage(t, deeds(false), []ending{{name: "cut off", word: "half", bill: parted}, {name: "cut off before the answer", word: "silent", bill: prompt}})
	g := serve(t, m.config+"limits: {drain_wait: 300ms}\n"+entries(m.cells, true))
	end := m.begin(t, g, func(*cell) bool { return true })
	g.signal(syscall.SIGTERM)
	end()
	g.ends(0)
	m.check(t, g)
}

// An answer from memory costs what the document says of such answers: nothing, or what it would have cost; and of two equal
// questions at once only one is asked.
func TestEveryEndFromMemory(t *testing.T) {
	ends := []ending{{name: "cached", word: "ok", does: asksTwice, not: forgotten}, {name: "joined", word: "wait", does: asksAtOnce, not: forgotten}}
	t.Run("limits", func(t *testing.T) { fromMemory(t, ends, "cache: {}\n", nothing) })
	for i := range ends {
		ends[i].bill = reported
	}
	t.Run("full", func(t *testing.T) { fromMemory(t, ends, "cache: {charge: {hits: full, followers: full}}\n", reported) })
	t.Run("free", func(t *testing.T) {
		for i := range ends {
			ends[i].bill = nothing
		}
		fromMemory(t, ends, "cache: {charge: {hits: free, followers: free}}\n", nothing)
	})
}

func fromMemory(t *testing.T, ends []ending, cache string, second bill) {
	m := newStage(t, deeds(false), ends)
	g := serve(t, m.config+cache+entries(m.cells, true))
	m.run(g, func(*cell) bool { return true })
	for _, c := range m.cells {
		c.limits = ratesOf(t, g, c)
	}
	g.signal(syscall.SIGTERM)
	g.ends(0)
	r := readBack(t, g, m.dir)
	for _, c := range m.cells {
		c.checkRecalled(t, r, second, !strings.Contains(cache, "free"))
	}
}

// asksAtOnce asks the same twice at the same time.
func asksAtOnce(g *gateway, c *cell) {
	done := make(chan struct{})
	other := &cell{d: c.d, e: c.e, n: c.n, path: c.path, body: c.body}
	go func() {
		defer close(done)
		other.reads(g, c.firstID())
	}()
	<-c.half // the first has come to the provider
	c.reads(g, c.id())
	<-done
}

// checkRecalled compares what was written down of two calls, of which the second was answered from memory, with what is due.
func (c *cell) checkRecalled(t *testing.T, r *reading, second bill, counts bool) {
	t.Helper()
	price, want := c.d.in*perIn+c.d.out*perOut, int64(0)
	if second == reported {
		want = price
	}
	for id, due := range map[string]int64{c.firstID(): price, c.id(): want} {
		intents, sum := 0, int64(0)
		for _, v := range r.ledger[id] {
			switch v.Kind {
			case "intent":
				intents++
			case "settle", "charge", "release":
				sum += v.Nanos
			}
		}
		asked := 0
		if id == c.firstID() || second == reported { // what is charged is held, be it for no time
			asked = 1
		}
		lines, logs := r.trail[id], r.log[id]
		told := int64(0)
		for _, e := range lines {
			told += e.Nanos
		}
		if intents != asked || sum != due || told != due || len(logs) != 1 || nanosOf(logs[0].USD) != due || logs[0].Status != 200 {
			t.Errorf("%s: %d intents and %d in the ledger, %d lines of the trail with %d, in the log %+v; due are %d", c.name(), intents, sum, len(lines), told, logs, due)
		}
	}
	requests, tokens := int64(1), c.d.in+c.d.out
	if counts {
		requests = 2
	}
	if second == reported {
		tokens *= 2
	}
	if u := c.limits; c.tries.Load() != 1 || u.requests != requests || u.tokens != tokens || u.calls != 0 || u.streams != 0 {
		t.Errorf("%s: the provider was asked %d times, and of the limits %+v are used; want %d and %d", c.name(), c.tries.Load(), *u, requests, tokens)
	}
}
