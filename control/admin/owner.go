package admin

import (
	"fmt"
	"net/url"

	"asbru/control/store"
	"asbru/core/config"
)

// purses are the budgets and limits of a holder, in the plural and, as in Bifrost's request bodies,
// in the singular.
type purses struct {
	Budget     *budget     `json:"budget,omitempty"`
	Budgets    []budget    `json:"budgets"`
	RateLimit  *rateLimit  `json:"rate_limit,omitempty"`
	RateLimits []rateLimit `json:"rate_limits,omitempty"` // when there are several
}

// purses returns the views of a holder's budgets and limits. kind and name are those of build.Accounts.
func (h *Handler) purses(kind, name, id string, budgets []config.Budget, limits []config.RateLimit) purses {
	p := purses{Budgets: h.budgets(kind, name, id, budgets)}
	l := h.limits(fmt.Sprintf("%s %q", kind, name), id, limits)
	if len(l) > 1 {
		p.RateLimits = l
	} else if len(l) == 1 {
		p.RateLimit = &l[0]
	}
	return p
}

// in converts p for a document.
func (p *purses) in(aligned bool, before []config.Budget) (budgets []config.Budget, limits []config.RateLimit, err error) {
	list, rates := p.Budgets, p.RateLimits
	if p.Budget != nil && p.Budgets == nil && p.Budget.MaxLimit != nil { // an empty one removes the budget
		list = []budget{*p.Budget}
	}
	if p.RateLimit != nil && p.RateLimits == nil {
		rates = []rateLimit{*p.RateLimit}
	}
	if budgets, err = budgetsIn("budgets", list, aligned, before); err != nil {
		return nil, nil, err
	}
	limits, err = limitsIn("rate_limits", rates)
	return budgets, limits, err
}

// An ownerView is a team or a customer.
type ownerView struct {
	ID         string `json:"id"`
	Name       string `json:"name"`
	CustomerID string `json:"customer_id,omitempty"` // of a team
	Customer   *ref   `json:"customer,omitempty"`
	Aligned    bool   `json:"calendar_aligned,omitempty"` // of budgets that do not say
	purses
	origin
}

func (h *Handler) viewOwner(e entry) any {
	v := &ownerView{ID: e.id, Name: e.name, origin: e.origin()}
	switch o := e.value.(type) {
	case *config.Team:
		v.CustomerID, v.Customer = h.idOf(store.Customer, o.Customer), h.ref(store.Customer, o.Customer)
		v.purses = h.purses("team", o.Name, e.id, o.Budgets, o.RateLimits)
	case *config.Customer:
		v.purses = h.purses("customer", o.Name, e.id, o.Budgets, o.RateLimits)
	}
	return v
}

func (h *Handler) teamIn(e *store.Edit, body []byte, was *entry) (in, error) {
	return h.ownerIn(e, body, was, store.Team)
}

func (h *Handler) customerIn(e *store.Edit, body []byte, was *entry) (in, error) {
	return h.ownerIn(e, body, was, store.Customer)
}

func (h *Handler) ownerIn(e *store.Edit, body []byte, was *entry, k store.Kind) (in, error) {
	var v ownerView
	if err := read(body, &v); err != nil {
		return in{}, err
	}
	if err := keepsName(was, v.Name); err != nil {
		return in{}, err
	}
	var before []config.Budget
	if was != nil {
		switch o := was.value.(type) {
		case *config.Team:
			before = o.Budgets
		case *config.Customer:
			before = o.Budgets
		}
	}
	budgets, limits, err := v.in(v.Aligned, before)
	if err != nil {
		return in{}, err
	}
	if k == store.Customer {
		if v.CustomerID != "" {
			return in{}, invalid("leave it out", "customer_id: a customer has none")
		}
		return in{name: v.Name, value: &config.Customer{Name: v.Name, Budgets: budgets, RateLimits: limits}}, nil
	}
	customer, err := h.refer(e, store.Customer, "customer_id", v.CustomerID)
	return in{name: v.Name, value: &config.Team{Name: v.Name, Customer: customer, Budgets: budgets, RateLimits: limits}}, err
}

// keepsName refuses to rename a holder: its spending is counted under the name.
func keepsName(was *entry, name string) error {
	switch {
	case name == "":
		return invalid("", "name is missing")
	case was != nil && was.name != name:
		return conflict("make another one, and delete this one", "cannot call %q %q: what it has spent is counted under its name", was.name, name)
	}
	return nil
}

func (h *Handler) pickTeam(e entry, q url.Values) bool {
	t, _ := e.value.(*config.Team)
	want := q.Get("customer_id")
	return want == "" || t != nil && t.Customer != "" && (t.Customer == want || h.idOf(store.Customer, t.Customer) == want)
}

// users names something that refers to an object, in the store or in the file; empty: nothing does.
func (h *Handler) users(e *store.Edit, o *store.Object) string {
	for _, k := range []store.Kind{store.VirtualKey, store.Team, store.Override, store.Model} {
		for _, x := range e.All(k) {
			if refers(x.Value, o) {
				return fmt.Sprintf("%s %q", x.Kind, x.Name)
			}
		}
		for _, x := range fileEntries(k, h.base()) {
			if refers(x.value, o) {
				return fmt.Sprintf("%s %q of the configuration file", k, x.name)
			}
		}
	}
	return ""
}

// refers reports whether a value names an object.
func refers(value any, o *store.Object) bool {
	switch v := value.(type) {
	case *config.VirtualKey:
		return o.Kind == store.Team && v.Team == o.Name || o.Kind == store.Customer && v.Customer == o.Name
	case *config.Team:
		return o.Kind == store.Customer && v.Customer == o.Name
	case *config.PriceOverride:
		return o.Kind == store.VirtualKey && v.Scope.Key == o.Name
	case *config.KeptModel:
		return o.Kind == store.VirtualKey && v.Key == o.Name
	}
	return false
}
