package price

import (
	"cmp"
	"slices"
	"strings"
	"sync/atomic"

	"asbru/core"
)

// An Override says what some requests cost instead of what the sheets say.
type Override struct {
	Name  string
	Scope Scope
	Model string // a name, or one with * for any run of characters; empty: all
	Ops   uint16 // one bit by core.Op; 0: all

	patch sparse
	share int64 // millionths that everything is multiplied by; 0: by one
}

// A Scope says whose requests an Override is for. Empty fields are for all.
type Scope struct {
	Key         string // name of a virtual key
	Provider    string // name of a provider
	ProviderKey string // name of one of its keys
}

// Set makes o put a price in place of what the sheets say, in dollars for a million tokens, or
// for a request when kind is "call". The kinds are those of a sheet's rows.
func (o *Override) Set(kind string, usd float64) error {
	k, ok := kindNamed(kind)
	if !ok {
		return errUnknown
	}
	m, err := USD(usd)
	if err == nil && m > maxRate {
		err = errTooLarge
	}
	if err == nil {
		o.patch.put(k, m)
	}
	return err
}

// Scale makes o multiply what the sheets say, before Set's prices are put in: 0.8 for a
// fifth less.
func (o *Override) Scale(by float64) error {
	m, err := USD(by)
	if err == nil && (m <= 0 || m > 1000e9) {
		err = errNumber
	}
	o.share = int64(m) / 1000
	return err
}

// inOrder sorts overrides as they are asked: by scope, the narrowest first, then a name before
// a pattern, a long pattern before a short one, a list of operations before all.
func inOrder(list []*Override) []*Override {
	out := slices.Clone(list)
	slices.SortStableFunc(out, func(a, b *Override) int {
		return cmp.Or(b.Scope.rank()-a.Scope.rank(), b.exactness()-a.exactness(), cmp.Compare(min(b.Ops, 1), min(a.Ops, 1)))
	})
	for _, o := range out {
		o.Model = lower(o.Model)
	}
	return out
}

// rank is Bifrost's order of scopes: what names the caller is narrower than what names a
// provider's key, and that than a provider.
func (s Scope) rank() int {
	n := 0
	if s.Key != "" {
		n += 4
	}
	if s.ProviderKey != "" {
		n += 2
	}
	if s.Provider != "" {
		n++
	}
	return n
}

// exactness is how much of a name o's pattern says: a * says nothing.
func (o *Override) exactness() int {
	if !strings.Contains(o.Model, "*") && o.Model != "" {
		return core.MaxModelName + 1
	}
	return len(o.Model) - strings.Count(o.Model, "*")
}

// covers reports whether o is for q, whose model's name is given in lower case.
func (o *Override) covers(q *Query, name []byte) bool {
	s := &o.Scope
	return (s.Key == "" || s.Key == q.Key) && (s.ProviderKey == "" || s.ProviderKey == q.ProviderKey) &&
		(o.Ops == 0 || o.Ops>>q.Op&1 == 1) && (o.Model == "" || Matches(o.Model, name))
}

// Matches reports whether name is pattern, in which * stands for any run of bytes. It takes
// no longer than the product of the lengths.
func Matches[T string | []byte](pattern string, name T) bool {
	star, back := -1, 0
	p, n := 0, 0
	for n < len(name) {
		switch {
		case p < len(pattern) && pattern[p] == '*':
			star, back = p, n
			p++
		case p < len(pattern) && pattern[p] == name[n]:
			p++
			n++
		case star >= 0:
			back++
			p, n = star+1, back
		default:
			return false
		}
	}
	return strings.Trim(pattern[p:], "*") == ""
}

// apply is what o makes of a price; nil when that is no price yet: a share of nothing known, or
// one side only.
func (o *Override) apply(p *core.Price) *core.Price {
	if p == nil {
		if o.share != 0 || !o.patch.set[call] && (!o.patch.set[in] || !o.patch.set[out]) {
			return nil
		}
		return &core.Price{Model: o.Model, From: "override " + o.Name, Rates: o.patch.full()}
	}
	q := *p
	q.From = "override " + o.Name
	q.Rates = o.on(p.Rates)
	q.Tiers, q.Batch = o.tiers(p.Tiers), o.tiers(p.Batch)
	if p.Next != nil {
		q.Next = o.apply(p.Next)
	}
	return &q
}

func (o *Override) tiers(list []core.Tier) []core.Tier {
	out := slices.Clone(list)
	for i := range out {
		out[i].Rates = o.on(out[i].Rates)
	}
	return out
}

// on is r as o has it. A kind that cost what its side's text cost goes on doing so.
func (o *Override) on(r core.Rates) core.Rates {
	if o.share != 0 {
		r = times(r, o.share)
	}
	if o.patch.set[in] || o.patch.set[out] || o.patch.set[call] { // what a ranking costs is said otherwise
		r.Search = 0
	}
	was := r
	for k := range numKinds {
		switch {
		case o.patch.set[k]:
			*at(&r, k) = *at(&o.patch.Rates, k)
		case *at(&was, k) == *at(&was, kinds[k].like):
			*at(&r, k) = *at(&r, kinds[k].like)
		}
	}
	return r
}

// A memo remembers what overrides made of prices, so that asking again allocates nothing. It
// has at most one entry for each row with each override.
type memo struct {
	made atomic.Pointer[map[pairing]*core.Price]
}

type pairing struct {
	o *Override
	p *core.Price
}

func (m *memo) of(o *Override, p *core.Price) *core.Price {
	at := pairing{o, p}
	for {
		old := m.made.Load()
		if old != nil {
			if got, ok := (*old)[at]; ok {
				return got
			}
		}
		next := map[pairing]*core.Price{at: o.apply(p)}
		if old != nil {
			for k, v := range *old {
				next[k] = v
			}
		}
		if m.made.CompareAndSwap(old, &next) {
			return next[at]
		}
	}
}
