// Package build compiles a configuration document into a Snapshot. It is the
// only package that sees every feature at once, and order.go is the pipeline.
//
// It refuses to open sockets (it is handed a constructor for pools), to change
// anything that runs (it returns a Snapshot; somebody else publishes it) and to
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

// Deps are the things a Snapshot points at that build does not know how to make.
type Deps struct {
	// NewPool makes the pool of an endpoint. It must not connect yet. It is
	// called once for each endpoint that the previous Snapshot does not have.
	NewPool func(core.Endpoint) (core.Pool, error)

	// NewCredential begins to fetch what a key is signed with; name is provider/key. It must
	// not wait. It is called once for each Spec that the previous Snapshot does not have; nil:
	// keys that renew themselves have no Sign, for who only looks at a Snapshot.
	NewCredential func(name string, s cred.Spec, o cred.Options) *cred.Source

	// Lookup finds an environment variable, for proxies set as "env" and for credentials that
	// the machine has; nil: none is set.
	Lookup func(name string) (string, bool)

	// NewCache makes the cache. It is called when the previous Snapshot has none like it;
	// nil: nothing is remembered, for who only looks at a Snapshot.
	NewCache func(cache.Options) (*cache.Cache, error)

	// OpenTill opens the ledger, or returns the one that is open. It is called for documents with
	// budgets; nil: nothing is held, for who only looks at a Snapshot.
	OpenTill func() (*govern.Till, error)

	// OpenTrail opens the audit trail, or returns the one that is open. It is called behind OpenTill;
	// nil: what the ledger has is taken nowhere.
	OpenTrail func() (Auditor, error)

	// Rates is where this machine meets who counts rate limits together with others, for documents that
	// want that; nil: it counts alone.
	Rates *limit.Desk

	// Own is the credential by which the gateway asks itself, for the embeddings that the cache
	// wants; empty: it asks for none. OwnKey makes those by which it asks about batches.
	Own string

	// Objects opens the book of what callers made at providers, or returns the one that is open. It is called
	// for documents with virtual keys; nil: nobody's things are told apart, for who only looks at a Snapshot.
	Objects func() core.Objects

	// Ask is how the pages of lists are asked for, by the caller whose credential is Lister.
	Ask    owned.Ask
	Lister string

	// Fetch reads what a provider keeps, for the requests of a batch that are in a file; nil: none are read.
	Fetch Fetch

	// Look is told the Title of a batch that somebody has just asked about; nil: nobody wants to know. It must
	// not wait.
	Look func(title string)

	Clock func() int64 // of breakers and budgets; nil: core.Clock
	// ReadFile reads a file of prices that the document names; nil: none can be read.
	ReadFile func(path string) ([]byte, error)

	Alarm func(target, key string, status int) // see route.Options; nil: nobody is told
}

// Compile builds the Snapshot that doc describes. Tallies (by name), Gates (by name and
// host), pools (by endpoint) and credentials (by what they are made of) of prev are carried
// over by identity; prev may be nil. The version is one more than prev's.
//
// When a problem is an error the Snapshot is nil, nothing was opened and retire
// does nothing. Otherwise retire closes what prev has and the new Snapshot does
// not: call it once, when the last Exchange pinned to prev has ended. It is
// never nil. A Snapshot that is dropped without being published is undone by
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
	specs     map[*core.Route]route.Spec // of the routes that say how to choose
	policies  map[string]*core.Policy    // by their rules in canonical form
	signing   []signing
	memory    *cache.Cache           // nil: nothing is remembered
	repeats   *cache.Repeats         // nil: no call is known by its key
	owners    *owned.Steward         // nil: nobody's things are told apart
	rulings   []*ruling              // in the order they are asked
	courses   map[string]*core.Route // of rulings, by what they hold
	pinned    []*core.Target         // with one key only; not in next
	shaded    []*core.Target         // of shadows: not counted, not in next
	plain     map[*core.Target][]byte
	payers    map[string]string // customers of teams, by team
	bounds    *limitSet
	prices    *price.Book
	shared    map[string]*core.Route // of providers among which keys share names, by who they are
	money     *money                 // nil: nothing is held
	budgets   []*Budget              // of everybody
	gates     []func()               // give what is carried over its new rules, once nothing can fail any more
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

// limits gives every bound its value, so that nobody else needs the defaults.
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
	c.next.Origins = c.doc.AllowedOrigins
	out.NoExtras = c.doc.ExtraFields != nil && !*c.doc.ExtraFields
}

// compilePicks comes after every target is known, because they share one Book.
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

// warn records what the document can be used with. Of many warnings the first
// maxWarnings are enough to act on.
func (c *compiler) warn(path, message, hint string) {
	if c.warnings++; c.warnings <= maxWarnings {
		c.problems = append(c.problems, config.Problem{Path: path, Message: message, Hint: hint, Severity: config.Warning})
	}
}

// clock is what rates and breakers are measured with.
func (c *compiler) clock() int64 {
	if c.deps.Clock != nil {
		return c.deps.Clock()
	}
	return core.Clock()
}
