package price

import "encoding/json"

// The members of a cost at models.dev, in dollars for a million tokens.
// https://github.com/sst/models.dev
func modelsDevField(name string) (kind, bool) {
	switch name {
	case "input":
		return in, true
	case "output":
		return out, true
	case "reasoning":
		return thought, true
	case "cache_read":
		return cached, true
	case "cache_write":
		return written, true
	case "input_audio":
		return audioIn, true
	case "output_audio":
		return audioOut, true
	}
	return 0, false
}

// overTwo is from where context_over_200k holds.
const overTwo = 200_000

// modelsDev reads the models of one provider.
func (m *Import) modelsDev(provider string, models map[string]json.RawMessage) {
	kindOf := sold(provider)
	if kindOf == "" {
		m.Other[provider] += len(models)
		return
	}
	for _, name := range sortedKeys(models) {
		var entry struct {
			Cost  map[string]json.RawMessage `json:"cost"`
			Limit map[string]json.RawMessage `json:"limit"`
		}
		if json.Unmarshal(models[name], &entry) != nil {
			m.Bad["an entry that is no object"]++
			continue
		}
		r := &row{plain: make([]tier, 1)}
		if !m.cost(r, 0, entry.Cost) {
			continue
		}
		if set := &r.plain[0].set; !set[in] && !set[out] {
			m.Blank++
			continue
		}
		if mute(r) {
			m.Bad["no price for their answers"]++
			continue
		}
		if r.most.In = limit(entry.Limit["input"]); r.most.In == 0 {
			r.most.In = limit(entry.Limit["context"])
		}
		r.most.Out = limit(entry.Limit["output"])
		m.add(kindOf, name, r)
	}
}

// cost reads one cost into the tier above so many tokens, and the tiers in it.
func (m *Import) cost(r *row, above int64, fields map[string]json.RawMessage) bool {
	for _, f := range sortedKeys(fields) {
		switch f {
		case "context_over_200k":
			var inner map[string]json.RawMessage
			if above != 0 || json.Unmarshal(fields[f], &inner) != nil || !m.cost(r, overTwo, inner) {
				m.Bad["tiers that cannot be read"]++
				return false
			}
			continue
		case "tiers":
			if above != 0 || !m.costTiers(r, fields[f]) {
				m.Bad["tiers that cannot be read"]++
				return false
			}
			continue
		case "tier":
			continue
		}
		k, ok := modelsDevField(f)
		if !ok {
			m.Fresh[f]++
			continue
		}
		if !m.put(tierAt(&r.plain, above), k, fields[f], rate) {
			return false
		}
	}
	return true
}

// costTiers reads a list of costs, each with the size of the prompt it is for.
func (m *Import) costTiers(r *row, raw json.RawMessage) bool {
	var list []map[string]json.RawMessage
	if json.Unmarshal(raw, &list) != nil || len(list) > maxTiers {
		return false
	}
	for _, fields := range list {
		var at struct {
			Type string `json:"type"`
			Size int64  `json:"size"`
		}
		if json.Unmarshal(fields["tier"], &at) != nil || at.Type != "context" || at.Size <= 0 || at.Size > MaxTokens || !m.cost(r, at.Size, fields) {
			return false
		}
	}
	return true
}
