package build

import (
	"fmt"
	"math/rand/v2"
	"slices"

	"asbru/core"
)

// A course is one target of a ruling as one policy may follow it.
type course struct {
	route  *core.Route
	grants *grants     // who is asked whether it may be followed; nil: nobody
	to     *core.Route // what is asked for
	name   []byte      // under this name; nil: the model asked for is kept
	model  string      // name as the condition of another rule sees it
	end    uint64      // where its range of the ruling's weights ends
}

// may reports whether the policy allows k to a request that asks for model name.
func (k *course) may(name []byte) bool {
	if k.name != nil {
		name = k.name
	}
	return k.grants == nil || k.grants.allow(k.to, name)
}

// A ruled is a ruling as one policy may follow it.
type ruled struct {
	*ruling
	courses []course
	total   uint64 // of the weights; above 0
}

// draw picks a course by weight.
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

// rulingsFor compiles the rulings for callers with grants, nil for all models. Where
// a rule leads first is asked for every request; of what comes after that only what
// the grants allow in any case is kept.
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
	id := fmt.Sprint(r.at, " ", i, " ")
	add := func(l *goal) {
		if !g.surely(l) {
			id += "-"
			return
		}
		id += "+"
		for _, t := range l.targets {
			if !slices.Contains(targets, t) {
				targets = append(targets, t)
			}
		}
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
		return first.to // with all that is its own
	}
	if have := c.courses[id]; have != nil {
		return have
	}
	name := "rule " + r.doc.Name
	if len(r.goals) > 1 {
		name += fmt.Sprintf(", target %d of %d", i+1, len(r.goals))
	}
	c.courses[id] = c.route(name, targets...)
	return c.courses[id]
}

// surely reports whether callers with g, nil for all models, may be led to l whatever
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
