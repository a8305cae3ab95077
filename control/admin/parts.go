package admin

import (
	"strings"

	"asbru/control/store"
)

// ownedBudget and ownedLimit are shown by themselves, with their holder.
type ownedBudget struct {
	budget
	owner
}

type ownedLimit struct {
	rateLimit
	owner
}

// An owner is the holder of a budget or limit. One of the fields is set; none means everyone.
type owner struct {
	Key      string `json:"virtual_key_id,omitempty"`
	Team     string `json:"team_id,omitempty"`
	Customer string `json:"customer_id,omitempty"`
	Provider string `json:"provider_name,omitempty"`
	Model    string `json:"model_config_id,omitempty"`
}

// called returns the name of a part of a holder: its id, with the name of the holder in place of its id.
func called(e entry, id string) string { return e.name + strings.TrimPrefix(id, e.id) }

// holders calls f for every holder with its budgets and limits.
func (h *Handler) holders(f func(purses, entry, owner)) {
	for _, e := range h.entries(store.VirtualKey) {
		v := h.viewKey(e).(*keyView)
		for _, p := range v.Providers {
			v.Budgets = append(v.Budgets, p.Budgets...)
		}
		f(v.purses, e, owner{Key: e.id})
	}
	for _, e := range h.entries(store.Team) {
		f(h.viewOwner(e).(*ownerView).purses, e, owner{Team: e.id})
	}
	for _, e := range h.entries(store.Customer) {
		f(h.viewOwner(e).(*ownerView).purses, e, owner{Customer: e.id})
	}
	for _, e := range h.providers() {
		f(h.viewProvider(e).(*rulesView).purses, e, owner{Provider: e.name})
	}
	for _, e := range h.entries(store.Model) {
		f(h.viewModel(e).(*modelView).purses, e, owner{Model: e.id})
	}
	d := h.base()
	e := entry{id: "everybody", name: "everybody"}
	f(h.purses("everybody", "", e.id, d.Budgets, nil), e, owner{})
	f(purses{RateLimits: h.limits("everybody", e.id, d.RateLimits)}, e, owner{})
}

func (h *Handler) allBudgets() (out []entry) {
	h.holders(func(p purses, e entry, of owner) {
		for _, b := range p.Budgets {
			out = append(out, entry{id: b.ID, name: called(e, b.ID), value: &ownedBudget{b, of}})
		}
	})
	return out
}

func (h *Handler) allLimits() (out []entry) {
	h.holders(func(p purses, e entry, of owner) {
		list := p.RateLimits
		if p.RateLimit != nil {
			list = []rateLimit{*p.RateLimit}
		}
		for _, l := range list {
			out = append(out, entry{id: l.ID, name: called(e, l.ID), value: &ownedLimit{l, of}})
		}
	})
	return out
}

func (h *Handler) viewPart(e entry) any { return e.value }
