package build

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"asbru/core"
	"asbru/core/config"
	"asbru/core/rule"
)

// A ruling is a compiled routing rule, independent of any policy.
type ruling struct {
	doc  *config.Rule
	at   string // its path in the document
	when *rule.Rule

	goals []goal // the targets, in order
	falls []goal // the fallbacks, in order
}

// A goal is one place that a rule leads to.
type goal struct {
	targets []*core.Target // several for an alias with fallbacks
	to      *core.Route    // what policies are asked about: to under name
	name    string         // empty: the model asked for
	weight  int
}

// keeps reports whether the model asked for is sent on.
func (l *goal) keeps() bool { return l.name == "" }

// compileRules compiles the rules in the order in which they are evaluated. Every name of the
// document is known by then.
func (c *compiler) compileRules() {
	for i := range c.doc.Routing.Rules {
		r := &c.doc.Routing.Rules[i]
		if r.Disabled {
			continue
		}
		out := &ruling{doc: r, at: fmt.Sprintf("routing.rules[%d]", i)}
		when, err := rule.Compile(r.When)
		if err != nil {
			c.fail(out.at+".when", err.Error(), "")
			continue
		}
		out.when = when
		for j := range r.Targets {
			c.leadTo(out, fmt.Sprintf("%s.targets[%d]", out.at, j), &r.Targets[j])
		}
		for j, name := range r.Fallbacks {
			c.fallTo(out, fmt.Sprintf("%s.fallbacks[%d]", out.at, j), name)
		}
		if len(out.goals) > 0 {
			c.rulings = append(c.rulings, out)
		}
	}
	slices.SortStableFunc(c.rulings, func(a, b *ruling) int {
		return cmp.Or(rank(a.doc.Scope)-rank(b.doc.Scope), cmp.Compare(a.doc.Priority, b.doc.Priority))
	})
}

// rank orders scopes: the narrowest first.
func rank(s config.Scope) int {
	switch {
	case s.Key != "":
		return 0
	case s.Team != "":
		return 1
	case s.Customer != "":
		return 2
	}
	return 3
}

func (c *compiler) leadTo(out *ruling, at string, t *config.RuleTarget) {
	l, ok := goal{}, false
	if t.Provider == "" {
		l, ok = c.named(at+".model", t.Model)
	} else {
		l, ok = c.direct(at, t)
	}
	if l.weight = 1; t.Weight != nil {
		l.weight = *t.Weight
	}
	if ok {
		out.goals = append(out.goals, l)
	}
}

func (c *compiler) fallTo(out *ruling, at, name string) {
	if provider, keeps := strings.CutSuffix(name, "/"); keeps && c.byName[provider] != nil {
		p := c.byName[provider]
		out.falls = append(out.falls, goal{targets: p.route.Targets, to: p.route})
		return
	}
	if l, ok := c.named(at, name); ok {
		l.targets = l.targets[:1] // an alias's own fallbacks are not followed
		out.falls = append(out.falls, l)
	}
}

// named resolves a model's name as for a client.
func (c *compiler) named(at, name string) (goal, bool) {
	to, model := c.next.Resolve([]byte(name))
	switch {
	case to == nil && c.contested(name):
		c.fail(at, fmt.Sprintf("is %q, which several providers serve", name), "write provider/"+name)
		return goal{}, false
	case to == nil:
		c.fail(at, fmt.Sprintf("is %q, which nobody serves", name), near(name, names(c.next.Models)))
		return goal{}, false
	}
	if t := to.Targets[0]; t.Model == "" {
		return goal{targets: []*core.Target{c.target(c.byName[t.Provider], string(model))}, to: to, name: string(model)}, true
	}
	return goal{targets: to.Targets, to: to, name: name}, true
}

// direct resolves a model at a provider, with one key or all keys.
func (c *compiler) direct(at string, t *config.RuleTarget) (goal, bool) {
	p := c.byName[t.Provider]
	if p == nil {
		if !c.documented(t.Provider) {
			c.fail(at+".provider", fmt.Sprintf("is %q, which is no provider's name", t.Provider), near(t.Provider, names(c.byName)))
		}
		return goal{}, false
	}
	l := goal{targets: []*core.Target{c.target(p, t.Model)}, to: p.route, name: t.Model}
	if t.Key == "" {
		return l, true
	}
	var known []string
	for _, k := range p.keys {
		switch {
		case k.Name != t.Key:
			known = append(known, k.Name)
			continue
		case k.Weight == 0:
			c.fail(at+".key", fmt.Sprintf("is %q, which has weight 0 and is never used", t.Key), "")
			return l, false
		case t.Model != "" && k.Models != nil && !k.Models[t.Model]:
			c.fail(at+".key", fmt.Sprintf("is %q, which is not for model %q", t.Key, t.Model), "see the models of the key")
			return l, false
		}
		l.targets = []*core.Target{c.pin(l.targets[0], k)}
		return l, true
	}
	c.fail(at+".key", fmt.Sprintf("is %q, which is no key of %s", t.Key, t.Provider), near(t.Key, known))
	return l, false
}

// pin returns a Target with only one of its keys. It shares the Tally of the original.
func (c *compiler) pin(t *core.Target, k *core.ProviderKey) *core.Target {
	for _, have := range c.pinned {
		if have.Name == t.Name && have.Keys[0] == k {
			return have
		}
	}
	one := *t
	one.Keys = []*core.ProviderKey{k}
	c.pinned = append(c.pinned, &one)
	return &one
}
