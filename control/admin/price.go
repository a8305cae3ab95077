package admin

import (
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strings"

	"asbru/control/store"
	"asbru/core/config"
)

// A priceView is a price override. The fields after Patch are not Bifrost's.
type priceView struct {
	ID           string          `json:"id"`
	Name         string          `json:"name"`
	ScopeKind    string          `json:"scope_kind"` // global, provider, provider_key, virtual_key, virtual_key_provider, virtual_key_provider_key
	KeyID        string          `json:"virtual_key_id,omitempty"`
	ProviderID   string          `json:"provider_id,omitempty"`
	ProviderKey  string          `json:"provider_key_name,omitempty"`
	MatchType    string          `json:"match_type"` // exact or wildcard
	Pattern      string          `json:"pattern"`
	RequestTypes []string        `json:"request_types,omitempty"`
	Patch        json.RawMessage `json:"pricing_patch,omitempty"` // an object, or one in text: US dollars for a token
	Short        json.RawMessage `json:"patch,omitempty"`         // the same, as older versions call it
	Factor       *float64        `json:"factor,omitempty"`
	Request      *float64        `json:"cost_per_request,omitempty"`
	origin
}

// requestTypes maps our operations to Bifrost's names.
var requestTypes = map[string]string{"chat": "chat_completion", "completion": "text_completion", "responses": "responses", "embeddings": "embedding", "rerank": "rerank", "count": "count_tokens"}

// prices returns the fields of o by the names of a patch.
func prices(o *config.PriceOverride) map[string]**float64 {
	return map[string]**float64{
		"input_cost_per_token": &o.Input, "output_cost_per_token": &o.Output, "cache_read_input_token_cost": &o.CachedInput,
		"cache_creation_input_token_cost": &o.CacheWrite, "output_cost_per_reasoning_token": &o.Reasoning,
		"input_cost_per_audio_token": &o.AudioInput, "output_cost_per_audio_token": &o.AudioOutput,
		"input_cost_per_image_token": &o.ImageInput, "output_cost_per_image_token": &o.ImageOutput,
	}
}

func (h *Handler) viewPrice(e entry) any {
	o := e.value.(*config.PriceOverride)
	v := &priceView{ID: e.id, Name: o.Name, ScopeKind: "global", ProviderID: o.Scope.Provider, ProviderKey: o.Scope.ProviderKey,
		MatchType: "exact", Pattern: o.Model, Factor: o.Factor, Request: o.Request, origin: e.origin()}
	if o.Scope.Key != "" {
		v.KeyID = h.idOf(store.VirtualKey, o.Scope.Key)
	}
	var kind []string
	for _, k := range []struct {
		set  bool
		word string
	}{{o.Scope.Key != "", "virtual_key"}, {o.Scope.Provider != "" && o.Scope.ProviderKey == "", "provider"}, {o.Scope.ProviderKey != "", "provider_key"}} {
		if k.set {
			kind = append(kind, k.word)
		}
	}
	if len(kind) > 0 {
		v.ScopeKind = strings.Join(kind, "_")
	}
	if v.Pattern == "" {
		v.Pattern = "*"
	}
	if strings.Contains(v.Pattern, "*") {
		v.MatchType = "wildcard"
	}
	for _, op := range o.Operations {
		if word, ok := requestTypes[op]; ok {
			op = word
		}
		v.RequestTypes = append(v.RequestTypes, op)
	}
	patch := map[string]float64{}
	c := *o
	for name, p := range prices(&c) {
		if *p != nil {
			patch[name] = math.Round(**p*1e9) / 1e15
		}
	}
	if len(patch) > 0 {
		v.Patch, _ = json.Marshal(patch)
	}
	return v
}

func (h *Handler) priceIn(e *store.Edit, body []byte, was *entry) (in, error) {
	var v priceView
	if err := read(body, &v); err != nil {
		return in{}, err
	}
	if v.Name == "" {
		return in{}, invalid("", "name is missing")
	}
	o := &config.PriceOverride{Name: v.Name, Model: v.Pattern, Factor: v.Factor, Request: v.Request}
	if v.MatchType == "exact" && strings.Contains(v.Pattern, "*") {
		return in{}, invalid("write match_type wildcard", "pattern %q has a *, which stands for any characters", v.Pattern)
	}
	if v.Pattern == "*" {
		o.Model = ""
	}
	if err := h.priceScope(e, &v, o); err != nil {
		return in{}, err
	}
	for i, t := range v.RequestTypes {
		op := t
		for ours, theirs := range requestTypes {
			if theirs == t {
				op = ours
			}
		}
		if _, known := requestTypes[op]; !known && op != "invoke" && op != "pass" {
			return in{}, invalid("", "request_types[%d]: requests of type %q have no price of their own", i, t)
		}
		if !slices.Contains(o.Operations, op) {
			o.Operations = append(o.Operations, op)
		}
	}
	patch := v.Patch
	if len(v.Short) > 0 {
		patch = v.Short
	}
	return in{name: v.Name, value: o}, readPatch(patch, o)
}

// priceScope sets whose requests a price is for.
func (h *Handler) priceScope(e *store.Edit, v *priceView, o *config.PriceOverride) (err error) {
	if o.Scope.Key, err = h.refer(e, store.VirtualKey, "virtual_key_id", v.KeyID); err != nil {
		return err
	}
	o.Scope.Provider, o.Scope.ProviderKey = v.ProviderID, v.ProviderKey
	has := func(field, value string, want bool) error {
		if (value != "") != want && !(field == "provider_id" && strings.HasSuffix(v.ScopeKind, "provider_key")) {
			return invalid("", "scope_kind %s and %s %q do not go together", v.ScopeKind, field, value)
		}
		return nil
	}
	kinds := []string{"", "global", "provider", "provider_key", "virtual_key", "virtual_key_provider", "virtual_key_provider_key"}
	if !slices.Contains(kinds, v.ScopeKind) {
		return invalid("", "scope_kind is %q; it is one of %s", v.ScopeKind, strings.Join(kinds[1:], ", "))
	}
	if v.ScopeKind == "" {
		v.ScopeKind = "global"
	}
	if err := has("virtual_key_id", v.KeyID, strings.HasPrefix(v.ScopeKind, "virtual_key")); err != nil {
		return err
	}
	if err := has("provider_id", v.ProviderID, strings.HasSuffix(v.ScopeKind, "provider")); err != nil {
		return err
	}
	return has("provider_key_name", v.ProviderKey, strings.HasSuffix(v.ScopeKind, "provider_key"))
}

// readPatch sets the prices of a patch, converted from one token to a million.
func readPatch(patch json.RawMessage, o *config.PriceOverride) error {
	var text string
	if json.Unmarshal(patch, &text) == nil && text != "" {
		patch = json.RawMessage(text)
	}
	if len(patch) == 0 || string(patch) == "null" || string(patch) == `""` {
		return nil
	}
	var set map[string]*float64
	if err := json.Unmarshal(patch, &set); err != nil {
		return invalid("", "pricing_patch is no JSON object of numbers")
	}
	known := prices(o)
	for name, usd := range set {
		to := known[name]
		if to == nil {
			return invalid("", "pricing_patch.%s: there is no such price here", fmt.Sprintf("%.60s", name))
		}
		if usd != nil {
			x := math.Round(*usd*1e15) / 1e9
			if !(x >= 0 && x <= config.MaxUSD) {
				return invalid("", "pricing_patch.%s is %v; a token costs 0 to %v dollars", name, *usd, config.MaxUSD/1e6)
			}
			*to = &x
		}
	}
	return nil
}
