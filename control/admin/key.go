package admin

import (
	"cmp"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"math"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
	"unicode"

	"asbru/control/store"
	"asbru/core"
	"asbru/core/config"
)

// A keyView is a virtual key. The fields after Aligned are not Bifrost's.
type keyView struct {
	ID            string            `json:"id"`
	Name          string            `json:"name"`
	Description   string            `json:"description,omitempty"`
	Value         string            `json:"value,omitempty"` // once: when it is made
	Active        *bool             `json:"is_active"`
	Expires       string            `json:"expires_at,omitempty"`
	TeamID        string            `json:"team_id,omitempty"`
	Team          *ref              `json:"team,omitempty"`
	CustomerID    string            `json:"customer_id,omitempty"`
	Customer      *ref              `json:"customer,omitempty"`
	All           bool              `json:"allow_all_providers"`
	Providers     []providerView    `json:"provider_configs"`
	MCP           []json.RawMessage `json:"mcp_configs,omitempty"` // must be empty
	NoContent     *bool             `json:"disable_content_logging,omitempty"`
	Aligned       bool              `json:"calendar_aligned,omitempty"` // of budgets that do not say
	AllowedModels []string          `json:"allowed_models,omitempty"`
	BlockedModels []string          `json:"blocked_models,omitempty"`
	Blocked       []string          `json:"blocked_providers,omitempty"`
	Headers       []string          `json:"required_headers,omitempty"`
	Lane          string            `json:"lane,omitempty"`
	Previous      []string          `json:"previous_until,omitempty"` // until when the keys before this one are good
	purses
	origin
}

// A providerView is a provider that may serve a virtual key.
type providerView struct {
	ID       int              `json:"id,omitempty"`
	Provider string           `json:"provider"`
	Weight   *float64         `json:"weight,omitempty"`
	Allowed  []string         `json:"allowed_models"` // ["*"]: all
	Blocked  []string         `json:"blacklisted_models,omitempty"`
	Keys     []string         `json:"key_ids,omitempty"` // names of the provider's keys; none or ["*"]: all
	Budgets  []budget         `json:"budgets,omitempty"` // of the key, for this provider
	Rate     *json.RawMessage `json:"rate_limit,omitempty"`
}

func (h *Handler) viewKey(e entry) any {
	k := e.value.(*config.VirtualKey)
	active := !k.Disabled
	own := k.Budgets
	if usd := k.BudgetUSDPerMonth; usd != nil {
		own = append([]config.Budget{{USD: *usd, Window: "1M"}}, own...)
	}
	v := &keyView{ID: e.id, Name: k.Name, Description: k.Description, Active: &active, Expires: string(k.Expires),
		Team: h.ref(store.Team, k.Team), Customer: h.ref(store.Customer, k.Customer), All: len(k.Providers) == 0, Providers: []providerView{},
		AllowedModels: k.AllowedModels, BlockedModels: k.BlockedModels, Blocked: k.BlockedProviders, Headers: k.RequiredHeaders, Lane: k.Lane,
		purses: h.purses("key", k.Name, e.id, own, k.RateLimits), origin: e.origin()}
	v.TeamID, v.CustomerID = h.idOf(store.Team, k.Team), h.idOf(store.Customer, k.Customer)
	if k.ContentLogging != nil {
		off := !*k.ContentLogging
		v.NoContent = &off
	}
	for _, old := range k.Previous {
		v.Previous = append(v.Previous, string(old.Until))
	}
	for i, p := range k.Providers {
		x := providerView{ID: i + 1, Provider: p.Provider, Allowed: p.AllowedModels, Blocked: p.BlockedModels, Keys: p.Keys}
		if p.Weight != nil {
			w := float64(*p.Weight)
			x.Weight = &w
		}
		if len(x.Allowed) == 0 {
			x.Allowed = []string{"*"}
		}
		v.Budgets = slices.DeleteFunc(v.Budgets, func(b budget) bool { // shown with the provider that they apply to
			mine := b.Name != "" && len(b.Models) == 0 && len(b.Providers) == 1 && b.Providers[0] == p.Provider
			if mine {
				x.Budgets = append(x.Budgets, b)
			}
			return mine
		})
		v.Providers = append(v.Providers, x)
	}
	return v
}

func (h *Handler) keyIn(e *store.Edit, body []byte, was *entry) (in, error) {
	var v keyView
	if err := read(body, &v); err != nil {
		return in{}, err
	}
	if err := keepsName(was, v.Name); err != nil {
		return in{}, err
	}
	k := &config.VirtualKey{Name: v.Name, Description: v.Description, Disabled: v.Active != nil && !*v.Active, Expires: config.Moment(v.Expires),
		AllowedModels: v.AllowedModels, BlockedModels: v.BlockedModels, BlockedProviders: v.Blocked, RequiredHeaders: v.Headers, Lane: v.Lane}
	var before []config.Budget
	show := ""
	if was == nil {
		var err error
		if show, k.Digest, err = h.credential(v.Value); err != nil {
			return in{}, err
		}
	} else {
		old := was.value.(*config.VirtualKey)
		if v.Value != "" {
			return in{}, invalid("POST to its path with /rotate behind it", "value cannot be changed: a key gets a new one by being rotated")
		}
		k.Digest, k.Previous, before = old.Digest, old.Previous, old.Budgets
	}
	if err := v.ends(k); err != nil {
		return in{}, err
	}
	if v.NoContent != nil {
		on := !*v.NoContent
		k.ContentLogging = &on
	}
	if err := h.belongs(e, &v, k); err != nil {
		return in{}, err
	}
	var err error
	if k.Budgets, k.RateLimits, err = v.purses.in(v.Aligned, before); err != nil {
		return in{}, err
	}
	return in{k.Name, k, show}, v.mayUse(k, before)
}

// ends keeps of the keys before k those that previous_until lists: a grace period can be ended early.
func (v *keyView) ends(k *config.VirtualKey) error {
	for i, until := range v.Previous {
		if !slices.ContainsFunc(k.Previous, func(o config.OldKey) bool { return string(o.Until) == until }) {
			return invalid("rotate the key, with grace_seconds", "previous_until[%d] is %q, and no key before this one is good until then: entries can be left out, not added", i, until)
		}
	}
	k.Previous = slices.DeleteFunc(slices.Clone(k.Previous), func(o config.OldKey) bool { return !slices.Contains(v.Previous, string(o.Until)) })
	return nil
}

// credential returns the given key or a new one, and its digest.
func (h *Handler) credential(given string) (key, digest string, err error) {
	const hint = "leave it out and one is made"
	switch key = given; {
	case key == "":
		key = core.NewKey()
	case len(key) < config.MinKeyBytes:
		return "", "", invalid(hint, "value is %d bytes long and could be guessed; a key has at least %d", len(key), config.MinKeyBytes)
	case len(key) > maxValue:
		return "", "", invalid(hint, "value is %d bytes long; a key has at most %d", len(key), maxValue)
	case strings.TrimSpace(key) != key || strings.ContainsFunc(key, unicode.IsControl):
		return "", "", invalid(hint, "value begins or ends with a space or holds control characters: no header can carry it")
	}
	if strings.HasPrefix(key, core.AdminPrefix) {
		return "", "", invalid(hint, "value begins as the admin tokens of stores do, %s, and whoever calls with such a token could change every key", core.AdminPrefix)
	}
	s := h.o.Snapshot()
	if s == nil || s.Pepper == nil || s.Pepper.IsRandom() {
		return "", "", conflict("set governance.pepper", "cannot make a key: there is no pepper to make its digest with")
	}
	sum := s.Pepper.Sum([]byte(key))
	return key, hex.EncodeToString(sum[:]), nil
}

// belongs sets the owner of a key: a team or a customer.
func (h *Handler) belongs(e *store.Edit, v *keyView, k *config.VirtualKey) (err error) {
	if v.TeamID != "" && v.CustomerID != "" {
		return invalid("a team has a customer of its own", "a virtual key has a team_id or a customer_id, not both")
	}
	if k.Team, err = h.refer(e, store.Team, "team_id", v.TeamID); err != nil {
		return err
	}
	k.Customer, err = h.refer(e, store.Customer, "customer_id", v.CustomerID)
	return err
}

// mayUse sets which providers may serve a key, and for how much.
func (v *keyView) mayUse(k *config.VirtualKey, before []config.Budget) error {
	switch {
	case len(v.MCP) > 0:
		return invalid("leave it out", "mcp_configs: asbru is no gateway for MCP")
	case len(v.Providers) == 0 && !v.All:
		return invalid("write allow_all_providers: true, or list some", "provider_configs is empty: the key could be served by nobody")
	case len(v.Providers) > 0 && v.All:
		return invalid("leave one of them out", "provider_configs restricts what allow_all_providers allows")
	}
	weights := scale(v.Providers)
	for i := range v.Providers {
		p, at := &v.Providers[i], fmt.Sprintf("provider_configs[%d]", i)
		if p.Rate != nil && string(*p.Rate) != "null" {
			return invalid("give the key one for all, or the provider one under /api/governance/providers", "%s.rate_limit: a key has no rate limit for one of its providers", at)
		}
		x := config.KeyProvider{Provider: p.Provider, Weight: weights[i], AllowedModels: every(p.Allowed), BlockedModels: p.Blocked, Keys: every(p.Keys)}
		if len(p.Allowed) == 0 {
			return invalid(`write ["*"] for all`, "%s.allowed_models is empty: it would allow nothing", at)
		}
		for j := range p.Budgets {
			b := &p.Budgets[j]
			if b.Name = cmp.Or(b.Name, p.Provider+"-"+b.Reset); len(b.Providers) == 0 {
				b.Providers = []string{p.Provider}
			}
		}
		budgets, err := budgetsIn(at+".budgets", p.Budgets, v.Aligned, before)
		if err != nil {
			return err
		}
		k.Budgets = append(k.Budgets, budgets...)
		k.Providers = append(k.Providers, x)
	}
	return nil
}

// every converts a list for a document, in which an empty list means all.
func every(list []string) []string {
	if slices.Contains(list, "*") {
		return nil
	}
	return list
}

// scale converts weights to whole numbers in nearly the same proportion.
func scale(list []providerView) []*int {
	by := 1.0
	for _, p := range list {
		if p.Weight != nil && *p.Weight != math.Trunc(*p.Weight) {
			by = 1000
		}
	}
	out := make([]*int, len(list))
	for i, p := range list {
		if p.Weight != nil {
			w := int(math.Round(min(max(*p.Weight*by, -1), config.MaxWeight+1)))
			if w == 0 && *p.Weight > 0 {
				w = 1 // a small share is not none
			}
			out[i] = &w
		}
	}
	return out
}

func (h *Handler) pickKey(e entry, q url.Values) bool {
	k := e.value.(*config.VirtualKey)
	team, customer := q.Get("team_id"), q.Get("customer_id")
	return (team == "" || k.Team != "" && (k.Team == team || h.idOf(store.Team, k.Team) == team)) &&
		(customer == "" || k.Customer != "" && (k.Customer == customer || h.idOf(store.Customer, k.Customer) == customer))
}

// rotate replaces the credential of a key. The previous one stays valid for grace_seconds.
func (h *Handler) rotate(c *call) error {
	e, err := h.named(c)
	if err != nil {
		return err
	}
	if e.object == nil {
		return h.inFile(c.kind, e)
	}
	var ask struct {
		Grace int64  `json:"grace_seconds"`
		Value string `json:"value"`
	}
	if err := c.readAny(&ask); err != nil {
		return err
	}
	if ask.Grace < 0 || ask.Grace > maxGrace {
		return invalid("", "grace_seconds is %d; it is 0 to %d", ask.Grace, maxGrace)
	}
	c.did = "rotate"
	key, digest, err := h.credential(ask.Value)
	if err != nil {
		return err
	}
	var kept *store.Object
	if err := h.change(c, func(edit *store.Edit) error {
		o := edit.Find(store.VirtualKey, e.object.ID)
		if o == nil {
			return missing("there is no virtual key with the id %q any more", e.id)
		}
		kept, err = edit.Put(o.Kind, o.ID, o.Name, Rotated(o.Value.(*config.VirtualKey), digest, h.o.Now(), time.Duration(ask.Grace)*time.Second))
		return err
	}); err != nil {
		return err
	}
	view := h.viewKey(entry{kind: kept.Kind, id: kept.ID, name: kept.Name, value: kept.Value, object: kept}).(*keyView)
	view.Value = key
	send(c.w, http.StatusOK, map[string]any{"message": "Virtual key rotated successfully", "virtual_key": view})
	return nil
}

// Rotated returns k with another digest. The previous one stays valid for grace; expired
// ones are dropped.
func Rotated(k *config.VirtualKey, digest string, now time.Time, grace time.Duration) *config.VirtualKey {
	out := *k
	out.Previous = slices.DeleteFunc(slices.Clone(k.Previous), func(o config.OldKey) bool { return o.Until.Unix() <= now.Unix() })
	if grace > 0 {
		until := config.Moment(now.Add(grace).UTC().Format(time.RFC3339))
		out.Previous = append([]config.OldKey{{Digest: k.Digest, Until: until}}, out.Previous...)
		out.Previous = out.Previous[:min(len(out.Previous), maxOld)]
	}
	out.Digest = digest
	return &out
}
