package admin

import (
	"net/http"
	"strings"

	"asbru/core"
	"asbru/core/config"
)

// QuotaPath is the path at which a caller asks about itself, as in Bifrost.
const QuotaPath = Prefix + "virtual-keys/quota"

// A quotaView is what a virtual key may learn about itself.
type quotaView struct {
	Name      string      `json:"virtual_key_name"`
	Active    bool        `json:"is_active"`
	Expires   string      `json:"expires_at,omitempty"`
	Budgets   []budget    `json:"budgets"`
	Rate      *rateLimit  `json:"rate_limit,omitempty"`
	Rates     []rateLimit `json:"rate_limits,omitempty"` // when there are several
	Models    []string    `json:"allowed_models"`        // ["*"]: all that are not blocked
	Blocked   []string    `json:"blocked_models,omitempty"`
	Providers []quotaFrom `json:"provider_configs,omitempty"` // none: all providers
	Team      *quotaOf    `json:"team,omitempty"`
	Customer  *quotaOf    `json:"customer,omitempty"`
}

// A quotaFrom is a provider that may serve the key.
type quotaFrom struct {
	Provider string   `json:"provider"`
	Models   []string `json:"allowed_models"`
	Blocked  []string `json:"blacklisted_models,omitempty"`
}

// A quotaOf is what applies to a whole team or customer.
type quotaOf struct {
	Name string `json:"name"`
	purses
}

// Quota answers the holder of a virtual key with what that key may use and has used.
func (h *Handler) Quota(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		w.Header().Set("Allow", "GET")
		refuse(w, &core.Fault{Code: core.BadMethod, Message: "cannot change a quota", Hint: "use GET"}, nil)
		return
	}
	snap, doc := h.o.Snapshot(), h.o.Plane.Status().Document
	presented := Presented(r.Header)
	switch {
	case snap == nil || doc == nil:
		refuse(w, &core.Fault{Code: core.Overloaded, Message: "cannot tell: nothing is served yet", Retry: 1}, nil)
		return
	case presented == "":
		refuse(w, &core.Fault{Code: core.Unauthenticated, Kind: "virtual_key_required", Message: "cannot tell whose quota: no virtual key was sent",
			Hint: "send it as Authorization: Bearer, x-api-key or x-bf-vk"}, nil)
		return
	}
	k := snap.Caller([]byte(presented))
	if k == nil {
		refuse(w, &core.Fault{Code: core.Unauthenticated, Kind: "access_not_found", Message: "cannot show a quota: the virtual key is unknown"}, nil)
		return
	}
	barred := k.Barred(h.o.Now().Unix())
	if barred != nil && k.Old {
		refuse(w, barred, nil)
		return
	}
	for i := range doc.VirtualKeys {
		if doc.VirtualKeys[i].Name == k.Name {
			v := h.quota(doc, &doc.VirtualKeys[i], k.Customer)
			v.Active = barred == nil
			send(w, http.StatusOK, v)
			return
		}
	}
	refuse(w, &core.Fault{Code: core.Overloaded, Message: "cannot tell: the configuration is just changing", Retry: 1}, nil)
}

func (h *Handler) quota(doc *config.Document, k *config.VirtualKey, customer string) *quotaView {
	own := k.Budgets
	if usd := k.BudgetUSDPerMonth; usd != nil {
		own = append([]config.Budget{{USD: *usd}}, own...)
	}
	p := h.purses("key", k.Name, k.Name, own, k.RateLimits)
	v := &quotaView{Name: k.Name, Expires: string(k.Expires), Budgets: p.Budgets, Rate: p.RateLimit, Rates: p.RateLimits, Models: orAll(k.AllowedModels), Blocked: k.BlockedModels}
	for _, x := range k.Providers {
		v.Providers = append(v.Providers, quotaFrom{x.Provider, orAll(x.AllowedModels), x.BlockedModels})
	}
	for i := range doc.Teams {
		if t := &doc.Teams[i]; k.Team != "" && t.Name == k.Team {
			v.Team = &quotaOf{t.Name, h.purses("team", t.Name, t.Name, t.Budgets, t.RateLimits)}
		}
	}
	for i := range doc.Customers {
		if c := &doc.Customers[i]; customer != "" && c.Name == customer {
			v.Customer = &quotaOf{c.Name, h.purses("customer", c.Name, c.Name, c.Budgets, c.RateLimits)}
		}
	}
	return v
}

func orAll(list []string) []string {
	if len(list) == 0 {
		return []string{"*"}
	}
	return list
}

// Presented returns the credential in a head: the first of these fields that is present, as for all
// requests of callers.
func Presented(head http.Header) string {
	for _, name := range []string{"X-Bf-Vk", "Authorization", "X-Api-Key", "Api-Key", "X-Goog-Api-Key"} {
		values, ok := head[name]
		switch {
		case !ok:
			continue
		case len(values) != 1:
			return ""
		case name != "Authorization":
			return strings.TrimSpace(values[0])
		}
		scheme, token, _ := strings.Cut(strings.TrimSpace(values[0]), " ")
		if !strings.EqualFold(scheme, "Bearer") {
			return ""
		}
		return strings.TrimSpace(token)
	}
	return ""
}
