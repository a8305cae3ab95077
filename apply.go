package main

import (
	"cmp"
	"context"
	"crypto/sha256"
	"errors"
	"log/slog"
	"math"
	"net"
	"os"
	"path/filepath"
	"reflect"
	"runtime/debug"
	"strings"
	"time"

	"asbru/cache"
	"asbru/control/cli"
	"asbru/core"
	"asbru/core/build"
	"asbru/core/config"
	"asbru/core/meter"
	"asbru/hotpath"
	"asbru/hotpath/upstream"
)

// applying is what compile leaves for the swap that follows it.
type applying struct {
	doc    *config.Document
	retire func()
}

// compile is the Plane's Compile: the document as this process serves it.
func (g *gateway) compile(doc *config.Document, _ uint64) (*core.Snapshot, []config.Problem) {
	var problems []config.Problem
	if g.instead != "" && !strings.HasPrefix(doc.Listen, "systemd:") { // what is allowed depends on who can reach the address
		doc.Listen = g.instead
		problems = doc.Validate(g.s.env)
		g.flagged(problems)
		if config.Failed(problems) {
			return nil, problems
		}
	}
	if g.fixed == nil {
		if problems = append(problems, certProblems(doc)...); config.Failed(problems) {
			return nil, problems
		}
	}
	if g.compiling = doc; g.server == nil {
		g.level.Set(levelOf(doc)) // opening what the first document asks for is told as it wishes
	}
	var prev *core.Snapshot
	if g.server != nil {
		prev = g.server.Snapshot()
	}
	snap, more, retire := build.Compile(doc, prev, build.Deps{
		NewPool: g.newPool, NewCredential: g.newCredential, NewCache: g.newCache,
		OpenTill: g.openTill, OpenTrail: g.openTrail, Rates: g.desk,
		Lookup: g.s.env.Lookup, ReadFile: cli.ReadSheet, Alarm: g.refusedKey, Own: g.own,
		Objects: g.objects, Ask: g.askList, Lister: g.lister,
		Fetch: g.askProvider, Look: g.batches.Look,
	})
	problems = append(config.Join(problems, more), await(doc, snap, prev)...)
	g.next = applying{doc, retire}
	return snap, append(problems, g.needsRestart(doc)...)
}

// flagged says of problems with the address that the command line has it, not the file.
func (g *gateway) flagged(problems []config.Problem) {
	for i := range problems {
		if p := &problems[i]; p.Path == "listen" && g.s.listen != "" {
			p.Path = "--listen"
		}
	}
}

// swap is the Plane's Swap. Exchanges that began earlier keep their Snapshot, so what only they
// use is closed a little later. Closing a pool does not cut connections in use.
func (g *gateway) swap(snap *core.Snapshot) {
	next := g.next
	g.next = applying{}
	if g.server == nil {
		g.first(next.doc)
	}
	g.server.Swap(snap)
	if g.till != nil {
		g.keep.book.Store(g.till.Book())
	}
	g.prober.Watch(snap.Checks)
	time.AfterFunc(retireAfter, next.retire)
	g.token.Store(sum(next.doc.Admin.Token))
	g.shareRates(next.doc)
	g.memory(next.doc)
	g.level.Set(levelOf(next.doc))
	if g.changes.Level() != silent {
		g.changes.Set(levelOf(next.doc))
	}
}

// undo is the Plane's Undo: what was compiled is not going to be served.
func (g *gateway) undo(snap *core.Snapshot) {
	g.next = applying{}
	build.Retire(snap, g.snapshot())
}

// first sets up what depends on the first document and cannot change later.
func (g *gateway) first(doc *config.Document) {
	g.fixed = keyless(doc)
	if recorded(doc) {
		g.ring = new(core.Ring)
	}
	g.server = hotpath.New(g.serverOptions())
	g.serves.Store(g.server)
}

// keyless is a document to be remembered when others are served: without its virtual keys, which may be many.
func keyless(doc *config.Document) *config.Document {
	rest := *doc
	rest.VirtualKeys = nil
	return &rest
}

func recorded(doc *config.Document) bool {
	return cmp.Or(doc.Observability.AccessLog, "off") != "off"
}

// needsRestart warns about changes that take effect only after a restart.
func (g *gateway) needsRestart(doc *config.Document) (warnings []config.Problem) {
	if g.fixed == nil {
		return nil
	}
	was := func(path string, same bool) {
		if !same {
			warnings = append(warnings, config.Problem{Path: path, Severity: config.Warning,
				Message: "has changed and stays as it was in this process", Hint: "restart asbru, or send it SIGUSR2, which loses no connection"})
		}
	}
	was("listen", doc.Listen == g.fixed.Listen)
	if by := g.audits.Load(); by != nil {
		was("audit", reflect.DeepEqual(doc.Audit, by.Audit))
	}
	was("store", sameStore(doc.Store, g.fixed.Store))
	was("admin.listen", doc.Admin.Listen == g.fixed.Admin.Listen)
	was("observability.access_log", cmp.Or(doc.Observability.AccessLog, "off") == cmp.Or(g.fixed.Observability.AccessLog, "off"))
	if g.till != nil {
		dir, err := filepath.Abs(g.ledgerDir(doc))
		was("governance.ledger", err != nil || dir == g.ledgerAt)
	}
	a, b := doc.TLS, g.fixed.TLS
	was("tls", (a == nil) == (b == nil) && (a == nil || a.Cert == b.Cert && a.Key.Ref() == b.Key.Ref() && a.MinVersion == b.MinVersion))
	return warnings
}

func sum(token config.Secret) *[32]byte {
	if !token.Set() {
		return nil
	}
	s := sha256.Sum256([]byte(token.Reveal()))
	return &s
}

// memory sets the bounds of the garbage collector. The document takes precedence over what the
// operator set in the environment.
func (g *gateway) memory(doc *config.Document) {
	switch limit := int64(doc.Limits.Memory); {
	case limit > 0:
		debug.SetMemoryLimit(limit)
	case os.Getenv("GOMEMLIMIT") == "":
		debug.SetMemoryLimit(math.MaxInt64)
	}
	collect()
}

// collect sets how much garbage may accumulate, unless the operator has set it.
func collect() {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(gcPercent)
	}
}

// setLevel sets the log to the level of the document that is served.
func (g *gateway) setLevel() {
	level := slog.LevelInfo
	if doc := g.plane.Status().Document; doc != nil {
		level = levelOf(doc)
	}
	g.level.Set(level)
	g.changes.Set(level)
}

// openAccessLog opens the access log when the document asks for one.
func (g *gateway) openAccessLog() (err error) {
	if g.ring != nil {
		g.access, err = meter.OpenLog(meter.LogOptions{Rings: []*core.Ring{g.ring}, Path: g.fixed.Observability.AccessLog, Log: g.log})
	}
	return err
}

// refusedKey logs a provider key that will be refused until somebody fixes it. It is called once
// per rest of the key, so logging on the lane is acceptable.
func (g *gateway) refusedKey(target, key string, status int) {
	g.log.Error("a provider refused a key; it is left alone for a while", "target", target, "key", key, "status", status)
}

// newPool makes the pool of an endpoint, which logs why connecting fails.
func (g *gateway) newPool(e core.Endpoint) (core.Pool, error) {
	p, err := newPool(e)
	if pool, ok := p.(*upstream.Pool); ok && pool != nil {
		address := net.JoinHostPort(e.Host, e.Port)
		pool.Tell(func(err error) {
			problem := err.Error()
			if errors.Is(err, context.DeadlineExceeded) || errors.Is(err, os.ErrDeadlineExceeded) {
				problem = "there is no connection, TLS included, within connect_timeout"
			}
			g.log.Warn("cannot connect to a provider", "address", address, "problem", problem)
		})
	}
	return p, err
}

// newCache makes the cache that a document asks for.
func (g *gateway) newCache(o cache.Options) (*cache.Cache, error) {
	return cache.NewEncoding(o, g.log, g.encode)
}

// probed passes the result of a health probe on to the Routes.
func (g *gateway) probed(provider string, ok bool, holds time.Duration) {
	if s := g.server.Snapshot(); s != nil && s.Health != nil {
		s.Health.Probed(provider, ok, holds)
	}
}

func (g *gateway) probeTold(provider, problem string) {
	if problem == "" {
		g.log.Info("a server is well again", "provider", provider)
		return
	}
	g.log.Warn("a server is not well and is left alone", "provider", provider, "problem", problem)
}
