package config

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"asbru/core/rule"
)

func (c *checker) rules() {
	rules := c.doc.Routing.Rules
	if len(rules) > MaxRules {
		c.fail("routing.rules", "", "holds %d rules; there are at most %d", len(rules), MaxRules)
		return
	}
	isNew := c.unique("rule")
	for i := range rules {
		r, path := &rules[i], fmt.Sprintf("routing.rules[%d]", i)
		if c.name(path+".name", r.Name, "a rule") {
			isNew(path+".name", r.Name)
		}
		c.when(path+".when", r.When)
		c.scope(path+".scope", r.Scope)
		c.ruleTargets(path, r)
		for j, name := range r.Fallbacks {
			c.leadsTo(fmt.Sprintf("%s.fallbacks[%d]", path, j), name)
		}
	}
}

// unmeasured lists variables of conditions that have no value yet.
var unmeasured = []string{"budget_used", "request", "tokens_used"}

// when checks a condition, and reports the position of an error in it.
func (c *checker) when(path, condition string) {
	r, err := rule.Compile(condition)
	if bad := (*rule.Error)(nil); errors.As(err, &bad) {
		c.problems = append(c.problems, Problem{Path: path, Message: "at " + shownAt(condition, bad.Offset) + ": " + bad.Message, Hint: bad.Hint, offset: bad.Offset})
		return
	}
	for _, name := range r.Reads() {
		if slices.Contains(unmeasured, name) {
			c.warn(path, "", "%s is always 0: this version measures no budgets and limits", name)
		}
	}
}

// shownAt describes a position in a condition by the text that stands there.
func shownAt(condition string, offset int) string {
	if offset >= len(condition) {
		return "the end"
	}
	word, _, _ := strings.Cut(condition[offset:], "\n")
	const few = 16
	if len(word) > few {
		word = strings.ToValidUTF8(word[:few], "")
		return quote(word) + "…"
	}
	return quote(word)
}

// scope checks whose requests a rule applies to.
func (c *checker) scope(path string, s Scope) {
	set := 0
	for _, f := range []struct {
		name, value string
		of          func(k *VirtualKey) string
	}{
		{"key", s.Key, func(k *VirtualKey) string { return k.Name }},
		{"team", s.Team, func(k *VirtualKey) string { return k.Team }},
		{"customer", s.Customer, func(k *VirtualKey) string { return k.Customer }},
	} {
		if f.value == "" {
			continue
		}
		set++
		var known []string
		for i := range c.doc.VirtualKeys {
			known = append(known, f.of(&c.doc.VirtualKeys[i]))
		}
		if f.name == "customer" {
			for i := range c.doc.Teams {
				known = append(known, c.doc.Teams[i].Customer)
			}
		}
		if c.doc.Store == nil && !slices.Contains(known, f.value) { // otherwise a store may have it, now or later
			c.fail(path+"."+f.name, didYouMean(f.value, known), "no virtual key has the %s %s", map[string]string{"key": "name", "team": "team", "customer": "customer"}[f.name], quote(f.value))
		}
	}
	if set > 1 {
		c.fail(path, "make a rule of each", "names %d of key, team and customer; a rule is for one of them", set)
	}
}

func (c *checker) ruleTargets(path string, r *Rule) {
	if len(r.Targets) == 0 {
		c.fail(path+".targets", "name a provider, a model, or both", "rule %s leads nowhere", quote(r.Name))
	}
	drawn := len(r.Targets) == 0
	for j := range r.Targets {
		t, at := &r.Targets[j], fmt.Sprintf("%s.targets[%d]", path, j)
		if t.Weight == nil || *t.Weight > 0 {
			drawn = true
		}
		if t.Weight != nil && (*t.Weight < 0 || *t.Weight > MaxWeight) {
			c.fail(at+".weight", "", "is %d; weights are 0 to %d", *t.Weight, MaxWeight)
		}
		switch {
		case t.Provider == "" && t.Model == "":
			c.fail(at, "", "names neither a provider nor a model")
		case t.Provider == "" && t.Key != "":
			c.fail(at+".key", "name the provider too", "belongs to no provider")
		case t.Provider != "" && !c.all().known[t.Provider]:
			c.fail(at+".provider", didYouMean(t.Provider, c.all().providers), "no provider is named %s", quote(t.Provider))
		case t.Provider == "":
			c.leadsTo(at+".model", t.Model)
		case t.Model != "":
			c.modelName(at+".model", t.Model)
		}
	}
	if !drawn {
		c.fail(path+".targets", "give one a weight above 0", "have no weight: none is ever drawn")
	}
}

// leadsTo checks a name that a rule leads to; "provider/" keeps the model asked for.
func (c *checker) leadsTo(path, name string) {
	if !c.modelName(path, name) {
		return
	}
	if provider, ok := strings.CutSuffix(name, "/"); ok && c.all().known[provider] {
		return
	}
	if !c.all().leads(name) {
		c.fail(path, c.all().near(name), "no provider serves %s", quote(name))
	}
}
