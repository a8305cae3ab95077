package config

import (
	"strconv"
	"strings"
	"time"
)

// When parses After: a duration, or a percentile as a fraction between 0 and 1. ok is false
// if it is neither.
func (h *Hedge) When() (d time.Duration, quantile float64, ok bool) {
	after := h.After
	if after == "" {
		after = DefaultHedgeAfter
	}
	if text, is := strings.CutPrefix(after, "p"); is {
		p, err := strconv.ParseFloat(text, 64)
		return 0, p / 100, err == nil && p >= 50 && p <= 99.9
	}
	x, err := parseDuration(after)
	return time.Duration(x), 0, err == nil && x > 0
}

// care checks the hedge, shadow and rescue settings of an alias.
func (c *checker) care(path string, m *Model) {
	if h := m.Hedge; h != nil {
		c.hedge(path+".hedge", m, h)
	}
	if s := m.Shadow; s != nil {
		c.shadow(path+".shadow", s)
	}
	if c.oneOf(path+".rescue", m.Rescue, "off", "continue"); m.Rescue == "continue" && len(m.Targets) < 2 && len(m.Fallback) == 0 {
		c.warn(path+".rescue", "add a target or a fallback", "has no other target to continue a stream, unless a request brings fallbacks")
	}
}

func (c *checker) shadow(path string, s *Shadow) {
	switch {
	case s.Target == "":
		c.fail(path+".target", "name an alias, or write provider/model", "is missing: a copy has to go somewhere")
	case c.modelName(path+".target", s.Target) && !c.all().leads(s.Target):
		c.fail(path+".target", c.all().near(s.Target), "no provider serves %s", quote(s.Target))
	}
	if s.Share < 0 || s.Share > 1 {
		c.fail(path+".share", "1% is one request in a hundred", "is %s; it goes from 0%% to 100%%", s.Share)
	}
	if p := s.Price; p != nil && (p.Input < 0 || p.Output < 0) {
		c.fail(path+".price", "", "cannot be negative")
	}
}

func (c *checker) hedge(path string, m *Model, h *Hedge) {
	if _, _, ok := h.When(); !ok {
		c.fail(path+".after", "write p95, or 300ms", "is %s, which is neither a duration nor a percentile from p50 to p99.9", quote(h.After))
	}
	switch s := h.MaxShare; {
	case s < 0 || s > 1:
		c.fail(path+".max_share", "5% is one request in twenty", "is %s; it goes from 0.1%% to 100%%", s)
	case s > 0 && s < 0.001:
		c.fail(path+".max_share", "leave hedge out to have none", "is %s; it goes from 0.1%% to 100%%", s)
	}
	if len(m.Targets) < 2 && len(m.Fallback) == 0 {
		c.warn(path, "add a target or a fallback", "has no other target to ask, unless the provider has several keys or a request brings fallbacks")
	}
	if h.MaxPerHour != nil {
		c.notNegative(path+".max_cost_usd_per_hour", *h.MaxPerHour, *h.MaxPerHour < 0)
	}
}
