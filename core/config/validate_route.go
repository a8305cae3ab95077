package config

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"asbru/core"
)

// strategies lists the values of the field strategy. Read-only.
var strategies = []string{"ordered", "weighted", "round-robin", "least-in-flight", "least-latency", "least-ttft", "cheapest", "fastest", "adaptive"}

// targets checks the targets of an alias.
func (c *checker) targets(path string, m *Model) {
	if m.Provider != "" || m.Model != "" {
		c.fail(path+".targets", "move provider and model into the list", "stands beside provider or model, which are the short form of one target")
	}
	if n := len(m.Targets); n > maxTargets {
		c.fail(path+".targets", "", "holds %d targets, the most is %d", n, maxTargets)
	}
	seen, weight := map[[2]string]int{}, 0
	for i := range m.Targets {
		t := &m.Targets[i]
		at := fmt.Sprintf("%s.targets[%d]", path, i)
		c.modelAt(at, t.Provider, t.Model, m.Alias)
		id := [2]string{t.Provider, t.Model}
		if t.Model == "" {
			id[1] = m.Alias
		}
		if j, dup := seen[id]; dup {
			c.fail(at, "give it a larger weight instead", "is %s/%s, like targets[%d]", id[0], id[1], j)
		}
		seen[id] = i
		switch {
		case t.Weight == nil:
			weight++
		case *t.Weight < 0 || *t.Weight > MaxWeight:
			c.fail(at+".weight", "", "is %d, weights go from 0 to %d", *t.Weight, MaxWeight)
		default:
			weight += *t.Weight
			if m.Strategy != "weighted" && m.Strategy != "adaptive" {
				c.warn(at+".weight", "write strategy: weighted", "is not looked at with strategy %s", or(m.Strategy, "ordered"))
			}
		}
		if p := t.Price; p != nil && (p.Input < 0 || p.Output < 0) {
			c.fail(at+".price", "", "cannot be negative")
		}
	}
	if weight == 0 {
		c.fail(path+".targets", "", "every target has weight 0")
	}
}

func or(s, def string) string {
	if s == "" {
		return def
	}
	return s
}

// choice checks the settings that choose among an alias's targets.
func (c *checker) choice(path string, m *Model) {
	c.oneOf(path+".strategy", m.Strategy, strategies...)
	if m.Strategy != "" && m.Strategy != "ordered" && slices.Contains(strategies, m.Strategy) && len(m.Targets) < 2 {
		c.warn(path+".strategy", "list two or more targets", "has nothing to choose from: %s has one target", quote(m.Alias))
	}
	c.limitsOf(path, m.Retry, m.Breaker)
	c.care(path, m)
	if a := m.Affinity; a != nil {
		c.notNegative(path+".affinity.ttl", a.TTL, a.TTL < 0)
	}
}

// limitsOf checks the settings of retries and breakers.
func (c *checker) limitsOf(path string, r *Retry, b *Breaker) {
	if r != nil {
		if r.Attempts < 0 || r.Attempts > core.MostAttempts {
			c.fail(path+".retry.attempts", "", "is %d; a request has 1 to %d attempts", r.Attempts, core.MostAttempts)
		}
		if r.Again < 0 || r.Again >= core.MostAttempts {
			c.fail(path+".retry.again", "", "is %d; a target is asked again 0 to %d times", r.Again, core.MostAttempts-1)
		}
		c.notNegative(path+".retry.backoff", r.Backoff, r.Backoff < 0)
		c.notNegative(path+".retry.longest", r.Longest, r.Longest < 0)
		c.notNegative(path+".retry.share", deref(r.Share), deref(r.Share) < 0)
		c.notNegative(path+".retry.per_second", deref(r.PerSecond), deref(r.PerSecond) < 0)
		if s := deref(r.Share); s > 1 {
			c.warn(path+".retry.share", "", "is %v retries for each request: when a provider fails, its load is multiplied", s)
		}
	}
	if b != nil {
		c.notNegative(path+".breaker.failures", b.Failures, b.Failures < 0)
		c.notNegative(path+".breaker.least", b.Least, b.Least < 0)
		c.notNegative(path+".breaker.open", b.Open, b.Open < 0)
		if b.Ratio < 0 || b.Ratio > 1 {
			c.fail(path+".breaker.ratio", "0.5 is one answer in two", "is %v; it goes from 0 to 1", b.Ratio)
		}
		c.oneOf(path+".breaker.when_all_benched", b.WhenAllBenched, "refuse", "try")
	}
}

func deref(f *float64) float64 {
	if f == nil {
		return 0
	}
	return *f
}

// health checks the settings of a provider's health probe.
func (c *checker) health(path string, h *Health) {
	if h == nil {
		return
	}
	if h.Path != "" && (h.Path[0] != '/' || strings.ContainsFunc(h.Path, notInWord)) {
		c.fail(path+".health.path", "write /health", "%s is not a path: it begins at the root of the server", quote(h.Path))
	}
	if h.Every != 0 && time.Duration(h.Every) < time.Second {
		c.fail(path+".health.every", "", "is %s, less than the 1s that a server is left alone", h.Every)
	}
}
