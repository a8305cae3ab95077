package build

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"sync"
	"time"

	"asbru/core"
	"asbru/core/audit"
	"asbru/core/batch"
	"asbru/core/govern"
	"asbru/core/ledger"
	"asbru/core/price"
)

// A Fetch asks a provider for something that it keeps, by GET, as the gateway's own caller and with one of the
// provider's keys; empty: it has none. path is one of the gateway's own. The body is to be closed.
type Fetch func(ctx context.Context, provider, key, path string) (status int, body io.ReadCloser, err error)

// batching is what the document says of batches.
type batching struct {
	fetch  Fetch // nil: no file is read
	look   func(name string)
	flat   core.Money    // what is held for a batch that cannot be counted; 0: it is refused
	counts chan struct{} // one for each file that is being counted
}

// A lot is a batch that an exchange is about to begin. It is the Watcher of the reply, which says what the
// batch is called.
type lot struct {
	form   batch.Form
	place  string
	source batch.Source
	snap   *core.Snapshot
	key    *core.VirtualKey
	route  *core.Route
	from   *core.Dialect
	now    int64 // wall clock, Unix seconds

	view   core.Exchange // a request of it as if it came alone
	models []string      // that its requests name, each once
	n      int64         // requests
	worst  core.Money
	least  core.Money
	blind  bool // it was not counted

	next  core.Watcher // of the same reply; nil: there is none
	reply []byte       // as far as it was seen
	long  bool         // the reply is longer than any object of a batch

	mu    sync.Mutex // of what follows
	begun bool
	done  bool
	err   error // why it cannot be counted
	waker core.Waker
}

var (
	errForm    = errors.New("batches of this form cannot be read here")
	errNoFile  = errors.New("the provider does not hand out the file with its requests")
	errModels  = fmt.Errorf("its requests name more than %d models", maxLotModels)
	errNoModel = errors.New("a request in it names no model")
	errBusy    = errors.New("too many batches are being counted")
	errLong    = fmt.Errorf("its requests are longer than %d MiB", maxLotBytes>>20)
)

// unpricedError says that nobody knows what a model of a batch costs.
type unpricedError struct{ model string }

func (e unpricedError) Error() string {
	return "nobody knows what model " + strconv.Quote(e.model) + " costs"
}

// lotOf is the batch that x begins; nil: it begins none. What only puts a file in place becomes Free.
func lotOf(x *core.Exchange, now time.Time) *lot {
	if x.Op != core.OpPass || x.Peek.Free {
		return nil
	}
	form, place := batch.Begins(x.From.Name, x.Path)
	if form == batch.NoForm {
		x.Peek.Free = batch.Stores(x.From.Name, x.Path)
		return nil
	}
	l := &lot{form: form, place: place, snap: x.Snap, key: x.Key, route: x.Route, from: x.From, now: now.Unix()}
	if form == batch.Unknown {
		l.done, l.err = true, errForm
		return l
	}
	var err error
	if l.source, err = batch.ReadSource(form, x.Body); err != nil {
		l.done, l.err = true, err
	}
	l.source.Model = slices.Clone(x.Name) // that the path or the body names; empty: each request its own
	return l
}

// count counts the batch of x on whichever side its requests are. It returns Wait while they are being read,
// and Continue when all that there will be is known.
func (m *money) count(l *lot, x *core.Exchange) core.Verdict {
	l.mu.Lock()
	defer l.mu.Unlock()
	switch {
	case l.done:
		return core.Continue
	case l.begun:
		l.waker = x.Waker()
		return core.Wait
	case l.source.Inline != nil && len(l.source.Inline) <= countAtOnce:
		l.err, l.done = batch.Elements(l.source.Inline, l.add), true
		return core.Continue
	case l.source.Inline == nil && m.batches.fetch == nil:
		l.err, l.done = errNoFile, true
		return core.Continue
	}
	select {
	case m.batches.counts <- struct{}{}:
	default:
		l.err, l.done = errBusy, true
		return core.Continue
	}
	l.begun, l.waker = true, x.Waker()
	inline := bytes.Clone(l.source.Inline) // the body is the lane's, which may let go of it
	go func() {
		var err error
		if inline != nil {
			err = batch.Elements(inline, l.add)
		} else {
			err = l.read(m.batches.fetch)
		}
		<-m.batches.counts
		l.mu.Lock()
		l.err, l.done = err, true
		w := l.waker
		l.mu.Unlock()
		w.Wake()
	}()
	return core.Wait
}

// read counts the files with the requests. Which of the provider's keys they belong to shows when one is asked
// for.
func (l *lot) read(fetch Fetch) error {
	ctx, cancel := context.WithTimeout(context.Background(), countWait)
	defer cancel()
	t := l.route.Targets[0]
	names := []string{""}
	if len(t.Keys) > 0 {
		names = names[:0]
		for _, k := range t.Keys[:min(len(t.Keys), maxKeysAsked)] {
			names = append(names, k.Name)
		}
	}
	for _, file := range l.source.Files {
		err := errNoFile
		for _, key := range names {
			status, body, e := fetch(ctx, t.Provider, key, l.form.File(file))
			if e != nil {
				return fmt.Errorf("%w: %w", errNoFile, e)
			}
			if status == 200 {
				b := &bounded{r: body, left: maxLotBytes}
				err = batch.Lines(b, l.add)
			}
			body.Close()
			if status == 200 {
				break
			}
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// A bounded reader fails behind its bound.
type bounded struct {
	r    io.Reader
	left int64
}

func (b *bounded) Read(p []byte) (int, error) {
	n, err := b.r.Read(p)
	if b.left -= int64(n); b.left < 0 {
		return 0, errLong
	}
	return n, err
}

// add counts one request.
func (l *lot) add(line []byte) error {
	r, err := l.source.Read(l.form, line)
	if err != nil {
		return err
	}
	x := &l.view
	x.Snap, x.Key, x.Route, x.From, x.Op, x.Body = l.snap, l.key, l.route, l.from, r.Op, r.Body
	if f := l.from.Peek(r.Body, r.Op, &x.Peek); f != nil && f.Param != "model" {
		return errors.New(f.Message)
	}
	x.Peek.Model = r.Model
	x.Name = r.Model
	if len(r.Model) == 0 {
		return errNoModel
	}
	l.n++
	if !slices.Contains(l.models, string(r.Model)) {
		if len(l.models) == maxLotModels {
			return errModels
		}
		l.models = append(l.models, string(r.Model))
	}
	worst, least := core.Money(0), core.Money(0)
	for _, t := range l.route.Targets {
		if !served(x, t) {
			continue
		}
		w, s, ok := price.HoldInBatch(x, t, nil, x.Name, l.now)
		if !ok {
			return unpricedError{string(r.Model)}
		}
		worst, least = max(worst, w), max(least, s)
	}
	l.worst, l.least = l.worst.Plus(worst), l.least.Plus(least)
	return nil
}

func served(x *core.Exchange, t *core.Target) bool {
	return x.Key == nil || x.Key.Policy == nil || x.Key.Policy.Serves == nil || x.Key.Policy.Serves(t, nil, x.Name)
}

// reached reports whether g may have to pay for the batch, whether it must whoever takes it, and whether it
// pays for some of its models only.
func (l *lot) reached(g *Budget) (may, must, mixed bool) {
	must = true
	for _, t := range l.route.Targets {
		n := 0
		for _, model := range l.names() {
			if l.covers(g, t, model) {
				n++
			}
		}
		may, must, mixed = may || n > 0, must && n > 0, mixed || n > 0 && n < len(l.names())
	}
	return may, must, mixed
}

// names are the models; of a batch that could not be counted, the one that it may name for all.
func (l *lot) names() []string {
	if len(l.models) == 0 {
		return []string{string(l.source.Model)}
	}
	return l.models
}

// covers is Budget.Covers. Whose models are not known is charged to all that pay for some models of the provider.
func (l *lot) covers(g *Budget, t *core.Target, model string) bool {
	if model == "" {
		return g.alias == "" && (len(g.providers) == 0 || slices.Contains(g.providers, t.Provider))
	}
	x := core.Exchange{Snap: l.snap, Key: l.key, Route: l.route, Name: []byte(model)}
	x.Peek.Model = x.Name
	return g.Covers(&x, t, x.Name)
}

// refuse says why a batch is not begun that budgets would have to pay; nil: it is, and then what is held for it
// is known.
func (m *money) refuse(l *lot, x *core.Exchange) *core.Fault {
	var unpriced unpricedError
	switch {
	case l.err == nil:
		return nil
	case errors.As(l.err, &unpriced):
		return &core.Fault{Code: core.Forbidden, Kind: "model_not_priced", Param: "model",
			Message: fmt.Sprintf("cannot start the batch: %v, and what key %q spends is limited", l.err, x.Key.Name), Hint: "ask for another model, or have a price written for it"}
	case l.err == errBusy:
		return &core.Fault{Code: core.Overloaded, Retry: ledgerRetry, Message: "cannot start the batch: " + l.err.Error(), Hint: "try again in a moment"}
	case m.batches.flat == 0:
		return &core.Fault{Code: core.Forbidden, Kind: "batch_not_counted", Cause: l.err,
			Message: fmt.Sprintf("cannot start the batch: what it may cost is not known, as %v, and what key %q spends is limited", l.err, x.Key.Name),
			Hint:    "send its requests in the body or in a file that this gateway can read, or have governance.batches.hold_usd set"}
	}
	l.blind, l.worst, l.least = true, m.batches.flat, m.batches.flat
	return nil
}

// Saw implements core.Watcher.
func (l *lot) Saw(x *core.Exchange, p []byte) {
	if l.next != nil {
		l.next.Saw(x, p)
	}
	if len(l.reply)+len(p) > batch.MaxStatus {
		l.long = true
		return
	}
	l.reply = append(l.reply, p...)
}

// Sure implements core.Watcher.
func (l *lot) Sure(x *core.Exchange) {
	if l.next != nil {
		l.next.Sure(x)
	}
}

// Anew implements core.Watcher.
func (l *lot) Anew(x *core.Exchange) {
	if l.next != nil {
		l.next.Anew(x)
	}
	l.reply, l.long = l.reply[:0], false
}

// Stays implements core.Watcher: what a provider began must be known, also when its client left.
func (l *lot) Stays() bool { return true }

// Forwards implements core.Forwarder.
func (l *lot) Forwards() core.Watcher { return l.next }

// terms is what is held for the batch that b is for.
func (m *money) terms(b *bill, x *core.Exchange) (h price.Held, f *core.Fault) {
	l := b.lot
	if m.till.Crowded() {
		return h, &core.Fault{Code: core.Overloaded, Retry: ledgerRetry, Message: fmt.Sprintf("cannot start the batch: %d are under way already", govern.MaxJobs), Hint: "try again when some have ended"}
	}
	if x.Watch != l { // else the stage has waited
		l.next, x.Watch = x.Watch, l
	}
	if b.n == 0 {
		l.blind = true // nobody has to pay, and it is only written down
		return price.Held{Worst: notHeld}, nil
	}
	if f := m.refuse(l, x); f != nil {
		return h, f
	}
	return price.Held{Worst: l.worst, Least: l.least}, nil
}

// closeLot ends the call that began a batch, or did not: what is held for it goes on to be held when the provider
// has it.
func (m *money) closeLot(x *core.Exchange, b *bill) {
	l, now := b.lot, time.Now().UnixNano()
	e := govern.End{Now: now}
	kind := ledger.Release
	var t *core.Target
	if n := len(x.Attempts()); n > 0 {
		t = x.Attempts()[n-1].Target
		e.Spare = b.spares(x, t)
	}
	note, begun := l.note(x, e.Spare)
	switch {
	case begun && note != nil:
		kind = ledger.Job
	case begun: // nobody will ever know what it came to
		e.Cost, e.Flags = l.claim(b, l.worst), ledger.Estimated
	case sentOnly(x):
		e.Cost, e.Flags = l.claim(b, l.least), ledger.Estimated
	}
	if e.Cost > 0 {
		kind = ledger.Settle
	}
	x.Cost = min(e.Cost, b.hold.Worst())
	n := m.notes.Get().(*[audit.MaxCall]byte)
	defer m.notes.Put(n)
	said := m.note(n[:0], x, &b.before, now)
	if e.Note = said; kind == ledger.Job {
		e.Note, e.Spare = note, 0
		if m.audited {
			m.till.Write(&ledger.Record{Kind: ledger.Audit, ID: x.ID, Time: now, Payload: said})
		}
	}
	m.till.End(&b.hold, &e, kind)
}

// claim is what is charged of what a batch may have cost; nothing where nobody pays for it.
func (l *lot) claim(b *bill, cost core.Money) core.Money {
	if b.n == 0 {
		return 0
	}
	return cost
}

// note is what is written down of a batch. begun reports whether the provider has begun one; without a note it
// cannot be told which.
func (l *lot) note(x *core.Exchange, spare uint32) (note []byte, begun bool) {
	list := x.Attempts()
	if len(list) == 0 || list[len(list)-1].Status < 200 || list[len(list)-1].Status >= 300 {
		return nil, false
	}
	a := &list[len(list)-1]
	s, err := batch.Read(l.form, l.reply)
	if err != nil || l.long {
		return nil, true
	}
	n := batch.Note{Form: l.form.String(), Place: l.place, Provider: a.Target.Provider, Name: s.Name, Op: uint8(l.source.Op), Models: l.models, Requests: l.n,
		Caller: x.Key.Name, Team: x.Key.Team, Customer: x.Key.Customer, At: time.Now().UnixNano(), Spare: spare}
	if n.Models == nil && len(l.source.Model) > 0 {
		n.Models = []string{string(l.source.Model)}
	}
	if a.Target.Model != "" { // whatever its requests say
		n.Models = []string{a.Target.Model}
	}
	if a.Key != nil {
		n.Key = a.Key.Name
	}
	if note = n.Append(nil); len(note) > govern.MaxJobNote {
		n.Models = nil
		note = n.Append(nil)
	}
	if len(note) > govern.MaxJobNote {
		return nil, true
	}
	return note, true
}

// sentOnly reports whether the provider has the request of x and nothing came back that says what it did with it.
func sentOnly(x *core.Exchange) bool {
	list := x.Attempts()
	return len(list) > 0 && list[len(list)-1].Status == 0 && list[len(list)-1].Began > 0
}

// glance has a batch looked at that a client of x has just been told about.
func (m *money) glance(x *core.Exchange) {
	list := x.Attempts()
	if !x.Peek.Free || m.batches.look == nil || len(list) == 0 || list[len(list)-1].Status != 200 {
		return
	}
	form, name, ok := batch.Asks(x.From.Name, x.Path)
	if !ok {
		return
	}
	title := batch.Title(list[len(list)-1].Target.Provider, form.String(), name)
	if _, open := m.till.Job(title); open {
		m.batches.look(title)
	}
}
