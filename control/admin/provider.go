package admin

import (
	"cmp"
	"crypto/sha256"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"time"

	"asbru/control/store"
	"asbru/core/config"
)

// A rulesView is the limits and budgets of a provider, from the file and the store together.
type rulesView struct {
	Provider string `json:"provider"`
	Name     string `json:"name,omitempty"`
	purses
	origin
}

// providers returns all providers of the document, including those without limits.
func (h *Handler) providers() (out []entry) {
	set := h.set()
	for _, p := range h.base().Providers {
		e := entry{kind: store.Provider, id: p.Name, name: p.Name, value: &config.KeptProvider{Name: p.Name}}
		if o := set.Find(store.Provider, p.Name); o != nil {
			e.value, e.object = o.Value, o
		}
		out = append(out, e)
	}
	return out
}

func (h *Handler) viewProvider(e entry) any {
	k := e.value.(*config.KeptProvider)
	budgets, limits := k.Budgets, k.RateLimits
	for _, p := range h.base().Providers {
		if p.Name == k.Name {
			budgets, limits = append(p.Budgets[:len(p.Budgets):len(p.Budgets)], budgets...), append(p.RateLimits[:len(p.RateLimits):len(p.RateLimits)], limits...)
		}
	}
	v := &rulesView{Provider: e.name, Name: e.name, purses: h.purses("provider", e.name, e.name, budgets, limits), origin: e.origin()}
	v.ReadOnly = false
	return v
}

// providerIn converts the limits that the store keeps. Those of the file are shown along with them, and
// are not affected.
func (h *Handler) providerIn(_ *store.Edit, body []byte, was *entry) (in, error) {
	var v rulesView
	if err := read(body, &v); err != nil {
		return in{}, err
	}
	if was == nil || cmp.Or(v.Provider, was.name) != was.name {
		return in{}, invalid("", "provider is %q, and the path names another", v.Provider)
	}
	old := was.value.(*config.KeptProvider)
	k := &config.KeptProvider{Name: was.name}
	var err error
	if k.Budgets, k.RateLimits, err = v.in(false, old.Budgets); err != nil {
		return in{}, err
	}
	for i, p := range h.base().Providers {
		if p.Name == was.name {
			if err := h.filed(k, p.Budgets, fmt.Sprintf("providers[%d]", i)); err != nil {
				return in{}, err
			}
			k.Budgets, k.RateLimits = without(k.Budgets, p.Budgets, sameBudget), without(k.RateLimits, p.RateLimits, sameLimit)
		}
	}
	return in{name: was.name, value: k}, nil
}

// filed refuses budgets that are those of the file and say something else: they would change nothing.
func (h *Handler) filed(k *config.KeptProvider, file []config.Budget, path string) error {
	shown := h.purses("provider", k.Name, k.Name, file, nil)
	as, err := budgetsIn("", shown.Budgets, false, nil)
	if err != nil {
		return nil // the file has what the API cannot express, and nobody can have meant to change it
	}
	for i := range k.Budgets {
		b := &k.Budgets[i]
		at := slices.IndexFunc(as, func(o config.Budget) bool { return sameBudget(b, &o) })
		if at >= 0 && !reflect.DeepEqual(*b, as[at]) {
			return conflict("change it there, or give yours a name", "cannot change the budget %s of provider %q: it stands in %s", cmp.Or(b.Name, b.Window), k.Name, h.where(fmt.Sprintf("%s.budgets[%d]", path, at)))
		}
	}
	return nil
}

// without returns list after removing, for each of others, one equal element.
func without[T any](list, others []T, same func(a, b *T) bool) []T {
	var out []T
	gone := make([]bool, len(others))
next:
	for i := range list {
		for j := range others {
			if !gone[j] && same(&list[i], &others[j]) {
				gone[j] = true
				continue next
			}
		}
		out = append(out, list[i])
	}
	return out
}

func sameBudget(a, b *config.Budget) bool {
	v, _ := config.ParseWindow(a.Window)
	w, _ := config.ParseWindow(b.Window)
	return a.Name == b.Name && v == w
}

func sameLimit(a, b *config.RateLimit) bool {
	x, y := *a, *b
	x.Per, y.Per = config.Duration(x.Per.Or(time.Minute)), config.Duration(y.Per.Or(time.Minute))
	return x == y
}

// A modelView is the limits and budgets of a model, for everyone or for one virtual key.
type modelView struct {
	ID       string `json:"id"`
	Model    string `json:"model_name"`
	Provider string `json:"provider,omitempty"`
	Scope    string `json:"scope"` // global or virtual_key
	ScopeID  string `json:"scope_id,omitempty"`
	Aligned  bool   `json:"calendar_aligned,omitempty"`
	purses
	origin
}

func (h *Handler) viewModel(e entry) any {
	k := e.value.(*config.KeptModel)
	v := &modelView{ID: e.id, Model: k.Model, Provider: k.Provider, Scope: "global", origin: e.origin()}
	kind, who := "everybody", ""
	switch {
	case k.Key != "":
		v.Scope, v.ScopeID = "virtual_key", h.idOf(store.VirtualKey, k.Key)
		kind, who = "key", k.Key
	case e.object == nil: // an alias of the file
		kind, who = "model", k.Model
	}
	v.purses = h.purses(kind, who, e.id, k.Budgets, nil)
	if l := h.limits(fmt.Sprintf("model %q", k.Model), e.id, k.RateLimits); len(l) == 1 {
		v.RateLimit = &l[0]
	} else {
		v.RateLimits = l
	}
	return v
}

func (h *Handler) modelIn(e *store.Edit, body []byte, was *entry) (in, error) {
	var v modelView
	if err := read(body, &v); err != nil {
		return in{}, err
	}
	if v.Model == "" {
		return in{}, invalid("", "model_name is missing")
	}
	k := &config.KeptModel{Model: v.Model, Provider: v.Provider}
	switch v.Scope {
	case "", "global":
	case "virtual_key":
		name, err := h.refer(e, store.VirtualKey, "scope_id", v.ScopeID)
		if err != nil {
			return in{}, err
		}
		if k.Key = name; name == "" {
			return in{}, invalid("", "scope_id is missing: scope virtual_key needs the key's id")
		}
	default:
		return in{}, invalid("", "scope is %q; it is global or virtual_key", v.Scope)
	}
	name := k.Model
	if k.Provider != "" {
		name = k.Provider + "/" + name
	}
	if k.Key != "" {
		name = k.Key + " " + name
	}
	if was != nil && was.name != name {
		return in{}, conflict("make another one, and delete this one", "cannot make %q of %q: what was spent is counted for the model", name, was.name)
	}
	if len(v.RateLimits) > 0 || v.RateLimit != nil {
		if !h.alias(k.Model) || k.Key != "" {
			return in{}, invalid("give the alias that clients ask for, the provider, or the key a limit", "rate_limit: only an alias has one, and of everybody")
		}
	}
	var before []config.Budget
	if was != nil {
		before = was.value.(*config.KeptModel).Budgets
	}
	for i := range v.Budgets {
		v.Budgets[i].Name = cmp.Or(v.Budgets[i].Name, budgetName(k, v.Budgets[i].Reset, before))
	}
	if v.Budget != nil {
		v.Budget.Name = cmp.Or(v.Budget.Name, budgetName(k, v.Budget.Reset, before))
	}
	var err error
	k.Budgets, k.RateLimits, err = v.in(v.Aligned, before)
	if err == nil && len(k.Budgets)+len(k.RateLimits) == 0 {
		err = invalid("delete it instead", "it has neither a budget nor a rate limit")
	}
	return in{name: name, value: k}, err
}

// budgetName returns the name of a budget for a model among those of its holder: the one that it has already, because
// its spending is counted under it, or a new one. Where the model's own name cannot be a part of it as it is, a hash tells
// it from others that look the same.
func budgetName(k *config.KeptModel, window string, before []config.Budget) string {
	if i := slices.IndexFunc(before, func(b config.Budget) bool { return b.Window == window }); i >= 0 {
		return before[i].Name
	}
	whole := "model-" + k.Provider + "-" + k.Model
	text := strings.Map(func(c rune) rune {
		if c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || strings.ContainsRune("._-", c) {
			return c
		}
		return '-'
	}, whole)
	if text != whole || len(text) > 56 {
		sum := sha256.Sum256([]byte(k.Provider + "/" + k.Model))
		text = fmt.Sprintf("%s-%x", text[:min(len(text), 47)], sum[:4])
	}
	return text + "-" + window
}

// alias reports whether a name is an alias of the document.
func (h *Handler) alias(name string) bool {
	for _, m := range h.base().Models {
		if m.Alias == name {
			return true
		}
	}
	return false
}
