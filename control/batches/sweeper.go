package batches

import (
	"context"
	"errors"
	"log/slog"
	"math/rand/v2"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"asbru/core"
	"asbru/core/batch"
	"asbru/core/build"
	"asbru/core/govern"
	"asbru/core/ledger"
)

// Options are what a Sweeper needs. All functions may be called at any time.
type Options struct {
	Till     func() *govern.Till   // nil, or a result of nil: there is nothing to ask about
	Snapshot func() *core.Snapshot // whose prices and providers hold
	Ask      build.Fetch           // asks a provider, with one of its keys
	Every    func() time.Duration  // how often, at most; 0: DefaultEvery
	Audited  func() bool           // whether what a batch came to is written down for the audit trail
	Now      func() time.Time      // nil: time.Now
	Log      *slog.Logger
}

// A Sweeper asks about all batches that are open, one after the other.
type Sweeper struct {
	o    Options
	kick chan struct{}

	mu     sync.Mutex
	looked map[string]struct{} // titles of batches that clients were told about

	plans map[ledger.Seq]*plan // Run's own

	asked, troubles           atomic.Int64
	counted, unknown, nothing atomic.Int64
}

// A plan is when a batch is to be asked about next.
type plan struct {
	last, next time.Time
	failed     int // times in a row
	gone       int // times in a row that the provider knew no such batch
}

// New makes a Sweeper; Run makes it work.
func New(o Options) *Sweeper {
	if o.Now == nil {
		o.Now = time.Now
	}
	return &Sweeper{o: o, kick: make(chan struct{}, 1), looked: map[string]struct{}{}, plans: map[ledger.Seq]*plan{}}
}

// Look has a batch asked about soon, by its title: somebody was told how it stands. It never waits.
func (s *Sweeper) Look(title string) {
	s.mu.Lock()
	if len(s.looked) < maxLooks {
		s.looked[title] = struct{}{}
	}
	s.mu.Unlock()
	select {
	case s.kick <- struct{}{}:
	default:
	}
}

// Run asks until ctx ends.
func (s *Sweeper) Run(ctx context.Context) {
	for {
		wait := s.round(ctx)
		select {
		case <-ctx.Done():
			return
		case <-s.kick:
		case <-time.After(wait):
		}
	}
}

// round asks about all batches that are due, and returns when there may be something to do again.
func (s *Sweeper) round(ctx context.Context) time.Duration {
	every := s.every()
	t := s.o.Till()
	if t == nil {
		return every
	}
	s.mu.Lock()
	looked := s.looked
	s.looked = map[string]struct{}{}
	s.mu.Unlock()
	jobs := t.Jobs()
	open := make(map[ledger.Seq]*plan, len(jobs))
	soon, away := s.o.Now().Add(every), map[string]bool{}
	for i := range jobs {
		j := &jobs[i]
		p := s.plans[j.Seq]
		if p == nil {
			p = &plan{next: s.o.Now().Add(jittered(every / 4))} // after a start they are not all asked at once
		}
		open[j.Seq] = p
		if _, ok := looked[j.Name()]; ok {
			if at := p.last.Add(lookAgain); at.Before(p.next) {
				p.next = at
			}
		}
		if provider, _, _ := strings.Cut(j.Name(), " "); away[provider] && !p.next.After(s.o.Now()) {
			p.next = s.o.Now().Add(jittered(every)) // who does not answer is not waited for again
		} else if ctx.Err() == nil && !p.next.After(s.o.Now()) {
			away[provider] = s.ask(ctx, t, j, p)
		}
		if p.next.Before(soon) {
			soon = p.next
		}
	}
	s.plans = open
	return max(soon.Sub(s.o.Now()), time.Millisecond)
}

func (s *Sweeper) every() time.Duration {
	if d := s.o.Every(); d > 0 {
		return d
	}
	return DefaultEvery
}

// jittered is d, or up to a fifth more.
func jittered(d time.Duration) time.Duration { return d + rand.N(d/5+1) }

// ask asks about one batch, ends it if it is over, and plans when to ask again. away: nobody answers there.
func (s *Sweeper) ask(ctx context.Context, t *govern.Till, j *govern.Job, p *plan) (away bool) {
	s.asked.Add(1)
	end, err := s.look(ctx, t, j, p)
	now := s.o.Now()
	p.last = now
	switch {
	case err != nil:
		if ctx.Err() != nil {
			return true
		}
		s.troubles.Add(1)
		if p.failed++; p.failed == 1 {
			s.o.Log.Warn("a provider cannot be asked about a batch; it stays held", "batch", j.Name(), "error", err)
		}
		p.next = now.Add(jittered(min(s.every()<<min(p.failed, longestOff), longest)))
	default:
		p.failed, p.next = 0, now.Add(jittered(s.every()))
	}
	if end == nil && now.Sub(time.Unix(0, j.Begun)) > giveUp {
		end = &ending{cost: j.Worst, guess: true, why: "nothing was heard of it for too long"}
	}
	if end != nil {
		s.finish(ctx, t, j, end)
	}
	return errors.Is(err, errAway)
}

// finish charges what a batch came to.
func (s *Sweeper) finish(ctx context.Context, t *govern.Till, j *govern.Job, e *ending) {
	n, err := batch.ParseNote(j.Note)
	if err != nil {
		n = batch.Note{Provider: "unknown", Name: j.Name()}
	}
	b := build.Batched{Snap: s.o.Snapshot(), Note: &n}
	now := s.o.Now().UnixNano()
	end := govern.End{Cost: e.cost, Spare: n.Spare, Now: now}
	cost := min(e.cost, j.Worst)
	if e.guess {
		end.Flags = ledger.Estimated
	}
	if s.o.Audited() {
		end.Note = b.AppendCall(nil, j.ID, &build.BatchPart{Usage: e.usage, Cost: cost}, now)
	}
	ok, err := t.Finish(ctx, j.Seq, &end)
	if err != nil {
		s.o.Log.Error("what a batch came to cannot be written down; it stays held", "batch", j.Name(), "error", err)
	}
	if !ok {
		return
	}
	b.Count(&e.usage, cost)
	s.count(e)
	s.o.Log.Info("a batch has ended", "batch", j.Name(), "charged", cost.String(), "results", e.results, "estimated", e.guess, "why", e.why)
	if len(e.parts) > 1 && s.o.Audited() {
		for _, p := range e.parts {
			t.Write(&ledger.Record{Kind: ledger.Audit, ID: j.ID, Time: now, Payload: b.AppendCall(nil, j.ID, &build.BatchPart{Model: p.model, Usage: p.usage, Cost: p.cost}, now)})
		}
	}
}

func (s *Sweeper) count(e *ending) {
	switch {
	case e.guess:
		s.unknown.Add(1)
	case e.cost == 0:
		s.nothing.Add(1)
	default:
		s.counted.Add(1)
	}
}

// Figures is what the Sweeper counts. How many batches are open is the Book's to say.
func (s *Sweeper) Figures() []core.Figure {
	const ended = "asbru_batches_ended_total"
	return []core.Figure{
		{Name: ended, Help: "Batches that have ended, by what was charged: their results, an estimate because the results could not be read, or nothing.", Total: true, Label: "charged", Value: "results", N: s.counted.Load()},
		{Name: ended, Total: true, Label: "charged", Value: "estimate", N: s.unknown.Load()},
		{Name: ended, Total: true, Label: "charged", Value: "nothing", N: s.nothing.Load()},
		{Name: "asbru_batches_asked_total", Help: "Times that a provider was asked about a batch.", Total: true, N: s.asked.Load()},
		{Name: "asbru_batches_errors_total", Help: "Times that asking a provider about a batch failed.", Total: true, N: s.troubles.Load()},
	}
}
