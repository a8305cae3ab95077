package build

import (
	"cmp"
	"crypto/hkdf"
	"crypto/sha256"
	"fmt"
	"strings"

	"asbru/cache"
	"asbru/cache/semantic"
	"asbru/cache/vector"
	"asbru/core"
	"asbru/core/config"
)

// scopeOf converts the document's word for who shares answers.
func scopeOf(word string) cache.Scope {
	switch word {
	case "team":
		return cache.ByTeam
	case "customer":
		return cache.ByCustomer
	case "all":
		return cache.ByNobody
	}
	return cache.ByKey
}

// chargeOf converts the document's word for how an answer counts.
func chargeOf(word string) core.Charge {
	switch word {
	case "free":
		return core.ChargeNothing
	case "full":
		return core.ChargeFull
	}
	return core.ChargeRequest
}

// compileCache continues with the cache of the previous Snapshot if the document's is the same,
// and applies changed checks and charges to it. Otherwise it makes a new, empty
// one.
// answers, begins empty.
func (c *compiler) compileCache() {
	if c.doc.Cache == nil || c.doc.Cache.Off || c.deps.NewCache == nil {
		return
	}
	o := cacheOptions(c.doc.Cache)
	if was, ok := c.prev.Memory.(*cache.Cache); ok && was.Same(o) {
		c.memory = was
		c.gates = append(c.gates, func() { was.Tune(o) })
	} else {
		made, err := c.deps.NewCache(o)
		if err != nil {
			c.fail("cache", "cannot be made: "+err.Error(), "")
			return
		}
		c.memory = made
	}
	c.next.Memory = c.memory
}

// cacheOptions converts the document's cache section.
func cacheOptions(d *config.Cache) cache.Options {
	e := d.Exact
	o := cache.Options{
		Bytes: int64(cmp.Or(e.Size, cache.DefaultBytes)), TTL: e.TTL.Or(cache.DefaultTTL), Stale: e.Stale.Or(0),
		Scope: scopeOf(d.Scope), ToolCalls: e.ToolCalls, Pace: e.Pace, Dir: d.Dir,
	}
	if s := d.Semantic; s != nil {
		o.Like = cache.Likeness{On: true, Threshold: s.Threshold, Entries: s.Entries}
		o.Like.Mode, _ = semantic.ParseMode(s.Mode) // validated before
		if k := s.Shadow; k != nil {
			o.Check = cache.Check{Share: cmp.Or(float64(k.Share), config.DefaultCacheShadow), Precision: cmp.Or(k.Precision, config.DefaultCachePrecision),
				Samples: cmp.Or(k.Samples, config.DefaultCacheSamples)}
		}
		o.Far = farOptions(s, o.Like)
	}
	o.Charge = cache.Charge{Hits: chargeOf(d.Charge.Hits), Followers: chargeOf(d.Charge.Followers)}
	o.History = d.MaxHistory
	o.Share = cache.Share{Instructions: d.ExcludeSystemPrompt, Model: d.ByModel != nil && !*d.ByModel, Provider: d.ByProvider != nil && !*d.ByProvider}
	if d.Secret.Set() {
		key, err := hkdf.Key(sha256.New, []byte(d.Secret.Reveal()), nil, "asbru cache directory", 32)
		if err == nil { // it only fails for lengths that are not used here
			o.Secret = vector.Secret(key)
		}
		key, err = hkdf.Key(sha256.New, []byte(d.Secret.Reveal()), nil, "asbru cache store", 32)
		if err == nil && o.Far.Place.Kind != "memory" {
			o.Far.Seal = vector.Secret(key)
		}
	}
	return o
}

// cacheSays describes how a cache answers, for explain.
func cacheSays(d *config.Cache) string {
	o := cacheOptions(d)
	var b strings.Builder
	fmt.Fprintf(&b, "the same question has the same answer for %v", o.TTL)
	if o.Stale > 0 {
		fmt.Fprintf(&b, ", and for %v longer while it is refreshed", o.Stale)
	}
	if s := d.Semantic; s != nil {
		fmt.Fprintf(&b, "\nso has one that means the same, in %s mode", cmp.Or(s.Mode, "strict"))
	}
	if k := o.Check; k.Share > 0 {
		fmt.Fprintf(&b, "\n%s of those hits are compared with what the provider says; an owner of whose last %d to %d fewer than %s are certain to be right has none until they are",
			config.Percent(k.Share), k.Samples, k.Samples*cache.CheckWindow, config.Percent(k.Precision))
	}
	say := map[core.Charge]string{core.ChargeRequest: "a request, no tokens and no money", core.ChargeNothing: "nothing", core.ChargeFull: "what the provider would have taken"}
	fmt.Fprintf(&b, "\nan answer from memory counts for %s, one that another request was asking for counts for %s", say[o.Charge.Hits], say[o.Charge.Followers])
	return b.String()
}

// cached reports whether answers to op are cached.
func (c *compiler) cached(op core.Op) bool {
	if c.doc.Cache == nil || c.doc.Cache.Off {
		return false
	}
	return conversation(op)
}

// conversation reports whether answers to op can be cached at all.
func conversation(op core.Op) bool {
	return op == core.OpChat || op == core.OpCompletion || op == core.OpResponses || op == core.OpInvoke
}

// cacheLook is the stage that answers from the cache.
func (c *compiler) cacheLook(_ *rules, op core.Op) (core.Stage, string) {
	switch {
	case !c.cached(op):
		return nil, ""
	case c.memory == nil:
		return func(*core.Exchange) core.Verdict { return core.Continue }, "cache" // only shown, not run
	}
	return c.memory.Look(), "cache"
}

// cacheLearn is the stage that reads questions which were sent unread.
func (c *compiler) cacheLearn(_ *rules, op core.Op) (core.Stage, string) {
	switch {
	case !c.cached(op):
		return nil, ""
	case c.memory == nil:
		return func(*core.Exchange) core.Verdict { return core.Continue }, "cache"
	}
	return c.memory.Learn(), "cache"
}

// cacheKeep is the stage that stores answers and hands them to followers.
func (c *compiler) cacheKeep(_ *rules, op core.Op) (core.Stage, string) {
	switch {
	case !c.cached(op):
		return nil, ""
	case c.memory == nil:
		return func(*core.Exchange) core.Verdict { return core.Continue }, "cache"
	}
	return c.memory.Keep(), "cache"
}
