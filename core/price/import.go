package price

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"asbru/core"
)

// An Import is somebody else's list of prices as a sheet of ours, with what was left out
// of it and why.
type Import struct {
	Form  string // "LiteLLM" or "models.dev"
	Rows  int
	Free  int            // rows left out because they say that nothing is charged, which lists say of what they do not know
	Other map[string]int // rows left out by the name of a provider that no type of ours sells for
	Blank int            // rows left out that price no tokens: by the picture, the second, the page
	Bad   map[string]int // rows left out by what is wrong with them
	Fresh map[string]int // fields that price something and have no place in a sheet, by name

	sections map[string]map[string]*row
}

// ReadList reads a list in the form of LiteLLM (model_prices_and_context_window.json) or
// models.dev (api.json), whichever it is.
func ReadList(data []byte) (*Import, error) {
	if len(data) > MaxImportBytes {
		return nil, fmt.Errorf("the list is %d bytes long; at most %d are read", len(data), MaxImportBytes)
	}
	var top map[string]json.RawMessage
	if err := json.Unmarshal(data, &top); err != nil {
		return nil, fmt.Errorf("cannot read the list as a JSON object: %w", err)
	}
	m := &Import{Other: map[string]int{}, Bad: map[string]int{}, Fresh: map[string]int{}, sections: map[string]map[string]*row{}}
	for _, name := range sortedKeys(top) {
		var probe struct {
			Provider *string                    `json:"litellm_provider"`
			Models   map[string]json.RawMessage `json:"models"`
		}
		if json.Unmarshal(top[name], &probe) != nil {
			continue
		}
		switch {
		case probe.Models != nil:
			m.Form = "models.dev"
			m.modelsDev(name, probe.Models)
		case probe.Provider != nil:
			m.Form = "LiteLLM"
			m.liteLLM(name, *probe.Provider, top[name])
		}
	}
	if m.Form == "" {
		return nil, errors.New("the list has neither LiteLLM's form (litellm_provider) nor that of models.dev (models)")
	}
	return m, nil
}

// Append writes what was read as a sheet.
func (m *Import) Append(dst []byte) []byte {
	for i, head := range sortedKeys(m.sections) {
		if i > 0 {
			dst = append(dst, '\n')
		}
		dst = append(append(append(dst, '['), head...), "]\n"...)
		for _, name := range sortedKeys(m.sections[head]) {
			dst = append(m.sections[head][name].append(append(dst, name...)), '\n')
		}
	}
	return dst
}

// add takes a row into the section of a type. Of two for one name the first stays.
func (m *Import) add(kind, name string, r *row) {
	name = lower(name)
	switch {
	case !nameable(name):
		m.Bad["a name that no row can have"]++
		return
	case len(r.plain)-1 > maxTiers || len(r.batch)-1 > maxTiers:
		m.Bad[fmt.Sprintf("more than %d tiers", maxTiers)]++
		return
	case len(m.sections[kind]) == maxRows && m.sections[kind][name] == nil:
		m.Bad[fmt.Sprintf("a provider that has %d models already", maxRows)]++
		return
	case !slices.ContainsFunc(r.plain, func(t tier) bool { return t.In|t.Out|t.Call|t.Search > 0 }):
		m.Free++
		return
	}
	if m.sections[kind] == nil {
		m.sections[kind] = map[string]*row{}
	}
	if m.sections[kind][name] == nil {
		m.sections[kind][name] = r
		m.Rows++
	}
}

// nameable reports whether a row can begin with name, and then is for that name alone: what would begin a section, a comment or another
// field, or would be a pattern, is no model's.
func nameable(name string) bool {
	return name != "" && len(name) <= core.MaxModelName && name[0] != '[' && !strings.HasSuffix(name, "*") &&
		utf8.ValidString(name) && !strings.ContainsFunc(name, func(r rune) bool { return r == '#' || unicode.IsSpace(r) || unicode.IsControl(r) })
}

// put reads one price into a tier of r; raw is a JSON number.
func (m *Import) put(t *tier, k kind, raw json.RawMessage, read func(string) (core.Money, error)) bool {
	text := strings.Trim(string(raw), `"`)
	if text == "null" || text == "" {
		return true
	}
	n, err := read(text)
	if err == nil && n > maxRate {
		err = errTooLarge
	}
	if err != nil {
		m.Bad["a price that "+err.Error()]++
		return false
	}
	t.put(k, n)
	return true
}

// limit reads a number of tokens; 0: it is none.
func limit(raw json.RawMessage) int64 {
	var n float64
	if json.Unmarshal(raw, &n) != nil || n < 1 || n > MaxTokens {
		return 0
	}
	return int64(n)
}

func sortedKeys[V any](m map[string]V) []string {
	out := make([]string, 0, len(m))
	for k := range m {
		out = append(out, k)
	}
	slices.Sort(out)
	return out
}

// sold is the type of ours for a provider of somebody else's list; empty: none.
func sold(name string) string {
	name = strings.ReplaceAll(lower(name), "_", "-")
	switch {
	case strings.HasPrefix(name, "vertex-ai"), strings.HasPrefix(name, "google-vertex"):
		return "vertex"
	case strings.HasPrefix(name, "fireworks"):
		return "fireworks"
	}
	switch name {
	case "google":
		return "gemini"
	case "amazon-bedrock", "bedrock-converse":
		return "bedrock"
	case "azure-ai", "azure-text", "azure-cognitive-services":
		return "azure"
	case "text-completion-openai":
		return "openai"
	case "codestral", "text-completion-codestral":
		return "mistral"
	case "cohere-chat":
		return "cohere"
	case "together-ai", "togetherai":
		return "together"
	case "dashscope":
		return "alibaba"
	case "jina-ai":
		return "jina"
	case "moonshotai":
		return "moonshot"
	case "nvidia-nim":
		return "nvidia"
	case "x-ai":
		return "xai"
	case "vercel-ai-gateway":
		return "vercel"
	case "opencode":
		return "opencode-zen"
	case "cloudflare-workers-ai":
		return "cloudflare"
	case "fal-ai":
		return "fal"
	case "ai21", "alibaba", "anthropic", "avian", "azure", "baseten", "bedrock", "bedrock-mantle", "cerebras", "cloudflare", "cohere", "crusoe", "databricks",
		"deepinfra", "deepseek", "doubleword", "gemini", "github-copilot", "groq", "heroku", "huggingface", "hyperbolic", "jina", "minimax", "mistral", "moonshot",
		"nebius", "novita", "nvidia", "openai", "opencode-go", "openrouter", "parasail", "perplexity", "replicate", "sambanova", "sarvam", "scaleway",
		"snowflake", "together", "venice", "vercel", "voyage", "watsonx", "writer", "xai", "zai":
		return name
	}
	return ""
}
