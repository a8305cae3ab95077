package build

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"asbru/adapters/dialect/anthropic"
	"asbru/adapters/dialect/cohere"
	"asbru/adapters/dialect/gemini"
	"asbru/adapters/dialect/ollama"
	"asbru/adapters/dialect/openai"
	"asbru/core"
)

// models answers GET /models with what the policy's callers may use: aliases,
// served names, and what the policy itself names. GET /models/NAME answers
// for one model, whether it is listed or not.
func (c *compiler) models(r *rules, op core.Op) (core.Stage, string) {
	if op != core.OpModels {
		return nil, ""
	}
	from := r.from
	if from == "" {
		from = "models"
	}
	l := []entry{}
	for _, id := range c.listable(r) {
		if to := r.leads(c.next, []byte(id)); to != nil {
			l = append(l, newEntry(id, to))
		}
	}
	lists := map[*core.Dialect]core.Reply{}
	for _, d := range []*core.Dialect{openai.API, anthropic.API, gemini.API, cohere.API, ollama.API} {
		lists[d] = jsonReply(listFor(d, l))
	}
	return func(x *core.Exchange) core.Verdict {
		id, one := modelAsked(x.Path)
		if !one {
			var ok bool
			if x.Reply, ok = lists[x.From]; !ok {
				x.Reply = lists[openai.API]
			}
			return core.Answer
		}
		to := r.leads(x.Snap, []byte(id))
		if to == nil {
			x.Fault = unknownModel(id)
			return core.Refuse
		}
		x.Reply = jsonReply(entryFor(x.From, newEntry(id, to)))
		return core.Answer
	}, from
}

func newEntry(id string, to *core.Route) entry {
	return entry{ID: id, Object: "model", OwnedBy: to.Targets[0].Provider}
}

// jsonReply renders v, which consists of text and numbers.
func jsonReply(v any) core.Reply {
	body, err := json.Marshal(v)
	if err != nil {
		panic("BUG: a list of names cannot be written: " + err.Error())
	}
	return core.Reply{Status: 200, Type: "application/json", Body: body}
}

// unknownModel is the same fault for a model that does not exist and for one that this caller
// may not use, so that nobody learns what others use.
func unknownModel(id string) *core.Fault {
	return &core.Fault{
		Code:    core.NotFound,
		Kind:    "model_not_found",
		Param:   "model",
		Message: fmt.Sprintf("model %q does not exist here, or this key may not use it", id),
		Hint:    "GET /v1/models lists what it may use",
	}
}

// modelAsked returns NAME of /models/NAME, unescaped.
func modelAsked(path []byte) (id string, one bool) {
	rest, one := bytes.CutPrefix(path, []byte("/models/"))
	if !one {
		return "", false
	}
	rest, _, _ = bytes.Cut(rest, []byte("?"))
	id = string(rest)
	if plain, err := url.PathUnescape(id); err == nil {
		id = plain
	}
	return id, id != ""
}

// leads returns where a name leads for the callers of r; nil: nowhere.
func (r *rules) leads(s *core.Snapshot, model []byte) *core.Route {
	to, name := s.Resolve(model)
	if r.share != nil && (to == nil || to.Targets[0].Model == "" && len(name) == len(model)) {
		if shared := r.share(model); shared != nil {
			to = shared
		}
	}
	if to == nil || r.grants != nil && !r.grants.allow(to, name) {
		return nil
	}
	if !slices.ContainsFunc(to.Targets, func(t *core.Target) bool { return r.served(t, name) }) {
		return nil
	}
	return to
}

// served reports whether t may serve the callers of r with one of its keys.
func (r *rules) served(t *core.Target, name []byte) bool {
	if r.reach != nil && !r.reach.serves(t, nil, name) {
		return false
	}
	model := t.Model
	if model == "" {
		model = string(name)
	}
	return len(t.Keys) == 0 || slices.ContainsFunc(t.Keys, func(k *core.ProviderKey) bool {
		return (r.reach == nil || r.reach.serves(t, k, name)) && (k.Models == nil || k.Models[model])
	})
}

// listable returns the names to list, sorted and without duplicates.
func (c *compiler) listable(r *rules) []string {
	var ids []string
	if r.grants == nil || r.grants.open() {
		ids = names(c.next.Models)
	}
	for _, name := range r.allowed {
		if _, pattern := newPattern(name); pattern && !strings.HasSuffix(name, "/*") {
			continue
		}
		provider, ok := strings.CutSuffix(name, "/*")
		if !ok {
			ids = append(ids, name)
		} else if p := c.byName[provider]; p != nil {
			ids = append(ids, c.servedBy(p)...)
		}
	}
	slices.Sort(ids)
	return slices.Compact(ids)
}

// servedBy returns the complete names that lead to p and are not aliases.
func (c *compiler) servedBy(p *provider) []string {
	var ids []string
	for _, name := range p.doc.Models {
		if c.next.Models[name] == p.route {
			ids = append(ids, name)
		}
	}
	return ids
}
