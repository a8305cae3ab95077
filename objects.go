package main

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"path/filepath"

	"asbru/control/admin"
	"asbru/control/objects"
	"asbru/core"
	"asbru/core/config"
	"asbru/core/owned"
)

// objectsName is the file of SQLite that the book of objects is kept in where the document names no store.
const objectsName = "asbru-objects.db"

// objects returns the book of what callers make at providers. It is made for the first document that wants
// one; opening it is left to the first request that needs it.
func (g *gateway) objects() core.Objects {
	if b := g.made.Load(); b != nil {
		return b
	}
	o := objectsIn(g.compiling, g.s.env)
	o.Log = g.log
	b := objects.New(o)
	if !b.Lasts() {
		g.log.Info("what virtual keys make at providers (files, batches …) is known to be theirs until this process ends", "hint", "name a store, or run with a state directory")
	}
	g.made.Store(b)
	return b
}

// objectsIn is where a document has the book: its store, else beside the ledger or in the state directory, else
// in memory.
func objectsIn(doc *config.Document, env config.Env) (o objects.Options) {
	switch {
	case doc.Store != nil && doc.Store.Postgres.Set():
		o.Postgres = doc.Store.Postgres.Reveal()
	case doc.Store != nil:
		o.Path = storePath(doc.Store, env)
	case doc.Governance.Ledger != "":
		o.Path = filepath.Join(filepath.Dir(filepath.Clean(doc.Governance.Ledger)), objectsName)
	case stateDir(env) != "":
		o.Path = filepath.Join(stateDir(env), objectsName)
	}
	return o
}

// shownObjects is the book for the admin API; nil: there is none.
func (g *gateway) shownObjects() admin.Objects {
	if b := g.made.Load(); b != nil {
		return b
	}
	return nil
}

// closeObjects closes the book, when nobody is served any more.
func (g *gateway) closeObjects() {
	if b := g.made.Load(); b != nil {
		if err := b.Close(); err != nil {
			g.log.Warn("the book of objects was not closed in order", "error", err)
		}
	}
}

// askList asks the front door for a page of a list as a caller of its own: the provider's keys, breakers and
// limits are those of every request.
func (g *gateway) askList(q owned.Question, told func(owned.Sent, error)) {
	select {
	case g.lists <- struct{}{}:
	default:
		told(owned.Sent{}, errManyLists)
		return
	}
	go func() {
		defer func() { <-g.lists }()
		told(g.listed(q))
	}()
}

var errManyLists = fmt.Errorf("%d lists are being asked for", maxLists)

func (g *gateway) listed(q owned.Question) (s owned.Sent, err error) {
	server := g.serves.Load()
	if server == nil {
		return s, errNoServer
	}
	ctx, cancel := context.WithTimeout(context.Background(), listWait)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://front/", nil)
	if err == nil {
		r.URL.Path, err = url.PathUnescape(q.Path)
	}
	if err != nil {
		return s, fmt.Errorf("cannot ask for a list: %w", err)
	}
	r.URL.RawPath, r.URL.RawQuery = q.Path, q.Query
	for _, f := range q.Fields {
		r.Header.Add(f[0], f[1])
	}
	r.Header.Set("Authorization", "Bearer "+g.lister)
	r.Header.Set("X-Model-Provider", q.Provider)
	res, err := inside{server}.RoundTrip(r)
	if err != nil {
		return s, fmt.Errorf("cannot ask for a list: %w", err)
	}
	defer res.Body.Close()
	s.Status, s.Type = res.StatusCode, res.Header.Get("Content-Type")
	if s.Body, err = io.ReadAll(io.LimitReader(res.Body, maxList+1)); err != nil {
		return s, fmt.Errorf("cannot read a list: %w", err)
	}
	if len(s.Body) > maxList {
		return s, fmt.Errorf("a page of a list is longer than %d bytes", maxList)
	}
	return s, nil
}
