package price

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"
)

// The members of LiteLLM's list that have a place in a sheet.
// https://github.com/BerriAI/litellm/blob/main/model_prices_and_context_window.schema.json
func liteLLMField(name string) (kind, bool) {
	switch name {
	case "input_cost_per_token":
		return in, true
	case "output_cost_per_token":
		return out, true
	case "cache_read_input_token_cost":
		return cached, true
	case "cache_creation_input_token_cost":
		return written, true
	case "cache_creation_input_token_cost_above_1hr":
		return kept, true
	case "output_cost_per_reasoning_token":
		return thought, true
	case "input_cost_per_audio_token":
		return audioIn, true
	case "output_cost_per_audio_token":
		return audioOut, true
	case "input_cost_per_image_token":
		return imageIn, true
	case "output_cost_per_image_token":
		return imageOut, true
	case "input_cost_per_request":
		return call, true
	case "input_cost_per_query": // of rankings: of so many documents
		return search, true
	}
	return 0, false
}

// liteLLM reads one entry. Its prices are dollars for one token.
func (m *Import) liteLLM(name, provider string, raw json.RawMessage) {
	kindOf := sold(provider)
	if kindOf == "" {
		m.Other[provider]++
		return
	}
	if first, rest, ok := strings.Cut(name, "/"); ok && sold(first) == kindOf {
		name = rest
	}
	var fields map[string]json.RawMessage
	if json.Unmarshal(raw, &fields) != nil {
		m.Bad["an entry that is no object"]++
		return
	}
	r := &row{plain: make([]tier, 1)}
	batch := make([]tier, 1)
	for _, f := range sortedKeys(fields) {
		if !strings.Contains(f, "cost") || strings.HasSuffix(f, "_tier") {
			continue
		}
		plain, isBatch := strings.CutSuffix(f, "_batches")
		base, above := longer(plain)
		k, ok := liteLLMField(base)
		if !ok {
			m.Fresh[f]++
			continue
		}
		list := &r.plain
		if isBatch {
			list = &batch
		}
		read := tokenRate
		if k == call || k == search {
			read = rate
		}
		if !m.put(tierAt(list, above), k, fields[f], read) {
			return
		}
	}
	if set := &r.plain[0].set; !set[in] && !set[out] && !set[call] && !set[search] {
		m.Blank++
		return
	}
	if mute(r) && answers(fields["mode"]) {
		m.Bad["no price for their answers"]++
		return
	}
	if b := &batch[0].set; b[in] || b[out] {
		r.batch = batch
	}
	r.most.In, r.most.Out = limit(fields["max_input_tokens"]), limit(fields["max_output_tokens"])
	m.add(kindOf, name, r)
}

// answers reports whether models of that mode, a JSON string, write text.
func answers(mode json.RawMessage) bool {
	switch string(mode) {
	case `"chat"`, `"completion"`, `"responses"`:
		return true
	}
	return false
}

// mute reports whether r charges for prompts and does not say what answers cost: as a row it would give them away.
func mute(r *row) bool { return r.plain[0].In > 0 && !r.plain[0].set[out] }

// longer splits the tier off a field's name: ..._above_200k_tokens. 0: it has none.
func longer(name string) (base string, above int64) {
	rest, ok := strings.CutSuffix(name, "k_tokens")
	if !ok {
		return name, 0
	}
	i := strings.LastIndex(rest, "_above_")
	if i < 0 {
		return name, 0
	}
	n, err := strconv.ParseInt(rest[i+len("_above_"):], 10, 64)
	if err != nil || n <= 0 || n > MaxTokens/1000 {
		return name, 0
	}
	return rest[:i], n * 1000
}

// tierAt is the tier of list above so many tokens, made when there is none.
func tierAt(list *[]tier, above int64) *tier {
	i, ok := slices.BinarySearchFunc(*list, above, func(t tier, above int64) int { return int(t.above - above) })
	if !ok {
		*list = slices.Insert(*list, i, tier{above: above})
	}
	return &(*list)[i]
}
