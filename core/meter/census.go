package meter

import (
	"maps"
	"slices"
	"strings"

	"asbru/core"
)

// A census is a Snapshot sorted into label sets, in the same order at every scrape.
type census struct {
	targets, keys []group
	pools         []core.Gauged
}

// A group is one label set and all that is counted under it.
type group struct {
	labels  string
	tallies []*core.Tally
}

// count makes the census of s; for nil it is empty.
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

// A grouper maps each Tally to its label values. Things of the same name share a
// label set, because a series may appear only once. A Tally that is shared under
// several names goes to "other", so that it is not counted under each of them.
type grouper map[*core.Tally][2]string

func (g grouper) add(t *core.Tally, values ...string) {
	if t == nil {
		return
	}
	var id [2]string
	for i, v := range values {
		id[i] = strings.ToValidUTF8(v, "\uFFFD")
	}
	if had, ok := g[t]; ok && had != id {
		id = other
	}
	g[t] = id
}

// other holds everything without a label set of its own. A thing that is itself
// called "other" is counted there too.
var other = [2]string{"other", "other"}

// sorted renders at most MaxSets label sets; the last one is "other" if needed.
func (g grouper) sorted(names ...string) []group {
	sets := map[[2]string][]*core.Tally{}
	for t, id := range g {
		if id[0] == other[0] {
			id = other
		}
		sets[id] = append(sets[id], t)
	}
	rest := sets[other]
	delete(sets, other)
	ids := slices.SortedFunc(maps.Keys(sets), func(a, b [2]string) int { return slices.Compare(a[:], b[:]) })
	if n := len(ids); n > MaxSets || n == MaxSets && rest != nil {
		for _, id := range ids[MaxSets-1:] {
			rest = append(rest, sets[id]...)
		}
		ids = ids[:MaxSets-1]
	}
	if rest != nil {
		ids = append(ids, other)
		sets[other] = rest
	}
	out := make([]group, len(ids))
	for i, id := range ids {
		labels := ""
		for j, n := range names {
			labels = join(labels, label(n, id[j]))
		}
		out[i] = group{labels, sets[id]}
	}
	return out
}
