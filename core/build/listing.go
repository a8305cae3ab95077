package build

import (
	"asbru/adapters/dialect/anthropic"
	"asbru/adapters/dialect/cohere"
	"asbru/adapters/dialect/gemini"
	"asbru/adapters/dialect/ollama"
	"asbru/core"
)

// A listing is OpenAI's list of models.
// https://platform.openai.com/docs/api-reference/models/list
type listing struct {
	Object string  `json:"object"`
	Data   []entry `json:"data"`
}

// An entry is one model. Its creation time is unknown, but clients require a
// number.
type entry struct {
	ID      string `json:"id"`
	Object  string `json:"object"`
	Created int64  `json:"created"`
	OwnedBy string `json:"owned_by"`
}

// https://docs.anthropic.com/en/api/models-list
type anthropicListing struct {
	Data    []anthropicEntry `json:"data"`
	FirstID *string          `json:"first_id"`
	HasMore bool             `json:"has_more"`
	LastID  *string          `json:"last_id"`
}

type anthropicEntry struct {
	Type        string `json:"type"`
	ID          string `json:"id"`
	DisplayName string `json:"display_name"`
	CreatedAt   string `json:"created_at"`
}

// https://ai.google.dev/api/models
type geminiListing struct {
	Models []geminiEntry `json:"models"`
}

type geminiEntry struct {
	Name        string   `json:"name"`
	Version     string   `json:"version"`
	DisplayName string   `json:"displayName"`
	Methods     []string `json:"supportedGenerationMethods"`
}

// https://docs.cohere.com/reference/list-models
type cohereListing struct {
	Models []cohereEntry `json:"models"`
}

type cohereEntry struct {
	Name      string   `json:"name"`
	Endpoints []string `json:"endpoints"`
}

// https://github.com/ollama/ollama/blob/main/docs/api.md
type ollamaListing struct {
	Models []ollamaEntry `json:"models"`
}

type ollamaEntry struct {
	Name       string         `json:"name"`
	Model      string         `json:"model"`
	ModifiedAt string         `json:"modified_at"`
	Size       int64          `json:"size"`
	Digest     string         `json:"digest"`
	Details    map[string]any `json:"details"`
}

// listFor returns the list in the format of d, or OpenAI's if d has none.
func listFor(d *core.Dialect, l []entry) any {
	switch d {
	case anthropic.API:
		out := anthropicListing{Data: []anthropicEntry{}}
		for _, e := range l {
			out.Data = append(out.Data, entryFor(d, e).(anthropicEntry))
		}
		if n := len(l); n > 0 {
			out.FirstID, out.LastID = &l[0].ID, &l[n-1].ID
		}
		return out
	case gemini.API:
		out := geminiListing{Models: []geminiEntry{}}
		for _, e := range l {
			out.Models = append(out.Models, entryFor(d, e).(geminiEntry))
		}
		return out
	case cohere.API:
		out := cohereListing{Models: []cohereEntry{}}
		for _, e := range l {
			out.Models = append(out.Models, entryFor(d, e).(cohereEntry))
		}
		return out
	case ollama.API:
		out := ollamaListing{Models: []ollamaEntry{}}
		for _, e := range l {
			out.Models = append(out.Models, entryFor(d, e).(ollamaEntry))
		}
		return out
	}
	return listing{Object: "list", Data: l}
}

// entryFor returns one model in the format of d. Its capabilities are unknown; conversations
// are assumed.
func entryFor(d *core.Dialect, e entry) any {
	switch d {
	case anthropic.API:
		return anthropicEntry{Type: "model", ID: e.ID, DisplayName: e.ID, CreatedAt: "1970-01-01T00:00:00Z"}
	case gemini.API:
		return geminiEntry{Name: "models/" + e.ID, DisplayName: e.ID, Methods: []string{"generateContent", "countTokens"}}
	case cohere.API:
		return cohereEntry{Name: e.ID, Endpoints: []string{"chat"}}
	case ollama.API:
		return ollamaEntry{Name: e.ID, Model: e.ID, ModifiedAt: "1970-01-01T00:00:00Z", Details: map[string]any{}}
	}
	return e
}
