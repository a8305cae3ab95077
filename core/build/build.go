// Package build compiles a configuration document into a Snapshot. It is the
// only package that sees every feature at once, and order.go is the pipeline.
//
// It refuses to open sockets (a constructor for pools is passed in), to change
// anything that is running (it returns a Snapshot, which its caller publishes) and to
// stop at the first problem.
package build

import (
	"slices"

	"asbru/cache"
	"asbru/core"
	"asbru/core/config"
	"asbru/core/cred"
	"asbru/core/govern"
	"asbru/core/limit"
	"asbru/core/owned"
	"asbru/core/price"
	"asbru/core/route"
)

// Deps are the parts of a Snapshot that build cannot make itself.
type Deps struct {
	// NewPool makes the pool of an endpoint without connecting. It is
	// called once for each endpoint that the previous Snapshot does not have.
	NewPool func(core.Endpoint) (core.Pool, error)

	// NewCredential starts fetching what a key signs with; name is provider/key. It must
	// not wait. It is called once for each Spec that the previous Snapshot does not have. nil, if the
	// Snapshot is only inspected: such keys have no Sign.
	NewCredential func(name string, s cred.Spec, o cred.Options) *cred.Source

	// Lookup finds an environment variable, for proxies set as "env" and for the credentials
	// of the machine; nil: none is set.
	Lookup func(name string) (string, bool)

	// NewCache makes the cache. It is called if the previous Snapshot has no equal one.
	// nil, if the Snapshot is only inspected: nothing is cached.
	NewCache func(cache.Options) (*cache.Cache, error)

	// OpenTill opens the ledger, or returns the one that is open. It is called for documents with
	// budgets. nil, if the Snapshot is only inspected: nothing is held.
	OpenTill func() (*govern.Till, error)

	// OpenTrail opens the audit trail, or returns the one that is open. It is called after OpenTill.
	// nil: there is no trail.
	OpenTrail func() (Auditor, error)

	// Rates connects this machine's rate limits with those of others, for documents that
	// share them; nil: this machine counts alone.
	Rates *limit.Desk

	// Own is the credential with which the gateway calls itself, for embeddings for the
	// cache; empty: it does not. OwnKey makes those with which it asks about batches.
	Own string

	// Objects opens the records of what callers made at providers, or returns those that are open. It is called
	// for documents with virtual keys. nil, if the Snapshot is only inspected: nothing is recorded.
	Objects func() core.Objects

	// Ask fetches the pages of lists, as the caller whose credential is Lister.
	Ask    owned.Ask
	Lister string

	// Fetch reads files at a provider with the requests of a batch; nil: none are read.
	Fetch Fetch

	// Look is called with the Title of a batch whenever a client has asked about it. It must
	// not wait. It may be nil.
	Look func(title string)

	Clock func() int64 // for breakers and budgets; nil: core.Clock
	// ReadFile reads a price file that the document names; nil: none can be read.
	ReadFile func(path string) ([]byte, error)

	Alarm func(target, key string, status int) // see route.Options; may be nil
}

// Compile builds the Snapshot that doc describes. Tallies (by name), Gates (by name and
// host), pools (by endpoint) and credentials (by what they are made of) of prev are carried
// over by identity; prev may be nil. The version is one more than prev's.
//
// If a problem is an error, the Snapshot is nil, nothing was opened, and retire
// does nothing. Otherwise retire closes what prev has and the new Snapshot does
// not: call it once, after the last Exchange that uses prev has ended. It is
// never nil. A Snapshot that is not going to be published is undone by
// Retire(next, prev).
func Compile(doc *config.Document, prev *core.Snapshot, d Deps) (*core.Snapshot, []config.Problem, func()) {
	c := newCompiler(doc, prev, d)
	c.limits()
	c.compileCache()
	c.compileRepeats()
	c.compileProviders()
	c.compileServes()
	c.compileModels()
	c.compileRules()
	c.compilePepper()
	c.compileOwners()
	c.compileLimits()
	c.compilePrices()
	if audited := c.audited(); audited || c.budgeted() {
		c.money = newMoney(audited)
		c.compileBatches()
	}
	c.compileKeys()
	c.compileMoney()
	c.compileEncoder()
	c.compileAskers()
	c.compileSpent()
	c.compilePicks()
	c.compileHealth()
	if !c.failed() {
		c.openMoney()
	}
	if !c.failed() {
		c.openPools()
	}
	if !c.failed() {
		c.openCredentials()
	}
	if c.failed() {
		if c.memory != nil && c.prev.Memory != core.Memory(c.memory) {
			c.memory.Close()
		}
		return nil, c.problems, func() {}
	}
	for _, set := range c.gates {
		set()
	}
	next := c.next
	return next, c.problems, func() { Retire(prev, next) }
}

// A compiler is the state of one Compile.
type compiler struct {
	doc  *config.Document
	prev *core.Snapshot // never nil
	deps Deps
	next *core.Snapshot

	problems  []config.Problem
	warnings  int
	providers []*provider
	byName    map[string]*provider
	targets   map[string]*core.Target // by Name: one model at one provider is one Target
	tallies   map[string]*core.Tally  // of prev's targets
	routes    []*core.Route
	specs     map[*core.Route]route.Spec // of the routes that balance
	aliases   map[*core.Route]bool       // the routes of aliases
	policies  map[string]*core.Policy    // by their rules in canonical form
	signing   []signing
	memory    *cache.Cache           // nil: nothing is cached
	repeats   *cache.Repeats         // nil: no repeated calls
	owners    *owned.Steward         // nil: things at providers are not kept apart
	rulings   []*ruling              // in the order of evaluation
	courses   map[string]*core.Route // of rulings, by their content
	pinned    []*core.Target         // with one key only; not in next
	shaded    []*core.Target         // of shadows: not counted, not in next
	plain     map[*core.Target][]byte
	payers    map[string]string // customer of each team
	bounds    *limitSet
	prices    *price.Book
	shared    map[string]*core.Route // by the set of providers among which keys share names
	money     *money                 // nil: nothing is held
	budgets   []*Budget              // of everyone
	purses    []*purse
	gates     []func() // apply new settings to Gates that were carried over, once nothing can fail any more
}

func newCompiler(doc *config.Document, prev *core.Snapshot, d Deps) *compiler {
	if prev == nil {
		prev = &core.Snapshot{}
	}
	c := &compiler{
		doc:  doc,
		prev: prev,
		deps: d,
		next: &core.Snapshot{
			Version:   prev.Version + 1,
			Keys:      make(map[[32]byte]*core.VirtualKey, len(doc.VirtualKeys)),
			Models:    make(map[string]*core.Route),
			Providers: make(map[string]*core.Route, len(doc.Providers)),
			Pools:     make(map[core.Endpoint]core.Pool),
			Fresh:     make(map[[32]byte]core.Credential),
		},
		byName:   make(map[string]*provider, len(doc.Providers)),
		targets:  make(map[string]*core.Target),
		tallies:  make(map[string]*core.Tally, len(prev.Targets)),
		policies: make(map[string]*core.Policy),
		aliases:  make(map[*core.Route]bool, len(doc.Models)),
		courses:  make(map[string]*core.Route),
		specs:    make(map[*core.Route]route.Spec),
		payers:   make(map[string]string, len(doc.Teams)),
		shared:   make(map[string]*core.Route),
	}
	for _, t := range doc.Teams {
		c.payers[t.Name] = t.Customer
	}
	for _, t := range prev.Targets {
		c.tallies[t.Name] = t.Tally
	}
	return c
}

// limits replaces unset bounds by their defaults.
func (c *compiler) limits() {
	l := &c.doc.Limits
	out := &c.next.Limits
	out.BodyBytes = config.DefaultBodyBytes
	if l.BodyBytes > 0 {
		out.BodyBytes = int(l.BodyBytes)
	}
	out.Conns = config.DefaultConnections
	if l.Connections > 0 {
		out.Conns = l.Connections
	}
	out.HeadWait = l.HeadTimeout.Or(config.DefaultHeadTimeout)
	out.IdleWait = l.IdleTimeout.Or(config.DefaultIdleTimeout)
	out.BodyWait = l.BodyTimeout.Or(config.DefaultBodyTimeout)
	out.WriteWait = l.SlowClient.Or(config.DefaultSlowClient)
	out.ServerTiming, out.Explain = c.doc.Observability.ServerTiming, c.doc.Observability.Explain
	c.next.Origins = originsOf(c.doc.AllowedOrigins)
	out.NoExtras = c.doc.ExtraFields != nil && !*c.doc.ExtraFields
}

// compilePicks runs after all targets are known, because they share one Book.
func (c *compiler) compilePicks() {
	prev, _ := c.prev.Health.(*route.Book)
	book := route.NewBook(slices.Concat(c.next.Targets, c.pinned, c.shaded), route.Options{Prev: prev, Clock: c.deps.Clock, Alarm: c.deps.Alarm})
	for _, r := range c.routes {
		spec := c.specs[r]
		spec.Book, spec.Prev = book, prev
		route.Compile(r, spec)
	}
	c.next.Health = book
}

func (c *compiler) failed() bool { return config.Failed(c.problems) }

// fail records an error at a path of the document.
func (c *compiler) fail(path, message, hint string) {
	c.problems = append(c.problems, config.Problem{Path: path, Message: message, Hint: hint})
}

// warn records a warning. Of many warnings the first
// maxWarnings are enough to act on.
func (c *compiler) warn(path, message, hint string) {
	if c.warnings++; c.warnings <= maxWarnings {
		c.problems = append(c.problems, config.Problem{Path: path, Message: message, Hint: hint, Severity: config.Warning})
	}
}

// clock is the clock of rates and breakers.
func (c *compiler) clock() int64 {
	if c.deps.Clock != nil {
		return c.deps.Clock()
	}
	return core.Clock()
}
