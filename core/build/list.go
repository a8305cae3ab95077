package build

import (
	"encoding/json"
	"slices"
	"strings"

	"asbru/core"
)

// A listing is OpenAI's list of models.
// https://platform.openai.com/docs/api-reference/models/list
type listing struct {
	Object string  `json:"object"`
	Data   []entry `json:"data"`
}

// An entry is one model. When it was created nobody here knows; clients want a
// number.
type entry struct {
	ID      string `json:"id"`
	Object  string `json:"object"`
	Created int64  `json:"created"`
	OwnedBy string `json:"owned_by"`
}

// models answers the list of models that the policy's callers may use: aliases
// and served names, and what the policy itself names.
func (c *compiler) models(r *rules, op core.Op) (core.Stage, string) {
	if op != core.OpModels {
		return nil, ""
	}
	from := r.from
	if from == "" {
		from = "models"
	}
	l := listing{Object: "list", Data: []entry{}}
	for _, id := range c.listable(r) {
		if to, _ := c.next.Resolve([]byte(id)); to != nil {
			l.Data = append(l.Data, entry{ID: id, Object: "model", OwnedBy: to.Targets[0].Provider})
		}
	}
	body, err := json.Marshal(l)
	if err != nil {
		panic("BUG: a list of names cannot be written: " + err.Error())
	}
	reply := core.Reply{Status: 200, Type: "application/json", Body: body}
	return func(x *core.Exchange) core.Verdict {
		x.Reply = reply
		return core.Answer
	}, from
}

// listable returns the names to list, in order and each once.
func (c *compiler) listable(r *rules) []string {
	var ids []string
	if r.grants == nil {
		ids = names(c.next.Models)
	}
	for _, name := range r.allowed {
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

// servedBy returns the whole names that lead to p and no alias took.
func (c *compiler) servedBy(p *provider) []string {
	var ids []string
	for _, name := range p.doc.Models {
		if c.next.Models[name] == p.route {
			ids = append(ids, name)
		}
	}
	return ids
}
