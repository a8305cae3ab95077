package batches

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"asbru/core"
	"asbru/core/batch"
	"asbru/core/build"
	"asbru/core/govern"
	"asbru/core/price"
)

// An ending is what a batch came to.
type ending struct {
	cost    core.Money
	usage   core.Usage
	parts   []*part
	results int64 // that could be read
	guess   bool  // some of it is our own count
	why     string
}

// A part is what one model came to.
type part struct {
	model string // as it is priced
	price *core.Price
	usage core.Usage
	cost  core.Money
}

var (
	errStatus     = errors.New("the provider answers")
	errNoProvider = errors.New("the configuration has no such provider any more")
	errAway       = errors.New("nobody answers")
	errLong       = errors.New("the answer is longer than any that is read")
)

// look asks how a batch stands. nil: it is under way, or err says why that is not known.
func (s *Sweeper) look(ctx context.Context, t *govern.Till, j *govern.Job, p *plan) (*ending, error) {
	n, err := batch.ParseNote(j.Note)
	if err != nil {
		return &ending{cost: j.Worst, guess: true, why: err.Error()}, nil
	}
	if s.o.Snapshot().Providers[n.Provider] == nil {
		return nil, errNoProvider
	}
	form := batch.Named(n.Form)
	path, results := form.Where(n.Place, n.Name)
	status, object, err := s.read(ctx, &n, form.Door()+path)
	switch {
	case err != nil:
		return nil, err
	case status == 404 || status == 410:
		if charged(t, j, 0) {
			return &ending{why: again}, nil
		}
		if p.gone++; p.gone < goneTimes {
			return nil, nil
		}
		return &ending{cost: j.Worst, guess: true, why: "the provider does not know it any more"}, nil
	case status != 200:
		return nil, fmt.Errorf("%w %d", errStatus, status)
	}
	p.gone = 0
	st, err := batch.Read(form, object)
	if err != nil {
		return nil, err
	}
	if charged(t, j, st.Created) {
		return &ending{why: again}, nil
	}
	switch st.State {
	case batch.Working:
		return nil, nil
	case batch.Failed:
		return &ending{why: st.Word}, nil
	}
	c := newCount(build.Batched{Snap: s.o.Snapshot(), Note: &n}, j, &st)
	lost, err := s.collect(ctx, c, &st, results)
	if err != nil {
		return nil, err
	}
	return c.ending(lost), nil
}

const again = "it was charged before: a call that repeated another was told of the same batch"

// charged reports whether the batch of j has been charged already, to an earlier call: a provider answers a repetition,
// by its idempotency key, with what the first call began. One that gives a name anew says when it did: created, in Unix
// seconds; 0: it does not say.
func charged(t *govern.Till, j *govern.Job, created int64) bool {
	at, ok := t.EndedJob(j.Name())
	return ok && created <= at/int64(time.Second)
}

// read reads an object as a whole.
func (s *Sweeper) read(ctx context.Context, n *batch.Note, path string) (status int, object []byte, err error) {
	ctx, cancel := context.WithTimeout(ctx, askWait)
	defer cancel()
	status, body, err := s.o.Ask(ctx, n.Provider, n.Key, path)
	if err != nil {
		return 0, nil, fmt.Errorf("%w: %w", errAway, err)
	}
	defer body.Close()
	object, err = io.ReadAll(io.LimitReader(body, maxObject+1))
	if err == nil && len(object) > maxObject {
		err = errLong
	}
	return status, object, err
}

// collect counts all results. lost reports that some cannot be had any more.
func (s *Sweeper) collect(ctx context.Context, c *count, st *batch.Status, results string) (lost bool, err error) {
	if st.Inline != nil {
		return false, batch.Elements(st.Inline, c.add)
	}
	var paths []string
	if results != "" {
		paths = append(paths, c.form.Door()+results)
	}
	for _, name := range st.Files {
		paths = append(paths, c.form.File(name))
	}
	ctx, cancel := context.WithTimeout(ctx, readWait)
	defer cancel()
	for _, path := range paths {
		status, body, err := s.o.Ask(ctx, c.Note.Provider, c.Note.Key, path)
		if err != nil {
			return false, fmt.Errorf("%w: %w", errAway, err)
		}
		if status == 200 {
			err = batch.Lines(batch.Within(body, maxResults, errLong), c.add)
		}
		body.Close()
		switch {
		case err != nil:
			return false, err
		case status == 404 || status == 410 || status == 400:
			lost = true
		case status != 200:
			return false, fmt.Errorf("%w %d when it is asked for results", errStatus, status)
		}
	}
	return lost, nil
}

// A count adds results up.
type count struct {
	build.Batched
	form  batch.Form
	job   *govern.Job
	st    *batch.Status
	usage func([]byte, *core.Usage, *core.Forms)
	now   int64 // when it began, Unix seconds: the prices of then hold

	parts  []*part
	priced int64 // results that are charged by what they report
	failed int64 // that nothing is charged for
	odd    int64 // that say nothing, or nothing that can be true
}

func newCount(b build.Batched, j *govern.Job, st *batch.Status) *count {
	return &count{Batched: b, form: batch.Named(b.Note.Form), job: j, st: st, usage: b.Usage(), now: b.Note.At / int64(time.Second)}
}

// add counts one result.
func (c *count) add(line []byte) error {
	r, ok := batch.ReadResult(c.form, line, c.usage)
	switch {
	case !ok:
		c.odd++
		return nil
	case r.Failed:
		c.failed++
		return nil
	}
	p := c.part(string(r.Model))
	cost, flaw := price.CostInBatch(p.price, &r.Usage, c.now)
	if flaw.Estimated() || p.price == nil {
		c.odd++
		return nil
	}
	c.priced++
	p.cost = p.cost.Plus(cost)
	p.usage.Add(&r.Usage)
	return nil
}

// part is that of the model that a result names. It is priced as its request named it, where that is known.
func (c *count) part(model string) *part {
	if len(c.Note.Models) == 1 || model == "" && len(c.Note.Models) > 0 {
		model = c.Note.Models[0]
	}
	for _, p := range c.parts {
		if p.model == model {
			return p
		}
	}
	if len(c.parts) == maxModels {
		return c.parts[maxModels-1]
	}
	p := &part{model: model, price: c.Price(model)}
	c.parts = append(c.parts, p)
	return p
}

// ending is what it all came to. Of a result that is there and says nothing that can be true, and of one that the
// provider has counted and that is not there, its share of what is held is charged: nobody gets anything for
// taking results away before they were counted.
func (c *count) ending(lost bool) *ending {
	e := &ending{parts: c.parts, results: c.priced, why: c.st.Word}
	for _, p := range c.parts {
		e.cost = e.cost.Plus(p.cost)
		e.usage.Add(&p.usage)
	}
	missing := max(c.st.Answers-c.priced-c.odd, 0)
	switch n := c.odd + missing; {
	case lost && c.priced == 0 && c.total(e):
	case lost && c.st.Answers < 0, n > 0 && c.requests() == 0:
		e.cost, e.guess, e.why = c.job.Worst, true, "its results cannot be had"
	case n > 0:
		e.cost, e.guess = e.cost.Plus(c.share(n)), true
	}
	e.cost = min(e.cost, core.MaxMoney)
	if e.cost > c.job.Worst && e.guess {
		e.cost = c.job.Worst
	}
	return e
}

// requests is how many the batch has; 0: nobody knows.
func (c *count) requests() int64 { return max(c.Note.Requests, c.st.Total) }

// share is what n of the requests were held for.
func (c *count) share(n int64) core.Money {
	all := c.requests()
	if n >= all {
		return c.job.Worst
	}
	each := c.job.Worst / core.Money(all)
	return min((each+1)*core.Money(n), c.job.Worst)
}

// total charges what the provider says of the batch as a whole, when its results are gone. It reports false
// when it says nothing that can be used.
func (c *count) total(e *ending) bool {
	u := &c.st.Usage
	if len(c.Note.Models) != 1 || c.st.Answers <= 0 || price.Judge(u) != price.Sound {
		return false
	}
	p := c.part("")
	if p.price == nil {
		return false
	}
	p.cost, p.usage = p.price.At(c.now).ForBatch(u.In/c.st.Answers).Cost(u), *u
	e.parts, e.cost, e.usage, e.guess = c.parts, p.cost, *u, true
	return true
}
