package importer

import (
	"cmp"
	"fmt"
	"strings"

	"asbru/core/config"
)

// prices imports pricing_overrides.
func (b *bifrost) prices(f field) {
	for i, o := range f.items() {
		if o.object() {
			b.price(o, fmt.Sprintf("price-%d", i+1))
		}
	}
}

func (b *bifrost) price(f field, def string) {
	o := config.PriceOverride{Model: f.at("pattern").written("")}
	name := cmp.Or(f.at("name").text(), f.at("id").text(), def)
	f.at("id")
	if kind := f.at("match_type").text(); kind == "exact" && strings.Contains(o.Model, "*") {
		f.leave("* in a name stands for any characters here")
		return
	}
	if !b.priceScope(f, &o) || !b.priceOps(f.at("request_types"), &o) {
		return
	}
	patch := f.at("pricing_patch")
	set := false
	if root, problems := config.Read("pricing_patch.json", []byte(patch.text())); root == nil || root.Form != config.Object || config.Failed(problems) {
		patch.leave("it is no JSON object in text")
	} else {
		for _, m := range b.root(root).members() {
			set = b.patch(patch, m, &o) || set
		}
	}
	if !set {
		f.leave("it changes no price that is known here")
		return
	}
	o.Name = b.called("price", name, f)
	b.origins[fmt.Sprintf("prices.overrides[%d]", len(b.doc.Prices.Overrides))] = f.v
	b.doc.Prices.Overrides = append(b.doc.Prices.Overrides, o)
}

// priceScope imports whose requests an override is for.
func (b *bifrost) priceScope(f field, o *config.PriceOverride) bool {
	kind := f.at("scope_kind").text()
	key, provider, pkey := f.at("virtual_key_id"), f.at("provider_id"), f.at("provider_key_name")
	key.text()
	if strings.HasPrefix(kind, "virtual_key") {
		if o.Scope.Key = b.refer("virtual_key", key); o.Scope.Key == "" {
			f.leave("it is for a virtual key that is not in the file")
			return false
		}
	}
	if strings.Contains(kind, "provider") && (provider.there() || !strings.HasSuffix(kind, "provider_key")) {
		if o.Scope.Provider = b.provider[provider.text()]; o.Scope.Provider == "" {
			f.leave("it is for a provider that is not here")
			return false
		}
	}
	if strings.HasSuffix(kind, "provider_key") {
		if o.Scope.ProviderKey = b.key[pkey.text()]; o.Scope.ProviderKey == "" {
			f.leave("it is for a key of a provider that is not in the file")
			return false
		}
	}
	if kind != "global" && o.Scope == (config.PriceScope{}) {
		f.leave("a scope of kind %s is not known", short(kind))
		return false
	}
	return true
}

// priceOps imports the operations that an override is for.
func (b *bifrost) priceOps(f field, o *config.PriceOverride) bool {
	for _, t := range f.items() {
		if op, ok := bifrostOps[t.text()]; ok {
			o.Operations = append(o.Operations, op.String())
		} else {
			t.leave("such requests have no price of their own here")
		}
	}
	if f.there() && len(o.Operations) == 0 {
		f.leave("none of them has a price here")
		return false
	}
	return true
}

// patch sets one price, converted from one token to a million. at is where problems are reported.
func (b *bifrost) patch(at field, m named, o *config.PriceOverride) bool {
	price := map[string]**float64{
		"input_cost_per_token": &o.Input, "output_cost_per_token": &o.Output, "cache_read_input_token_cost": &o.CachedInput,
		"cache_creation_input_token_cost": &o.CacheWrite, "output_cost_per_reasoning_token": &o.Reasoning,
		"input_cost_per_audio_token": &o.AudioInput, "output_cost_per_audio_token": &o.AudioOutput,
		"input_cost_per_image_token": &o.ImageInput, "output_cost_per_image_token": &o.ImageOutput,
	}[m.name]
	x, ok := field{b.run, m.v}.quietly()
	if price == nil || !ok {
		at.partly("%s in it is left out: there is no such price here", short(m.name))
		return false
	}
	usd := perMillion(x)
	*price = &usd
	return true
}
