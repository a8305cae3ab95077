package remote

import (
	"context"
	"errors"
	"runtime/debug"
	"sync/atomic"
	"time"
	"unicode"

	"asbru/cache/semantic/guard"
	"asbru/cache/vector"
)

// A Question is what a similar question is searched for.
type Question struct {
	Space  [32]byte // only questions of one space are compared
	Text   string
	Cosine float64 // least similarity that the caller accepts; it can only raise that of the mode
}

// A Found is an answer to a question with the same meaning.
type Found struct {
	Key        [32]byte // under which it was stored; the caller must verify it
	Text       string
	Answer     string // encoded; empty: the store holds no answers
	Until      time.Time
	Similarity float32
	Threshold  float32
	Guard      string // the guard's verdict
}

// An Asking is a search under way.
type Asking struct {
	f     *Finder
	state atomic.Uint32 // whoever changes it first decides the outcome
	found *Found        // written before state
}

const (
	underWay uint32 = iota
	ended
	givenUp
)

// Ask starts a search and calls wake when it has ended. It never waits. nil: no search is
// made, and wake is not called.
func (f *Finder) Ask(q *Question, wake func()) *Asking {
	if !f.eligible(q.Text) {
		return nil
	}
	if f.dims() > 0 && f.ready.Load() == 0 || !f.asking.lets(time.Now()) {
		f.n.asks[resting].Add(1)
		return nil
	}
	f.shut.RLock()
	defer f.shut.RUnlock()
	if f.over {
		return nil
	}
	select {
	case f.slots <- struct{}{}:
	default:
		f.asking.spare()
		f.n.asks[busy].Add(1)
		return nil
	}
	a := &Asking{f: f}
	f.ended.Go(func() {
		defer func() { <-f.slots }()
		f.run(a, *q)
		wake()
	})
	return a
}

// Wait returns how long a search may take.
func (f *Finder) Wait() time.Duration {
	if f.o.Encoder == "" {
		return f.o.Search
	}
	return f.o.Encode + f.o.Search
}

// Done reports whether the search has ended, and its result; nil: nothing.
func (a *Asking) Done() (*Found, bool) {
	if a.state.Load() == ended {
		return a.found, true
	}
	return nil, false
}

// GiveUp ends a search that takes too long for its caller. It returns the result if that
// arrived at the last moment.
func (a *Asking) GiveUp() *Found {
	if a.state.CompareAndSwap(underWay, givenUp) {
		a.f.n.asks[late].Add(1)
		return nil
	}
	return a.found
}

func (f *Finder) run(a *Asking, q Question) {
	found, what, err := f.confined(&q)
	if errors.Is(err, errUnprepared) { // prepare logs the cause
		f.asking.spare()
	} else if f.asking.note(err == nil, time.Now()) {
		if err == nil {
			f.log.Info("questions are looked up outside again", "store", f.o.Place.Kind)
		} else {
			f.said[unasked].Store(0)
		}
	}
	if err != nil && !errors.Is(err, errUnprepared) {
		f.say(unasked, err)
	}
	a.found = found
	if a.state.CompareAndSwap(underWay, ended) {
		f.n.asks[what].Add(1)
	}
}

// confined is find, where a panic ends one search and not the process: what it judges are texts of clients, and of
// whoever else writes into the store.
func (f *Finder) confined(q *Question) (found *Found, what outcome, err error) {
	defer func() {
		if r := recover(); r != nil {
			f.log.Error("bug: a search outside panicked", "panic", r, "stack", string(debug.Stack()))
			found, what, err = nil, broken, errPanicked
		}
	}()
	return f.find(q)
}

var errPanicked = errors.New("the search panicked, which is a bug")

var errUnprepared = errors.New("the store was not reached yet")

// find encodes the question, searches, and judges the results.
func (f *Finder) find(q *Question) (*Found, outcome, error) {
	within, cancel := context.WithTimeout(f.ctx, f.o.Encode)
	v, err := f.encode(within, q.Text)
	past := within.Err() != nil
	if cancel(); err != nil {
		return nil, lateOr(encoder, past), err
	}
	if int(f.ready.Load()) != len(v) {
		select {
		case f.learned <- len(v):
		default:
		}
		return nil, broken, errUnprepared
	}
	now := time.Now()
	space := f.space(&q.Space)
	within, cancel = context.WithTimeout(f.ctx, f.o.Search)
	rows, err := f.store.Search(within, &vector.Query{Space: space, Vector: v, Top: candidates, Now: now})
	past = within.Err() != nil
	if cancel(); err != nil {
		return nil, lateOr(broken, past), err
	}
	if found := f.judge(q, &space, rows, now); found != nil {
		return found, hit, nil
	}
	return nil, absent, nil
}

// lateOr returns how to count a failure.
func lateOr(what outcome, past bool) outcome {
	if past {
		return late
	}
	return what
}

// A desk is the memory for judging.
type desk struct{ asked, kept *guard.Form }

// judge returns the first row whose answer may be given.
func (f *Finder) judge(q *Question, space *[32]byte, rows []vector.Found, now time.Time) *Found {
	d := f.desks.Get().(*desk)
	defer f.desks.Put(d)
	f.guard.Read(d.asked, q.Text)
	for i := range rows[:min(len(rows), candidates)] {
		r := &rows[i]
		text, opened := f.seal.open(r.Text, partText, &r.Key, &r.Space)
		answer, whole := f.seal.open(r.Answer, partAnswer, &r.Key, &r.Space)
		if r.Space != *space || !r.Until.After(now) || !opened || !whole {
			f.n.strange.Add(1)
			continue
		}
		f.guard.Read(d.kept, text)
		if word, least, ok := f.passes(q, d, text, r.Similarity); ok {
			return &Found{Key: r.Key, Text: text, Answer: answer, Until: r.Until, Similarity: r.Similarity, Threshold: least, Guard: word}
		}
	}
	return nil
}

// passes judges the question on d against the stored text, as package semantic does.
func (f *Finder) passes(q *Question, d *desk, text string, similarity float32) (word string, least float32, ok bool) {
	if f.o.Bare {
		least = max(f.o.Least, float32(q.Cosine))
		return "off", least, similarity >= least
	}
	foreign := d.asked.Ineligible() == guard.WhyForeign || d.kept.Ineligible() == guard.WhyForeign
	if !f.mayCompare(d.kept, text) {
		return "", 0, false
	}
	g := f.guard.Compare(d.asked, d.kept)
	switch {
	case g.Rule == guard.Pass:
		least = f.o.Pass
	case f.o.Soft && g.Rule.Soft() && !foreign:
		least = f.o.Least
	default:
		return "", 0, false
	}
	if foreign {
		least = max(least, foreignCosine)
	}
	least = max(least, float32(q.Cosine))
	return g.Rule.String(), least, similarity >= least
}

// eligible reports whether a text can be compared with others.
func (f *Finder) eligible(text string) bool {
	if f.o.Bare {
		return true
	}
	d := f.desks.Get().(*desk)
	defer f.desks.Put(d)
	f.guard.Read(d.asked, text)
	return f.mayCompare(d.asked, text)
}

// mayCompare reports whether a text that was parsed into form can be compared with others. The table
// in the program knows only English; another encoder is assumed to know the language, provided that
// the guard can read the numbers.
func (f *Finder) mayCompare(form *guard.Form, text string) bool {
	switch form.Ineligible() {
	case "":
		return true
	case guard.WhyForeign:
		return f.o.Encoder != "" && !strangeNumber(text)
	}
	return false
}

// strangeNumber reports whether text holds a digit outside ASCII, which the guard
// ignores.
func strangeNumber(text string) bool {
	for _, r := range text {
		if r >= 0x80 && unicode.IsNumber(r) {
			return true
		}
	}
	return false
}
