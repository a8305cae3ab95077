package build

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"asbru/core"
	"asbru/core/config"
	"asbru/core/govern"
	"asbru/core/price"
)

// A Budget is one account that requests are held and charged on.
type Budget struct {
	Account string // what its account is called for as long as the document has it
	Limit   govern.Limit

	account   *govern.Account // nil: nothing is held, for who only looks at a Snapshot
	providers []string
	models    *modelSet // nil: all
	alias     string    // of a budget of an alias; empty: of any
}

// Covers reports whether a request that x asks for is charged to b when a target answers it under
// name. Before the target is known, whoever could answer is to be asked about.
func (b *Budget) Covers(x *core.Exchange, t *core.Target, name []byte) bool {
	switch {
	case b.alias != "" && string(x.Peek.Model) != b.alias && !b.led(x, t):
		return false
	case len(b.providers) > 0 && !slices.Contains(b.providers, t.Provider):
		return false
	case b.models == nil:
		return true
	}
	return b.models.has(x.Route, x.Name) || x.Snap.Providers[t.Provider] != nil && b.models.hasTarget(x.Snap.Providers[t.Provider], t, name)
}

// led reports whether x, which asks for something else, is led to t for the alias of b.
func (b *Budget) led(x *core.Exchange, t *core.Target) (yes bool) {
	own := x.Snap.Models[b.alias]
	x.Led(t, func(r *core.Route) { yes = yes || r == own })
	return yes
}

// anything reports whether b pays for whatever is asked, whoever answers.
func (b *Budget) anything() bool { return b.alias == "" && len(b.providers) == 0 && b.models == nil }

// reached reports whether b may have to pay for x, and whether it must whoever answers.
func (b *Budget) reached(x *core.Exchange) (may, must bool) {
	if b.anything() {
		return true, true
	}
	must = true
	price.Reach(x, func(t *core.Target, name []byte) bool {
		if b.Covers(x, t, name) {
			may = true
		} else {
			must = false
		}
		return true
	})
	return may, must
}

// budgetSet is all budgets of a document. Who shares one shares the Budget.
type budgetSet struct {
	teams, customers map[string][]*Budget
	others           []*Budget // of providers, of aliases, and everybody's
	shared           map[[2]string][]*Budget
}

func budgetsIn(doc *config.Document, s *core.Snapshot) *budgetSet {
	set := &budgetSet{teams: map[string][]*Budget{}, customers: map[string][]*Budget{}, shared: map[[2]string][]*Budget{}}
	for i := range doc.Teams {
		t := &doc.Teams[i]
		set.teams[t.Name] = budgetsOf(nil, s, "team", t.Name, t.Budgets)
	}
	for i := range doc.Customers {
		d := &doc.Customers[i]
		set.customers[d.Name] = budgetsOf(nil, s, "customer", d.Name, d.Budgets)
	}
	for i := range doc.Providers {
		p := &doc.Providers[i]
		from := len(set.others)
		set.others = budgetsOf(set.others, s, "provider", p.Name, p.Budgets)
		for _, b := range set.others[from:] {
			b.providers = []string{p.Name}
		}
	}
	for i := range doc.Models {
		m := &doc.Models[i]
		from := len(set.others)
		set.others = budgetsOf(set.others, s, "model", m.Alias, m.Budgets)
		for _, b := range set.others[from:] {
			b.alias = m.Alias
		}
	}
	set.others = budgetsOf(set.others, s, "everybody", "", doc.Budgets)
	return set
}

// all is every Budget once, those of keys left out.
func (set *budgetSet) all() (list []*Budget) {
	for _, of := range set.teams {
		list = append(list, of...)
	}
	for _, of := range set.customers {
		list = append(list, of...)
	}
	return append(list, set.others...)
}

// of is what the requests of a key may be charged to: its own budgets, and those that it shares
// with its team, its customer and everybody, which are the same list for all of them.
func (set *budgetSet) of(s *core.Snapshot, k *config.VirtualKey, customer string) (own, shared []*Budget) {
	list := k.Budgets
	if usd := k.BudgetUSDPerMonth; usd != nil {
		list = append([]config.Budget{{USD: *usd}}, list...)
	}
	own = budgetsOf(nil, s, "key", k.Name, list)
	who := [2]string{k.Team, customer}
	shared, ok := set.shared[who]
	if !ok {
		shared = slices.Concat(set.teams[k.Team], set.customers[customer], set.others)
		set.shared[who] = shared
	}
	return own, shared
}

// budgetsOf appends the budgets of one holder. Those without a name are told apart by their
// windows, and by their order when these are equal.
func budgetsOf(out []*Budget, s *core.Snapshot, kind, name string, list []config.Budget) []*Budget {
	who, of := kind, kind
	if name != "" {
		who, of = kind+" "+name, fmt.Sprintf("%s %q", kind, name)
	}
	seen := map[string]int{}
	for i := range list {
		d := &list[i]
		w, _ := config.ParseWindow(d.Window) // what cannot be read was refused
		id := cmp.Or(d.Name, w.String())
		if seen[id]++; seen[id] > 1 {
			id = fmt.Sprintf("%s #%d", id, seen[id])
		}
		b := &Budget{Account: who + ": " + id, providers: d.Providers, models: newModelSet(s, d.Models).anywhere(s, d.Models, false)}
		b.Limit = govern.Limit{Window: windowOf(d, w), Label: fmt.Sprintf("%s budget of %s", cmp.Or(d.Name, often(w)), of)}
		b.Limit.Cap, _ = price.USD(d.USD)
		for _, o := range d.Overrides {
			usd, _ := price.USD(o.USD)
			until := int64(0) // for ever
			if at := o.Until.Unix(); at > 0 {
				until = at * int64(time.Second)
			}
			b.Limit.Extra = append(b.Limit.Extra, govern.Extra{Amount: usd, Until: until})
		}
		out = append(out, b)
	}
	return out
}

func windowOf(d *config.Budget, w config.Window) govern.Window {
	out := govern.Window{Count: w.Count, Unit: w.Unit, Calendar: d.Align == "calendar" || d.Align == "" && w.Aligns()}
	if d.TimeZone != "" {
		out.Zone, _ = time.LoadLocation(d.TimeZone) // one that is not known was refused
	}
	return out
}

// often is a window as a word in front of "budget".
func often(w config.Window) string {
	if w.Count == 1 {
		switch w.Unit {
		case 'h':
			return "hourly"
		case 'd':
			return "daily"
		case 'w':
			return "weekly"
		case 'M':
			return "monthly"
		case 'Q':
			return "quarterly"
		case 'Y':
			return "yearly"
		}
	}
	return w.String()
}
