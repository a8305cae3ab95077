package core

import "slices"

// A Via says that a Target is on a Route for the alias of another, which a fallback or a routing rule names.
type Via struct {
	Target *Target
	Route  *Route // of the alias
}

// Led calls f for the Route of each alias, besides the one asked for, that leads x to t: one that a rule put in its place, one of
// the fallbacks of its Route, and one of the client's own fallbacks. f may be called for a Route that is no alias's.
func (x *Exchange) Led(t *Target, f func(r *Route)) {
	if x.Route == nil {
		return
	}
	if x.Rule != "" {
		f(x.Route)
	}
	for i := range x.Route.Via {
		if v := &x.Route.Via[i]; v.Target == t {
			f(v.Route)
		}
	}
	for _, name := range x.Peek.Fallbacks {
		if len(name) == 0 {
			return
		}
		if r, _ := x.Snap.Resolve(name); r != nil && len(r.Targets) > 0 && r.Targets[0] == t && !slices.Contains(x.Route.Via, Via{t, r}) {
			f(r)
		}
	}
}
