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

	providers []string
	models    *modelSet // nil: all
	alias     string    // of a budget of an alias; empty: of any
}

// Covers reports whether a request that x asks for is charged to b when a target answers it under
// name. Before the target is known, whoever could answer is to be asked about.
func (b *Budget) Covers(x *core.Exchange, t *core.Target, name []byte) bool {
	switch {
	case b.alias != "" && string(x.Peek.Model) != b.alias:
		return false
	case len(b.providers) > 0 && !slices.Contains(b.providers, t.Provider):
		return false
	case b.models == nil:
		return true
	}
	return b.models.has(x.Route, x.Name) || x.Snap.Providers[t.Provider] != nil && b.models.has(x.Snap.Providers[t.Provider], name)
}

// Budgets are all budgets that the requests of a virtual key may be charged to: its own, those of its
// team and customer, of providers and aliases, and everybody's. s is what doc was compiled to.
func Budgets(doc *config.Document, s *core.Snapshot, k *config.VirtualKey) []*Budget {
	own := k.Budgets
	if usd := k.BudgetUSDPerMonth; usd != nil {
		own = append([]config.Budget{{USD: *usd}}, own...)
	}
	out := budgetsOf(nil, s, "key", k.Name, own)
	customer := k.Customer
	for i := range doc.Teams {
		if t := &doc.Teams[i]; k.Team != "" && t.Name == k.Team {
			out = budgetsOf(out, s, "team", t.Name, t.Budgets)
			customer = cmp.Or(customer, t.Customer)
		}
	}
	for i := range doc.Customers {
		if d := &doc.Customers[i]; customer != "" && d.Name == customer {
			out = budgetsOf(out, s, "customer", d.Name, d.Budgets)
		}
	}
	for i := range doc.Providers {
		p := &doc.Providers[i]
		from := len(out)
		out = budgetsOf(out, s, "provider", p.Name, p.Budgets)
		for _, b := range out[from:] {
			b.providers = []string{p.Name}
		}
	}
	for i := range doc.Models {
		m := &doc.Models[i]
		from := len(out)
		out = budgetsOf(out, s, "model", m.Alias, m.Budgets)
		for _, b := range out[from:] {
			b.alias = m.Alias
		}
	}
	return budgetsOf(out, s, "everybody", "", doc.Budgets)
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
		b := &Budget{Account: who + ": " + id, providers: d.Providers, models: newModelSet(s, d.Models)}
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
