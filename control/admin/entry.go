package admin

import (
	"fmt"
	"strings"

	"asbru/control/store"
	"asbru/core/config"
)

// An entry is one object of the API: of the file or of the store.
type entry struct {
	kind     store.Kind
	id, name string // those of the file have their name for an id
	value    any    // as store.Object has it
	object   *store.Object
	path     string // in the file
}

// origin is the part of what is shown that says where an entry is from.
type origin struct {
	Source   string `json:"source"` // file or store
	ReadOnly bool   `json:"read_only,omitempty"`
	Created  string `json:"created_at,omitempty"`
	Updated  string `json:"updated_at,omitempty"`
}

func (e *entry) origin() origin {
	if e.object == nil {
		return origin{Source: "file", ReadOnly: true}
	}
	return origin{Source: "store", Created: moment(e.object.Created.UnixNano()), Updated: moment(e.object.Updated.UnixNano())}
}

// entries are all of a kind, those of the file first.
func (h *Handler) entries(k store.Kind) []entry {
	out := fileEntries(k, h.base())
	for _, o := range h.set().All(k) {
		out = append(out, entry{kind: k, id: o.ID, name: o.Name, value: o.Value, object: o})
	}
	return out
}

// fileEntries are those of a document.
func fileEntries(k store.Kind, d *config.Document) (out []entry) {
	add := func(name string, value any, list string, i int) {
		out = append(out, entry{kind: k, id: name, name: name, value: value, path: fmt.Sprintf("%s[%d]", list, i)})
	}
	switch k {
	case store.VirtualKey:
		for i := range d.VirtualKeys {
			add(d.VirtualKeys[i].Name, &d.VirtualKeys[i], "virtual_keys", i)
		}
	case store.Team:
		for i := range d.Teams {
			add(d.Teams[i].Name, &d.Teams[i], "teams", i)
		}
	case store.Customer:
		for i := range d.Customers {
			add(d.Customers[i].Name, &d.Customers[i], "customers", i)
		}
	case store.Override:
		for i := range d.Prices.Overrides {
			add(d.Prices.Overrides[i].Name, &d.Prices.Overrides[i], "prices.overrides", i)
		}
	case store.Provider:
		for i := range d.Providers {
			if p := &d.Providers[i]; len(p.Budgets)+len(p.RateLimits) > 0 {
				add(p.Name, &config.KeptProvider{Name: p.Name, Budgets: p.Budgets, RateLimits: p.RateLimits}, "providers", i)
			}
		}
	case store.Model:
		for i := range d.Models {
			if m := &d.Models[i]; len(m.Budgets)+len(m.RateLimits) > 0 {
				add(m.Alias, &config.KeptModel{Model: m.Alias, Budgets: m.Budgets, RateLimits: m.RateLimits}, "models", i)
			}
		}
	}
	return out
}

// entry is the one of a kind with an id or a name.
func (h *Handler) entry(k store.Kind, idOrName string) (entry, bool) {
	if o := h.set().Find(k, idOrName); o != nil {
		return entry{kind: k, id: o.ID, name: o.Name, value: o.Value, object: o}, true
	}
	for _, e := range fileEntries(k, h.base()) {
		if e.name == idOrName {
			return e, true
		}
	}
	return entry{}, false
}

// inFile refuses to change what stands in the configuration file.
func (h *Handler) inFile(k *resource, e entry) error {
	p := h.o.Plane.Where(e.path)
	where := "the configuration"
	if p.File != "" {
		where = fmt.Sprintf("%s:%d", p.File, p.Line)
	}
	return conflict("change it there; the file is loaded again by itself", "cannot change %s %q: it stands in %s", k.word, e.name, where)
}

// refer resolves a reference to an object: its id or its name to its name. Empty is nobody.
func (h *Handler) refer(e *store.Edit, k store.Kind, field, idOrName string) (string, error) {
	if idOrName == "" {
		return "", nil
	}
	if o := e.Find(k, idOrName); o != nil {
		return o.Name, nil
	}
	for _, f := range fileEntries(k, h.base()) {
		if f.name == idOrName {
			return f.name, nil
		}
	}
	return "", invalid("", "%s: there is no %s with the id or name %q", field, strings.ReplaceAll(string(k), "-", " "), idOrName)
}

// idOf is the id of an object by its name; the name itself when it is only mentioned.
func (h *Handler) idOf(k store.Kind, name string) string {
	if o := h.set().Find(k, name); o != nil {
		return o.ID
	}
	return name
}

// A ref is another object in few words.
type ref struct {
	ID   string `json:"id"`
	Name string `json:"name"`
}

func (h *Handler) ref(k store.Kind, name string) *ref {
	if name == "" {
		return nil
	}
	return &ref{h.idOf(k, name), name}
}
