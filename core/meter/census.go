package meter

import (
	"slices"
	"strings"

	"asbru/core"
)

// A census is a Snapshot sorted into label sets, in an order that does not
// change from scrape to scrape.
type census struct {
	targets, keys []group
	pools         []core.Gauged
}

// A group is one label set and everything counted under it.
type group struct {
	labels  string
	tallies []*core.Tally
}

// count makes the census of s; nil has an empty one.
func count(s *core.Snapshot) census {
	if s == nil {
		return census{}
	}
	ts, ks := grouper{}, grouper{}
	pools := map[core.Gauged]bool{}
	for _, t := range s.Targets {
		ts.add(t.Tally, t.Name, t.Provider)
		if g, ok := t.Pool.(core.Gauged); ok {
			pools[g] = true
		}
	}
	for _, k := range s.Keys {
		ks.add(k.Tally, k.Name)
	}
	if s.Anonymous != nil {
		ks.add(s.Anonymous.Tally, s.Anonymous.Name)
	}
	c := census{targets: ts.sorted("target", "provider"), keys: ks.sorted("key")}
	for g := range pools {
		c.pools = append(c.pools, g)
	}
	return c
}

// A grouper gathers Tallies by the values of their labels. A second Target or
// key of the same name is summed with the first: a series may appear once only.
type grouper map[[2]string][]*core.Tally

func (g grouper) add(t *core.Tally, values ...string) {
	if t == nil {
		return
	}
	var id [2]string
	for i, v := range values {
		id[i] = strings.ToValidUTF8(v, "\uFFFD")
	}
	if !slices.Contains(g[id], t) {
		g[id] = append(g[id], t)
	}
}

// sorted renders at most MaxSets label sets; the last one is "other" when there
// were more.
func (g grouper) sorted(names ...string) []group {
	ids := make([][2]string, 0, len(g))
	for id := range g {
		ids = append(ids, id)
	}
	slices.SortFunc(ids, func(a, b [2]string) int { return slices.Compare(a[:], b[:]) })
	other := [2]string{"other", "other"}
	out := make([]group, 0, min(len(ids), MaxSets))
	if len(ids) > MaxSets {
		// A thing that is itself called "other" goes where the rest goes.
		ids = slices.DeleteFunc(ids, func(id [2]string) bool { return id[0] == "other" })
		rest := g.rest(ids[MaxSets-1:])
		ids = append(ids[:MaxSets-1:MaxSets-1], other)
		g[other] = rest
	}
	for _, id := range ids {
		labels := ""
		for i, n := range names {
			labels = join(labels, label(n, id[i]))
		}
		out = append(out, group{labels, g[id]})
	}
	return out
}

// rest gathers the Tallies of ids and of everything called "other".
func (g grouper) rest(ids [][2]string) []*core.Tally {
	var all []*core.Tally
	for id, ts := range g {
		if id[0] == "other" {
			all = append(all, ts...)
		}
	}
	for _, id := range ids {
		all = append(all, g[id]...)
	}
	return all
}
