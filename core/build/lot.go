package build

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"sync"
	"time"

	"asbru/core"
	"asbru/core/batch"
)

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
