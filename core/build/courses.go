package build

import (
	"fmt"
	"math/rand/v2"
	"slices"

	"asbru/core"
)

// A course is one target of a ruling, as the callers of one policy may use it.
type course struct {
	route  *core.Route
	grants *grants     // decide whether it may be used; nil: it may
	to     *core.Route // the targets
	name   []byte      // the model's name there; nil: the one asked for
	model  string      // the name that conditions of further rules see
	end    uint64      // end of its range in the ruling's weights
}

// may reports whether the policy allows k for a request for model name.
func (k *course) may(name []byte) bool {
	if k.name != nil {
		name = k.name
	}
	return k.grants == nil || k.grants.allow(k.to, name)
}

// A ruled is a ruling, as the callers of one policy may use it.
type ruled struct {
	*ruling
	courses []course
	total   uint64 // sum of the weights; above 0
}

// draw chooses a course at random, by weight.
func (r *ruled) draw() *course {
	if len(r.courses) == 1 {
		return &r.courses[0]
	}
	place := rand.Uint64N(r.total)
	for i := range r.courses {
		if place < r.courses[i].end {
			return &r.courses[i]
		}
	}
	return &r.courses[0] // not reached: the last range ends at total
}

// rulingsFor compiles the rulings for callers with grants; nil grants allow all models. A rule's
// first target is checked for every request. Of the targets after it only those are kept that
// the grants allow in any case.
func (c *compiler) rulingsFor(g *grants) []*ruled {
	out := make([]*ruled, 0, len(c.rulings))
	for _, r := range c.rulings {
		one := &ruled{ruling: r}
		for i := range r.goals {
			l := &r.goals[i]
			one.total += uint64(l.weight)
			k := course{grants: g, to: l.to, end: one.total, route: c.course(r, i, g)}
			if !l.keeps() {
				k.name, k.model = []byte(l.name), l.name
			}
			one.courses = append(one.courses, k)
		}
		if one.total > 0 {
			out = append(out, one)
		}
	}
	return out
}

// course makes the Route that begins with goal i of r: its own targets, the
// fallbacks, then the other targets of the rule.
func (c *compiler) course(r *ruling, i int, g *grants) *core.Route {
	first := &r.goals[i]
	targets := slices.Clone(first.targets)
	via := first.via(nil, targets)
	id := fmt.Sprint(r.at, " ", i, " ")
	add := func(l *goal) {
		if !g.surely(l) {
			id += "-"
			return
		}
		id += "+"
		from := len(targets)
		for _, t := range l.targets {
			if !slices.Contains(targets, t) {
				targets = append(targets, t)
			}
		}
		via = l.via(via, targets[from:])
	}
	for j := range r.falls {
		add(&r.falls[j])
	}
	for j := range r.goals {
		if j != i {
			add(&r.goals[j])
		}
	}
	if len(targets) == len(first.targets) && first.to.Targets[0] == targets[0] && len(first.to.Targets) == len(targets) {
		return first.to // with its own settings
	}
	if have := c.courses[id]; have != nil {
		return have
	}
	name := "rule " + r.doc.Name
	if len(r.goals) > 1 {
		name += fmt.Sprintf(", target %d of %d", i+1, len(r.goals))
	}
	route := c.route(name, targets...)
	for _, v := range via {
		c.via(route, v.Target, v.Route)
	}
	c.courses[id] = route
	return route
}

// via appends for what those of the targets of l stand that a course takes over: l itself, and the fallbacks of it.
func (l *goal) via(list []core.Via, targets []*core.Target) []core.Via {
	for _, t := range targets {
		list = append(list, core.Via{Target: t, Route: l.to})
		for _, v := range l.to.Via {
			if v.Target == t {
				list = append(list, v)
			}
		}
	}
	return list
}

// surely reports whether callers with g, nil for all models, may use l whatever
// model they ask for.
func (g *grants) surely(l *goal) bool {
	switch {
	case g == nil:
		return true
	case l.keeps():
		return g.blocked == nil && (g.allowed == nil || g.allowed.by[l.to] != nil && g.allowed.by[l.to].all)
	}
	return g.allow(l.to, []byte(l.name))
}
