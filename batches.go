package main

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"time"

	"asbru/control/batches"
	"asbru/core/build"
	"asbru/core/govern"
)

// newSweeper makes what asks providers about batches. It works once the gateway serves.
func (g *gateway) newSweeper() *batches.Sweeper {
	return batches.New(batches.Options{
		Till: g.paid, Snapshot: g.snapshot, Ask: g.askProvider, Every: g.batchEvery,
		Audited: g.audited, Log: g.log,
	})
}

// paid is where requests are paid; nil: nothing has to pay.
func (g *gateway) paid() *govern.Till {
	s := g.snapshot()
	if s == nil {
		return nil
	}
	t, _ := s.Money.(*govern.Till)
	return t
}

// batchEvery is how often a provider is asked about a batch; 0: it is not said.
func (g *gateway) batchEvery() time.Duration {
	doc := g.plane.Status().Document
	if doc == nil || doc.Governance.Batches == nil {
		return 0
	}
	return doc.Governance.Batches.Every.Or(0)
}

// askProvider is a build.Fetch: it asks the front door, where the gateway has a credential of its own for each of
// a provider's keys.
func (g *gateway) askProvider(ctx context.Context, provider, key, path string) (int, io.ReadCloser, error) {
	server := g.serves.Load()
	if server == nil {
		return 0, nil, errNoServer
	}
	q, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://front"+path, nil)
	if err != nil {
		return 0, nil, fmt.Errorf("cannot ask provider %q: %w", provider, err)
	}
	q.Header.Set("Authorization", "Bearer "+build.OwnKey(g.own, provider, key))
	q.Header.Set("X-Model-Provider", provider)
	q.Header.Set("Anthropic-Version", "2023-06-01")
	res, err := inside{server}.RoundTrip(q)
	if err != nil {
		return 0, nil, fmt.Errorf("cannot ask provider %q: %w", provider, err)
	}
	return res.StatusCode, res.Body, nil
}
