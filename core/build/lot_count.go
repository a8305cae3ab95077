package build

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"

	"asbru/core"
	"asbru/core/batch"
	"asbru/core/price"
)

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
				err = batch.Lines(batch.Within(body, maxLotBytes, errLong), l.add)
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
