package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"

	"asbru/control"
	"asbru/control/admin"
	"asbru/control/store"
	"asbru/core"
	"asbru/core/config"
	"asbru/core/govern"
)

// storeName is the file of SQLite in the directory of the process's state.
const storeName = "asbru.db"

// copyName is the file beside it with a local copy of what a Postgres store holds.
const copyName = "asbru-store.json"

// A keeping is the store of the process, with what belongs to it.
type keeping struct {
	store  atomic.Pointer[store.Store] // nil: the document names none; opened for the first document that does, and stays open
	pepper string                      // of the store; the Plane's writer owns it
	token  atomic.Pointer[[32]byte]    // SHA-256 of the store's admin token; nil: it has none
	book   atomic.Pointer[govern.Book] // the accounts, as of the Snapshot that is served; nil: none
	api    *admin.Handler
}

func (k *keeping) close() {
	if s := k.store.Load(); s != nil {
		s.Close()
	}
}

// balances shows what was spent, as soon as there are accounts.
type balances struct{ g *gateway }

func (b balances) Balance(account string, now int64) (govern.Balance, bool) {
	if book := b.g.keep.book.Load(); book != nil {
		return book.Balance(account, now)
	}
	return govern.Balance{}, false
}

// snapshot is what is served; nil: nothing yet.
func (g *gateway) snapshot() *core.Snapshot {
	if g.server == nil {
		return nil
	}
	return g.server.Snapshot()
}

// kept is the Plane's Kept: it opens the store that the first document names.
func (g *gateway) kept(doc *config.Document) (*config.Kept, error) {
	s := g.keep.store.Load()
	if s == nil && (doc.Store == nil || g.fixed != nil) {
		return nil, nil
	}
	ctx := context.Background() // each call to the store has a timeout of its own
	if s == nil {
		var err error
		if s, err = openStore(ctx, doc.Store, g.s.env, copyPath(doc.Store, g.s.env)); err != nil {
			return nil, err
		}
	}
	err := withPepper(doc, s, g.s.env)
	if pepper := doc.Governance.Pepper.Reveal(); err == nil && pepper != g.keep.pepper {
		if err = s.CheckPepper(ctx, core.NewPepper([]byte(pepper))); err == nil {
			g.keep.pepper = pepper
		}
	}
	if err != nil {
		if g.keep.store.Load() == nil {
			s.Close()
		}
		return nil, err
	}
	g.keep.store.Store(s)
	return s.Set().Kept(), nil
}

// storePath is the path of the SQLite file: from the document, else in the state directory that the
// supervisor names, else in the working directory.
func storePath(d *config.Store, env config.Env) string {
	if d.Path != "" {
		return d.Path
	}
	return filepath.Join(stateDir(env), storeName)
}

// copyPath is where the local copy of a Postgres store is kept; empty: nowhere.
func copyPath(d *config.Store, env config.Env) string {
	if dir := stateDir(env); d.Copy == "" && dir != "" {
		return filepath.Join(dir, copyName)
	}
	return d.Copy
}

// stateDir is the state directory that the supervisor names; empty: it names none.
func stateDir(env config.Env) string {
	if env.Lookup == nil {
		return ""
	}
	dir, _ := env.Lookup("STATE_DIRECTORY")
	dir, _, _ = strings.Cut(dir, ":")
	return dir
}

// openStore opens the store of a document. copyTo is the path of the local copy of a Postgres
// store; empty: none is kept.
func openStore(ctx context.Context, d *config.Store, env config.Env, copyTo string) (*store.Store, error) {
	if d.Postgres.Set() {
		return store.Open(ctx, store.Options{Postgres: d.Postgres.Reveal(), Copy: copyTo})
	}
	return store.Open(ctx, store.Options{Path: storePath(d, env)})
}

// withPepper gives a document without a pepper that of its store, which is made if necessary.
func withPepper(doc *config.Document, s *store.Store, env config.Env) error {
	if doc.Governance.Pepper.Set() {
		return nil
	}
	if s.Shared() {
		return fmt.Errorf("cannot use the store %s: governance.pepper is not set", s.Name())
	}
	path, err := store.Pepper(s.Name())
	if err != nil {
		return err
	}
	if doc.Governance.Pepper, err = env.Secret("file:" + path); err != nil {
		return fmt.Errorf("cannot use the store %s: its pepper: %w; hint: bring back the file %s that its keys were made with", s.Name(), err, path)
	}
	return nil
}

func sameStore(a, b *config.Store) bool {
	return (a == nil) == (b == nil) && (a == nil || a.Path == b.Path && a.Copy == b.Copy && a.Postgres.Reveal() == b.Postgres.Reveal() && a.Poll == b.Poll)
}

// tellToken makes the admin token at the first start with a store, and discloses it once: on the
// terminal or, under a supervisor that would log it, in a file that only the service can read.
func (g *gateway) tellToken(ctx context.Context) error {
	s := g.keep.store.Load()
	if s == nil {
		return nil
	}
	if revision, ok := s.Copied(); ok {
		g.log.Error("the store does not answer; what it kept when it was last seen is served", "store", s.Name(), "revision", revision)
	}
	if g.fixed.Admin.Token.Set() {
		return nil
	}
	sum, made, err := s.AdminToken(ctx)
	if err != nil {
		return err
	}
	g.keep.token.Store(&sum)
	if made == "" {
		return nil
	}
	if dir := stateDir(g.s.env); dir != "" {
		path := filepath.Join(dir, "admin-token")
		if err := os.WriteFile(path, []byte(made+"\n"), 0o600); err != nil {
			return fmt.Errorf("cannot tell the admin token: %w; hint: asbru keys admin-token makes another", err)
		}
		fmt.Fprintf(g.s.stderr, "asbru: the admin token was made and is in %s: take it from there and delete the file; it is told nowhere else\n", path)
		return nil
	}
	fmt.Fprintf(g.s.stderr, "asbru: the admin token, which is shown this once: %s\n", made)
	return nil
}

// follow applies the changes that others make in the store.
func (g *gateway) follow(ctx context.Context) {
	s := g.keep.store.Load()
	if s == nil {
		return
	}
	s.Follow(ctx, store.Following{Every: g.fixed.Store.Poll.Or(0), Log: g.log, Changed: func() {
		if sum, _, err := s.AdminToken(ctx); err == nil {
			g.keep.token.Store(&sum)
		}
		// The Plane logs what it did or refused, and keeps it for the status page.
		g.plane.Keep(ctx, control.Actor{Kind: "store", Name: s.Name()}, nil, nil)
	}})
}

// shared reports whether other machines may use the admin API on the data listener.
func (g *gateway) shared() bool {
	doc := g.plane.Status().Document
	return doc != nil && doc.Admin.Shared
}
