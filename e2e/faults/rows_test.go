package faults

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"asbru/core"
)

// lanes are the two lanes of an exchange.
var lanes = []struct {
	name  string
	loops int
}{{"goroutine", -1}, {"loop", 1}}

// slack is how much a busy machine may add to a wait.
const slack = 5 * time.Second

// A ledger counts the rows that pass, by family.
type ledger struct {
	rows, hold map[string]int
	notes      []string
}

// The catalogue next to the repository, if it is there.
func TestShared(t *testing.T) {
	t.Parallel()
	rows := sharedRows(t)
	if rows == nil {
		t.Skip("protocol/faults/provider.jsonl is not beside this repository; TestOwn covers its classes")
	}
	playAll(t, rows)
}

// Our own cases, for every class.
func TestOwn(t *testing.T) {
	t.Parallel()
	playAll(t, ownRows)
}

func playAll(t *testing.T, rows []row) {
	l := ledger{rows: map[string]int{}, hold: map[string]int{}}
	failed := map[string]bool{}
	t.Run("rows", func(t *testing.T) {
		for _, r := range rows {
			l.rows[r.Family]++
			for _, note := range r.unchecked() {
				l.notes = append(l.notes, r.ID+": "+note)
			}
			t.Run(r.ID, func(t *testing.T) {
				t.Parallel()
				t.Cleanup(func() {
					if t.Failed() || t.Skipped() {
						ledgerMu.Lock()
						failed[r.ID] = true
						ledgerMu.Unlock()
					}
				})
				if f, ok := r.elsewhere(); ok {
					f(t)
					return
				}
				for _, lane := range lanes {
					t.Run(lane.name, func(t *testing.T) { r.play(t, lane.loops) })
				}
			})
		}
	})
	for _, r := range rows {
		if !failed[r.ID] {
			l.hold[r.Family]++
		}
	}
	l.print(t)
}

func (l *ledger) print(t *testing.T) {
	var families []string
	for f := range l.rows {
		families = append(families, f)
	}
	slices.Sort(families)
	line, all, hold := "", 0, 0
	for _, f := range families {
		line += fmt.Sprintf(", %s %d/%d", f, l.hold[f], l.rows[f])
		all, hold = all+l.rows[f], hold+l.hold[f]
	}
	t.Logf("%d of %d rows hold on both lanes%s", hold, all, line)
	for _, n := range l.notes {
		t.Logf("not checked: %s", n)
	}
}

// play plays one row on one lane.
func (r *row) play(t *testing.T, loops int) {
	sc, err := parse(r.Steps)
	if err != nil {
		t.Fatal(err)
	}
	bad := newProvider(t, "bad", sc)
	if strings.Contains(r.Action, "close") || strings.Contains(r.Action, "read") {
		bad.pace = time.Millisecond
	}
	good := newProvider(t, "good", &script{})
	g := newGateway(t, loops, document(sc.waits(), bad.base, good.base))
	c := newClient(t)
	switch {
	case strings.HasPrefix(r.Action, "close after"):
		leave(t, g, bad)
	case r.Action == "stop reading":
		bad.pace = 0
		stall(t, g, bad)
	case r.twice():
		bad.pace = 5 * time.Millisecond
		r.submit(t, g, bad, good)
	default:
		a := ask(t, c, g.addr, r.Stream)
		r.check(t, g, a, bad, good)
	}
	// After any failure the same client and the same provider continue to work.
	next := ask(t, c, g.addr, false)
	next.invariant(t)
	if next.status != 200 || next.err != nil || next.text == "" {
		t.Errorf("the next request on the connection got %d, %v: %.300s", next.status, next.err, next.body)
	}
	if sc.door == "" && !sc.timed && len(sc.plays) == 1 && next.from(t) != "bad" && !r.benches() { // the waits of timed scripts are brief
		t.Errorf("the next request was answered by %q; the first provider is well again", next.from(t))
	}
	await(t, "buffers to come back", func() bool { return g.srv.Buffers() == 0 })
}

// benches reports whether the provider asked to wait, or refused the key: then the next request goes to another
// target.
func (r *row) benches() bool {
	for _, step := range r.Steps {
		for _, status := range []string{"401", "402", "403", "429"} {
			if strings.Contains(step, "status "+status) {
				return true
			}
		}
	}
	return false
}

// check compares an answer with its row.
func (r *row) check(t *testing.T, g *gateway, a *answer, bad, good *provider) {
	t.Helper()
	a.invariant(t)
	allowed, fallback := r.Expect.statuses()
	if len(allowed) > 0 && !allowed[a.status] {
		t.Errorf("status %d (%v); want %s: %.400s", a.status, a.err, r.Expect.Status, a.body)
	}
	who := a.from(t)
	if fallback && a.status == 200 && who != "good" {
		t.Errorf("the answer is from %q; want the fallback's: %.400s", who, a.body)
	}
	asked, other := bad.asked.Load(), good.asked.Load()
	if asked+other > 3 || bad.conns.Load() > 3 {
		t.Errorf("%d attempts, %d connections", asked+other, bad.conns.Load())
	}
	switch r.Expect.replay() {
	case onlyBad:
		if other != 0 || asked > 1 {
			t.Errorf("asked the first provider %d times and the fallback %d times; want neither again", asked, other)
		}
	case thenGood:
		if other != 1 {
			t.Errorf("the fallback was asked %d times; want once", other)
		}
	}
	r.checkTail(t, a)
	if d := r.Expect.Deadline; d > 0 {
		if limit := max(time.Duration(d*float64(second)), brief.head) + slack; a.took > limit {
			t.Errorf("took %v; want %v at most", a.took, limit)
		}
	}
	rec := g.record(t)
	if want := r.billed(); want >= 0 && a.status == 200 && r.Expect.Retry != "" && rec.Usage.Out != want && who != "" {
		t.Errorf("the record shows %+v; want %d tokens out", rec.Usage, want)
	}
	r.checkBill(t, &rec, a.status == 200 && who != "")
	if rec.Usage.In < 0 || rec.Usage.Out < 0 || rec.Usage.Out > 1<<40 {
		t.Errorf("the record shows %+v", rec.Usage)
	}
	if r.Expect.Breaker && who != "bad" && g.failures() == 0 {
		t.Errorf("the failed attempt was not counted")
	}
}

// The cost of a token here: the models have no price, so they cost the ceiling.
const (
	eachIn  = core.Money(30_000)
	eachOut = core.Money(180_000)
)

// checkBill compares the charge of the exchange with the row. answered says that the answer is from a
// provider.
func (r *row) checkBill(t *testing.T, rec *core.Record, answered bool) {
	t.Helper()
	reported := eachIn*core.Money(rec.Usage.In) + eachOut*core.Money(rec.Usage.Out)
	bill := r.Expect.Bill
	switch has := func(words string) bool { return strings.HasPrefix(bill, words) }; {
	case bill == "0": // for the failed attempt
		if rec.Cost != 0 && (!answered || rec.Cost != reported) {
			t.Errorf("charged %v; want nothing", rec.Cost)
		}
	case has("partial"), has("estimate"), has("policy"):
		if rec.Cost <= 0 || rec.Usage.Known && rec.Usage.In >= 0 && rec.Usage.Out >= 0 && rec.Cost != reported && has("partial") {
			t.Errorf("charged %v for a part, %+v", rec.Cost, rec.Usage)
		}
	case has("full"), has("once"), has("fallback only"), has("both attempts"), has("0 as reported"):
		if answered && rec.Usage.Known && rec.Cost != reported {
			t.Errorf("charged %v; want %v for %+v", rec.Cost, reported, rec.Usage)
		}
	default:
		if rec.Cost < 0 {
			t.Errorf("charged %v", rec.Cost)
		}
	}
}

// checkTail checks how the answer ends.
func (r *row) checkTail(t *testing.T, a *answer) {
	t.Helper()
	tail := r.Expect.Tail
	switch {
	case a.status != 200:
		if a.errors != 1 || a.err != nil {
			t.Errorf("got %d %.400s, %v; want an error object", a.status, a.body, a.err)
		}
	case strings.HasPrefix(tail, "terminal error"):
		if a.errors != 1 || a.terminators != 0 || a.err != nil {
			t.Errorf("%d errors, %d terminators, %v; want one error event and a whole body: %.600s", a.errors, a.terminators, a.err, last(a.body))
		}
	case strings.HasPrefix(tail, "done"), strings.HasPrefix(tail, "json"), strings.HasPrefix(tail, "same"), tail == "-":
		if a.errors != 0 || r.Stream && a.terminators != 1 || a.text == "" || a.err != nil {
			t.Errorf("%d errors, %d terminators, %v; want a whole answer: %.600s", a.errors, a.terminators, a.err, last(a.body))
		}
		if strings.Contains(tail, "one role") && a.roles > 1 {
			t.Errorf("%d role deltas: %.600s", a.roles, a.body)
		}
	default:
		t.Errorf("the tail %q is not understood", tail)
	}
}

func last(s string) string { return s[max(0, len(s)-600):] }
