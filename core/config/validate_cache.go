package config

import (
	"cmp"
	"fmt"
	"math"
	"path/filepath"
	"time"
)

// Bounds of the cache.
const (
	minCacheBytes  = 1 << 20
	maxCacheTTL    = Duration(30 * 24 * time.Hour)
	minSecretBytes = 16

	DefaultCachePrecision = 0.9
	DefaultCacheSamples   = 100
	DefaultCacheShadow    = 0.01
)

func (c *checker) repeats() {
	d := &c.doc.Repeats
	c.cacheTime("repeats.window", d.Window)
	if d.Size != 0 && d.Size < minCacheBytes {
		c.fail("repeats.size", "leave it out for 32MiB", "is %v; a memory has 1MiB at least", d.Size)
	}
}

func (c *checker) cache() {
	d := c.doc.Cache
	if d == nil {
		return
	}
	e := &d.Exact
	c.oneOf("cache.scope", d.Scope, "key", "team", "customer", "all")
	if e.Size != 0 && e.Size < minCacheBytes {
		c.fail("cache.exact.size", "leave it out for 256MiB", "is %v; a cache has 1MiB at least", e.Size)
	}
	c.oneOf("cache.charge.hits", d.Charge.Hits, "free", "limits", "full")
	c.oneOf("cache.charge.followers", d.Charge.Followers, "free", "limits", "full")
	c.cacheTime("cache.exact.ttl", e.TTL)
	c.cacheTime("cache.exact.stale", e.Stale)
	if s := d.Semantic; s != nil {
		c.oneOf("cache.semantic.mode", s.Mode, "strict", "balanced", "relaxed")
		if !(s.Threshold >= 0 && s.Threshold <= 1) {
			c.fail("cache.semantic.threshold", "leave it out for that of the mode", "is %v; it goes from 0 to 1", s.Threshold)
		}
		c.notNegative("cache.semantic.entries", s.Entries, s.Entries < 0)
		c.cacheShadow(s.Shadow)
		c.cacheEmbedding(s.Embedding)
		c.cacheStore(s.Store)
		if s.Mode == "relaxed" {
			c.warn("cache.semantic.mode", "use strict or balanced", "is relaxed: questions that are only near each other share an answer, and some of them have another one")
		}
	}
	if d.Dir != "" && !filepath.IsAbs(d.Dir) {
		c.fail("cache.dir", "write the whole path, such as /var/lib/asbru/cache", "is %s, which depends on where asbru is started", quote(d.Dir))
	}
	if d.Secret.Set() {
		if n := len(d.Secret.Reveal()); n < minSecretBytes {
			c.fail("cache.secret", "openssl rand -hex 32 makes a good one", "has %d bytes; one of less than %d can be guessed", n, minSecretBytes)
		}
		if d.Dir == "" && (d.Semantic == nil || d.Semantic.Store == nil) {
			c.warn("cache.secret", "set cache.dir, or leave the secret out", "encrypts nothing: there is no directory")
		}
	}
	c.cacheSharing(d)
	if d.Scope == "all" && len(c.doc.VirtualKeys) > 1 {
		c.warn("cache.scope", "use key, team or customer unless all callers may see each other's answers", "lets every caller be given what any other was answered")
	}
}

func (c *checker) cacheShadow(s *CacheShadow) {
	if s == nil {
		return
	}
	if !(s.Share >= 0 && s.Share <= 1) {
		c.fail("cache.semantic.shadow.share", "leave shadow out to compare nothing", "is %v; it goes from 0%% to 100%%", s.Share)
	}
	if !(s.Precision >= 0 && s.Precision < 1) {
		c.fail("cache.semantic.shadow.precision", "leave it out for 0.9", "is %v; it goes from 0 to below 1, which no number of answers can prove", s.Precision)
		return
	}
	c.notNegative("cache.semantic.shadow.samples", s.Samples, s.Samples < 0)
	const most = 10_000
	if s.Samples > most {
		c.fail("cache.semantic.shadow.samples", "leave it out for 100", "is %d; %d are the most", s.Samples, most)
		return
	}
	if least := provable(cmp.Or(s.Precision, DefaultCachePrecision)); cmp.Or(s.Samples, DefaultCacheSamples) < least {
		c.fail("cache.semantic.shadow.samples", fmt.Sprintf("ask for %d at least, or for less precision", least), "is %d; so few cannot prove a precision of %v even if all agree",
			cmp.Or(s.Samples, DefaultCacheSamples), cmp.Or(s.Precision, DefaultCachePrecision))
	}
}

// provable returns how many comparisons, all agreeing, are needed to prove a precision.
func provable(precision float64) int {
	const z2 = 3.8415 // z² of Wilson's interval at 95 %
	return int(math.Ceil(z2 * precision / (1 - precision)))
}

func (c *checker) cacheTime(path string, d Duration) {
	c.notNegative(path, d, d < 0)
	if d > maxCacheTTL {
		c.fail(path, "", "is %v; answers are kept for 720h at most", d)
	}
}
